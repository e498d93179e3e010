from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.commit_note import CommitNote
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.seal import Seal

SEAL = Seal("group", [b"k" * 32])


def test_a_note_names_the_checkpoint_and_the_one_before() -> None:
    log = CheckpointLog(3, 4, writer=9)
    log.append(PartitionState(1))
    assert CommitNote.of(log) == CommitNote(sequence=1, writer=9, before=0)
    log.begin_anew(100)
    log.append(PartitionState(2))
    note = CommitNote.of(log)
    assert (note.before, note.writer) == (1, 9)
    assert note.sequence > 100
    assert CommitNote.read(note.sign(SEAL, 3), SEAL, 3) == note


def test_without_a_key_there_is_no_note() -> None:
    assert CommitNote(3, 2, 1).sign(Seal("group"), 3) == ""
    assert CommitNote.read("3:2:1", Seal("group"), 3) is None

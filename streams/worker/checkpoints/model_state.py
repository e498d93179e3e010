"""What the detector knows of one principal, from the newest checkpoint, as JSON."""

from typing import Any, Final

import msgspec

from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.state.detector_memory import principal_entry
from models.state.inflate_budget import InflateBudget
from models.state.principal_state import PrincipalSnapshot
from models.state.snapshot import unpack_state
from streams.kafka.topic_scan import TopicScan
from streams.kafka.topics import checkpoint_topic
from streams.settings.settings import Settings
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Seal

_NOBODY: Final = 1


class ModelState:
    """Reads the state of a principal without the worker that owns it.

    Parameters
    ----------
    settings
        The same as the workers'.

    Raises
    ------
    SettingsError
        If a key cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._seal = settings, Seal.from_settings(settings)

    def read(self, tenant: str, principal: str, deadline: float) -> bytes | None:
        """Return the state, with the checkpoint that it is from; None if none is known.

        Parameters
        ----------
        tenant, principal
            Whose state.
        deadline
            When to stop, in monotonic seconds.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        partition = partition_of(tenant, principal, self._settings.topics.partitions)
        found = self._recover(partition, deadline)
        if found is None or found.snapshot is None:
            return None
        packed = found.snapshot.state.get(principal_entry(tenant, principal))
        if not packed:
            return None
        told = {
            "partition": partition,
            "checkpoint": found.log.last_written[0],
            "events_before_offset": found.snapshot.offset,
            "refused": found.told if found.refused else None,
            "snapshot": packed,
            "state": self._named(packed),
        }
        return msgspec.json.format(msgspec.json.encode(told)) + b"\n"

    def _recover(self, partition: int, deadline: float) -> Recovery | None:
        """Read the newest checkpoint; None if that takes too long."""
        checkpoints = self._settings.checkpoints
        records: dict[bytes, bytes] = {}
        topic = checkpoint_topic(self._settings)
        scan = TopicScan(
            self._settings.kafka,
            topic,
            since_seconds=0.0,
            deadline=deadline,
            partitions=[partition],
        )
        for message in scan.messages():
            if message.key is not None and message.value:
                records[message.key] = message.value
            elif message.key is not None:
                records.pop(message.key, None)
        if not scan.is_whole:
            return None
        return Recovery.of(
            records,
            self._seal,
            partition=partition,
            groups=checkpoints.groups,
            writer=_NOBODY,
            largest_state_bytes=checkpoints.largest_state_bytes,
        )

    def _named(self, packed: bytes) -> Any:
        budget = InflateBudget(self._settings.checkpoints.largest_state_bytes)
        try:
            return _by_name(unpack_state(packed, PrincipalSnapshot, budget))
        except WireFormatError as error:
            # Of an earlier release: its bytes are evidence all the same.
            return str(error)


def _by_name(value: Any) -> Any:
    """Name the fields of structures that are written by position."""
    if isinstance(value, msgspec.Struct):
        return {name: _by_name(one) for name, one in msgspec.structs.asdict(value).items()}
    if isinstance(value, dict):
        return {key: _by_name(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_by_name(one) for one in value]
    return value

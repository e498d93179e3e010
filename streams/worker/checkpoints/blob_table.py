"""The complete blobs among a partition's records."""

from collections.abc import Mapping

from models.errors import WireFormatError
from models.state.inflate_budget import InflateBudget
from streams.worker.checkpoints.blobs import Delta, decode_entries
from streams.worker.checkpoints.fragment import Fragment, FragmentKey, Kind, join


class BlobTable:
    """Deltas by their sequence, and bases by their slot.

    Parameters
    ----------
    records
        The records of one partition, opened.
    budget
        What all of them may inflate to; what inflates to more is one of the problems.

    Examples
    --------
    >>> BlobTable({}, InflateBudget()).last_sequence
    0
    """

    def __init__(self, records: Mapping[bytes, bytes], budget: InflateBudget) -> None:
        self.deltas: dict[int, tuple[int, Delta]] = {}
        # What could not be read; a record that is not there is not in it.
        self.problems: list[WireFormatError] = []
        self.last_sequence = 0
        self._bases: dict[int, tuple[int, int, dict[bytes, bytes]]] = {}
        for (kind, slot), fragments in self._sorted(records).items():
            try:
                self._add(kind, slot, fragments, budget)
            except WireFormatError as error:
                self._note(error)

    def _sorted(self, records: Mapping[bytes, bytes]) -> dict[tuple[Kind, int], list[Fragment]]:
        parts: dict[tuple[Kind, int], list[tuple[int, Fragment]]] = {}
        for key, value in records.items():
            place = FragmentKey.parse(key)
            try:
                fragment = Fragment.decode(value)
            except WireFormatError as error:
                self._note(error)
                continue
            self.last_sequence = max(self.last_sequence, fragment.sequence)
            parts.setdefault((place.kind, place.slot), []).append((place.part, fragment))
        return {
            place: [fragment for _, fragment in sorted(numbered, key=lambda pair: pair[0])]
            for place, numbered in parts.items()
        }

    def _add(self, kind: Kind, slot: int, fragments: list[Fragment], budget: InflateBudget) -> None:
        blob = join(fragments, budget)
        if blob is None:
            return
        sequence, writer = fragments[0].sequence, fragments[0].writer
        if kind is Kind.DELTA:
            self.deltas[sequence] = (writer, Delta.decode(blob))
        else:
            self._bases[slot] = (sequence, writer, decode_entries(blob))

    def _note(self, error: WireFormatError) -> None:
        # The frames of a traceback hold what was inflated until then.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        self.problems.append(error)

    def base(self, slot: int) -> tuple[int, dict[bytes, bytes]]:
        """Return a base and its sequence; (0, {}) if its checkpoint's writer wrote none."""
        sequence, writer, entries = self._bases.get(slot, (0, 0, {}))
        if self.deltas.get(sequence, (writer,))[0] != writer:
            return 0, {}
        return sequence, dict(entries)

    def changes_of(self, sequence: int) -> Mapping[bytes, bytes]:
        """Return the entries of one delta, which must follow the previous one."""
        if sequence not in self.deltas:
            message = f"checkpoint {sequence} is missing, and later ones need it"
            raise WireFormatError(message)
        _, delta = self.deltas[sequence]
        before = self.deltas.get(sequence - 1)
        if before is not None and before[0] != delta.previous_writer:
            message = f"checkpoint {sequence} does not follow checkpoint {sequence - 1}"
            raise WireFormatError(message)
        return delta.entries

"""Constants of the detector's memory: who is new, and what is kept."""

from typing import Final

from models.domain.time_units import DAY_SECONDS

# --- detector_memory

# A principal that first appears later than this in the stream is a newcomer; before that, everybody
# is new. Chosen, not measured.
DETECTOR_MEMORY_FLEET_YOUNG_SECONDS: Final = 2 * DAY_SECONDS
# Least recent principals that are considered for an eviction, however many incidents are open.
# Chosen, not measured; `make bench-million-principals` runs with it (docs/detection.md).
DETECTOR_MEMORY_OLDEST_ASKED: Final = 64
# Closed principal-days that wait to be taken: a run over files never takes them. Chosen, not
# measured: affects memory only.
DETECTOR_MEMORY_CLOSED_DAYS_KEPT: Final = 100_000
# An event this far ahead of all others comes from a wrong clock. A partition may be silent for
# weeks. Chosen, not measured.
DETECTOR_MEMORY_JUMP_SECONDS: Final = 60 * DAY_SECONDS
# After this many jumps in a row, time has moved on for all. Chosen, not measured.
DETECTOR_MEMORY_JUMPS_BELIEVED: Final = 5

# --- principal_state

# Counters of a principal's most frequent operations: any that makes up more than a ninth of its
# calls is among them (J. Misra and D. Gries, "Finding repeated elements", 1982). The number was
# chosen, not measured.
PRINCIPAL_STATE_LEADERS_KEPT: Final = 8

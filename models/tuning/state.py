"""Constants of the detector's memory: who is new, and what is kept."""

from typing import Final

from models.domain.time_units import DAY_SECONDS

# --- detector_memory

# A principal that first appears later than this in the stream is a newcomer; before that, everybody
# is new. Chosen, not measured.
DETECTOR_MEMORY_FLEET_YOUNG_SECONDS: Final = 2 * DAY_SECONDS
# Closed principal-days that wait for somebody to take them: nobody does in a run over files.
# Chosen, not measured: it decides about memory only.
DETECTOR_MEMORY_CLOSED_DAYS_KEPT: Final = 100_000
# How far ahead of all others a principal must be before it moves their clock, and how far behind
# itself the clock then is. Chosen, not measured: nobody else for a week is nobody else.
DETECTOR_MEMORY_ALONE_SECONDS: Final = 7 * DAY_SECONDS
# After how many events in a row without any other's. Chosen, not measured.
DETECTOR_MEMORY_ALONE_EVENTS: Final = 1000
# How far ahead of its arrival an event may be: clocks that are kept by NTP differ by less. Chosen,
# not measured.
DETECTOR_FUTURE_SECONDS: Final = 60.0

# --- fleet_state

# Those who were given access that are remembered, the most recent ones. Chosen, not measured: it
# decides about memory, and whoever is forgotten pages again.
FLEET_STATE_DELEGATES_KEPT: Final = 4096

# --- inflate_budget

# What a snapshot may inflate to where no limit is set, as for a single unit in tests and tools.
# Chosen, not measured: a partition of 10,000 principals with a day's history takes 4 MB.
SNAPSHOT_LARGEST_BYTES: Final = 256_000_000

# --- eviction_order

# Of so many least recent principals the one with the fewest records is forgotten. Chosen, not
# measured; `make bench-million-principals` runs with it (docs/detection.md).
EVICTION_CANDIDATES: Final = 4
# Histories are compared by the bits of their number of hours, up to so many: 32 hours and more
# are alike. Chosen, not measured.
EVICTION_LARGEST_RANK_BITS: Final = 6

# --- strangers

# A name that was refused so often within an hour is known from then on: the rule on failed calls
# asks for as many. Chosen, not measured.
STRANGERS_REFUSED_TO_BE_KNOWN: Final = 20
# Unknown names whose calls are counted one by one. Chosen, not measured: 11 KB in a snapshot.
STRANGERS_REMEMBERED: Final = 1024
# Refused calls of unknown names in an hour that are somebody who tries names. Chosen, not
# measured.
STRANGERS_LEAST_REFUSED: Final = 200

# --- principal_state

# Counters of a principal's most frequent operations: any that makes up more than a ninth of its
# calls is among them (J. Misra and D. Gries, "Finding repeated elements", 1982). The number was
# chosen, not measured.
PRINCIPAL_STATE_LEADERS_KEPT: Final = 8
# Benign verdicts that a principal keeps, the newest. Chosen, not measured.
PRINCIPAL_STATE_VERDICTS_KEPT: Final = 8
# The size of an incident whose verdict does not tell it, as those of earlier releases: the least
# that a page counts as. Chosen, not measured.
PRINCIPAL_STATE_UNTOLD_RECORDS: Final = 300.0

# --- report_ledger

# Reports that a partition remembers to have been asked for: 72 kB in its checkpoint. Chosen, not
# measured.
REPORT_LEDGER_ASKED_KEPT: Final = 4_000
# Types of reports of tenants, and tenants. Chosen, not measured.
REPORT_LEDGER_TYPES_KEPT: Final = 1_000
# Requests of one type whose report's id no log tells. Chosen, not measured.
REPORT_LEDGER_REQUESTS_KEPT: Final = 64

# --- shared_networks

# How long a network that nobody used before counts as new. Chosen, not measured.
SHARED_NETWORKS_SECONDS: Final = DAY_SECONDS
# Such networks that are kept. Chosen, not measured: a bound of memory.
SHARED_NETWORKS_KEPT: Final = 256
# Principals that are kept for each. As above.
SHARED_NETWORKS_PRINCIPALS_KEPT: Final = 16
# Earlier networks that are kept for each principal. As above.
SHARED_NETWORKS_HOMES_KEPT: Final = 8

"""Constants of incidents: how severe one is, and how much it shows."""

from typing import Final

# --- severity_grading

# Records of personal data that make a page critical. Chosen, not measured.
SEVERITY_GRAVE_RECORDS: Final = 1000
# An incident that does not page is at least medium below this p-value. Chosen, not measured.
SEVERITY_RARE_P_VALUE: Final = 1e-3
# A page that no rule confirms is critical only below this p-value. Chosen, not measured.
SEVERITY_VERY_RARE_P_VALUE: Final = 1e-4

# --- incident_draft

# Events that an incident shows: the first half from its start, then the largest reads. Chosen, not
# measured.
INCIDENT_EVIDENCE_KEPT: Final = 10
# Credentials that an incident lists. Chosen, not measured.
INCIDENT_CREDENTIALS_KEPT: Final = 20
# Characters kept of each. Chosen, not measured.
INCIDENT_CREDENTIAL_CHARACTERS: Final = 256

# --- incident_day

# Days that an incident shows. Chosen, not measured: a month, as every other habit.
INCIDENT_DAYS_KEPT: Final = 30

# --- incident

# Above the usual range by so much is called far above it. Chosen, not measured.
REASON_FAR_FACTOR: Final = 2.0

# --- timeline

# Most buckets of a time line; they widen as the incident goes on. Chosen, not measured: the width
# of a chart.
TIMELINE_BUCKETS_KEPT: Final = 60
# Widths of the buckets. Each is a multiple of the one before, so buckets merge without a split;
# beyond the last, they double. Chosen, not measured.
TIMELINE_WIDTHS_SECONDS: Final = (60, 300, 900, 3600, 21_600, 86_400, 7 * 86_400)

# --- feedback

# A verdict from further ahead is no verdict: it would stand above every other one until then.
# Chosen, not measured: clocks that follow NTP differ by less.
VERDICT_AHEAD_SECONDS: Final = 300.0
# Event time may run ahead of the clock of whoever decides by so much. Chosen, not measured.
VERDICT_EARLY_SECONDS: Final = 3600.0

# --- planned_change

# Longest planned change: who needs more declares it anew. Chosen, not measured.
PLANNED_DAYS_AT_MOST: Final = 7
# Most records of one: what is larger is a typing error. Chosen, not measured.
PLANNED_RECORDS_AT_MOST: Final = 1_000_000_000

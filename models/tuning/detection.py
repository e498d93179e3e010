"""What decides in detection: when an hour is scored, learnt and paged."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.domain.time_units import DAY_SECONDS

# --- detector

# Hours, days and quiet incidents are closed each time event time has moved so far. Chosen, not
# measured: a sweep visits every principal, and an hour that closes five minutes late decides
# nothing.
SWEEP_SECONDS: Final = 300.0

# Hours of a principal that may be open at once: three days in which it is alone. Of more, the one
# furthest ahead is dropped, because only a forged time opens so many. Chosen, not measured.
MOST_OPEN_HOURS: Final = 72

# --- rescore_schedule

# A day's volume below so many spreads above the median day cannot be unusual. Measured with the
# next values: the same recall at half the cost of an event (CHANGELOG.md).
QUIET_DAY_SPREADS: Final = 0.8
# An unusual day is scored again each time it has grown by this factor. Measured as above.
DAY_RESCORE_FACTOR: Final = 1.1
# An unusual hour is scored again when records have grown by this factor. Measured as
# above: a burst pages within a quarter more of its rows.
RESCORE_FACTOR: Final = 1.25
# The same for bytes, which vary more. Measured as above.
BYTES_RESCORE_FACTOR: Final = 1.5
# A count of less than one record is none yet; the first whole one is worth a score. Chosen, not
# measured.
FIRST_COUNT: Final = 0.8
# Calls are scored again after this share more of them. Measured as above.
CALLS_RESCORE_SHARE: Final = 1 / 3
# Fewer failed calls in an hour are worth no score. Chosen, not measured.
LEAST_RESCORED_FAILURES: Final = 8.0
# Scores of a principal's hour, after which only doubled counts are worth another. Chosen, not
# measured: an honest hour of a million records takes fewer.
SCORES_AN_HOUR: Final = 128

# --- scorer

# What a new value counts beside the others: an update of an application brings operations and
# user agents together, a stolen key a network. Chosen, not measured.
NOVELTY_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "network": 1.0,
        "country": 0.5,
        "user_agent": 0.7,
        "operation": 0.4,
        "data_class": 1.0,
        "resource": 0.3,
        "hour": 0.7,
        "far_hour": 1.0,
        "principal": 1.0,
    }
)
# Any other new value. Chosen, not measured.
OTHER_NOVELTY_WEIGHT: Final = 0.5
# One new value of these makes a small read worth a page. Chosen, not measured.
TELLING_NOVELTY: Final = frozenset({"network", "data_class"})
# How surprising such a value must be, as -log10 of its chance. Chosen, not measured.
TELLING_SURPRISE: Final = 1.0
# New values of these are how applications are updated: they are no channel of their own. Chosen,
# not measured.
WEAK_NOVELTY: Final = frozenset({"operation", "resource"})
# How many records one secret is worth when `min_page_records` is asked for. Chosen, not measured.
RECORDS_A_SECRET: Final = 10
# Calls and records of harmless data are nobody's loss: days are scored from bytes on. Chosen, not
# measured.
FIRST_SCORED_DAY_FEATURE: Final = 2
# A principal's day counts by no more than so many usual days in the surge of its cohort. Chosen,
# not measured.
MOST_USUAL_DAYS_IN_SURGE: Final = 3.0
# Usual days that must be known before a principal is compared with its own. Chosen, not measured.
LEAST_USUAL_DAYS: Final = 4
# The smallest logarithm of a usual volume, against division by next to nothing. Chosen, not
# measured.
LEAST_LOG_VOLUME: Final = 0.1

# --- paging

# Within `mute_days` a page is repeated if it is worse by this factor. Chosen, not measured.
WORSE_FACTOR: Final = 10.0
# What the last page told may just have begun then: it counts as at least so many records. Chosen,
# not measured.
LEAST_PAGED_RECORDS: Final = 300.0

# --- new_values

# A principal younger than this has shown too little for anything to be new, and one younger than
# a week has rates of its own. Chosen, not measured: sooner, every newcomer is a surprise.
NEW_VALUES_FROM_SECONDS: Final = 3 * DAY_SECONDS
# A principal younger than this has rates of its own for new values. Chosen, not measured.
YOUNG_SECONDS: Final = 7 * DAY_SECONDS
# People roam, machines do not: what a new network of a person counts. Chosen, not measured.
ROAMING_WEIGHT: Final = 0.7
# Newcomers a principal-day before any is known: one in 200, worth 100 days. Chosen, not measured.
NEWCOMER_PRIOR_COUNT: Final = 0.5
# How many principal-days that prior is worth. Chosen, not measured.
NEWCOMER_PRIOR_DAYS: Final = 100.0
# Surprise of a value that is new to the fleet, shown by a principal that is new to it. Chosen,
# not measured.
STRANGER_SURPRISE: Final = 0.7

# --- hour_close

# Unusual hours that are kept for a verdict, by principal: two days of them. Chosen, not measured.
QUARANTINED_HOURS_KEPT: Final = 48
# An hour that paged waits so long for a verdict, and is then dropped. Chosen, not measured.
VERDICT_AWAITED_DAYS: Final = 30.0
# The share of all buyers on the fullest days fades by this factor a day. Chosen, not measured.
USUAL_SHARE_KEPT_A_DAY: Final = 0.95
# A principal's hours before its deviation from them teaches its cohort. Chosen, not measured.
LEAST_OWN_HOURS: Final = 24

# --- known_shares

# Days over which the share of all known subjects is told; a week and a month for slow theft.
# Chosen, not measured.
SHARE_PERIOD_DAYS: Final = (1, 7, 30)
# Of fewer subjects in all a share says little. Chosen, not measured.
LEAST_KNOWN_SUBJECTS: Final = 1000.0

# --- period_close

# After a longer silence the days in between are skipped: nobody was there to learn from. Chosen:
# longer than the ring of 30 days that a principal keeps.
MOST_DAYS_CLOSED: Final = 40

# --- day_close

# Members whose days are compared before their median is a shift of the cohort. Chosen, not
# measured.
LEAST_COHORT_MEMBERS: Final = 5
# Members before a cohort has a shift of its own beside the fleet's. Chosen, not measured.
LEAST_SHIFTED_MEMBERS: Final = 3
# Records in a week below which no slow score wakes anybody: as many as page in an hour. Chosen,
# not measured.
LEAST_WEEK_RECORDS: Final = 100.0
# Days of a principal's life before its new values teach the cohort.
# Chosen, not measured.
NOVELTY_LEARNT_AFTER_DAYS: Final = 3
# Days of its life in which its new values count as those of a young one. Chosen, not measured.
YOUNG_DAYS: Final = 7
# Of several operations about as frequent the first by name leads, so that all of a kind choose
# the same: about as frequent is this share of the most frequent. Chosen, not measured.
LEADING_OPERATION_SHARE: Final = 0.6
# A principal changes its cohort when another operation leads by this factor. Chosen, not
# measured.
COHORT_CHANGE_FACTOR: Final = 2
# The last days that are compared with those before: a trickle shows soonest in these. Chosen, not
# measured.
SLOW_WINDOW_DAYS: Final = (3, 7)
# From which day of its life a principal's scores teach the thresholds, by channel. Chosen, not
# measured.
MATURE_AFTER_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"hour": 3, "novelty": 4, "day": 6, "slow": 8, "month": 40}
)
# What a line's slope adds to the distance of the last days. Chosen, not
# measured.
TREND_WEIGHT: Final = 0.5
# What the cumulative sum adds to it. Chosen, not measured.
DRIFT_WEIGHT: Final = 0.1

# --- verdict_learning

# After a benign verdict scores up to this much above the incident's page no more: the same again
# is seldom the very same. Chosen, not measured.
ACCEPTED_MARGIN: Final = 0.3
# A benign verdict holds for hours, days and incidents up to this factor of what was judged: as
# much as a second page must be worse by. Chosen, not measured.
ACCEPTED_GROWTH: Final = 10.0

# --- explanation

# A surprise below this, one in four, is no reason worth a sentence. Chosen, not measured.
LEAST_TOLD_SURPRISE: Final = 0.6

# --- fleet_incident

# Statistical pages of a day that are remembered to tell a surge. Chosen, not measured: more pages
# than that within an hour are a surge in any case.
FLEET_PAGES_KEPT: Final = 200

"""Constants of detection: when an hour is scored, learnt and paged."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.domain.time_units import DAY_SECONDS

# --- detector

# Event time between two sweeps, which close hours, days and quiet incidents. Chosen, not measured:
# a sweep visits every principal, and closing an hour five minutes late changes nothing.
SWEEP_SECONDS: Final = 300.0

# Hours of a principal that may be open at once: three days in which it is alone. Of more, the one
# furthest ahead is dropped, because only a forged time opens so many. Chosen, not measured.
MOST_OPEN_HOURS: Final = 72

# --- late_hours

# Late parts of hours that a principal keeps, and that may be opened until the day closes. Chosen,
# not measured: a source that was held up hands in one hour after the other, of a week at most.
LATE_HOURS_KEPT: Final = 8
LATE_HOURS_A_DAY: Final = 168  # As above.

# --- rescore_schedule

# An unusual day is rescored each time it has grown by this factor. Measured together with the next
# values and with `ROLLING_VOLUME_QUIET_SPREADS`: the same recall at half the cost of an event
# (CHANGELOG.md).
DAY_RESCORE_FACTOR: Final = 1.1
# An unusual hour is rescored when its records have grown by this factor. Measured as above: a burst
# pages at the latest after a quarter more rows.
RESCORE_FACTOR: Final = 1.25
# The same for bytes, which vary more. Measured as above.
BYTES_RESCORE_FACTOR: Final = 1.5
# A count below this is no record yet; the first whole record is worth a score. Chosen, not
# measured.
FIRST_COUNT: Final = 0.8
# An hour is rescored when its calls have grown by this share. Measured as above.
CALLS_RESCORE_SHARE: Final = 1 / 3
# Failed calls in an hour that are worth a rescore. Chosen, not measured.
LEAST_RESCORED_FAILURES: Final = 8.0
# Scores of a principal's hour, after which only doubled counts are worth another. Chosen, not
# measured: an honest hour of a million records takes fewer.
SCORES_AN_HOUR: Final = 128

# --- scorer

# Weight of a new value by feature: an update of an application brings new operations, a stolen key
# a new network or program. That of user agents was measured with thresholds of hindsight on the
# tuning seeds of six families of worlds: at one false page in a thousand days, 0.7 finds .34 of the
# thefts, 1.0 the same and 1.4 .39. The others were chosen, not measured.
NOVELTY_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "network": 1.0,
        "country": 0.5,
        "user_agent": 1.4,
        "operation": 0.4,
        "data_class": 1.0,
        "resource": 0.3,
        "hour": 0.7,
        "far_hour": 1.0,
        "principal": 1.0,
        "history": 0.7,
    }
)
# Weight of any other new value. Chosen, not measured.
OTHER_NOVELTY_WEIGHT: Final = 0.5
# With one new value of these features, data that nobody has classified may page by its volume.
# Chosen, not measured.
STRONG_NOVELTY: Final = frozenset({"network", "data_class"})
# With one new value of these features, even a small read may page. Chosen, not measured.
TELLING_NOVELTY: Final = frozenset({"network", "data_class", "user_agent"})
# How surprising that value must be, as -log10 of its chance. Chosen, not measured.
TELLING_SURPRISE: Final = 1.0
# New values of these features come with updates of applications and with re-syncs, so the novelty
# channel ignores them. Chosen, not measured.
WEAK_NOVELTY: Final = frozenset({"operation", "resource", "history"})
# Records that one secret counts as against `min_page_records`. Chosen, not measured.
RECORDS_A_SECRET: Final = 10
# Days are scored from the feature bytes on: calls and harmless records alone do no damage. Chosen,
# not measured.
FIRST_SCORED_DAY_FEATURE: Final = 2
# In the surge of its cohort, a principal's day counts as at most this many usual days. Chosen, not
# measured.
MOST_USUAL_DAYS_IN_SURGE: Final = 3.0
# Days of history before a principal is compared with its own usual day. Chosen, not measured.
LEAST_USUAL_DAYS: Final = 4
# Smallest logarithm of a usual volume, which keeps a division away from zero. Chosen, not measured.
LEAST_LOG_VOLUME: Final = 0.1

# Closed days before a machine's first reads are scored: at first everything is new to it. Chosen,
# not measured. People load nothing at first; theirs are scored at once.
LEAST_FIRST_READS_DAYS: Final = 2
# New subjects are counted in an hour and in this many hours with it. Measured on simulated people,
# with the threshold of hindsight at one false page in 100 days: .94 of the thefts, against .89 by
# the hour alone, .87 by six hours alone and .79 by the day.
SUDDEN_HOURS: Final = 6

# The new objects of a principal's fullest hours fade by this factor a day: to half in a month.
# Chosen, not measured.
NEW_OBJECTS_KEPT_A_DAY: Final = 0.977

# New networks of a principal fade by this factor a day: to half in a week. Chosen, not measured.
NETWORK_CHANGES_KEPT_A_DAY: Final = 0.9

# --- paging

# Within `mute_days`, a page is repeated only if it is worse by this factor. Chosen, not measured.
WORSE_FACTOR: Final = 10.0
# A page counts as at least this many records: its read may have only just begun. Chosen, not
# measured.
LEAST_PAGED_RECORDS: Final = 300.0

# --- causes

# Closed incidents of a principal that wait for their cause to go on: one for each of a few causes.
# Chosen, not measured.
RESTING_INCIDENTS_KEPT: Final = 4
# An open page is followed by one of another kind after this time. Chosen, not measured: one attack
# shows several signs within an hour, and whoever was paged looks at it.
ANOTHER_KIND_AFTER_SECONDS: Final = 3600.0
# And by a much graver one after this time. Chosen, not measured: a quarter of a day.
GRAVER_AFTER_SECONDS: Final = 6 * 3600.0

# --- new_values

# Age from which a principal's values can be new to it. Chosen, not measured: before that, every
# newcomer would be a surprise.
NEW_VALUES_FROM_SECONDS: Final = 3 * DAY_SECONDS
# A principal younger than this has its own rates of new values. Chosen, not measured.
YOUNG_SECONDS: Final = 7 * DAY_SECONDS
# Weight of a person's new network: people roam, machines do not. Chosen, not measured.
ROAMING_WEIGHT: Final = 0.7
# Prior of newcomers: this many in NEWCOMER_PRIOR_DAYS principal-days, one in 200. Chosen, not
# measured.
NEWCOMER_PRIOR_COUNT: Final = 0.5
# Principal-days that this prior is worth. Chosen, not measured.
NEWCOMER_PRIOR_DAYS: Final = 100.0
# Surprise of a value that is new to the fleet when a newcomer shows it. Chosen, not measured.
STRANGER_SURPRISE: Final = 0.7

# --- strange_newcomers

# Prior of newcomers of which a rule finds something: this many in STRANGE_NEWCOMERS_PRIOR_DAYS
# principal-days, one in 2,000, so that the first one pages at a tenth of the default budget, too.
# Chosen, not measured.
STRANGE_NEWCOMERS_PRIOR_COUNT: Final = 0.05
# Principal-days that this prior is worth. Chosen, not measured.
STRANGE_NEWCOMERS_PRIOR_DAYS: Final = 100.0

# --- hour_close

# Unusual hours that a principal keeps in quarantine: two days of them. Chosen, not measured.
QUARANTINED_HOURS_KEPT: Final = 48
# Days that a paged hour waits in quarantine for a verdict before it is dropped. Chosen, not
# measured.
VERDICT_AWAITED_DAYS: Final = 30.0
# The usual share of all buyers decays by this factor a day. Chosen, not measured.
USUAL_SHARE_KEPT_A_DAY: Final = 0.95
# Hours that a principal needs before its deviation from them teaches its cohort. Chosen, not
# measured.
LEAST_OWN_HOURS: Final = 24

# --- known_shares

# Periods in days for the share of all known subjects; a week and a month show slow theft. Chosen,
# not measured.
SHARE_PERIOD_DAYS: Final = (1, 7, 30)
# With fewer known subjects than this, a share says little. Chosen, not measured.
LEAST_KNOWN_SUBJECTS: Final = 1000.0

# --- period_close

# After a longer silence, the days in between are skipped: there was nothing to learn. Chosen longer
# than the ring of 30 days that a principal keeps.
MOST_DAYS_CLOSED: Final = 40

# --- day_close

# Members with a day to compare before their median counts as a shift of the cohort. Chosen, not
# measured.
LEAST_COHORT_MEMBERS: Final = 5
# Members that a cohort needs for a shift of its own besides the fleet's. Chosen, not measured.
LEAST_SHIFTED_MEMBERS: Final = 3
# Records in a week below which no slow score pages: as many as page in an hour. Chosen, not
# measured.
LEAST_WEEK_RECORDS: Final = 100.0
# Age in days from which a principal's new values teach the cohort. Chosen, not measured.
NOVELTY_LEARNT_AFTER_DAYS: Final = 3
# Age in days up to which its new values count as a young principal's. Chosen, not measured.
YOUNG_DAYS: Final = 7
# Operations with at least this share of the most frequent one's calls are equally frequent. The
# first by name leads, so that similar principals choose the same one. Chosen, not measured.
LEADING_OPERATION_SHARE: Final = 0.6
# A principal changes its cohort when another operation leads by this factor. Chosen, not measured.
COHORT_CHANGE_FACTOR: Final = 2
# Windows of the last days that are compared with the days before them; these show a trickle
# soonest. Chosen, not measured.
SLOW_WINDOW_DAYS: Final = (3, 7)
# Age in days from which a principal's scores teach the thresholds, by channel. Chosen, not
# measured.
MATURE_AFTER_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"hour": 3, "novelty": 4, "day": 6, "slow": 8, "month": 40}
)
# Weight of the trend's slope, added to the distance of the last days. Chosen, not measured.
TREND_WEIGHT: Final = 0.5
# Weight of the cumulative sum, added in the same way. Chosen, not measured.
DRIFT_WEIGHT: Final = 0.1

# --- verdict_learning

# After a benign verdict, scores up to this much above the incident's no longer page: a repeated job
# rarely scores exactly the same. Chosen, not measured.
ACCEPTED_MARGIN: Final = 0.3
# A benign verdict holds for hours, days and incidents up to this factor of what was judged: as
# much as a second page must be worse by. Chosen, not measured.
ACCEPTED_GROWTH: Final = 10.0

# --- explanation

# A surprise below this, one in four, is not worth a sentence. Chosen, not measured.
LEAST_TOLD_SURPRISE: Final = 0.6

# --- slow_reason

# Slow growth inside the range of the days before is told from this factor of the usual day. Chosen,
# not measured, as are the next two: what a person accepts as a reason.
SLOW_LEAST_FACTOR_TOLD: Final = 1.5
# On at least so many days. Chosen, not measured.
SLOW_LEAST_DAYS_TOLD: Final = 3
# And on this share of the days with any. Chosen, not measured.
SLOW_LEAST_SHARE_TOLD: Final = 0.7
# First reads inside the usual range are told from that factor on, if they are this share of all.
# Measured: of three pages in eight drawn worlds it keeps the theft and drops what was none.
FIRST_READS_LEAST_SHARE_TOLD: Final = 0.9

# --- fleet_incident

# Statistical pages of the last day that are kept to recognize a surge. Chosen, not measured: more
# pages than this within an hour are a surge anyway.
FLEET_PAGES_KEPT: Final = 200
# A principal on a network that was told of pages by itself above this many usual days. Chosen, not
# measured.
SHARED_NETWORK_MOST_USUAL_DAYS: Final = 3.0

# --- planned_changes

# Planned changes of a partition: each has an incident's draft. Chosen, not measured.
PLANNED_CHANGES_KEPT: Final = 100
# And of one principal. Chosen, not measured.
PLANNED_CHANGES_OF_A_PRINCIPAL: Final = 5

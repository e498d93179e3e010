"""What decides in the estimators: how much history is needed, kept and believed."""

from typing import Final

# --- hour_volume

# Hours of a feature before a principal's own median is compared with; until then the cohort's
# absolute volumes stand in. Chosen, not measured: half a day of work.
HOUR_VOLUME_LEAST_HOURS: Final = 12
# An hour as large as one in ten is nothing to look at. Measured as a whole: looks at what leaves
# the usual only, with other savings, halve the cost of an event at the same recall (CHANGELOG.md).
# The share was chosen.
HOUR_VOLUME_QUIET_SHARE: Final = 0.1
# Calls, records and bytes of all kinds, and the largest read, tell of load rather than of whose
# data was taken. Chosen, not measured one by one.
HOUR_VOLUME_LOAD_FEATURES: Final = frozenset({"calls", "records", "bytes", "largest_read"})
# What the surprise of such a feature counts. Measured together with the Pareto tail: bursts are
# paged after fewer of their rows (CHANGELOG.md); the weight was chosen.
HOUR_VOLUME_LOAD_WEIGHT: Final = 0.7
# How many hours of its own the cohort is worth to an estimator that stands alone; a detector takes
# `DetectorSettings.cohort_weight`. Chosen, not measured.
HOUR_VOLUME_COHORT_HOURS: Final = 2.0
# Shares of the hours below the ends and the middle of what people are told is usual. Chosen, not
# measured: it decides about the words only.
HOUR_VOLUME_TOLD_SHARES: Final = (0.05, 0.5, 0.95)

# --- volume_shape

# Above the bin that one hour in thirty reaches, the tail goes on as a Pareto distribution
# (J. Pickands, Annals of Statistics 3, 1975). Chosen, not measured.
VOLUME_SHAPE_TAIL_SHARE: Final = 0.03
# The tail's mean excess before any is known. Chosen, not measured.
VOLUME_SHAPE_PRIOR_EXCESS_BINS: Final = 3.3
# How many hours of the tail that prior is worth. Chosen, not measured.
VOLUME_SHAPE_PRIOR_TAIL_HOURS: Final = 10.0
# An hour's excess counts by no more: one attack must not make the next one usual. Chosen, not
# measured: eight bins are a factor of 55.
VOLUME_SHAPE_LARGEST_EXCESS_BINS: Final = 8
# No hour is quite certain, so that even the most usual one has a surprise above 0. Chosen, not
# measured.
VOLUME_SHAPE_LARGEST_CHANCE: Final = 0.999
# No hour is impossible: an extrapolated tail ends here. Chosen, not measured; no history shows
# anything so rare.
VOLUME_SHAPE_LEAST_CHANCE: Final = 1e-12
# How many hours of its own the fleet is worth to a cohort. Chosen, not measured.
VOLUME_SHAPE_PARENT_HOURS: Final = 20.0
# Hours that the fleet's tail begins with, and how many of them are in any bin or above: Jeffreys'
# prior of a share, Beta(1/2, 1/2).
VOLUME_SHAPE_PRIOR_HOURS: Final = 1.0
# The half of that prior that lies above; see VOLUME_SHAPE_PRIOR_HOURS.
VOLUME_SHAPE_PRIOR_HOURS_ABOVE: Final = 0.5

# --- rolling_volume

# How many days the cohort's spread is worth to a principal. Chosen, not measured.
ROLLING_VOLUME_PRIOR_DAYS: Final = 6.0
# Days with a feature before a day, or the last days, are compared with them. Chosen, not measured.
ROLLING_VOLUME_LEAST_DAYS: Final = 4
# Over how many days the slope is taken. Chosen, not measured: three weeks hold each weekday thrice.
ROLLING_VOLUME_TREND_DAYS: Final = 21
# Days with a feature before their slope says anything. Chosen, not measured.
ROLLING_VOLUME_LEAST_TREND_DAYS: Final = 12
# Share of the last three or seven days that must have a feature. Chosen, not measured.
ROLLING_VOLUME_LEAST_SHARE: Final = 0.5
# Days before the last 30 until a month is compared with them. Chosen, not measured.
ROLLING_VOLUME_LEAST_LEVEL_DAYS: Final = 8
# The level of the days before the last 30 is their mean until there are so many; then the oldest
# fade. Chosen, not measured.
ROLLING_VOLUME_LEVEL_DAYS: Final = 60.0
# Only features seen within so many closed days are watched over days. Chosen, not measured: each
# weekday once.
ROLLING_VOLUME_RECENT_DAYS: Final = 7

# --- spreads

# The spread of usual integrations in logarithms: a factor of 1.4 either way. Chosen, not measured.
SPREADS_PRIOR_LOGARITHM: Final = 0.35
# How many principal-days that prior is worth. Chosen, not measured.
SPREADS_PRIOR_DAYS: Final = 10.0
# Principal-days that are kept in full; then the oldest fade. Chosen, not measured.
SPREADS_DAYS_KEPT: Final = 500.0
# A day's deviation counts by no more, so that one attack widens nobody's spread. Chosen, not
# measured: a factor of 55.
SPREADS_LARGEST_LOGARITHM: Final = 4.0

# --- drift

# What a day must exceed the usual one by to count. E. S. Page, Biometrika 41, 1954; a CUSUM finds
# a lasting shift of twice its slack soonest. The slack was chosen, not measured.
DRIFT_SLACK_SPREADS: Final = 0.75
# A day counts by no more: one large day is no slow growth. Chosen, not measured.
DRIFT_LARGEST_DAY_SPREADS: Final = 3.0
# Days with a feature before growth is summed. Chosen, not measured.
DRIFT_LEAST_DAYS: Final = 4
# How late a day becomes part of what is usual, so that growth does not teach its own baseline.
# Chosen, not measured: each weekday once.
DRIFT_DELAY_DAYS: Final = 7

# --- novelty

# Values that a principal is known to show; of more some are forgotten. Chosen, not measured.
NOVELTY_VALUES_KEPT: Final = 96
# Values that a cohort knows; the first of more is forgotten. Chosen, not measured: those of 200
# principals that share none.
NOVELTY_COHORT_VALUES_KEPT: Final = 200 * NOVELTY_VALUES_KEPT
# How many principal-days the fleet's rate of new values is worth to a cohort. Chosen, not measured.
NOVELTY_FLEET_DAYS: Final = 60.0
# How many principal-days the fleet's own prior is worth. Chosen, not measured.
NOVELTY_PRIOR_DAYS: Final = 100.0
# How many of those days show a new value: one in 200. Chosen, not measured.
NOVELTY_PRIOR_NEW_DAYS: Final = 0.5
# However many others have shown a value, it keeps a twentieth of its surprise. Chosen, not
# measured.
NOVELTY_LARGEST_POPULARITY: Final = 0.95
# A cohort of fewer members is taken for one of so many: one other is not everybody. Chosen, not
# measured.
NOVELTY_LEAST_MEMBERS: Final = 5.0

# --- cohort

# How many principal-days the median day is worth against a weekday's habit. Chosen, not measured.
COHORT_WEEKDAY_PRIOR_DAYS: Final = 3.0
# A weekday's principal-days that are kept in full, eight weeks of five members; then the oldest
# fade. Chosen, not measured.
COHORT_WEEKDAY_DAYS_KEPT: Final = 40.0
# How many members the parent's surge is worth to a cohort. Chosen, not measured.
COHORT_SURGE_PRIOR_MEMBERS: Final = 5
# Principal-hours of an hour of the day before its surge is taken, and how many the parent's surge
# is worth. Chosen, not measured.
COHORT_LEAST_HOURS: Final = 10.0
# Principal-hours of an hour of the day that are kept in full; then the oldest fade. Chosen, not
# measured.
COHORT_HOURS_KEPT: Final = 300.0
# What a principal-hour leaves of those before: the last two dozen hours of members are the present,
# and one member alone is no surge. Chosen, not measured.
COHORT_KEEP_AN_HOUR: Final = 0.96
# An hour's excess counts by no more, either way. Chosen, not measured: a factor of 7.
COHORT_LARGEST_EXCESS_BINS: Final = 4.0

# --- calibration

# What each channel may use of the false pages that the user allows; they sum to 1 (Bonferroni's
# inequality with weights). The detector is measured with these (docs/detection.md); no figures of
# other shares were kept.
CALIBRATION_SHARES: Final = {"hour": 0.4, "novelty": 0.2, "day": 0.1, "slow": 0.28, "month": 0.02}
# Before anything is learnt: the score of one day in ten, and the mean excess above it. Chosen, not
# measured.
CALIBRATION_PRIORS: Final = {
    "hour": (3.0, 0.8),
    "novelty": (1.0, 0.8),
    "day": (1.5, 0.6),
    "slow": (3.2, 0.9),
    "month": (2.0, 0.7),
}
# A day's score is learnt as no more than that of so rare a day, however much was seen. Chosen, not
# measured.
CALIBRATION_RAREST_SHARE_LEARNT: Final = 0.001
# That share while little is known. Chosen, not measured.
CALIBRATION_COMMONEST_SHARE_LEARNT: Final = 0.03
# In between it is that of so many days among all that were seen: hardly one. Chosen, not measured.
CALIBRATION_RAREST_DAYS_LEARNT: Final = 0.6
# A channel's scores are taken relative to what one in ten days of the cohort reaches. Chosen, not
# measured.
CALIBRATION_COHORT_QUANTILE: Final = 0.9
# How many principal-days the fleet's usual score is worth to a cohort. Chosen, not measured.
CALIBRATION_COHORT_DAYS: Final = 50.0

# --- tail_threshold

# From so many principal-days on, the exponential begins at this quantile: where one day in thirty
# is, with few days where one in ten is. An early experiment measured that an exponential above the
# 90th percentile, winsorised, holds a nominal 0.01 at 0.0094; the two other steps were chosen.
TAIL_THRESHOLD_BASE_QUANTILES: Final = ((0.0, 0.9), (300.0, 0.94), (600.0, 0.97))
# Above this share of the days a score counts as no more: one attack must not raise the bar.
# Chosen, not measured.
TAIL_THRESHOLD_WINSOR_QUANTILE: Final = 0.998
# The tail falls no faster than this mean excess. Chosen, not measured.
TAIL_THRESHOLD_LEAST_SCALE: Final = 0.15
# What a day of all principals leaves of the days before: half are forgotten in a month. Chosen,
# not measured.
TAIL_THRESHOLD_KEEP_A_DAY: Final = 0.977
# Share of the days above the base of a prior: it is the score of one day in ten. By definition.
TAIL_THRESHOLD_PRIOR_SHARE: Final = 0.1
# The score of one day in ten before anything is learnt, of a threshold that no channel has a prior
# for. Chosen, not measured.
TAIL_THRESHOLD_PRIOR_BASE: Final = 4.0
# The mean excess above it. Chosen, not measured.
TAIL_THRESHOLD_PRIOR_SCALE: Final = 0.8

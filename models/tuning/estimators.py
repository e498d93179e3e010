"""Constants of the estimators: how much history they need, keep and trust."""

from typing import Final

# --- hour_volume

# Hours with a feature before an hour is compared with the principal's own median; until then the
# cohort's absolute volumes are used. Chosen, not measured: half a day of work.
HOUR_VOLUME_LEAST_HOURS: Final = 12
# An hour no larger than one in ten needs no rescore. Measured as a whole: rescoring only what
# leaves the usual range, with other savings, halves the cost of an event at the same recall
# (CHANGELOG.md). The share was chosen.
HOUR_VOLUME_QUIET_SHARE: Final = 0.1
# Total calls, records and bytes, and the largest read, show load rather than whose data was taken.
# Chosen, not measured one by one.
HOUR_VOLUME_LOAD_FEATURES: Final = frozenset({"calls", "records", "bytes", "largest_read"})
# Weight of such a feature's surprise. Measured together with the Pareto tail: bursts page after
# fewer of their rows (CHANGELOG.md); the weight was chosen.
HOUR_VOLUME_LOAD_WEIGHT: Final = 0.7
# Hours of its own that the cohort is worth to a stand-alone estimator; a detector uses
# `DetectorSettings.cohort_weight`. Chosen, not measured.
HOUR_VOLUME_COHORT_HOURS: Final = 2.0
# Quantiles of the hours that reasons give as usual: low, median, high. Chosen, not measured:
# affects wording only.
HOUR_VOLUME_TOLD_SHARES: Final = (0.05, 0.5, 0.95)

# --- volume_shape

# Above the bin that one hour in thirty reaches, the tail is a Pareto distribution (J. Pickands,
# Annals of Statistics 3, 1975). Chosen, not measured.
VOLUME_SHAPE_TAIL_SHARE: Final = 0.03
# Prior mean excess of the tail. Chosen, not measured.
VOLUME_SHAPE_PRIOR_EXCESS_BINS: Final = 3.3
# Tail hours that this prior is worth. Chosen, not measured.
VOLUME_SHAPE_PRIOR_TAIL_HOURS: Final = 10.0
# Most that an hour's excess counts: one attack must not make the next one usual. Chosen, not
# measured: eight bins are a factor of 55.
VOLUME_SHAPE_LARGEST_EXCESS_BINS: Final = 8
# No hour is certain, so even the most usual one has a surprise above 0. Chosen, not measured.
VOLUME_SHAPE_LARGEST_CHANCE: Final = 0.999
# No hour is impossible: the extrapolated tail ends here. Chosen, not measured; no history shows
# anything this rare.
VOLUME_SHAPE_LEAST_CHANCE: Final = 1e-12
# Hours of its own that the fleet is worth to a cohort. Chosen, not measured.
VOLUME_SHAPE_PARENT_HOURS: Final = 20.0
# Prior hours of the fleet's tail: Jeffreys' prior of a share, Beta(1/2, 1/2).
VOLUME_SHAPE_PRIOR_HOURS: Final = 1.0
# The half of VOLUME_SHAPE_PRIOR_HOURS that counts as in any bin or above.
VOLUME_SHAPE_PRIOR_HOURS_ABOVE: Final = 0.5

# --- rolling_volume

# Days that the cohort's spread is worth to a principal. Chosen, not measured.
ROLLING_VOLUME_PRIOR_DAYS: Final = 6.0
# Days with a feature before a new day, or the last days, are compared with them. Chosen, not
# measured.
ROLLING_VOLUME_LEAST_DAYS: Final = 4
# Days over which the slope is fitted. Chosen, not measured: three weeks hold each weekday three
# times.
ROLLING_VOLUME_TREND_DAYS: Final = 21
# Days with a feature before their slope means anything. Chosen, not measured.
ROLLING_VOLUME_LEAST_TREND_DAYS: Final = 12
# Share of the last three or seven days that must have a feature. Chosen, not measured.
ROLLING_VOLUME_LEAST_SHARE: Final = 0.5
# Days before the last 30 that a month needs for a comparison. Chosen, not measured.
ROLLING_VOLUME_LEAST_LEVEL_DAYS: Final = 8
# The level is the mean of the days before the last 30, up to this many days; beyond that the oldest
# days fade. Chosen, not measured.
ROLLING_VOLUME_LEVEL_DAYS: Final = 60.0
# Only features seen in this many closed days are scored over days. Chosen, not measured: each
# weekday once.
ROLLING_VOLUME_RECENT_DAYS: Final = 7
# A day's volume fewer spreads than this above the median day cannot be unusual. Measured together
# with `DAY_RESCORE_FACTOR`.
ROLLING_VOLUME_QUIET_SPREADS: Final = 0.8

# --- spreads

# Spread of usual integrations in logarithms: a factor of 1.4 either way. Chosen, not measured.
SPREADS_PRIOR_LOGARITHM: Final = 0.35
# Principal-days that this prior is worth. Chosen, not measured.
SPREADS_PRIOR_DAYS: Final = 10.0
# Principal-days that count in full; beyond that the oldest fade. Chosen, not measured.
SPREADS_DAYS_KEPT: Final = 500.0
# Most that a day's deviation counts, so that one attack does not widen the spread for all. Chosen,
# not measured: a factor of 55.
SPREADS_LARGEST_LOGARITHM: Final = 4.0

# --- drift

# How far a day must exceed the usual one to count. A CUSUM finds a lasting shift of twice its slack
# soonest (E. S. Page, Biometrika 41, 1954). The slack was chosen, not measured.
DRIFT_SLACK_SPREADS: Final = 0.75
# Most that a day counts: one large day is not slow growth. Chosen, not measured.
DRIFT_LARGEST_DAY_SPREADS: Final = 3.0
# Days with a feature before its growth is summed. Chosen, not measured.
DRIFT_LEAST_DAYS: Final = 4
# Days before a day joins the baseline, so that growth does not teach its own baseline. Chosen, not
# measured: each weekday once.
DRIFT_DELAY_DAYS: Final = 7

# --- novelty

# Values kept for each principal; the least recent are evicted. Chosen, not measured.
NOVELTY_VALUES_KEPT: Final = 96
# Values kept for each cohort; the first are evicted. Chosen, not measured: those of 200 principals
# that share none.
NOVELTY_COHORT_VALUES_KEPT: Final = 200 * NOVELTY_VALUES_KEPT
# Principal-days that the fleet's rate of new values is worth to a cohort. Chosen, not measured.
NOVELTY_FLEET_DAYS: Final = 60.0
# Principal-days that the fleet's own prior is worth. Chosen, not measured.
NOVELTY_PRIOR_DAYS: Final = 100.0
# How many of those days have a new value: one in 200. Chosen, not measured.
NOVELTY_PRIOR_NEW_DAYS: Final = 0.5
# However many others have shown a value, it keeps a twentieth of its surprise. Chosen, not
# measured.
NOVELTY_LARGEST_POPULARITY: Final = 0.95
# A smaller cohort counts as having this many members: one other member is not everybody. Chosen,
# not measured.
NOVELTY_LEAST_MEMBERS: Final = 5.0
# Principal-days that the cohort's rate of new values is worth to a principal. Measured with
# thresholds of hindsight on the tuning seeds of six families of worlds: 2, 5 and 10 find alike.
NOVELTY_COHORT_DAYS: Final = 5.0
# A principal's days fade by this factor: to half in a month. Chosen, not measured.
NOVELTY_OWN_DAYS_KEPT: Final = 0.98

# --- cohort

# Principal-days that the median day is worth against a weekday's own level. Chosen, not measured.
COHORT_WEEKDAY_PRIOR_DAYS: Final = 3.0
# Principal-days of a weekday that count in full, eight weeks of five members; beyond that the
# oldest fade. Chosen, not measured.
COHORT_WEEKDAY_DAYS_KEPT: Final = 40.0
# Members that the parent's surge is worth to a cohort. Chosen, not measured.
COHORT_SURGE_PRIOR_MEMBERS: Final = 5
# Principal-hours at an hour of the day before it has a surge, and how many the parent's surge is
# worth. Chosen, not measured.
COHORT_LEAST_HOURS: Final = 10.0
# Members with a usual day from which a cohort's surge excuses what a rule counts: fewer could raise
# it by their own calls. Chosen, not measured.
COHORT_LEAST_SURGING_MEMBERS: Final = 4
# Principal-hours at an hour of the day that count in full; beyond that the oldest fade. Chosen, not
# measured.
COHORT_HOURS_KEPT: Final = 300.0
# Each principal-hour decays those before it by this factor: the last two dozen hours of the members
# count as now, and one member alone is not a surge. Chosen, not measured.
COHORT_KEEP_AN_HOUR: Final = 0.96
# Most that an hour's excess counts, either way. Chosen, not measured: a factor of 7.
COHORT_LARGEST_EXCESS_BINS: Final = 4.0

# --- calibration

# Each channel's share of the allowed false pages; they sum to 1 (Bonferroni's inequality with
# weights). Measured on the tuning seeds of six families of worlds: with 0.28 for slow growth and
# 0.40 for the hour, one theft in 24 less is found in small and one in 42 less in retail, at as many
# false pages.
CALIBRATION_SHARES: Final = {
    "hour": 0.48,
    "novelty": 0.22,
    "day": 0.1,
    "slow": 0.18,
    "month": 0.02,
}
# The share of first reads where a log counts neither records nor bytes; the others divide the rest.
# Measured on seeds 1 to 20 of the simulated people: there, volumes find little (docs/people.md).
CALIBRATION_FIRST_READS: Final = 0.9
# Priors by channel: the score of one day in ten, and the mean excess above it. Measured on honest
# days of the tuning seeds of six families of worlds, and rounded (`make bench-priors`); that of the
# month was chosen, because no family is long enough. New values are rarer than one day in ten: the
# base of their tail is where the line through rarer days meets that share, below 0. Of seven tails
# near the measured (-0.6, 0.8), this one finds most at a worst false rate of 1.1 times nominal on
# the tuning seeds of seven families; (0.2, 0.8) finds .03 less at 0.01, and .05 less at 0.001.
CALIBRATION_PRIORS: Final = {
    "hour": (2.3, 1.0),
    "novelty": (-0.5, 0.6),
    "day": (1.5, 0.8),
    "slow": (2.0, 0.9),
    "month": (2.0, 0.7),
}
# A bound is this small on this share of the days, if Bonferroni's inequality is tight. Measured on
# seeds 1 to 20 of the simulated people: .05 left more false pages.
CALIBRATION_BOUND_SHARE: Final = 0.02
# Principal-days that the exact bound is worth. Chosen, not measured: four of them are that rare.
CALIBRATION_BOUND_DAYS: Final = 200.0
# A p-value becomes at most this many times larger by that. Chosen, not measured.
CALIBRATION_BOUND_MOST: Final = 2.0
# A day's score is learnt as at most that of a day this rare, however many days were seen. Chosen,
# not measured.
CALIBRATION_RAREST_SHARE_LEARNT: Final = 0.001
# The same limit while few days are known. Chosen, not measured.
CALIBRATION_COMMONEST_SHARE_LEARNT: Final = 0.03
# Between the two, the limit is this many days among all that were seen: about the rarest one so
# far. Chosen, not measured.
CALIBRATION_RAREST_DAYS_LEARNT: Final = 0.6
# A channel's scores are relative to the score that one in ten days of the cohort reaches. Chosen,
# not measured.
CALIBRATION_COHORT_QUANTILE: Final = 0.9
# Principal-days that the fleet's usual score is worth to a cohort. Chosen, not measured.
CALIBRATION_COHORT_DAYS: Final = 50.0

# --- tail_threshold

# Principal-days, and the quantile at which the exponential begins from then on: one day in ten with
# few days, one in thirty with many. An early experiment measured that a winsorised exponential
# above the 90th percentile holds a nominal 0.01 at 0.0094; the other two steps were chosen.
TAIL_THRESHOLD_BASE_QUANTILES: Final = ((0.0, 0.9), (300.0, 0.94), (600.0, 0.97))
# Scores above this quantile count as this quantile: one attack must not raise the bar. Chosen, not
# measured.
TAIL_THRESHOLD_WINSOR_QUANTILE: Final = 0.998
# The mean excess is at least this, which limits how fast the tail falls. Chosen, not measured.
TAIL_THRESHOLD_LEAST_SCALE: Final = 0.15
# Each day decays the days before it by this factor: their weight halves in a month. Chosen, not
# measured.
TAIL_THRESHOLD_KEEP_A_DAY: Final = 0.977
# Share of the days above a prior's base, which is by definition the score of one day in ten.
TAIL_THRESHOLD_PRIOR_SHARE: Final = 0.1
# Prior base of a threshold without a channel: the score of one day in ten. Chosen, not measured.
TAIL_THRESHOLD_PRIOR_BASE: Final = 4.0
# Prior mean excess above that base. Chosen, not measured.
TAIL_THRESHOLD_PRIOR_SCALE: Final = 0.8

# --- first_reads

# Prior base of a principal-day's new subjects: the logarithm that one day in ten exceeds, less
# half of what is usual. Chosen, not measured: 150 new subjects where 50 are usual.
FIRST_READS_PRIOR_BASE: Final = 3.0
# Prior mean excess of that logarithm. Chosen, not measured: one excess in three is more than
# three times the base.
FIRST_READS_PRIOR_SCALE: Final = 0.9
# Prior logarithm of what is usual. Chosen, not measured.
FIRST_READS_PRIOR_USUAL: Final = 4.0
# Principal-days that the fleet is worth to a cohort, and the prior to the fleet. Chosen, not
# measured.
FIRST_READS_PARENT_DAYS: Final = 60.0
# The mean excess is at least this: no history shows that a slightly larger day is impossible.
# Chosen, not measured.
FIRST_READS_LEAST_SCALE: Final = 0.15
# Days above this share of all count as that day: one theft must not make the next one usual.
# Chosen, not measured.
FIRST_READS_WINSOR_SHARE: Final = 0.998
# A day is learnt as at most one that comes this often among all days so far. As
# CALIBRATION_RAREST_DAYS_LEARNT.
FIRST_READS_RAREST_DAYS_LEARNT: Final = 0.6
# Each day decays the days before it by this factor: their weight halves in a month. As
# TAIL_THRESHOLD_KEEP_A_DAY.
FIRST_READS_FADE_A_DAY: Final = 0.977
# A principal's largest day fades by this factor a day: a fifth of its logarithm in a week. Chosen,
# not measured.
FIRST_READS_USUAL_KEPT: Final = 0.97
# A larger weight of the own history must find thefts that are smaller by this logarithm. Chosen,
# not measured.
FIRST_READS_WEIGHT_MARGIN: Final = 0.25

"""Constants of counting: what a record is, and which values are the same."""

from typing import Final

# --- window

# Bytes that count as one record where a log gives bytes only. Chosen, not measured.
WINDOW_BYTES_A_RECORD: Final = 1000.0
# Sets of data classes in the cache of features. Chosen, not measured: more than exist.
WINDOW_CLASS_SETS_REMEMBERED: Final = 1024

# New values of a feature that an hour keeps and teaches; further ones are counted. Chosen, not
# measured: more than an honest hour has after a principal's first days.
WINDOW_NEW_VALUES_KEPT: Final = 64
# So many new values of a feature are worth a score each in an hour; of more only those are that
# are more surprising. Chosen, not measured.
WINDOW_NEW_VALUES_SCORED: Final = 8

# A subject that is new to the principal, but that others have read, counts as this many more: who
# reads what is usual for somebody else has no business there. Measured on 14 tuning seeds of the
# simulated people at a nominal 0.01: 0 finds .89 of the thefts at .0099, 2 finds .96 at .0105.
WINDOW_OTHERS_WEIGHT: Final = 2.0

# --- tokens

# An hour nearer than this to one of the principal's active hours is not new. Chosen, not measured.
TOKENS_NEWS_HOURS: Final = 3
# From this distance on, an hour is far, which is much rarer. Measured: exports at night page even
# at a tenth of the false pages (CHANGELOG.md); other distances were not compared.
TOKENS_FAR_HOURS: Final = 4
# User agents with the same first characters are the same program. Chosen, not measured.
TOKENS_PROGRAM_CHARACTERS: Final = 64
# Resources whose names have the same first characters are the same. Chosen, not measured.
TOKENS_RESOURCE_CHARACTERS: Final = 128
# Tokens, and events' sets of them, that are kept at hand; twice as many at most. Chosen, not
# measured: it decides about speed and memory only.
TOKENS_REMEMBERED: Final = 16_384

# --- subject_sketch, seen_subjects

# From so many subjects in a call on, they are looked at all at once. Measured: with fewer, one by
# one is faster.
SUBJECTS_AT_ONCE: Final = 128

# --- seen_subjects

# Bytes of a principal's first filter, which holds a hundred subjects: most principals never read
# more. Chosen, not measured.
SEEN_SUBJECTS_FIRST_BYTES: Final = 64
# Bytes of a principal's full filter; it has two. Chosen: two kilobytes a principal.
SEEN_SUBJECTS_PRINCIPAL_BYTES: Final = 1024
# Bytes of the filter for all principals of a partition; it has two. Chosen, not measured: it is
# part of every checkpoint.
SEEN_SUBJECTS_FLEET_BYTES: Final = 16_384
# Subjects that a filter takes for each of its bits: at two hashes a third of the bits is set, and
# one new subject in nine looks known, which the count makes good.
SEEN_SUBJECTS_A_BIT: Final = 0.2
# A filter should last this long; one that fills sooner keeps half as many subjects from then on.
# Chosen, not measured: two weeks hold each weekday twice.
SEEN_SUBJECTS_KEPT_DAYS: Final = 14
# One subject in a million is kept at least. Chosen, not measured.
SEEN_SUBJECTS_LARGEST_LEVEL: Final = 20

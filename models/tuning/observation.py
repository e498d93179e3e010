"""What decides when an hour is counted: what a record is, and which values are the same."""

from typing import Final

# --- window

# What a record is taken for where a log gives bytes only. Chosen, not measured.
WINDOW_BYTES_A_RECORD: Final = 1000.0
# Sets of data classes whose features are kept at hand. Chosen, not measured: more than there are.
WINDOW_CLASS_SETS_REMEMBERED: Final = 1024

# New values of a feature that an hour keeps and teaches; further ones are counted. Chosen, not
# measured: more than an honest hour has after a principal's first days.
WINDOW_NEW_VALUES_KEPT: Final = 64
# So many new values of a feature are worth a score each in an hour; of more only those are that
# are more surprising. Chosen, not measured.
WINDOW_NEW_VALUES_SCORED: Final = 8

# --- tokens

# An hour of the day nearer than this to one that a principal is known to be active in is no news.
# Chosen, not measured.
TOKENS_NEWS_HOURS: Final = 3
# From so many hours on it is another kind of new, and far rarer. Measured: exports at night are
# paged at a tenth of the false pages, too (CHANGELOG.md); other distances were not compared.
TOKENS_FAR_HOURS: Final = 4
# Programs that begin alike for so long are the same. Chosen, not measured.
TOKENS_PROGRAM_CHARACTERS: Final = 64
# Resources whose names begin alike for so long are the same. Chosen, not measured.
TOKENS_RESOURCE_CHARACTERS: Final = 128
# Tokens, and events' sets of them, that are kept at hand; twice as many at most. Chosen, not
# measured: it decides about speed and memory only.
TOKENS_REMEMBERED: Final = 16_384

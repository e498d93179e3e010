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

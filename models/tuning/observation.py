"""Constants of counting: what a record is, and which values are the same."""

from typing import Final

# --- window

# Bytes that count as one record where a log gives bytes only. Chosen, not measured.
WINDOW_BYTES_A_RECORD: Final = 1000.0
# Sets of data classes in the cache of features. Chosen, not measured: more than exist.
WINDOW_CLASS_SETS_REMEMBERED: Final = 1024

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
# Tokens, and sets of them, in the cache; when it is full, it is emptied. Chosen, not measured:
# affects speed and memory only.
TOKENS_REMEMBERED: Final = 50_000

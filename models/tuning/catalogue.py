"""Limits of a look-up in the catalogue: the caller chooses the paths and names."""

from typing import Final

# --- catalogue

# Segments of a path that its shape keeps. Chosen, not measured.
CATALOGUE_SHAPE_SEGMENTS: Final = 16
# Calls, and sensitivities that requests add, in the caches. Chosen, not measured: affects speed and
# memory only.
CATALOGUE_CALLS_REMEMBERED: Final = 8192

# --- resource_classes

# Resources in the cache of classes. Chosen, not measured: affects speed and memory only.
RESOURCE_CLASSES_REMEMBERED: Final = 8192

# --- request_path

# How much of a path is read. Chosen, not measured: NGINX and API Gateway take no longer request
# line than 8 and 10 KiB unless told to.
REQUEST_PATH_CHARACTERS: Final = 16_384
# How often a path is decoded until nothing changes. Chosen, not measured: percent signs that are
# encoded many times cost one round, so that two or three do.
REQUEST_PATH_ROUNDS: Final = 8

# --- route_tree

# Segments of a path that are matched against templates. Chosen, not measured.
ROUTE_TREE_SEGMENTS: Final = 24

# --- request_resource

# Resources counted as read by one call. Chosen, not measured.
REQUEST_RESOURCE_NAMES: Final = 8
# Columns of a table or query that are classified. Chosen, not measured: Athena's tables have fewer.
REQUEST_RESOURCE_COLUMNS: Final = 512
# Characters kept of each name. Chosen, not measured.
REQUEST_RESOURCE_NAME_CHARACTERS: Final = 512
# How much of a parameter, such as an SQL statement, is searched for names. Chosen, not measured.
REQUEST_RESOURCE_TEXT_CHARACTERS: Final = REQUEST_RESOURCE_NAMES * REQUEST_RESOURCE_NAME_CHARACTERS

# --- classes that nobody knows

# A call that the catalogue does not know counts as sensitive from so many bytes on, where the log
# counts no records. Derived from the simulator: an answer without rows has 180 bytes, one with the
# smallest row of its operations.yaml at least 333 (180 + 0.85 * 180). Health checks return less.
UNCLASSIFIED_LEAST_BYTES: Final = 333

# --- statement_tables

# The longest statement that is read, its tokens and the depth of its brackets. Measured: the
# slowest statement within these bounds takes a tenth of a second.
STATEMENT_TABLES_CHARACTERS: Final = 16_384
STATEMENT_TABLES_TOKENS: Final = 1_000  # As above.
STATEMENT_TABLES_BRACKETS: Final = 16  # As above.
# Statements whose tables are kept at hand. Chosen, not measured: it decides about speed and
# memory only.
STATEMENT_TABLES_REMEMBERED: Final = 1024

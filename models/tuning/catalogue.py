"""What bounds a look-up in the catalogue: paths and names come from whoever makes the call."""

from typing import Final

# --- catalogue

# Segments of a path whose shape is written. Chosen, not measured.
CATALOGUE_SHAPE_SEGMENTS: Final = 16
# Calls, and sensitivities that requests add, that are kept at hand. Chosen, not measured: it
# decides about speed and memory only.
CATALOGUE_CALLS_REMEMBERED: Final = 8192

# --- resource_classes

# Resources whose classes are kept at hand. Chosen, not measured: it decides about speed and memory
# only.
RESOURCE_CLASSES_REMEMBERED: Final = 8192

# --- route_tree

# Segments of a path that are compared with templates. Chosen, not measured.
ROUTE_TREE_SEGMENTS: Final = 24
# Parts that a path is cut into to find them: half may be empty. Chosen, not measured.
ROUTE_TREE_PARTS: Final = 2 * ROUTE_TREE_SEGMENTS

# --- request_resource

# Resources that a call is said to read. Chosen, not measured.
REQUEST_RESOURCE_NAMES: Final = 8
# Length of each name. Chosen, not measured.
REQUEST_RESOURCE_NAME_CHARACTERS: Final = 512
# How much of a parameter, such as an SQL statement, is searched for names. Chosen, not measured.
REQUEST_RESOURCE_TEXT_CHARACTERS: Final = REQUEST_RESOURCE_NAMES * REQUEST_RESOURCE_NAME_CHARACTERS

# --- statement_tables

# The longest statement that is read, its tokens and the depth of its brackets. Measured: the
# slowest statement within these bounds takes a tenth of a second.
STATEMENT_TABLES_CHARACTERS: Final = 16_384
STATEMENT_TABLES_TOKENS: Final = 1_000  # As above.
STATEMENT_TABLES_BRACKETS: Final = 16  # As above.
# Statements whose tables are kept at hand. Chosen, not measured: it decides about speed and
# memory only.
STATEMENT_TABLES_REMEMBERED: Final = 1024

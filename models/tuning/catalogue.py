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

# --- route_tree

# Segments of a path that are matched against templates. Chosen, not measured.
ROUTE_TREE_SEGMENTS: Final = 24
# Parts into which a path is split to find its segments: half of them may be empty. Chosen, not
# measured.
ROUTE_TREE_PARTS: Final = 2 * ROUTE_TREE_SEGMENTS

# --- request_resource

# Resources counted as read by one call. Chosen, not measured.
REQUEST_RESOURCE_NAMES: Final = 8
# Characters kept of each name. Chosen, not measured.
REQUEST_RESOURCE_NAME_CHARACTERS: Final = 512
# How much of a parameter, such as an SQL statement, is searched for names. Chosen, not measured.
REQUEST_RESOURCE_TEXT_CHARACTERS: Final = REQUEST_RESOURCE_NAMES * REQUEST_RESOURCE_NAME_CHARACTERS

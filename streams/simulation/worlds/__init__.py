"""Worlds: accounts of named families, each drawn anew for a seed."""

from streams.simulation.worlds.families import FAMILIES, make_world, seeds_of
from streams.simulation.worlds.world import World

__all__ = ["FAMILIES", "World", "make_world", "seeds_of"]

"""The files of the catalogue, and the answers about what a call exposes."""

"""The catalogue's files, and what a call exposes for a person who asks."""

"""Numbers that decide something and that no user sets, by room, with where they came from."""

"""Records from files, read once or followed."""

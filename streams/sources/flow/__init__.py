"""Order, duplicates, offsets and counts of parsed records."""

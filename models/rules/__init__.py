"""Rules that hold whatever the statistics say; one file for each rule."""

"""What knowledge finds whatever the statistics say; one file for each rule."""

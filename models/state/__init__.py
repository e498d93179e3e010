"""What the detector remembers, and the form in which it is kept."""

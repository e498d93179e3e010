"""What the detector remembers, and how snapshots hold it."""

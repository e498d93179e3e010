"""From parsed records to batches on the events topic."""

"""Raw logs in, access events out."""

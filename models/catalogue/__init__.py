"""What a call exposes, looked up by its request."""

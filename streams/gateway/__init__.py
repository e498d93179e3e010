"""Checks third parties' keys for a gateway in front of the marketplace."""

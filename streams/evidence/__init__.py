"""Bundles of evidence: everything about one incident in one signed file, and its check."""

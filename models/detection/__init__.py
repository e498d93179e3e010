"""From counts to incidents: scoring, learning, paging."""

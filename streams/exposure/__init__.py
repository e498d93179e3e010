"""The exposure report: who read what, how much and from where, for the seller's owner."""

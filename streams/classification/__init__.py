"""Answers what a call exposes."""

"""Threads beside the worker's loop."""

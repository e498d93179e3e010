"""Threads that run beside the worker's loop."""

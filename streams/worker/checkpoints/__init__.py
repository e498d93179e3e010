"""Detector state that survives a worker: a log of changes over slowly renewed bases."""

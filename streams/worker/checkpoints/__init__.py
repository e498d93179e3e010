"""Detector state that outlives a worker: a log of changes on top of renewed bases."""

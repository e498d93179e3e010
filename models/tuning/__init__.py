"""What is the same for every user of the detector: one module a room, a heading each module.

All values together were tuned with ``make bench-detection`` on seeds 1 to 12 and measured on
others (docs/detection.md). "Chosen, not measured" says of a single one that no figures of other
values were kept. What a user sets stands in `models.detector_settings`.
"""

"""Constants that are the same for every user: a module for each room, a heading for each module.

All values were tuned together with ``make bench-detection`` on seeds 1 to 12 and measured on
other seeds (docs/detection.md). "Chosen, not measured" means that no figures were kept for other
values of that constant. The user's settings are in `models.detector_settings`.
"""

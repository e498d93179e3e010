"""River estimators: how usual a volume, a value or a day is."""

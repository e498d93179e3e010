"""Settings, secrets, and the data files of the package."""

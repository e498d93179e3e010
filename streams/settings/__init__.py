"""Settings, secrets and the files that are installed with the package."""

"""The one place that holds the version of sellerwatch."""

__version__ = "0.1.0"

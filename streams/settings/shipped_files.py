"""Finds the data files that are installed with the package."""

from pathlib import Path


def config_directory() -> Path:
    """Return the folder of the shipped configuration.

    In a wheel it is inside the package, in a checkout beside it.

    Examples
    --------
    >>> (config_directory() / "sellerwatch.yaml").is_file()
    True
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "_config"
    return installed if installed.is_dir() else package.parent / "config"


def runbook_directory() -> Path:
    """Return the folder of the runbooks; in a wheel it is inside the package.

    Examples
    --------
    >>> (runbook_directory() / "bulk_read.md").is_file()
    True
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "_runbooks"
    return installed if installed.is_dir() else package.parent / "docs" / "runbooks"

"""Builds detectors from the settings and the files that these name."""

from pydantic import TypeAdapter, ValidationError

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.errors import SettingsError
from streams.resources import config_directory
from streams.settings import Settings, describe, read_yaml


def load_detector_settings(settings: Settings) -> DetectorSettings:
    """Read config/detector.yaml, or the file named, and the overrides in the settings.

    Raises
    ------
    SettingsError
        If a value is wrong.
    """
    path = settings.detector_file or config_directory() / "detector.yaml"
    try:
        links = {"runbook_base_url": settings.links.runbooks}
        return DetectorSettings(**(links | read_yaml(path) | settings.detector))
    except ValidationError as error:
        raise SettingsError(describe(error, f"{path} or detector")) from error
    except TypeError as error:
        message = f"{path}: {error}"
        raise SettingsError(message) from error


def load_profiles(settings: Settings) -> dict[str, PrincipalProfile]:
    """Read what the user declared of each principal.

    Raises
    ------
    SettingsError
        If the file is wrong.
    """
    path = settings.principals_file or config_directory() / "principals.yaml"
    try:
        return TypeAdapter(dict[str, PrincipalProfile]).validate_python(
            read_yaml(path).get("principals") or {}
        )
    except ValidationError as error:
        raise SettingsError(describe(error, str(path))) from error


def make_detectors(settings: Settings) -> list[Detector]:
    """Make one detector for each partition."""
    tuned = load_detector_settings(settings)
    profiles = load_profiles(settings)
    return [
        Detector(tuned, profiles, partition=partition)
        for partition in range(settings.topics.partitions)
    ]

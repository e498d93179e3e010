"""Builds detectors from the settings and the files that these name."""

from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.settings.secrets import redaction_key
from streams.settings.settings import Settings
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import describe, read_yaml


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


def load_canaries(settings: Settings, tuned: DetectorSettings) -> frozenset[int]:
    """Hash the planted ids as the sources hash all ids.

    Raises
    ------
    SettingsError
        If there are planted ids, but no key that the sources share.
    """
    if not tuned.canary_ids:
        return frozenset()
    key = redaction_key(settings)
    if key is None:
        message = "canary_ids: set sources.redaction_key_file to the key of the sources"
        raise SettingsError(message)
    hasher = SubjectHasher(key)
    return frozenset(hasher.subject(name) for name in tuned.canary_ids)


def detector_maker(settings: Settings) -> Callable[[int], Detector]:
    """Return what makes the detector of a partition; the files are read now, and once."""
    tuned, profiles = load_detector_settings(settings), load_profiles(settings)
    canaries = load_canaries(settings, tuned)
    return lambda partition: Detector(tuned, profiles, partition, canaries)


def make_detectors(settings: Settings) -> list[Detector]:
    """Make one detector for each partition."""
    make = detector_maker(settings)
    return [make(partition) for partition in range(settings.topics.partitions)]

"""Makes detectors from the settings and the files that they name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from models.detector import Detector
from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.settings.secrets import redaction_key
from streams.settings.sections import SourceSettings
from streams.settings.settings import Settings
from streams.settings.shipped_files import config_directory
from streams.settings.yaml_file import describe, read_yaml


@dataclass(frozen=True)
class DetectorFactory:
    """Makes detectors from what they share, which is read once.

    Parameters
    ----------
    settings
        How the detectors are tuned.
    profiles
        What the user declared, by principal.
    canaries
        Keyed hashes of the planted ids.

    Examples
    --------
    >>> factory = DetectorFactory.load(Settings(detector={"incident_quiet_seconds": 60}))
    >>> factory.settings.incident_quiet_seconds
    60.0
    >>> factory.make(partition=3).principals_known
    0
    """

    settings: DetectorSettings
    profiles: Mapping[str, PrincipalProfile]
    canaries: frozenset[int]

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Read config/detector.yaml and config/principals.yaml, or the files named.

        Raises
        ------
        SettingsError
            If a file or a value is wrong, or if there are planted ids but no key shared with the
            sources.
        """
        detector_file = settings.detector_file or config_directory() / "detector.yaml"
        overrides = {"runbook_base_url": settings.links.runbooks} | read_yaml(detector_file)
        tuned = _tuned(overrides | settings.detector, detector_file)
        profiles = _profiles(settings.principals_file or config_directory() / "principals.yaml")
        return cls(tuned, profiles, _canaries(tuned.canary_ids, settings.sources))

    @property
    def kinds(self) -> dict[str, str]:
        """What kind of integration each declared principal is."""
        return {name: profile.kind for name, profile in self.profiles.items()}

    def make(self, partition: int) -> Detector:
        """Make the detector of a partition, without state."""
        return Detector(self.settings, self.profiles, partition, self.canaries)


def make_detectors(settings: Settings) -> list[Detector]:
    """Make one detector for each partition.

    Raises
    ------
    SettingsError
        If a file that the settings name is wrong.
    """
    factory = DetectorFactory.load(settings)
    return [factory.make(partition) for partition in range(settings.topics.partitions)]


def _tuned(values: dict[str, object], path: Path) -> DetectorSettings:
    try:
        return DetectorSettings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(describe(error, f"{path} or detector")) from error


def _profiles(path: Path) -> dict[str, PrincipalProfile]:
    try:
        return TypeAdapter(dict[str, PrincipalProfile]).validate_python(
            read_yaml(path).get("principals") or {}
        )
    except ValidationError as error:
        raise SettingsError(describe(error, str(path))) from error


def _canaries(names: tuple[str, ...], sources: SourceSettings) -> frozenset[int]:
    """Hash the planted ids as the sources hash all ids."""
    if not names:
        return frozenset()
    key = redaction_key(sources)
    if key is None:
        message = "canary_ids: set sources.redaction_key_file to the key of the sources"
        raise SettingsError(message)
    hasher = SubjectHasher(key)
    return frozenset(hasher.subject(name) for name in names)

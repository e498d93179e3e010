"""The settings of sellerwatch: one frozen object, read from a file and the environment."""

import os
from pathlib import Path
from typing import Any, Final, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from models.errors import SettingsError
from streams.settings.sections import (
    AlertingSettings,
    CatalogueSettings,
    CheckpointSettings,
    EvidenceSettings,
    GatewaySettings,
    KafkaSettings,
    LinkSettings,
    NetworkSettings,
    PackerSettings,
    SourceSettings,
    TopicSettings,
    WebSettings,
    WorkerSettings,
)
from streams.settings.yaml_file import describe, read_yaml

_PERSONS_PATIENCE_SECONDS: Final = 5.0


class Settings(BaseSettings):
    """All settings, validated once and passed on explicitly.

    Examples
    --------
    >>> Settings(topics={"partitions": 8}).topics.partitions
    8
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="SELLERWATCH_", env_nested_delimiter="__"
    )

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    packer: PackerSettings = PackerSettings()
    sources: SourceSettings = SourceSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    networks: NetworkSettings = NetworkSettings()
    worker: WorkerSettings = WorkerSettings()
    links: LinkSettings = LinkSettings()
    alerting: AlertingSettings = AlertingSettings()
    web: WebSettings = WebSettings()
    checkpoints: CheckpointSettings = CheckpointSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    gateway: GatewaySettings = GatewaySettings()
    # Overrides for config/detector.yaml, validated by models.detector_settings.
    detector: dict[str, Any] = Field(default_factory=dict)
    detector_file: Path | None = None
    principals_file: Path | None = None
    # Names of people, for the incident pages; see config/people.yaml.
    people_file: Path | None = None

    def for_a_person(self) -> Self:
        """Return them for a command that somebody waits for, who soon hears of a missing broker.

        Examples
        --------
        >>> Settings().for_a_person().kafka.connect_timeout_seconds
        5.0
        """
        seconds = min(self.kafka.connect_timeout_seconds, _PERSONS_PATIENCE_SECONDS)
        kafka = self.kafka.model_copy(update={"connect_timeout_seconds": seconds})
        return self.model_copy(update={"kafka": kafka})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Prefer the environment to the values from the file."""
        return env_settings, init_settings


def state_directory(chosen: Path | None) -> Path:
    """Return the folder that a setting names, else the default in the user's state folder."""
    return chosen or Path.home() / ".local" / "state" / "sellerwatch"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings from a YAML file and the environment.

    Parameters
    ----------
    path
        The file; None reads the one that SELLERWATCH_CONFIG names, or none at all.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a setting is wrong.
    """
    if path is None and (named := os.environ.get("SELLERWATCH_CONFIG")):
        path = Path(named)
    values = {} if path is None else read_yaml(path)
    try:
        return Settings(**values)
    except ValidationError as error:
        where = "environment" if path is None else f"{path} or environment"
        raise SettingsError(describe(error, where)) from error
    except (ValueError, TypeError) as error:
        message = f"environment: {str(error).splitlines()[0]}"
        raise SettingsError(message) from error

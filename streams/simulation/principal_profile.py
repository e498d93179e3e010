"""What a seller would declare about a principal."""

from dataclasses import dataclass

from models.data_class import DataClass
from streams.simulation.integration_kind import IntegrationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalProfile:
    """Declared purpose of a principal: its kind, data and networks (CIDR)."""

    kind: IntegrationKind
    allowed_data_classes: tuple[DataClass, ...]
    expected_networks: tuple[str, ...]

"""A member of the simulated fleet."""

from dataclasses import dataclass

from models.domain.data_class import DataClass
from streams.simulation.identity import Identity
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalProfile:
    """Declared purpose of a principal: its kind, data and networks (CIDR)."""

    kind: IntegrationKind
    allowed_data_classes: tuple[DataClass, ...]
    expected_networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPrincipal:
    """Somebody who reads the seller's data, with habits of its own.

    Parameters
    ----------
    identity
        What the logs show of it.
    kind
        Its cohort.
    purpose
        One phrase for a person.
    networks
        Networks (CIDR) that it is expected to call from.
    jobs
        Its habits, with its own hours.
    level
        How busy it is beside others of its kind, 1 in the median.
    day_sigma, hour_sigma
        How much its days and hours vary (standard deviation of the log).
    logs_rows
        Share of its calls whose log says how many rows they returned, 0 to 1.
    first_hour
        Hour of the simulation in which it appears.
    """

    identity: Identity
    kind: IntegrationKind
    purpose: str
    networks: tuple[str, ...]
    jobs: tuple[Job, ...]
    level: float
    day_sigma: float
    hour_sigma: float
    logs_rows: float
    first_hour: int = 0

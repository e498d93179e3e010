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
    """A principal that reads the seller's data, with its own habits.

    Parameters
    ----------
    identity
        Its identity in the logs.
    kind
        Its cohort.
    purpose
        One phrase for people.
    networks
        Networks (CIDR) that it is expected to call from.
    jobs
        Its jobs, with its own hours.
    level
        How busy it is compared with its kind; the median is 1.
    day_sigma, hour_sigma
        How much its days and hours vary (standard deviation of the log).
    logs_rows
        Share of its calls, 0 to 1, whose log has the number of rows.
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

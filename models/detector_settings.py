"""The user's settings of the detector; `models.tuning` holds the constants."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.domain.data_class import DataClass

Positive = Annotated[float, Field(gt=0)]


class PrincipalProfile(BaseModel):
    """What the user declared about a principal.

    A read of a data class that is not allowed, or from a network that is not expected, is an
    incident at any volume. `daily_caps` limits the records a day by data class.

    Examples
    --------
    >>> PrincipalProfile(kind="erp", expected_networks=["192.0.2.0/28"]).kind
    'erp'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    allowed_data_classes: frozenset[DataClass] | None = None
    expected_networks: tuple[str, ...] | None = None
    daily_caps: dict[DataClass, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)

    @field_validator("expected_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for network in networks or ():
            ip_network(network)
        return networks


class DetectorSettings(BaseModel):
    """How the detector is tuned.

    Examples
    --------
    >>> DetectorSettings().false_pages_per_principal_day
    0.01
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The budget of false pages, which the threshold is adjusted to online.
    false_pages_per_principal_day: Annotated[float, Field(gt=0, lt=1)] = 0.01
    # An incident that does not page is shown at this many times the budget.
    ticket_budget_factor: Positive = 3.0
    # How long after its end an hour is still open. Later events are judged by rules and volumes,
    # and teach nothing: raise it to 4500 if one of your logs arrives an hour behind the others.
    allowed_lateness_seconds: Annotated[float, Field(ge=0)] = 900.0
    # An incident closes after this long without an anomalous read.
    incident_quiet_seconds: Positive = 7200.0
    # Weight of the cohort's tail against a principal's own windows.
    cohort_weight: Positive = 2.0
    # Weights of an hour's two most surprising volumes, which are often correlated.
    volume_weight: Positive = 0.9
    second_volume_weight: Annotated[float, Field(ge=0)] = 0.15
    # A sensitive read below this many records in a window never pages by volume alone.
    min_page_records: Annotated[int, Field(ge=1)] = 100
    # Within this many days, a page is repeated only if it is ten times worse.
    mute_days: Positive = 3.0
    # Unusual hours that did not page are learnt after this many days.
    learning_delay_days: Positive = 7.0
    # Days of fleet history before the tail is trusted more than its prior.
    threshold_prior_days: Positive = 50.0
    # This many principals that page within an hour, or this share of all, are one fleet incident.
    fleet_incident_principals: Annotated[int, Field(ge=2)] = 5
    fleet_incident_share: Annotated[float, Field(gt=0, le=1)] = 0.05
    # Ids that nobody should read: a planted order, buyer or supplier. One read, one page.
    canary_ids: tuple[str, ...] = ()
    # Most records an hour and a day by data class, unless declared otherwise.
    hourly_caps: dict[DataClass, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    daily_caps: dict[DataClass, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    # Share of all known buyers, suppliers or transactions that is too much for a day.
    max_known_share_a_day: Annotated[float, Field(gt=0, le=1)] = 0.5
    # Of more principals those with the least history fold into their cohort.
    max_principals: Annotated[int, Field(ge=1)] = 20_000
    # This many sequential ids requested in an hour are guesses.
    min_sequential_ids: Annotated[int, Field(ge=2)] = 50
    runbook_base_url: str = "http://127.0.0.1:6066/runbooks/"

    @property
    def ticket_p_value(self) -> float:
        """The p-value below which an hour becomes an incident, even one that does not page.

        Examples
        --------
        >>> round(DetectorSettings().ticket_p_value, 4)
        0.03
        """
        return self.false_pages_per_principal_day * self.ticket_budget_factor

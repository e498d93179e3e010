"""Every tunable of the detector, in one place."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.data_class import DataClass

Positive = Annotated[float, Field(gt=0)]


class PrincipalProfile(BaseModel):
    """What the user declared of a principal.

    A read of a data class that is not allowed is an incident at any volume.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    allowed_data_classes: frozenset[DataClass] | None = None


class DetectorSettings(BaseModel):
    """How the detector is tuned.

    Examples
    --------
    >>> DetectorSettings().false_pages_per_principal_day
    0.01
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The budget of false pages; the threshold is held to it online.
    false_pages_per_principal_day: Annotated[float, Field(gt=0, lt=1)] = 0.01
    # An incident that pages nobody is shown at so many times the budget.
    ticket_budget_factor: Positive = 10.0
    window_seconds: Positive = 3600.0
    allowed_lateness_seconds: Annotated[float, Field(ge=0)] = 900.0
    # An incident closes after so long without an anomalous read.
    incident_quiet_seconds: Positive = 7200.0
    # Weight of the cohort's tail against a principal's own windows.
    cohort_weight: Positive = 2.0
    volume_weight: Positive = 0.6
    # A sensitive read below this many records in a window never pages by volume.
    min_page_records: Annotated[int, Field(ge=1)] = 100
    # Days of fleet history before the tail is trusted more than its prior.
    threshold_prior_days: Positive = 50.0
    max_principals: Annotated[int, Field(ge=1)] = 250_000
    runbook_base_url: str = "http://127.0.0.1:6066/runbooks/"

"""How severe an incident is: by what was read, how much of it, and how certain that is."""

from collections.abc import Collection

from models.domain.data_class import DataClass
from models.incidents.incident import IncidentKind, Severity
from models.tuning.incidents import (
    SEVERITY_GRAVE_RECORDS,
    SEVERITY_RARE_P_VALUE,
    SEVERITY_VERY_RARE_P_VALUE,
)


def graded_severity(  # noqa: PLR0913
    kinds: Collection[IncidentKind],
    data_classes: Collection[DataClass],
    *,
    paged: bool,
    secrets: bool,
    certain: bool,
    by_raw_key: bool,
    records: int,
    p_value: float,
) -> Severity:
    """Return the current severity of an incident.

    Where nobody has classified what was read, it is one below that of a named class.

    Parameters
    ----------
    kinds, data_classes
        Kinds of the incident, and classes that were read.
    paged
        Whether it paged.
    secrets
        Whether secrets were handed out.
    certain
        Whether a rule found it, not only the statistics.
    by_raw_key
        Whether a raw secret key was used, which others may also have.
    records
        Rows that were read.
    p_value
        The smallest combined p-value.

    Examples
    --------
    >>> graded_severity(
    ...     [IncidentKind.BULK_READ], [DataClass.CUSTOMER], paged=True, secrets=False,
    ...     certain=False, by_raw_key=False, records=5000, p_value=1e-6,
    ... ).value
    'critical'
    """
    if IncidentKind.CANARY in kinds:
        return Severity.CRITICAL
    if is_unclassified(data_classes) and not secrets:
        grave = certain or by_raw_key or p_value < SEVERITY_RARE_P_VALUE
        if paged:
            return Severity.MEDIUM
        return Severity.LOW if grave else Severity.INFORMATIONAL
    if not paged:
        if not secrets and not any(name.is_sensitive for name in data_classes):
            return Severity.LOW if certain else Severity.INFORMATIONAL
        grave = secrets or certain or by_raw_key or p_value < SEVERITY_RARE_P_VALUE
        return Severity.MEDIUM if grave else Severity.LOW
    personal = any(name.is_personal for name in data_classes)
    grave = records >= SEVERITY_GRAVE_RECORDS or by_raw_key
    very_rare = certain or p_value < SEVERITY_VERY_RARE_P_VALUE
    return Severity.CRITICAL if personal and grave and very_rare else Severity.HIGH


def is_unclassified(data_classes: Collection[DataClass]) -> bool:
    """Whether all that is sensitive of some classes is what nobody has classified.

    Examples
    --------
    >>> is_unclassified([DataClass.UNCLASSIFIED, DataClass.CATALOG])
    True
    >>> is_unclassified([DataClass.UNCLASSIFIED, DataClass.SUPPLIER]), is_unclassified([])
    (False, False)
    """
    return {name for name in data_classes if name.is_sensitive} == {DataClass.UNCLASSIFIED}

"""The data classes of a bucket, table or database, by its name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from models.catalogue.name_words import NameWords
from models.domain.data_class import DataClass
from models.domain.sensitivity import Sensitivity, union
from models.tuning.catalogue import RESOURCE_CLASSES_REMEMBERED

_ARN: Final = re.compile(r"arn:[a-z-]+:([a-z0-9-]*):[^:]*:[^:]*:(.+)", re.DOTALL | re.IGNORECASE)
_BUCKET: Final = re.compile(r"[A-Za-z0-9._\-]+", re.ASCII)
# What S3 puts before the name of a bucket or of an access point, also on Outposts.
_S3_PLACES: Final = frozenset({"bucket", "accesspoint"})
# Kinds of resource that an ARN puts before the name.
_KINDS: Final = frozenset(
    "table db cluster snapshot cluster-snapshot secret stream key alias parameter database "
    "domain collection log-group function repository index backup-vault vault".split()
)
_UNKNOWN: Final = Sensitivity()


class ResourceClasses:
    """Classes by word and pattern, with overrides for each resource.

    Parameters
    ----------
    patterns
        Regular expressions, matched without regard to case; each match adds its class.
    overrides
        Sensitivity by name (``acme-export``), by service and name (``s3:acme-export``), or by
        ARN. An override replaces what words and patterns say.
    words
        What the words of a name say; each adds its class.
    columns
        What the names of a table's columns say.

    Raises
    ------
    re.error
        If a pattern is not a regular expression.

    Examples
    --------
    >>> classes = ResourceClasses(
    ...     [("order", DataClass.CUSTOMER)],
    ...     {"s3:work-orders": Sensitivity(data_classes=(DataClass.NONE,))},
    ... )
    >>> [str(one) for one in classes.of("dynamodb", "work-orders").data_classes]
    ['customer']
    >>> [str(one) for one in classes.of("s3", "arn:aws:s3:::work-orders/2026/a.csv").data_classes]
    ['none']
    """

    def __init__(
        self,
        patterns: Iterable[tuple[str, DataClass]] = (),
        overrides: Mapping[str, Sensitivity] | None = None,
        words: NameWords | None = None,
        columns: NameWords | None = None,
    ) -> None:
        self._words, self._columns = words or NameWords(), columns or NameWords()
        self._patterns = [(re.compile(text, re.IGNORECASE), kind) for text, kind in patterns]
        self._overrides = {key_of(name): what for name, what in (overrides or {}).items()}
        self._remembered = lru_cache(maxsize=RESOURCE_CLASSES_REMEMBERED)(self._judge)

    def of(self, service: str, resource: str) -> Sensitivity:
        """Classify a resource of a service; several are separated by commas."""
        return self._remembered(service, resource)

    def of_columns(
        self, names: Iterable[str], known: Sequence[DataClass] = ()
    ) -> tuple[DataClass, ...]:
        """Classify the columns of a table that has some classes by its own name.

        Examples
        --------
        >>> from models.catalogue.name_words import WordList
        >>> words = NameWords([WordList(DataClass.CUSTOMER, ("email",))])
        >>> classes = ResourceClasses(columns=words)
        >>> classes.of_columns(["work_email"], [DataClass.WORKFORCE])
        (<DataClass.WORKFORCE: 'workforce'>,)
        """
        kinds = {kind for name in names for kind in self._columns.classes_of(name)}
        if DataClass.WORKFORCE in (*known, *kinds) and DataClass.CUSTOMER not in known:
            kinds = {DataClass.WORKFORCE if k is DataClass.CUSTOMER else k for k in kinds}
        return union(kinds)

    def _judge(self, service: str, resource: str) -> Sensitivity:
        found = [self._of_one(service, name) for name in resource.split(",") if name]
        if not found:
            return _UNKNOWN
        if len(found) == 1:
            return found[0]
        return Sensitivity(
            data_classes=union(kind for what in found for kind in what.data_classes),
            restricted=any(what.restricted for what in found),
        )

    def _of_one(self, service: str, resource: str) -> Sensitivity:
        name = short_name(resource)
        for key in (f"{service}:{name}", name):
            if key in self._overrides:
                return self._overrides[key]
        return Sensitivity(data_classes=union(self.by_name(name)))

    def by_name(self, name: str) -> Iterator[DataClass]:
        """Yield what words and patterns say of a name, whatever overrides say."""
        yield from self._words.classes_of(name)
        yield from (kind for pattern, kind in self._patterns if pattern.search(name))


def short_name(resource: str) -> str:
    """Take the name out of an ARN, without an object's key.

    Examples
    --------
    >>> short_name("arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/stream/2026")
    'Orders'
    >>> short_name("arn:aws:rds:eu-west-1:111122223333:snapshot:orders-2026")
    'orders-2026'
    >>> short_name("prod/marketplace/lwa")
    'prod/marketplace/lwa'
    >>> short_name("arn:aws:s3-outposts:eu-west-1:1:outpost/op-1/bucket/orders/object/jane.csv")
    'orders'
    """
    found = _ARN.match(resource)
    if found is None:
        return resource
    service, rest = found[1].lower(), found[2]
    if service.startswith("s3"):
        return _s3_name(rest)
    for mark in (":", "/"):
        kind, cut, name = rest.partition(mark)
        if cut and kind in _KINDS:
            return name.partition("/")[0] if service == "dynamodb" else name
    return rest


def bucket_of(text: str) -> str:
    """Take the bucket out of whatever names it or one of its objects; the object's key goes.

    Examples
    --------
    >>> bucket_of("/orders/jane.csv"), bucket_of("s3://orders/jane.csv"), bucket_of("orders?jane")
    ('orders', 'orders', 'orders')
    >>> bucket_of("arn:aws:s3:::orders/jane.csv")
    'orders'
    """
    if _ARN.match(text):
        return short_name(text)
    text = text.removeprefix("s3://").lstrip("/")
    found = _BUCKET.match(text)
    return "" if found is None else found[0]


def _s3_name(rest: str) -> str:
    """Name the bucket or access point, with S3 on Outposts and S3 Express as well."""
    parts = rest.replace(":", "/").split("/")
    if parts[0] in _S3_PLACES or parts[0] == "outpost":
        for place, name in zip(parts[:3:2], parts[1:4:2], strict=False):
            if place in _S3_PLACES:
                return bucket_of(name)
    return bucket_of(parts[0])


def key_of(resource: str) -> str:
    """Return the key under which an override is looked up; an ARN becomes service and name.

    Examples
    --------
    >>> key_of("arn:aws:s3:::acme-export"), key_of("acme-export")
    ('s3:acme-export', 'acme-export')
    """
    found = _ARN.match(resource)
    return resource if found is None else f"{found[1]}:{short_name(resource)}"

"""The calls that the simulator knows, by a short name."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec
import yaml

from streams.simulation.operation import Operation


@cache
def operations() -> Mapping[str, Operation]:
    """Read them from `operations.yaml` beside this file.

    Examples
    --------
    >>> operations()["orders"].target
    '/orders/v0/orders'
    """
    text = files(__package__).joinpath("operations.yaml").read_text(encoding="utf-8")
    return MappingProxyType(msgspec.convert(yaml.safe_load(text), dict[str, Operation]))

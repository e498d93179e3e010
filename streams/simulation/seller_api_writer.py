"""Access-log records of the seller API."""

import random
from typing import Any, Final

from streams.simulation.clock_text import ClockText
from streams.simulation.identity import Identity
from streams.simulation.operation import Operation

_EMPTY_ANSWER_BYTES: Final = 180


class SellerApiWriter:
    """Writes the seller API's log records of a caller.

    Parameters
    ----------
    identity
        The caller.
    logs_rows
        Share of the calls, 0 to 1, whose log has the number of rows.
    rng
        Random stream of the caller.
    """

    source = "seller-api"

    def __init__(self, identity: Identity, logs_rows: float, rng: random.Random) -> None:
        self.identity = identity
        self._logs_rows = logs_rows
        self._rng = rng
        self._clock = ClockText()

    def write(  # noqa: PLR0913 - one argument for each thing that a log line says
        self, operation: Operation, time: float, rows: int, status: int, *, ids: list[str], key: str
    ) -> dict[str, Any]:
        """Write the record of one request; `key` fills the path's ``{id}``."""
        uniform, identity, path = self._rng.random, self.identity, operation.target
        answered = status == 200  # noqa: PLR2004 - HTTP
        size = _EMPTY_ANSWER_BYTES
        if answered:
            size += int(rows * operation.row_bytes * (0.85 + 0.3 * uniform()))
        record: dict[str, Any] = {
            "time": self._clock.milliseconds(time),
            "request_id": f"{self._rng.getrandbits(128):032x}",
            "seller_id": identity.tenant,
            "marketplace_id": _pick(identity.marketplaces, uniform()),
            "application_id": identity.application_id,
            "user_id": identity.user_id,
            "credential_id": _pick(identity.credentials, uniform()),
            "grant": identity.grant,
            "method": operation.method,
            "path": path.replace("{id}", key) if "{id}" in path else path,
            "query": dict(operation.query),
            "status": status,
            "response_bytes": size,
            "source_ip": _pick(identity.addresses, uniform()),
            "user_agent": identity.user_agent,
        }
        if answered and operation.rows_median > 0 and uniform() < self._logs_rows:
            record["records"] = rows
        if answered and ids:
            record["record_ids"] = ids
        if operation.report_type is not None:
            record["report_type"] = operation.report_type
        return record


def _pick(choices: tuple[str, ...], uniform: float) -> str:
    return choices[int(uniform * len(choices))]

"""The marketplace's token, which the gateway injects and no third party sees."""

import asyncio
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from models.domain.time_units import DAY_SECONDS
from models.errors import SettingsError
from streams.settings.secrets import read_secret
from streams.settings.sections import GatewaySettings

# A token is renewed while it still holds for a while, so that none ends on its way.
_RENEW_BEFORE_SECONDS: Final = 300.0
_RETRY_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 10.0
_TOKEN: Final = re.compile(r"[!-~]{1,8192}", re.ASCII)
_log = logging.getLogger(__name__)


class MarketplaceToken:
    """Holds the marketplace's token: out of a file, or by Login with Amazon, renewed in time.

    Parameters
    ----------
    settings
        Where the secrets are. They are read anew each time, so that a rotation needs no restart.
    monotonic
        Seconds of a clock that never goes back.

    Raises
    ------
    SettingsError
        If no secret is named, or a file cannot be read.
    """

    def __init__(self, settings: GatewaySettings, monotonic: Callable[[], float]) -> None:
        self._settings, self._monotonic = settings, monotonic
        self._token: str | None = None
        self._renew_at = self._ends_at = self._retry_at = float("-inf")
        self._lock = asyncio.Lock()
        if settings.token_file is None:
            self._form()
        else:
            read_secret(settings.token_file, "gateway.token_file")

    async def current(self, session: ClientSession) -> str | None:
        """Return the token, or None if none is to be had."""
        if self._settings.token_file is not None:
            return _readable(self._settings.token_file)
        if self._is_due():
            async with self._lock:
                if self._is_due():
                    await self._renew(session)
        return self._token if self._monotonic() < self._ends_at else None

    def _is_due(self) -> bool:
        return self._monotonic() >= max(self._renew_at, self._retry_at)

    async def _renew(self, session: ClientSession) -> None:
        try:
            answer = await self._ask(session)
            token, life = _token_of(answer)
        except (ClientError, TimeoutError, ValueError, SettingsError) as error:
            self._retry_at = self._monotonic() + _RETRY_SECONDS
            # The error's own words may hold what was sent.
            _log.error("no token of the marketplace: %s", type(error).__name__)
            return
        now = self._monotonic()
        self._token, self._ends_at = token, now + life
        self._renew_at = now + max(life - _RENEW_BEFORE_SECONDS, life / 2)

    async def _ask(self, session: ClientSession) -> Any:  # noqa: ANN401 - JSON
        async with session.post(
            self._settings.lwa_endpoint,
            data=self._form(),
            timeout=ClientTimeout(total=_ANSWER_SECONDS),
            allow_redirects=False,
        ) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)

    def _form(self) -> dict[str, str]:
        settings = self._settings
        secret, token = settings.lwa_client_secret_file, settings.lwa_refresh_token_file
        if settings.lwa_client_id is None or secret is None or token is None:
            message = (
                "gateway: no credential of the marketplace: set token_file, or lwa_client_id, "
                "lwa_client_secret_file and lwa_refresh_token_file"
            )
            raise SettingsError(message)
        return {
            "grant_type": "refresh_token",
            "client_id": settings.lwa_client_id,
            "client_secret": read_secret(secret, "gateway.lwa_client_secret_file"),
            "refresh_token": read_secret(token, "gateway.lwa_refresh_token_file"),
        }


def _readable(path: Path) -> str | None:
    try:
        return read_secret(path, "gateway.token_file")
    except SettingsError as error:
        _log.error("%s", error)
        return None


def _token_of(answer: Any) -> tuple[str, float]:  # noqa: ANN401 - JSON
    """Return the token of an answer, and how many seconds it holds."""
    token = answer.get("access_token") if isinstance(answer, dict) else None
    life = answer.get("expires_in") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        message = "no access_token in the answer"
        raise ValueError(message)
    if not isinstance(life, int | float) or not 0 < life <= DAY_SECONDS:
        message = "no expires_in in the answer"
        raise ValueError(message)
    return token, float(life)

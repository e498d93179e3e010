"""Serves the web port on the worker's own event loop."""

from typing import Any

from aiohttp import web
from mode import Service


class WebServer(Service):
    """Runs an aiohttp application while the worker runs.

    Parameters
    ----------
    application
        The application to serve.
    host, port
        Address to listen on; 127.0.0.1 unless the settings say otherwise.
    """

    def __init__(self, application: web.Application, host: str, port: int, **options: Any) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        self._host, self._port = host, port
        super().__init__(**options)

    async def on_start(self) -> None:
        """Start to listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def on_stop(self) -> None:
        """Close the connections and the port."""
        await self._runner.cleanup()

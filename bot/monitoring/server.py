"""The port on which programs ask how the bot is. It takes GET only and shows no words of articles or readers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.desk import Desk
from bot.errors import BadSetting, StoreError
from bot.monitoring.condition import WELL, Presence, condition, parts, soon
from bot.monitoring.metrics import Metrics
from bot.settings import variable


class Monitor:
    """Answers for one process."""

    def __init__(self, desk: Desk, presence: Presence, metrics: Metrics) -> None:
        self._desk = desk
        self._presence = presence
        self._metrics = metrics

    @asynccontextmanager
    async def serving(self, host: str, port: int) -> AsyncIterator[None]:
        """Serve meanwhile; raise BadSetting if the port is not to be had."""
        application = web.Application()
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._metrics_page)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                cause = f"{host}:{port} is not to be had ({error.strerror})"
                raise BadSetting(name=variable("health_port"), cause=cause) from error
            yield
        finally:
            await runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        """Tell that the process lives: whoever restarts it for less would end what is under way."""
        return web.json_response({"status": "stopping" if self._presence.stopping else WELL})

    async def _readyz(self, _: web.Request) -> web.Response:
        told = dict(await condition(self._desk, self._presence))
        return web.json_response(told, status=200 if all(parts(told).values()) else 503)

    async def _metrics_page(self, _: web.Request) -> web.Response:
        self._metrics.note(parts(await condition(self._desk, self._presence)))
        # If the store fails, what is counted here is told all the same, and that it fails.
        with suppress(StoreError, TimeoutError):
            await soon(self._metrics.look(self._desk))
        headers = {"Content-Type": CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(self._metrics.registry), headers=headers)

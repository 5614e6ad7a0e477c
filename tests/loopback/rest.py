"""REST v10, as far as the bot uses it: the routes, and what goes wrong on them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.loopback import faults, limits
from tests.loopback import world as here
from tests.loopback.buckets import PREFIX
from tests.loopback.faults import as_json
from tests.loopback.interactions import Interactions
from tests.loopback.messages import Messages
from tests.loopback.refusals import broken
from tests.loopback.state import World

Handler = Callable[[web.Request], Awaitable[Any]]
"""Does what is asked, and returns what there is to tell of it."""


class Rest:
    """The routes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = ""
        self.over = asyncio.Event()
        """Set at the end, so that nothing hangs for ever."""
        self._messages = Messages(world)
        self._interactions = Interactions(world)

    def routes(self) -> list[web.RouteDef]:
        """Return what is answered under /api/v10; all else is a violation, and not found.

        Faults hit what is said, and not what is asked at the start.
        """
        steady: list[tuple[str, str, Handler]] = [
            ("GET", "/users/@me", self._me),
            ("POST", "/users/@me/channels", self._direct),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway),
            ("PUT", "/applications/{id}/commands", self._commands),
            ("GET", "/webhooks/{id}/{token}/messages/@original", self._interactions.original),
        ]
        saying: list[tuple[str, str, Handler]] = [
            ("POST", "/channels/{id}/messages", self._messages.post),
            ("PATCH", "/channels/{id}/messages/{message}", self._messages.change),
            ("DELETE", "/channels/{id}/messages/{message}", self._messages.delete),
            ("POST", "/interactions/{id}/{token}/callback", self._interactions.callback),
            ("PATCH", "/webhooks/{id}/{token}/messages/@original", self._interactions.edit),
            ("POST", "/webhooks/{id}/{token}", self._interactions.follow),
        ]
        return [
            *(web.route(method, f"{PREFIX}{path}", _plain(handler)) for method, path, handler in steady),
            *(
                web.route(method, f"{PREFIX}{path}", self._faulty(handler))
                for method, path, handler in saying
            ),
            web.route("*", "/{path:.*}", self._unknown),
        ]

    def _faulty(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            fault = self.world.faults.popleft() if self.world.faults else ""
            await request.read()
            told = await handler(request) if faults.is_done(fault) else None
            if not fault:
                return as_json(told)
            asked = self.world.interactions.get(request.match_info.get("token", ""))
            if asked is not None and faults.is_done(fault):
                asked.unsure = True
            return await faults.answer(fault, request, self.over)

        return handle

    async def _me(self, _: web.Request) -> Any:
        return here.user(here.BOT)

    async def _direct(self, request: web.Request) -> Any:
        return here.direct(int((await request.json())["recipient_id"]))

    async def _application(self, _: web.Request) -> Any:
        application = {"id": str(here.BOT), "name": "Newsdesk", "description": "", "icon": None, "flags": 0}
        return application | {
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "",
            "owner": here.user(here.READER),
            "team": None,
        }

    async def _gateway(self, _: web.Request) -> Any:
        limit = {
            "total": self.world.sessions_a_day,
            "remaining": max(self.world.sessions_a_day - self.world.identified, 0),
            "reset_after": 86_400_000,
            "max_concurrency": self.world.max_concurrency,
        }
        return {"url": self.gateway, "shards": 1, "session_start_limit": limit}

    async def _commands(self, request: web.Request) -> Any:
        sent: list[dict[str, Any]] = await request.json()
        if refused := broken(self.world, limits.of_commands(sent)):
            return refused
        about = {
            "application_id": str(here.BOT),
            "version": "1",
            "description": "",
            "default_member_permissions": None,
        }
        return [about | command | {"id": str(here.snowflake())} for command in sent]

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self.world.violate(f"no such route: {request.method} {request.path}")
        return as_json({"message": "404: Not Found", "code": 0}, 404)


def _plain(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return as_json(await handler(request))

    return handle

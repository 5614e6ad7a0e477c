"""REST v10, as far as the bot uses it: rules first, then the world changes, then what is to go wrong does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.loopback import world as here
from tests.loopback.world import Asked, World

FAULTS = (
    "503",
    "503 done",
    "429",
    "reset",
    "reset done",
    "cut done",
    "garbage",
    "garbage done",
    "text done",
    "hang",
    "hang done",
)
"""What can happen to a request: what its sender sees, and whether it is done nevertheless."""
_MOST = {"content": 2_000, "title": 256, "description": 4_096, "name": 256, "value": 1_024}
_MOST_IN_EMBEDS = 6_000
_DEFERRED = {5, 6}
_IN_PLACE = {6, 7}

Handler = Callable[[web.Request], Awaitable[Any]]


class Rest:
    """The routes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gateway = ""
        self.hanging = asyncio.Event()
        """Set at the end, so that nothing hangs for ever."""

    def routes(self) -> list[web.RouteDef]:
        """Return what is answered under /api/v10; all else is a violation, and not found."""
        steady: list[tuple[str, str, Handler]] = [
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway),
            ("PUT", "/applications/{id}/commands", self._commands),
            ("GET", "/webhooks/{id}/{token}/messages/@original", self._original),
            ("DELETE", "/channels/{id}/messages/{message}", self._delete),
            ("PATCH", "/channels/{id}/messages/{message}", self._change),
        ]
        saying: list[tuple[str, str, Handler]] = [
            ("POST", "/channels/{id}/messages", self._post),
            ("POST", "/interactions/{id}/{token}/callback", self._callback),
            ("PATCH", "/webhooks/{id}/{token}/messages/@original", self._edit),
            ("POST", "/webhooks/{id}/{token}", self._follow),
        ]
        return [
            *(web.route(method, f"/api/v10{path}", _plain(handler)) for method, path, handler in steady),
            *(
                web.route(method, f"/api/v10{path}", self._faulty(handler))
                for method, path, handler in saying
            ),
            web.route("*", "/{path:.*}", self._unknown),
        ]

    def _faulty(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            fault, _, done = (self.world.faults.popleft() if self.world.faults else "").partition(" ")
            await request.read()
            answer = await handler(request) if done or not fault else {}
            match fault:
                case "503" | "429":
                    return _refusal(int(fault), 0, "not now")
                case "reset":
                    _abort(request)
                case "cut":
                    response = web.StreamResponse(headers={"Content-Length": "4000"})
                    response.content_type = "application/json"
                    await response.prepare(request)
                    await response.write(b'{"id": "1')
                    _abort(request)
                    return response
                case "garbage":
                    return web.Response(body=b'{"id": ', headers={"Content-Type": "application/json"})
                case "text":
                    return web.Response(text="all is well")
                case "hang":
                    await self.hanging.wait()
            return _json(answer)

        return handle

    async def _me(self, _: web.Request) -> Any:
        return here.user(here.BOT)

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
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway, "shards": 1, "session_start_limit": limit}

    async def _commands(self, request: web.Request) -> Any:
        sent: list[dict[str, Any]] = await request.json()
        about = {
            "application_id": str(here.BOT),
            "version": "1",
            "description": "",
            "default_member_permissions": None,
        }
        return [about | command | {"id": str(here.snowflake())} for command in sent]

    async def _post(self, request: web.Request) -> Any:
        if int(request.match_info["id"]) - 1 in self.world.silent:
            self.world.violate("a message was sent where the bot may not write")
            return _refusal(403, 50013, "Missing Permissions")
        sent = await self._message(request)
        nonce = sent.get("nonce")
        if nonce is not None and sent.get("enforce_nonce") and nonce in self.world.nonces:
            return self.world.nonces[nonce]
        shown = self._shown(sent) | {"channel_id": request.match_info["id"]}
        self.world.posted.append(shown)
        asked = (sent.get("message_reference") or {}).get("message_id")
        if asked is not None:
            self.world.answered_at[str(asked)] = asyncio.get_running_loop().time()
        if nonce is not None:
            self.world.nonces[nonce] = shown
        return shown

    async def _delete(self, request: web.Request) -> Any:
        gone = request.match_info["message"]
        self.world.posted = [shown for shown in self.world.posted if shown["id"] != gone]

    async def _change(self, request: web.Request) -> Any:
        wanted = request.match_info["message"]
        known = next((shown for shown in self.world.posted if shown["id"] == wanted), None)
        if known is None:
            return _refusal(404, 10008, "Unknown Message")
        known |= {name: value for name, value in (await request.json()).items() if name in known}
        return known

    async def _callback(self, request: web.Request) -> Any:
        asked = self.world.interactions.get(request.match_info["token"])
        sent = await request.json()
        if asked is None or _age(asked) > self.world.answer_within:
            return _refusal(404, 10062, "Unknown interaction")
        if asked.answered is not None:
            return _refusal(400, 40060, "Interaction has already been acknowledged.")
        asked.answered = sent["type"]
        if asked.answered not in _DEFERRED:
            asked.original = self._shown(self._checked(sent.get("data", {})))
        resource = {"type": asked.answered, "message": asked.original}
        about = {"id": asked.payload["id"], "type": 2, "response_message_ephemeral": False}
        return {"interaction": about, "resource": resource} if "with_response" in request.query else None

    async def _original(self, request: web.Request) -> Any:
        asked = self.world.interactions[request.match_info["token"]]
        return asked.original or _refusal(404, 10008, "Unknown Message")

    async def _edit(self, request: web.Request) -> Any:
        asked = self.world.interactions[request.match_info["token"]]
        if _age(asked) > self.world.token_lives:
            return _refusal(401, 50027, "Invalid Webhook Token")
        if asked.answered is None:
            self.world.violate("the answer of an interaction was edited before there was one")
        asked.original = (asked.original or {}) | self._shown(await self._message(request))
        return asked.original

    async def _follow(self, request: web.Request) -> Any:
        if _age(self.world.interactions[request.match_info["token"]]) > self.world.token_lives:
            return _refusal(401, 50027, "Invalid Webhook Token")
        shown = self._shown(await self._message(request))
        self.world.posted.append(shown)
        return shown

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self.world.violate(f"no such route: {request.method} {request.path}")
        return _refusal(404, 0, "404: Not Found")

    async def _message(self, request: web.Request) -> dict[str, Any]:
        return self._checked(await request.json())

    def _checked(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Note which of Discord's limits a message breaks (its "Create Message" and "Embed Limits")."""
        for part in (sent, *(sent.get("embeds") or [])):
            for place in (part, *(part.get("fields") or [])):
                for name, most in _MOST.items():
                    if len(str(place.get(name) or "")) > most:
                        self.world.violate(f"{name} is longer than {most}")
        if len(str(sent.get("embeds") or "")) > _MOST_IN_EMBEDS * 2:
            self.world.violate(f"embeds are longer than {_MOST_IN_EMBEDS}")
        if (sent.get("allowed_mentions") or {}).get("parse") != []:
            self.world.violate("a message may ping")
        return sent

    @staticmethod
    def _shown(sent: dict[str, Any]) -> dict[str, Any]:
        kept = {name: sent[name] for name in ("content", "embeds", "components", "nonce") if sent.get(name)}
        embeds = [{"type": "rich"} | embed for embed in kept.get("embeds", [])]
        return here.message("", here.BOT) | kept | {"embeds": embeds}


def _age(asked: Asked) -> float:
    return asyncio.get_running_loop().time() - asked.at


def _plain(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return _json(await handler(request))

    return handle


def _json(answer: Any, status: int = 200) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204)
    # discord.py takes nothing else for JSON: the header must be these words exactly.
    headers = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(answer).encode(), status=status, headers=headers)


def _refusal(status: int, code: int, message: str) -> web.StreamResponse:
    return _json({"message": message, "code": code}, status)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()

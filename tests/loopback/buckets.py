"""How many requests Discord takes (its documentation: topics/rate-limits.mdx), on a clock that runs twenty times as fast.

Each route has a bucket, one for each channel or webhook; all routes but those of interactions share a limit a second;
and whoever gets too many answers 401, 403 and 429 is shut out by Cloudflare, which answers for Discord then.
"""

import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from tests.canaries import TOKEN
from tests.loopback.state import World

IN_CHANNEL, WINDOW = 5, 0.25
"""Messages that may be sent to a channel within so many seconds; on Discord, in five."""
PREFIX: Final = "/api/v10"
_KEPT: Final = 1_000
"""Windows after which those that are over are forgotten."""
_EDGE: Final = 0.001
"""Seconds that a client is told to wait at least."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds. Discord publishes no numbers, it tells them in headers."""

    bucket: str
    most: int
    window: float


_MESSAGES = Limit("messages", IN_CHANNEL, WINDOW)
_WEBHOOK = Limit("webhook", 5, 0.1)
LIMITS: Final = {
    ("GET", "/users/@me"): Limit("me", 10, 0.5),
    ("POST", "/users/@me/channels"): Limit("direct", 10, 0.5),
    ("GET", "/oauth2/applications/@me"): Limit("application", 10, 0.5),
    ("GET", "/gateway/bot"): Limit("gateway", 2, 0.25),
    ("PUT", "/applications/{id}/commands"): Limit("commands", 2, 0.25),
    ("POST", "/channels/{id}/messages"): _MESSAGES,
    ("PATCH", "/channels/{id}/messages/{message}"): Limit("edits", 5, WINDOW),
    ("DELETE", "/channels/{id}/messages/{message}"): Limit("deletions", 5, 0.1),
    # Interactions share the properties of webhooks, whose buckets are those of their tokens (receiving-and-responding.mdx).
    ("POST", "/interactions/{id}/{token}/callback"): _WEBHOOK,
    ("GET", "/webhooks/{id}/{token}/messages/@original"): _WEBHOOK,
    ("PATCH", "/webhooks/{id}/{token}/messages/@original"): _WEBHOOK,
    ("POST", "/webhooks/{id}/{token}"): _WEBHOOK,
}
"""By method and route."""


@dataclass(slots=True)
class _Window:
    """The requests of one bucket until it is reset."""

    ends: float
    taken: int = 0
    refused: int = 0


class Buckets:
    """Lets requests through, or tells them to wait: what stands before every route."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows: dict[tuple[str, str], _Window] = {}
        self._invalid: deque[float] = deque()
        self._banned_until = 0.0

    @web.middleware
    async def rule(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through, or answer it."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        if self._world.now() < self._banned_until:
            return _banned()
        key = self._key(request)
        response = self._refusal(request, key) or await handler(request)
        if response.status in {401, 403, 429}:
            self._note_invalid()
        if key is not None and not response.prepared:
            response.headers.update(self._headers(*key))
        return response

    def _key(self, request: web.Request) -> tuple[Limit, str] | None:
        """Return the limit of a request, and the top-level resource that it counts for."""
        resource = request.match_info.route.resource
        path = resource.canonical.removeprefix(PREFIX) if resource is not None else ""
        limit = LIMITS.get((request.method, path))
        given = request.match_info
        return (limit, f"{given.get('id')}/{given.get('token')}") if limit is not None else None

    def _refusal(self, request: web.Request, key: tuple[Limit, str] | None) -> web.StreamResponse | None:
        # Interactions are answered by their tokens, and the limit on all requests is not theirs.
        if "token" not in request.match_info:
            if self._world.token_reset or request.headers.get("Authorization") != f"Bot {TOKEN}":
                self._world.violate(f"who asks? {request.method} {request.path}")
                return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
            everything = Limit("everything", self._world.per_second or 0, 1.0)
            if everything.most and (wait := self._take(everything, "")):
                return limited(wait, everything=True)
        if key is not None and (wait := self._take(*key)):
            self._world.limited += 1
            return limited(wait)
        return None

    def _take(self, limit: Limit, resource: str) -> float:
        """Count a request; return the seconds until the bucket is reset if it is exhausted."""
        now = self._world.now()
        window = self._windows.get((limit.bucket, resource))
        if window is None or now >= window.ends:
            if len(self._windows) > _KEPT:
                self._windows = {name: one for name, one in self._windows.items() if now < one.ends}
            window = self._windows[limit.bucket, resource] = _Window(now + limit.window)
        if window.taken < limit.most:
            window.taken += 1
            return 0.0
        window.refused += 1
        # As many as may be under way at once can be told in vain; whoever waits as told sends no more. Of all buckets
        # together there may be many: those are counted as invalid requests alone.
        if resource and window.refused == limit.most + 1:
            self._world.violate(f"{limit.bucket}: requests go on though they are told to wait")
        return max(window.ends - now, _EDGE)

    def _headers(self, limit: Limit, resource: str) -> dict[str, str]:
        window = self._windows.get((limit.bucket, resource))
        if window is None:
            return {}
        return {
            "X-RateLimit-Limit": str(limit.most),
            "X-RateLimit-Remaining": str(limit.most - window.taken),
            "X-RateLimit-Reset-After": f"{max(window.ends - self._world.now(), _EDGE):.3f}",
            "X-RateLimit-Bucket": limit.bucket,
        }

    def _note_invalid(self) -> None:
        now = self._world.now()
        self._world.invalid += 1
        self._invalid.append(now)
        while self._invalid[0] <= now - self._world.banned_for:
            self._invalid.popleft()
        if len(self._invalid) >= self._world.invalid_limit:
            self._world.violate("more invalid requests than Discord takes")
            self._banned_until = now + self._world.banned_for
            self._invalid.clear()


def limited(wait: float, *, everything: bool = False) -> web.StreamResponse:
    """Tell to wait so many seconds, as Discord does."""
    told = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everything}
    # Without Via, discord.py takes it for Cloudflare's.
    headers = {"Content-Type": "application/json", "Via": "1.1 loopback", "Retry-After": f"{wait:.3f}"}
    headers |= {"X-RateLimit-Global": "true"} if everything else {}
    headers["X-RateLimit-Scope"] = "global" if everything else "user"
    return web.Response(body=json.dumps(told).encode(), status=429, headers=headers)


def _banned() -> web.StreamResponse:
    """Answer as Cloudflare does for whoever is shut out: no Via, and no JSON."""
    return web.Response(text="error code: 1015", status=429, headers={"Retry-After": "600"})

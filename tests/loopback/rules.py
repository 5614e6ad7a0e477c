"""Discord's rules for requests (its docs: rate-limits.mdx), on a clock that runs twenty times as fast."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.canaries import TOKEN
from tests.loopback.world import World

IN_CHANNEL, WINDOW = 5, 0.25
"""Messages that may be sent to a channel within so many seconds; on Discord, in five."""
INVALID = 10_000
"""Answers 401, 403 and 429 after which Discord shuts an address out for a while."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Rules:
    """Lets requests through, or tells them to wait."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sent: defaultdict[str, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()

    @web.middleware
    async def rule(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through, or answer it; what stands before every route."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        response = self._refusal(request) or await handler(request)
        if response.status in {401, 403, 429}:
            self._world.invalid += 1
            if self._world.invalid > INVALID:
                self._world.violate("more invalid requests than Discord takes")
        if not response.prepared:
            response.headers.update(self._headers(request))
        return response

    def _refusal(self, request: web.Request) -> web.StreamResponse | None:
        # Interactions are answered by their tokens, and as often as one likes.
        if "token" in request.match_info:
            return None
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            self._world.violate(f"who asks? {request.method} {request.path}")
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        now = asyncio.get_running_loop().time()
        if self._world.per_second and (wait := _wait(self._all, self._world.per_second, 1.0, now)):
            return _limited(wait, everything=True)
        if request.path.endswith("/messages") and (
            wait := _wait(self._bucket(request), IN_CHANNEL, WINDOW, now)
        ):
            self._world.limited += 1
            return _limited(wait, everything=False)
        return None

    def _bucket(self, request: web.Request) -> deque[float]:
        return self._sent[request.path]

    def _headers(self, request: web.Request) -> dict[str, str]:
        if "token" in request.match_info or not request.path.endswith("/messages"):
            return {}
        sent = self._bucket(request)
        ends = sent[0] + WINDOW - asyncio.get_running_loop().time() if sent else 0.0
        return {
            "X-RateLimit-Limit": str(IN_CHANNEL),
            "X-RateLimit-Remaining": str(IN_CHANNEL - len(sent)),
            "X-RateLimit-Reset-After": f"{max(ends, 0.001):.3f}",
            "X-RateLimit-Bucket": "messages",
        }


def _wait(sent: deque[float], most: int, window: float, now: float) -> float:
    """Note a request; return the seconds until it may be made, and do not note it, if there were too many."""
    while sent and sent[0] <= now - window:
        sent.popleft()
    if len(sent) >= most:
        return sent[0] + window - now
    sent.append(now)
    return 0.0


def _limited(wait: float, *, everything: bool) -> web.StreamResponse:
    told = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everything}
    # Without Via, discord.py takes it for a ban.
    headers = {"Content-Type": "application/json", "Via": "1.1 loopback", "Retry-After": f"{wait:.3f}"}
    headers |= {"X-RateLimit-Global": "true"} if everything else {"X-RateLimit-Scope": "user"}
    return web.Response(body=json.dumps(told).encode(), status=429, headers=headers)

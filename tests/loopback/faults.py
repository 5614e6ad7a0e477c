"""How an answer of the REST API goes wrong, as it was seen of Discord, of the proxies before it, and of networks."""

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.loopback.buckets import limited

FAULTS = (
    "500",
    "500 done",
    "502",
    "502 done",
    "503",
    "503 done",
    "504",
    "504 done",
    "429",
    "429 via",
    "429 global",
    "reset",
    "reset done",
    "cut",
    "cut done",
    "garbage",
    "garbage done",
    "text done",
    "hang",
    "hang done",
)
"""What its sender sees of a request, and whether it is done nevertheless. A plain 429 has no `Via`: Cloudflare sent it.
Text with status 200 instead of JSON always tells the truth: nobody could know that it does not."""
_SOON = 0.05
"""Seconds that a client is told to wait."""
_TEXTS = {
    "502": "<html><head><title>502 Bad Gateway</title></head></html>",
    "503": "upstream connect error or disconnect/reset before headers",
    "504": "<html><head><title>504 Gateway Time-out</title></head></html>",
    "429": "error code: 1015",
    "text": "all is well",
}
_JSON = {"Content-Type": "application/json"}
"""discord.py takes nothing else for JSON: the header must be these words exactly."""


def is_done(fault: str) -> bool:
    """Tell whether what was asked is done; without a fault it is."""
    return not fault or fault.endswith(" done")


async def answer(fault: str, request: web.Request, over: asyncio.Event) -> web.StreamResponse:
    """Answer a request as a fault does. What hangs does so until all is over."""
    match fault.split():
        case ["429", "via"]:
            return limited(_SOON)
        case ["429", "global"]:
            return limited(_SOON, everything=True)
        case ["500", *_]:
            return as_json({"message": "500: Internal Server Error", "code": 0}, 500)
        case [kind, *_] if kind in _TEXTS:
            return web.Response(text=_TEXTS[kind], status=int(kind) if kind.isdigit() else 200)
        case ["garbage", *_]:
            return web.Response(body=b'{"id": ', headers=_JSON)
        case ["hang", *_]:
            await over.wait()
    return await _broken_off(request, begun=fault.startswith("cut"))


def as_json(told: Any, status: int = 200) -> web.StreamResponse:
    """Answer with JSON, or with nothing where there is nothing to tell."""
    if isinstance(told, web.StreamResponse):
        return told
    if told is None:
        return web.Response(status=204)
    return web.Response(body=json.dumps(told).encode(), status=status, headers=_JSON)


async def _broken_off(request: web.Request, *, begun: bool) -> web.StreamResponse:
    """Reset the connection, before an answer or within one that was `begun`."""
    response = web.StreamResponse(headers={"Content-Length": "4000"})
    response.content_type = "application/json"
    if begun:
        await response.prepare(request)
        await response.write(b'{"id": "1')
    if request.transport is not None:
        request.transport.abort()
    return response

"""Messages in channels (Discord's documentation: resources/message.mdx)."""

from typing import Any

from aiohttp import web

from tests.loopback import limits, permissions
from tests.loopback.refusals import broken, note_pings, refusal, shown
from tests.loopback.state import World


class Messages:
    """What the bot writes into channels, changes and deletes there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: dict[str, tuple[float, dict[str, Any]]] = {}
        """When each was first used, and for what; oldest first."""

    async def post(self, request: web.Request) -> Any:
        """Create a message, or return the one that its nonce made."""
        sent = await request.json()
        if refused := self._not_permitted(request, sent) or broken(self._world, limits.of_message(sent)):
            return refused
        note_pings(self._world, sent)
        nonce = sent.get("nonce")
        if known := self._made_by(nonce if sent.get("enforce_nonce") else None):
            return known
        made = shown(sent) | {"channel_id": request.match_info["id"]}
        self._world.posted.append(made)
        asked = (sent.get("message_reference") or {}).get("message_id")
        if asked is not None:
            self._world.answered_at[str(asked)] = self._world.now()
            self._world.answers[str(asked)] += 1
        if nonce is not None:
            self._nonces[nonce] = self._world.now(), made
        return made

    async def change(self, request: web.Request) -> Any:
        """Edit a message."""
        known = self._mine(request.match_info["message"])
        if known is None:
            return refusal(404, 10008, "Unknown Message")
        sent = await request.json()
        if refused := self._not_permitted(request, {}) or broken(self._world, limits.of_changes(sent)):
            return refused
        known |= {name: value for name, value in sent.items() if name in known}
        return known

    async def delete(self, request: web.Request) -> Any:
        """Delete a message."""
        known = self._mine(request.match_info["message"])
        if known is None:
            return refusal(404, 10008, "Unknown Message")
        self._world.posted.remove(known)
        return None

    def _mine(self, id_: str) -> dict[str, Any] | None:
        return next((one for one in self._world.posted if one["id"] == id_), None)

    def _not_permitted(self, request: web.Request, sent: dict[str, Any]) -> web.StreamResponse | None:
        denied = self._world.denied.get(int(request.match_info["id"]) - 1, 0)
        told = permissions.refusal(denied, sent)
        if told is None:
            return None
        self._world.violate(f"a message was sent though that is denied: {told[2]}")
        return refusal(*told)

    def _made_by(self, nonce: str | None) -> dict[str, Any] | None:
        """Return the message that a nonce made. It is "checked for uniqueness in the past few minutes"."""
        now = self._world.now()
        while self._nonces and next(iter(self._nonces.values()))[0] <= now - self._world.nonce_lives:
            del self._nonces[next(iter(self._nonces))]
        return self._nonces[nonce][1] if nonce in self._nonces else None

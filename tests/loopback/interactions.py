"""Answers to interactions (Discord's documentation: interactions/receiving-and-responding.mdx).

The first answer within three seconds, and once; all further ones within 15 minutes, by the token.
"""

from typing import Any, Final

from aiohttp import web

from tests.loopback import limits
from tests.loopback.refusals import broken, note_pings, refusal, shown
from tests.loopback.state import Asked, World

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, COMPLETION = 4, 5, 6, 7, 8
_CONTROL, _COMPLETION = 3, 4
_ANSWERS: Final = {
    2: {MESSAGE, DEFERRED},
    _CONTROL: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE},
    _COMPLETION: {COMPLETION},
}
"""The types of first answers that each type of interaction takes."""


class Interactions:
    """What the bot answers to them."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def callback(self, request: web.Request) -> Any:
        """Take the first answer."""
        asked = self._asked(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        if self._age(asked) > self._world.answer_within:
            self._world.violate("an interaction was answered too late")
            asked.refused = True
            return refusal(404, 10062, "Unknown interaction")
        if asked.answered is not None:
            given_up = asked.told is None or asked.told.is_closing()
            if not (asked.unsure or given_up):
                self._world.violate("an interaction was answered twice")
            return refusal(400, 40060, "Interaction has already been acknowledged.")
        sent = await request.json()
        if sent["type"] not in _ANSWERS[asked.payload["type"]]:
            self._world.violate(f"an interaction does not take an answer of type {sent['type']}")
            return refusal(400, 50035, "Invalid Form Body")
        asked.told = request.transport
        told = self._take(asked, sent["type"], sent.get("data") or {})
        if told is not None:
            return told
        resource = {"type": asked.answered, "message": asked.original or asked.clicked}
        about = {
            "id": asked.payload["id"],
            "type": asked.payload["type"],
            "response_message_ephemeral": False,
        }
        return {"interaction": about, "resource": resource} if "with_response" in request.query else None

    def _take(self, asked: Asked, kind: int, data: dict[str, Any]) -> web.StreamResponse | None:
        """Take an answer of some kind; refuse it if it breaks a limit."""
        match kind:
            case 4:
                if refused := broken(self._world, limits.of_message(data)):
                    return refused
                note_pings(self._world, data)
                asked.original = shown(data)
            case 7:
                if refused := self._redraw(asked, data):
                    return refused
            case 8:
                choices = data.get("choices") or []
                if refused := broken(self._world, limits.of_completion(choices)):
                    return refused
                asked.choices = choices
        asked.answered = kind
        return None

    async def original(self, request: web.Request) -> Any:
        """Show the answer, or the message whose control was used."""
        asked = self._later(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        return asked.original or asked.clicked or refusal(404, 10008, "Unknown Message")

    async def edit(self, request: web.Request) -> Any:
        """Change the answer, or the message whose control was used; make the answer that was announced."""
        asked = self._later(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        sent = await request.json()
        if asked.answered in {DEFERRED_UPDATE, UPDATE}:
            return self._redraw(asked, sent) or asked.clicked
        if refused := broken(self._world, limits.of_changes(sent)):
            return refused
        note_pings(self._world, sent)
        asked.original = (asked.original or {}) | shown(sent)
        return asked.original

    async def follow(self, request: web.Request) -> Any:
        """Take a further message."""
        asked = self._later(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        sent = await request.json()
        if refused := broken(self._world, limits.of_message(sent)):
            return refused
        note_pings(self._world, sent)
        made = shown(sent)
        self._world.posted.append(made)
        return made

    def _redraw(self, asked: Asked, sent: dict[str, Any]) -> web.StreamResponse | None:
        if refused := broken(self._world, limits.of_changes(sent)):
            return refused
        assert asked.clicked is not None
        asked.clicked |= {name: value for name, value in sent.items() if name in asked.clicked}
        return None

    def _asked(self, request: web.Request) -> Asked | web.StreamResponse:
        """Return the interaction of a token. One that was refused as unknown is not to be used again (rate-limits.mdx)."""
        asked = self._world.interactions.get(request.match_info["token"])
        if asked is None or asked.refused:
            self._world.violate("a token was used that is none, or is none any more")
            return refusal(404, 10015, "Unknown Webhook")
        return asked

    def _later(self, request: web.Request) -> Asked | web.StreamResponse:
        """Return the interaction of a token that was answered, and for as long as the token lives."""
        asked = self._asked(request)
        if isinstance(asked, web.StreamResponse):
            return asked
        if self._age(asked) > self._world.token_lives:
            self._world.violate("a token was used after it had ended")
            asked.refused = True
            return refusal(401, 50027, "Invalid Webhook Token")
        if asked.answered is None:
            self._world.violate("an interaction was followed up before it was answered")
            return refusal(404, 10015, "Unknown Webhook")
        return asked

    def _age(self, asked: Asked) -> float:
        return self._world.now() - asked.at

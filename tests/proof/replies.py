"""Every fault that Discord and the network can show, while readers ask the bot in a process of its own."""

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback.faults import FAULTS
from tests.loopback.trials import BREAKS, EVENTS, WAYS, Outcome, disorder, end, hit
from tests.newsroom import PAGES
from tests.proof.proving import Claim, Figures, total

TITLE = "Replies that arrive"
SEEDS = 5
BACK_WITHIN = 10.0
"""Seconds."""
SILENCE = 8.0
"""Seconds of silence after which the bot takes its connection for dead here; on Discord, 60. More than what it may wait
between two sessions: meanwhile discord.py reads nothing."""
AWAY = 30.0
"""Seconds for which Discord is away at most, long enough for pauses that are not bounded to grow."""
SPACING = 4.9
"""Seconds between two sessions, but for the accuracy of clocks."""
FATAL: Mapping[int, str] = {
    4004: "Discord refused the token",
    **{code: f"closed the gateway with code {code}" for code in (4010, 4011, 4012, 4013, 4014)},
}
"""Close codes after which Discord says not to reconnect, and words of the sentence that the bot ends with."""
ENDED = 2
"""Exit status where it cannot help to start again."""
_NOTHING = dict.fromkeys(
    ("asked", "unanswered", "doubled", "breaks", "lost", "gone", "ended", "unclear", "violations"), 0
)


def pieces() -> Sequence[str]:
    """Name the seeds."""
    return [f"seed-{seed}" for seed in range(1, SEEDS + 1)]


def run(piece: str) -> Figures:
    """Let every kind of fault happen once, followed by further ones at random."""
    return asyncio.run(_run(random.Random(piece)))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the seeds up."""
    sums = total(found, _NOTHING)
    slowest = max((figures["slowest"] for figures in found.values()), default=0.0)
    kinds = len(FAULTS) * len(WAYS) + len(EVENTS)
    test = "tests/test_loopback.py"
    return [
        Claim(
            says=f"Every command is answered exactly once, under {kinds} kinds of fault: {len(FAULTS)} of the REST API in"
            f" {len(WAYS)} places, {len(EVENTS)} of events that come twice or in another order",
            figure=f"{sums['asked']} asked, {sums['unanswered']} not answered, {sums['doubled']} answered twice",
            kept=sums["unanswered"] == sums["doubled"] == 0,
            test=test,
        ),
        Claim(
            says=f"However its connection ends ({len(BREAKS)} kinds: cut off, opcodes, close codes, frames that are none, silence,"
            f" Discord away for up to {AWAY:.0f} s), the process lives and answers again within {BACK_WITHIN:.0f} s. What was"
            " asked meanwhile is answered once, but for what was in a session that Discord or the bot had ended",
            figure=f"{sums['breaks']} ends, {sums['gone']} times it did not; slowest {slowest:.1f} s; {sums['lost']} questions were"
            " lost with their session",
            kept=sums["gone"] == 0,
            test=test,
        ),
        Claim(
            says="After a close code that is for good the process ends with a sentence that says why",
            figure=f"{sums['ended']} ends, {sums['unclear']} unclear",
            kept=sums["unclear"] == 0,
            test=test,
        ),
        Claim(
            says="It breaks none of the rules that the Discord on loopback keeps",
            figure=f"{sums['violations']} violations",
            kept=sums["violations"] == 0,
            test="tests/test_loopback_enforced.py",
        ),
    ]


@dataclass
class Bot:
    """The bot's process, and what it wrote."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self.process.returncode is None


@asynccontextmanager
async def process(loopback: Loopback, *options: str) -> AsyncIterator[Bot]:
    """Run the bot meanwhile, over a store of its own with the pages of tests/newsroom.py."""
    with tempfile.TemporaryDirectory(prefix="newsdesk-replies-") as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        for name, text in PAGES.items():
            (pages / name).write_text(text, encoding="utf-8")
        chosen = {
            "DISCORD_TOKEN": TOKEN,
            "NEWSDESK_DATA_DIR": f"{folder}/data",
            "NEWSDESK_SEEDS_DIR": f"{pages}",
        }
        command = [sys.executable, "-m", "tests.proof.bot", str(loopback.port), *options]
        log = Path(folder) / "log"
        with log.open("wb") as written:
            started = await asyncio.create_subprocess_exec(*command, env=os.environ | chosen, stderr=written)
        try:
            yield Bot(started, log)
        finally:
            if started.returncode is None:
                started.kill()
                await started.wait()
            assert TOKEN not in log.read_text(encoding="utf-8")


async def _ended(bot: Bot, within: float) -> int | None:
    """Return the process's exit status; None if it does not end in so many seconds."""
    try:
        return await asyncio.wait_for(bot.process.wait(), within)
    except TimeoutError:
        return None


async def _run(rng: random.Random) -> Figures:
    figures: Figures = dict(_NOTHING) | {"slowest": 0.0, "wrong": []}

    async def others() -> None:
        await _under_faults(random.Random(rng.random()), figures)
        for code, sentence in FATAL.items():
            await _closed_for_good(code, sentence, figures)

    # One bot is waited for most of the time; meanwhile others are asked.
    await asyncio.gather(_through_breaks(random.Random(rng.random()), figures), others())
    return figures


async def _under_faults(rng: random.Random, figures: Figures) -> None:
    """Let each fault hit each kind of answer, and up to two more its next attempts; then events come in disorder."""
    async with Loopback.serving() as loopback:
        # Another user in another guild each time: nobody is told to wait.
        trials = [(way, fault) for way in WAYS for fault in FAULTS]
        guilds = loopback.world.guilds = [1000 + number for number in range(len(trials) + len(EVENTS))]
        async with process(loopback, "--hasty") as bot:
            await loopback.connected(seconds=60)
            outcomes: list[tuple[str, Outcome]] = []
            for way, fault in rng.sample(trials, len(trials)):
                more = rng.choices(["503", "reset", "429", "502 done"], k=rng.randint(0, 2))
                outcome = await hit(loopback, way, [fault, *more], guilds[len(outcomes)])
                outcomes.append((f"{way}: {', '.join([fault, *more])}", outcome))
            for how in rng.sample(EVENTS, len(EVENTS)):
                outcomes.append((how, await disorder(loopback, how, guilds[len(outcomes)])))
            figures["asked"] += len(outcomes)
            figures["unanswered"] += sum(not outcome.answered for _, outcome in outcomes)
            figures["doubled"] += sum(outcome.extra > 0 for _, outcome in outcomes)
            figures["wrong"] += [how for how, outcome in outcomes if not outcome.right]
            await _end(bot, figures)
        _note_violations(loopback, figures)


async def _through_breaks(rng: random.Random, figures: Figures) -> None:
    """End the connection in every way, with all pauses as they are but for silence."""
    async with Loopback.serving() as loopback:
        loopback.world.guilds = [1000 + number for number in range(len(BREAKS))]
        loopback.world.identify_spacing = SPACING
        async with process(loopback, "--silence", str(SILENCE)) as bot:
            await loopback.connected(seconds=60)
            for guild, how in zip(loopback.world.guilds, rng.sample(BREAKS, len(BREAKS)), strict=True):
                back = await end(loopback, how, guild, away=rng.uniform(1, AWAY))
                figures["breaks"] += 1
                figures["lost"] += back.lost
                figures["doubled"] += back.extra
                if back.seconds is None or back.seconds > BACK_WITHIN or not bot.lives:
                    figures["gone"] += 1
                    figures["wrong"].append(f"{how}: {back}")
                figures["slowest"] = max(figures["slowest"], back.seconds or 0.0)
            await _end(bot, figures)
        _note_violations(loopback, figures)


def _note_violations(loopback: Loopback, figures: Figures) -> None:
    figures["violations"] += len(loopback.world.violations)
    figures["wrong"] += loopback.world.violations


async def _end(bot: Bot, figures: Figures) -> None:
    """Tell the process to end, which it does in order if it was well to the last."""
    if bot.lives:
        bot.process.send_signal(signal.SIGTERM)
    status = await _ended(bot, 15)
    figures["gone"] += status != 0
    figures["wrong"] += [] if status == 0 else [f"ended with {status}"]


async def _closed_for_good(code: int, sentence: str, figures: Figures) -> None:
    """Close the gateway with a code that is for good."""
    async with Loopback.serving() as loopback:
        loopback.world.closes_with = code
        async with process(loopback, "--hasty") as bot:
            status = await _ended(bot, 60)
            last = bot.log.read_text(encoding="utf-8").splitlines()[-1:]
        figures["ended"] += 1
        figures["unclear"] += status != ENDED or not (last and sentence in last[0])

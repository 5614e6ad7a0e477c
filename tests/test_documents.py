"""What the documents say is what the code does, and back."""

import re
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.client import NewsBot, extension_names
from bot.desk import Desk
from bot.desk.guilds import KEPT
from bot.guilds import NAMES
from bot.replies import limits
from bot.replies.panels import LIFETIME
from bot.settings import Settings, variable
from bot.store.models import guild_settings
from tests.commands import commands

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading of the README."""
    section = README.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_table_of_commands_is_the_command() -> None:
    described = {}
    for cell, _ in table("The command `newsdesk`"):
        usage = cell.strip("`")
        words = [word for word in usage.split() if not re.match(r"[\[A-Z-]", word) and not word.endswith("]")]
        described[" ".join(words)] = set(re.findall(r"--[a-z-]+", usage))
    actual = {
        name: {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("--") and option != "--help"
        }
        for name, command in commands(typer.main.get_command(app)).items()
    }
    assert described == actual


def test_the_table_of_settings_is_the_settings() -> None:
    assert table("Settings") == [
        [f"`{variable(name)}`", _shown(field.default), field.description]
        for name, field in Settings.model_fields.items()
    ]


def _shown(default: object) -> str:
    match default:
        case None:
            return ""
        case bool():
            return f"`{str(default).lower()}`"
        case _:
            return f"`{default}`"


def test_the_example_environment_is_the_settings() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    paragraphs = text.strip().split("\n\n")[1:]
    assert paragraphs == [
        f"# {field.description}\n{variable(name)}={_shown(field.default).strip('`')}"
        for name, field in Settings.model_fields.items()
    ]


def test_the_example_environment_is_valid_and_changes_nothing() -> None:
    assert Settings(_env_file=ROOT / ".env.example") == Settings()


async def test_the_table_of_questions_has_every_command_of_the_bot(empty_desk: Desk) -> None:
    bot = NewsBot(empty_desk, empty_desk.settings)
    for name in extension_names():
        await bot.load_extension(name)
    asked = {match[1] for cell, _ in table("Ask it") if (match := re.match(r"`!(\w+)", cell))}
    assert asked == {command.name for command in bot.commands}


def test_the_table_of_what_a_server_chooses_is_what_it_can_choose() -> None:
    assert [cell for cell, _ in table("What a server chooses")] == [f"`{name}`" for name in NAMES]


def test_privacy_and_terms_say_what_the_code_does() -> None:
    privacy = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    assert f"{KEPT.days} days after the bot left" in privacy
    assert f"for {LIFETIME / 60:.0f} minutes".replace("5", "five") in privacy
    assert f"at most {limits.EXCERPT} characters" in (ROOT / "docs/terms.md").read_text(encoding="utf-8")
    assert set(guild_settings.columns.keys()) == {
        "guild_id",
        "name",
        "value",
        "changed_by",
        "changed",
        "left",
    }


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "docs/architecture.md",
        "docs/decisions.md",
        "docs/benchmarks.md",
        "docs/operating.md",
        "docs/reliability.md",
        "docs/scaling.md",
        "docs/privacy.md",
        "docs/terms.md",
        "seeds/README.md",
    ],
)
def test_every_path_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    paths = re.findall(r"`((?:bot|cogs|docs|seeds|tests)/[\w/.*-]*)`", text)
    missing = [path for path in paths if not (ROOT / path.rstrip("/")).exists()]
    missing += [link for link in links if not (ROOT / document).parent.joinpath(link).exists()]
    assert missing == []


def test_every_make_target_is_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split()) - {"help"}  # type: ignore[union-attr]  # it is there
    assert targets == set(re.findall(r'@echo "make ([\w-]+) ', makefile))

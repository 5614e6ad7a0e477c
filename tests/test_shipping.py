"""What is shipped to run it names only what there is: settings, files, commands, figures."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest
import typer
from typer.testing import CliRunner

from bot.cli import app
from bot.client import FINISHED_WITHIN
from bot.ending import ENDED_WITHIN
from bot.monitoring.metrics import Metrics
from bot.settings import Settings, variable
from tests.commands import commands

ROOT = Path(__file__).parent.parent
SHIPPED = [
    "Dockerfile",
    "compose.yaml",
    "deploy/newsdesk",
    "deploy/newsdesk.service",
    "deploy/alerts.yaml",
    "docs/operating.md",
]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(re.findall(r"\b(?:NEWSDESK_[A-Z_]+|DISCORD_TOKEN)\b", read(name)))
    assert named <= {variable(field) for field in Settings.model_fields}


def test_the_image_copies_what_there_is_and_nothing_for_development() -> None:
    text = read("Dockerfile")
    for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists()
            # What the .dockerignore does not let in cannot be copied.
            assert f"!{source}" in read(".dockerignore").splitlines()
    assert "simcord" not in read("requirements/run.txt")
    assert text.rindex("USER newsdesk") < text.index("ENTRYPOINT")


def test_commands_in_the_handbook_exist() -> None:
    known = commands(typer.main.get_command(app))
    given = re.findall(
        r"(?:^    |`|exec newsdesk )(newsdesk [a-z]+(?: [a-z]+)?)", read("docs/operating.md"), re.MULTILINE
    )
    assert len(given) > 5
    for command in given:
        assert command in known or " ".join(command.split()[:2]) in known, command


def test_every_alarm_is_over_figures_that_are_told_and_has_advice() -> None:
    rules, handbook = read("deploy/alerts.yaml"), read("docs/operating.md")
    told = {name for family in Metrics().registry.collect() for name in (family.name, f"{family.name}_total")}
    told |= {f"{name}_bucket" for name in told}
    assert set(re.findall(r"newsdesk_[a-z_]+", rules)) <= told
    alarms = re.findall(r"alert: (\w+)", rules)
    assert alarms == re.findall(r"^\| (Newsdesk\w+) \|", handbook, re.MULTILINE)


def test_the_command_beside_the_unit_is_the_same_bot() -> None:
    unit, command = read("deploy/newsdesk.service"), read("deploy/newsdesk")
    (folder,) = re.findall(r"WorkingDirectory=(.+)", unit)
    assert f"cd {folder} ||" in command
    assert re.findall(r"^Environment=(.+)", unit, re.MULTILINE) == re.findall(
        r"^export (.+)", command, re.MULTILINE
    )
    (user,) = re.findall(r"User=(.+)", unit)
    (started,) = re.findall(r"ExecStart=(.+) run", unit)
    assert f'exec runuser -u {user} -- {started} "$@"' in command
    assert (ROOT / "deploy/newsdesk").stat().st_mode & 0o111
    for told in (
        f"useradd --system --home-dir {folder} ",
        f"{folder}/.env\n",
        "deploy/newsdesk /usr/local/sbin/",
    ):
        assert told in read("docs/operating.md")


def test_told_to_end_the_bot_alone_is_so() -> None:
    # Where its workers were told as well, feeds that are being read would fail.
    assert "KillMode=mixed" in read("deploy/newsdesk.service")


def test_what_cannot_be_audited_fails_the_audit() -> None:
    assert "pip-audit --strict" in read("Makefile")


def test_the_version_is_told() -> None:
    told = CliRunner().invoke(app, ["--version"])
    assert (told.exit_code, told.stdout) == (0, f"{version('newsdesk')}\n")


def test_the_unit_stops_later_than_the_bot_does() -> None:
    for name, pattern in (
        ("deploy/newsdesk.service", r"TimeoutStopSec=(\d+)"),
        ("compose.yaml", r"stop_grace_period: (\d+)s"),
    ):
        found = re.search(pattern, read(name))
        assert found is not None
        assert int(found[1]) > ENDED_WITHIN > FINISHED_WITHIN
    # Where nothing else is said, Docker kills after so many seconds.
    assert ENDED_WITHIN < 10


# The unit is for machines with systemd; the bot, and whoever works on it, may have none.
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_the_unit_is_one(tmp_path: Path) -> None:
    unit = tmp_path / "newsdesk.service"
    unit.write_text(
        read("deploy/newsdesk.service").replace("/opt/newsdesk/.venv/bin/newsdesk", sys.executable)
    )
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_installed_has_all_that_the_bot_reads(tmp_path: Path) -> None:
    for name in ("bot", "cogs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('out'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    wheel = ZipFile(tmp_path / "out" / done.stdout.splitlines()[-1])
    sources = {
        file.relative_to(ROOT).as_posix()
        for name in ("bot", "cogs")
        for file in (ROOT / name).rglob("*")
        if file.is_file() and file.suffix not in {".pyc", ".mako"}
    }
    assert sources - set(wheel.namelist()) == set()

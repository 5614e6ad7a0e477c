"""The command `newsdesk`, as a shell would run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries import TOKEN
from tests.newsroom import FERRY, HARBOUR, STUB, WHALES, Newsdesk


@pytest.fixture
def filled(newsdesk: Newsdesk, pages: Path) -> Newsdesk:
    assert newsdesk("ingest", pages).status == 0
    return newsdesk


def test_ingest_tells_of_each_document(newsdesk: Newsdesk, pages: Path) -> None:
    ran = newsdesk("ingest", pages, "--json")
    assert ran.status == 0
    assert ran.lines[:-1] == [
        {"path": str(pages / name), "outcome": "added", "id": id_, "reason": None}
        for name, id_ in (("ferry.txt", FERRY), ("harbour.txt", HARBOUR), ("whales.txt", WHALES))
    ]
    assert ran.lines[-1]["total"] == {"added": 3, "updated": 0, "unchanged": 0, "rejected": 0, "documents": 3}
    again = newsdesk("ingest", pages, "--json")
    assert {line["outcome"] for line in again.lines[:-1]} == {"unchanged"}


def test_ingest_names_what_it_rejects_and_goes_on(newsdesk: Newsdesk, pages: Path) -> None:
    (pages / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (pages / "lines.jsonl").write_text('{"headline": "Fine"}\nnot json\n', encoding="utf-8")
    ran = newsdesk("ingest", pages, pages / "missing.txt", "--json")
    assert ran.status == 1
    outcomes = [(Path(line["path"]).name, line["outcome"]) for line in ran.lines[:-1]]
    assert ("binary.txt", "rejected") in outcomes
    assert ("missing.txt", "rejected") in outcomes
    assert ran.lines[-1]["total"]["rejected"] == 3
    assert ran.lines[-1]["total"]["added"] == 4
    assert all(line["reason"] for line in ran.lines[:-1] if line["outcome"] == "rejected")


def test_an_edited_page_keeps_its_id(filled: Newsdesk, pages: Path) -> None:
    page = pages / "whales.txt"
    page.write_text(page.read_text(encoding="utf-8").replace("herring", "mackerel"), encoding="utf-8")
    ran = filled("ingest", page, "--json")
    assert (ran.lines[0]["outcome"], ran.lines[0]["id"]) == ("updated", WHALES)
    assert [hit["id"] for hit in filled("search", "mackerel", "--json").json["hits"]] == [WHALES]
    assert filled("search", "herring", "--json").json["hits"] == []
    assert filled("db", "check").status == 0


def test_search_prints_what_the_bot_would_find(filled: Newsdesk) -> None:
    found = filled("search", "harbuor", "bridge", "--json").json
    assert list(found) == ["query", "corrections", "hits", "suggestions", "remarks"]
    assert found["corrections"] == [{"from": "harbuor", "to": "Harbour"}]
    hit = found["hits"][0]
    assert hit == {
        "id": HARBOUR,
        "headline": "Harbour bridge reopens after three years of repairs",
        "score": hit["score"],
        "where": "headline",
        "excerpt": None,
        "source": "Harbour Gazette",
        "published": "2020-05-04T00:00:00+00:00",
        "story": HARBOUR,
    }
    assert 0 < hit["score"] < 1


def test_search_tells_why_a_text_matched_and_what_it_did_not_understand(filled: Newsdesk) -> None:
    found = filled("search", "lindqvist", "after:blah", "source:gazette", "--json").json
    assert [hit["excerpt"] for hit in found["hits"]] == [
        "The mayor, Ada Lindqvist, walked over the bridge at noon."
    ]
    assert len(found["remarks"]) == 1
    assert "“after:blah”" in found["remarks"][0]
    ran = filled("search", "lindqvist", "source:gazete")
    assert "Harbour Gazette" in ran.err
    assert ran.out == ""
    ran = filled("search", "lindqvist")
    assert "The mayor, Ada Lindqvist" in ran.out


def test_operators_alone_list_the_newest(filled: Newsdesk) -> None:
    found = filled("search", "sort:new", "after:2020-05-04", "--json").json
    assert [hit["id"] for hit in found["hits"]] == [WHALES, HARBOUR]


def test_a_query_may_begin_with_a_minus(filled: Newsdesk) -> None:
    assert [hit["id"] for hit in filled("search", "-ferries bridge", "--json").json["hits"]] == []
    assert [hit["id"] for hit in filled("search", "-ferries whales", "--json").json["hits"]] == [WHALES]


@pytest.mark.parametrize("query", ["", "   ", "?!", "-", '"', "🎉", "x" * 5000])
def test_any_query_is_answered(filled: Newsdesk, query: str) -> None:
    ran = filled("search", query, "--json")
    assert ran.status == 0
    assert ran.json["hits"] == []


def test_the_limit_holds(filled: Newsdesk) -> None:
    assert len(filled("search", "the", "--limit", 1, "--json").json["hits"]) <= 1


def test_a_batch_is_answered_line_by_line(filled: Newsdesk, tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text('{"id": "a1", "q": "whales"}\n{"id": 2, "q": "zzyzx"}\n', encoding="utf-8")
    lines = filled("search", "--batch", file).lines
    assert [line["id"] for line in lines] == ["a1", 2]
    assert [[hit["id"] for hit in line["hits"]] for line in lines] == [[WHALES], []]
    assert all(line["ms"] > 0 and line["total_ms"] > 0 for line in lines)


def test_show_prints_the_page_and_its_summary(filled: Newsdesk) -> None:
    shown = filled("show", HARBOUR, "--json").json
    assert shown["kind"] == "article"
    assert shown["standfirst"].startswith("Traffic crossed the harbour bridge")
    assert len(shown["paragraphs"]) == 2
    assert [teaser["headline"] for teaser in shown["teasers"]] == [
        "Ferry workers end their strike",
        "Storm Brunhild uproots hundreds of trees",
    ]
    assert shown["summary"][0] == shown["standfirst"]
    assert (shown["story"], shown["reports"]) == (HARBOUR, [])
    assert filled("show", STUB, "--json").json["kind"] == "stub"


def test_related_lists_teasers_and_similar_stories(filled: Newsdesk) -> None:
    related = filled("related", HARBOUR, "--json").json
    assert [(t["id"], t["kind"]) for t in related["teasers"]] == [(FERRY, "article"), (STUB, "stub")]
    everything = filled("related", WHALES, "--min-score", 0, "--no-group", "--json").json
    assert everything["teasers"] == []
    assert all(0 < s["score"] <= 1 for s in everything["similar"])
    assert [s["score"] for s in everything["similar"]] == sorted(
        (s["score"] for s in everything["similar"]), reverse=True
    )
    assert WHALES not in [s["id"] for s in everything["similar"]]


def test_a_removed_article_is_gone_and_stays_gone(filled: Newsdesk, pages: Path) -> None:
    assert filled("remove", WHALES, "--reason", "asked for").status == 0
    gone = filled("show", WHALES)
    assert (gone.status, gone.out) == (1, "")
    assert f"Article {WHALES} was removed on" in gone.err
    assert filled("search", "whales", "--json").json["hits"] == []
    again = filled("ingest", pages / "whales.txt", "--json")
    assert again.status == 1
    assert again.lines[0]["outcome"] == "rejected"
    assert "--undo" in again.lines[0]["reason"]
    assert filled("stats", "--json").json["tombstones"] == 1
    assert filled("remove", WHALES, "--undo").status == 0
    back = filled("ingest", pages / "whales.txt", "--json").lines[0]
    assert (back["outcome"], back["id"]) == ("added", WHALES)
    assert filled("db", "check").status == 0


def test_a_source_that_no_article_has_is_said(filled: Newsdesk) -> None:
    ran = filled("remove", "--source", "Harbor Gazette")
    assert (ran.status, ran.out) == (1, "")
    assert "No article is from “Harbor Gazette”." in ran.err


def test_undo_says_that_the_page_must_be_seen_again(filled: Newsdesk) -> None:
    filled("remove", WHALES)
    assert "when their pages are next taken in: 4" in filled("remove", WHALES, "--undo").out
    assert "Nothing was restored." in filled("remove", WHALES, "--undo").out


def test_a_whole_source_can_be_removed(filled: Newsdesk) -> None:
    ran = filled("remove", "--source", "Harbour Gazette", "--json")
    assert set(ran.json["removed"]) == {FERRY, HARBOUR, STUB}
    counted = filled("stats", "--json").json
    assert (counted["articles"], counted["stubs"], counted["sources"]) == (1, 0, 1)


def test_names_that_are_no_unicode_are_taken_in_and_printed_as_escapes(
    newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / os.fsdecode(b"folder\xff")
    folder.mkdir()
    (folder / os.fsdecode(b"page\xfe.txt")).write_text(
        "A headline of some words\n\nAnd a text.", encoding="utf-8"
    )
    monkeypatch.setenv("NEWSDESK_SEEDS_DIR", str(folder))
    assert newsdesk("stats", "--json").json["articles"] == 1
    ran = newsdesk("ingest", folder, folder / "missing.txt", "--json")
    assert [line["outcome"] for line in ran.lines[:-1]] == ["unchanged", "rejected"]
    assert r"page\xfe.txt" in ran.lines[0]["path"]


def test_a_data_folder_may_have_any_name(
    newsdesk: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "100%20 sure? #1 ü"
    before = set(tmp_path.iterdir())
    monkeypatch.setenv("NEWSDESK_DATA_DIR", str(folder))
    assert newsdesk("stats").status == 0
    assert (folder / "newsdesk.db").is_file()
    assert set(tmp_path.iterdir()) - before == {folder}


@pytest.mark.parametrize("line", ["[" * 100_000, "[1]", '{"id": 1}', '{"q": null}', '{"q": 5}', "\xff\xfe"])
def test_a_line_that_is_no_query_is_named(filled: Newsdesk, tmp_path: Path, line: str) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_bytes(b'{"id": "\\ud800", "q": "whales"}\n' + line.encode("latin-1") + b"\n")
    ran = filled("search", "--batch", file)
    assert ran.status == 2
    assert "line 2 is not" in ran.err
    assert [hit["id"] for hit in ran.lines[0]["hits"]] == [WHALES]


def test_parse_waits_for_no_pipe_and_reads_no_records(newsdesk: Newsdesk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    ran = newsdesk("parse", tmp_path / "pipe.txt")
    assert (ran.status, ran.out) == (1, "")
    assert "not a regular file" in ran.err
    (tmp_path / "x.jsonl").write_text("{}")
    assert newsdesk("parse", tmp_path / "x.jsonl").status == 2


def test_a_full_device_is_said_in_a_sentence(pages: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "parse", str(pages / "harbour.txt")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr


def test_parse_shows_every_block_and_stores_nothing(newsdesk: Newsdesk, pages: Path) -> None:
    page = newsdesk("parse", pages / "harbour.txt", "--json").json
    assert list(page) == [
        "headline",
        "standfirst",
        "paragraphs",
        "byline",
        "published",
        "source",
        "url",
        "language",
        "image",
        "teasers",
        "blocks",
    ]
    blocks = (pages / "harbour.txt").read_text(encoding="utf-8").strip().split("\n\n")
    assert [block["text"] for block in page["blocks"]] == blocks
    assert all(block["role"] and block["why"] for block in page["blocks"])
    assert newsdesk("stats", "--json").json["articles"] == 0


def test_stats_count_the_store(filled: Newsdesk, tmp_path: Path) -> None:
    counted = filled("stats", "--json").json
    assert (counted["articles"], counted["stubs"], counted["sources"], counted["tombstones"]) == (3, 1, 2, 0)
    assert counted["index"] == {"headlines": 4, "behind": 0}
    assert counted["data_dir"] == str(tmp_path / "data")


def test_records_are_taken_in_as_parse_prints_them(newsdesk: Newsdesk, tmp_path: Path, pages: Path) -> None:
    printed = newsdesk("parse", pages / "harbour.txt", "--json").json
    file = tmp_path / "records.jsonl"
    records = [
        printed,
        {
            "headline": "Body as one string",
            "body": "First.\n\nSecond.",
            "byline": "A. Writer",
            "published_at": "2024-02-03",
        },
    ]
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert newsdesk("ingest", file).status == 0
    shown = newsdesk("show", 1, "--json").json
    for name in ("headline", "standfirst", "paragraphs", "published", "source", "teasers"):
        assert shown[name] == printed[name]
    ids = [hit["id"] for hit in newsdesk("search", "Body as one string", "--json").json["hits"]]
    second = newsdesk("show", ids[0], "--json").json
    assert second["paragraphs"] == ["First.", "Second."]
    assert second["byline"] == ["A. Writer"]
    assert second["published"] == "2024-02-03T00:00:00+00:00"


def test_backup_is_a_whole_store(filled: Newsdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "elsewhere" / "newsdesk.db"
    copy.parent.mkdir()
    assert filled("db", "backup", copy).status == 0
    assert filled("db", "backup", copy).status == 1, "an existing file is never overwritten"
    monkeypatch.setenv("NEWSDESK_DATA_DIR", str(copy.parent))
    assert filled("db", "check").status == 0
    assert filled("stats", "--json").json["articles"] == 3


def test_check_finds_what_does_not_fit(filled: Newsdesk, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    assert filled("db", "check", "--json").json == {"differences": []}
    with closing(sqlite3.connect(tmp_path / "data" / "newsdesk.db")) as database:
        database.execute("UPDATE articles SET headline = 'Something else altogether' WHERE id = ?", (WHALES,))
        database.commit()
    ran = filled("db", "check", "--json")
    assert ran.status == 1
    assert any(str(WHALES) in difference for difference in ran.json["differences"])


def test_chat_prints_what_discord_would_get(filled: Newsdesk) -> None:
    answered = filled("chat", "news whales", f"!headline {HARBOUR}", "--json").json
    assert [turn["in"] for turn in answered] == ["news whales", f"!headline {HARBOUR}"]
    for turn in answered:
        (reply,) = turn["replies"]
        assert set(reply) == {"content", "embeds", "components", "allowed_mentions", "flags"}
        assert reply["allowed_mentions"]["parse"] == []
        assert reply["embeds"]


def test_chat_prints_panels_for_people(filled: Newsdesk) -> None:
    ran = filled("chat", "news whales", "headline 999")
    assert ran.status == 0
    assert "Two whales seen in the fjord" in ran.out
    assert "There is no article 999." in ran.out


def test_chat_fails_when_a_message_gets_no_reply(filled: Newsdesk) -> None:
    ran = filled("chat", "hello there")
    assert ran.status == 1
    assert "(no reply)" in ran.out


@pytest.mark.parametrize("message", ["", "  ", "!news " + "x" * 2000])
def test_chat_refuses_what_discord_would_not_take(filled: Newsdesk, message: str) -> None:
    ran = filled("chat", "news whales", message)
    assert (ran.status, ran.out) == (1, "")
    assert "1 to 2000 characters" in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["run"], 2, ".env.example"),
        (["show", "99"], 1, "There is no article 99."),
        (["related", "99"], 1, "There is no article 99."),
        (["remove", "99"], 1, "There is no article 99."),
        (["remove"], 2, "--source"),
        (["search"], 2, "QUERY"),
        (["nonsense"], 2, "nonsense"),
        (["search", "x", "--limit", "0"], 2, "--limit"),
        (["parse", "/no/such/page.txt"], 1, "cannot be read"),
        (["parse", "/"], 1, "cannot be read"),
        (["search", "--batch", "/no/such/file"], 1, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    newsdesk: Newsdesk, arguments: list[str], status: int, sentence: str
) -> None:
    ran = newsdesk(*arguments)
    assert ran.status == status
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "value", "status", "sentence"),
    [
        ("NEWSDESK_PREFIX", "", 2, "NEWSDESK_PREFIX"),
        ("NEWSDESK_PREFIX", "a b", 2, "NEWSDESK_PREFIX: must not contain spaces."),
        ("NEWSDESK_LOG_LEVEL", "loud", 2, "NEWSDESK_LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR."),
        ("NEWSDESK_PREFIX", "!" * 11, 2, "NEWSDESK_PREFIX: must have from 1 to 10 characters."),
        ("NEWSDESK_PREFIX_COMMANDS", "perhaps", 2, "NEWSDESK_PREFIX_COMMANDS: must be true or false."),
        ("NEWSDESK_KEEP_TEXT_DAYS", "long", 2, "NEWSDESK_KEEP_TEXT_DAYS: must be a whole number"),
        ("NEWSDESK_KEEP_TEXT_DAYS", "0", 2, "days from 1 to 36500, or empty."),
        ("NEWSDESK_SOURCE_URL", "ftp://x", 2, "NEWSDESK_SOURCE_URL: must begin with http:// or https://."),
        ("NEWSDESK_CONTACT", "two words", 2, "NEWSDESK_CONTACT: must be an e-mail or web address"),
        ("NEWSDESK_HEALTH_PORT", "http", 2, "NEWSDESK_HEALTH_PORT: must be a number from 1 to 65535"),
        (
            "NEWSDESK_DATABASE_URL",
            "hunter2",
            2,
            "NEWSDESK_DATABASE_URL: must begin with postgresql+psycopg://",
        ),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:hunter2@127.0.0.1:1/x", 1, "cannot be reached"),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:pa@hunter2@127.0.0.1:1/x", 2, "write @ / ? # %"),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:pa/hunter2@127.0.0.1:1/x", 2, "write @ / ? # %"),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:pa?hunter2@127.0.0.1:1/x", 2, "write @ / ? # %"),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:hunter2#pa@127.0.0.1:1/x", 2, "write @ / ? # %"),
        ("NEWSDESK_DATABASE_URL", "postgresql+psycopg://user:hunter2@[::1/x", 2, "write @ / ? # %"),
        ("NEWSDESK_DATA_DIR", "/dev/null/data", 1, "cannot be reached"),
    ],
)
def test_a_wrong_setting_is_named(
    newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch, name: str, value: str, status: int, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = newsdesk("stats")
    assert ran.status == status
    assert sentence in ran.err
    assert "hunter2" not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("status", [0, 130], ids=["SIGTERM", "Ctrl-C"])
def test_run_ends_as_the_bot_was_told_to(
    newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    async def serve(*_: object) -> int:
        return status

    monkeypatch.setattr("bot.running.serve", serve)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    ran = newsdesk("run")
    assert (ran.status, ran.out, ran.err) == (status, "", "")


def test_python_m_bot_is_the_same_command_and_loads_nothing_that_few_need() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "bot", "--help"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert "article store" in ran.stdout
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "sqlalchemy" in loaded
    assert loaded.isdisjoint({"alembic", "discord", "psycopg", "trafilatura"})

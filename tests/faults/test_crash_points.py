"""A process dies before and after every commit and every send: one final state, one effect, the same answers.

The story dies at each point once, in one life: after each death a new process goes on with the commands that have
no answer yet, under the keys they had. At the end every row equals that of a story in which nobody died.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.faults import in_code
from tests.faults.story import STORY
from tests.support import kept_files, snapshots

ROOT = Path(__file__).resolve().parents[2]
BETWEEN_NODES = {
    "stale",
    "too_late",
}  # what only a line brings about: here the command is refused before it is sent
# Transactions that are no commands: nobody sends them again, and a second one does no harm.
NOT_COMMANDS = {
    "account.login try": "a try at the login door; one that dies is a try all the same",
    "cases.paper.not_fetched": "a try to fetch a paper that failed; it is tried again",
    "cases.paper.fetched": "strikes out what has come from another node; the next look does it again",
    "account.login right": "strikes out tries after a right one; the next login does it again",
    "cases.guess": "a try of a stranger; one that dies is a try all the same",
    "cases.guess right": "strikes out tries after a right one; the next right one does it again",
    "cases.upload": "a file that a stranger left; sent again it is counted again, and once",
    "cases.upload over": "the ticker does it again",
    "cases.draft": "a draft whose secret was not told is opened by nobody and swept when its time is over",
    "cases.draft over": "the ticker does it again",
    "cases.sight": "a sight is noted when it is shown; the next look notes it again",
    "exchange.line.freed": "frees a line whose sender was killed; the next look does it again",
}


def played(how: str, folder: Path, url: str) -> dict[str, Any]:
    """Play the story in a process of its own, on a database of its own."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.crashes", how, str(folder)],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": "src", "TONGXIN_DATA": str(folder), "TONGXIN_DATABASE_URL": url},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads((folder / f"{how}.json").read_text())
    return result


def own_database(how: str, folder: Path) -> str:
    """A fresh database of the kind the tests run on."""
    if connection.vendor == "sqlite":
        kept_files.copy_to(folder / f"{how}.sqlite3")
        return f"sqlite://{folder}/{how}.sqlite3"
    name = f"faults_{how}_{os.getpid()}"
    snapshots.settle()  # the tables of the tests, empty
    given = connection.settings_dict
    connection.close()  # a database that somebody uses cannot be copied
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{given["NAME"]}"')
    host, port = given["OPTIONS"].get("host") or given["HOST"], given["PORT"]
    login = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    return (
        f"postgresql://{login}@{'' if host.startswith('/') else host}{f':{port}' if port else ''}/{name}"
        + (f"?host={host}" if host.startswith("/") else "")
    )


@pytest.fixture(scope="module")
def stories(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("crashes")
    with django_db_blocker.unblock():
        urls = {how: own_database(how, folder) for how in ("straight", "crashing")}
        try:
            return tuple(played(how, folder, url) for how, url in urls.items())  # type: ignore[return-value]
        finally:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    for how in urls:
                        cursor.execute(f'DROP DATABASE IF EXISTS "faults_{how}_{os.getpid()}" WITH (FORCE)')


uses_database = pytest.mark.django_db  # so that the tests run on both databases


def names_of(points: list[str]) -> set[str]:
    return {point.split(" | ")[1] for point in points}


def places_of(points: list[str]) -> set[str]:
    """The points; on PostgreSQL without keys, which hold numbers of rows that a death leaves unused."""
    if connection.vendor == "sqlite":
        return set(points)
    return {point.rpartition(" | ")[0] for point in points}


@uses_database
def test_it_died_at_every_point_that_a_life_without_death_passes(stories):
    straight, crashing = stories
    assert places_of(straight["points"]) <= places_of(crashing["points"])
    assert crashing["deaths"] == len(crashing["points"]) >= 80


@uses_database
def test_the_final_state_is_that_of_a_life_without_death(stories):
    straight, crashing = stories
    assert straight["faults"] == crashing["faults"] == []
    if connection.vendor == "sqlite":
        assert crashing["told"] == straight["told"]
        different = [t for t in straight["rows"] if straight["rows"][t] != crashing["rows"][t]]
        assert different == []
    # On PostgreSQL a number that was drawn before a death is not drawn again, so ids differ and nothing else does.
    assert {t: len(rows) for t, rows in crashing["rows"].items()} == {
        t: len(rows) for t, rows in straight["rows"].items()
    }
    assert Counter(said(crashing)) == Counter(said(straight))
    assert said(crashing) == said(straight)


@uses_database
def test_what_leaves_the_house_arrives_at_least_once_under_one_id(stories):
    straight, crashing = stories
    assert len(straight["mailed"]) == 1
    assert len(set(crashing["mailed"])) == 1
    assert len(crashing["mailed"]) > 1, "one death after the mail server had it, before that was written down"
    for end in ("before send", "after send"):
        assert f"outbox:{end}" in names_of(straight["points"])
    for story in stories:
        rows = [json.loads(row) for row in story["rows"]["exchange_delivery"]]
        ends = sorted(row["state"] for row in rows if row["state"] != "pending")  # by the dispatcher's rounds
        assert ends == ["dead", "sent"]


def said(story: dict[str, Any]) -> list[tuple[str, ...]]:
    """What the ledger says was done, in order; numbers of rows left out."""
    entries = sorted((json.loads(row) for row in story["rows"]["ledger_entry"]), key=lambda e: e["index"])
    words = ("act", "at", "desk", "post", "subject", "basis")
    return [tuple(re.sub(r"(?<=[a-z]:)\d+\b", "#", str(entry[word])) for word in words) for entry in entries]


@uses_database
def test_every_command_given_once_more_gets_the_same_answer_and_has_no_effect(stories):
    for story in stories:
        assert story["answered_differently"] == []
        assert story["unchanged_by_again"]


@uses_database
def test_every_act_in_the_code_is_in_the_story(stories):
    found = in_code.scan()
    assert found.unreadable == [], "the crash test cannot see which act these open"
    straight, _crashing = stories
    reached = names_of(straight["points"])
    for name, where in found.acts.items():
        if name in NOT_COMMANDS:
            continue
        for end in ("before commit", "after commit"):
            assert f"{name}:{end}" in reached, (
                f"{where} opens {name!r}; give it a command in tests/faults/story.py"
            )
    for kind, where in found.kinds.items():
        if kind in BETWEEN_NODES:
            continue
        for end in ("before send", "after send"):
            assert f"send {kind}:{end}" in reached, f"{where} sends {kind!r}; no command of the story does"


def test_the_scan_sees_what_is_there():
    found = in_code.scan()
    assert {"cases.offer.taken_over", "agreements.duty.escalated", "ecology.incident.reported"} <= set(
        found.acts
    )
    assert {"ledger.checkpoint", "region.load", "people.login.closed"} <= set(found.acts)
    assert {"notice", "confirm", "offer", "accept", "refuse", "recall"} <= set(found.kinds)
    assert set(NOT_COMMANDS) <= set(found.acts), "an exception that no code needs"


def test_keys_are_used_once():
    assert len({command.name for command in STORY}) == len(STORY)
    assert [command.at for command in STORY] == sorted(command.at for command in STORY)

"""Plays the story with a process that dies at every point, and starts again each time; or straight, to compare.

    python -m tests.faults.crashes straight FOLDER
    python -m tests.faults.crashes crashing FOLDER

The data folder holds the key; the database is TONGXIN_DATABASE_URL. Dying is `os._exit` in the middle of what runs:
no handler, no `finally`, no roll-back of ours; to the database it is a client that is gone. What the next process
knows is what a client knows that got no answer: the commands it gave and their keys, and the answers it did get.

Chance is fixed by command (ids, salts, passwords), so that both databases can be compared row by row.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DIED = 137
MOST_DEATHS = 2000
BY_THE_WALL_CLOCK = {"date_joined", "last_login"}  # Django's own; nothing of the product asks them
# What leaves the house is sent at least once: how often and when differs, what in the end stands as sent does not.
WHEN_GIVEN_UP = {
    "exchange_notification": {"kind": "delivery_dead"}
}  # rung when it was, so later after a death
AT_LEAST_ONCE = {
    "exchange_delivery": {"attempts", "next_at", "sent_at"},
    "exchange_attempt": set[str](),
    "exchange_idempotencykey": {"id"},  # a key claimed a second time draws a number that nobody gets
    "exchange_peer": {"skew_ms"},  # measured
    "cases_casewords": {"id"},  # an index, written anew as often as that was begun
    "ledger_verification": {"bytes_rate", "fields_rate", "seconds"},  # measured
    "agreements_duty": {"ring_at"},  # when the ticker looks again: a note that each of its rounds makes anew
}
_dice = random.Random(0)
_claimed = ""  # the key of the act that runs
_salt = bytes(32)


def fix_chance() -> None:
    """Make what is random depend on the command alone; before Django is imported, for models keep the function.

    Salts, passwords and secrets are the same all through a command: one command may do several acts, and after a
    death only those that are missing.
    """
    uuid.uuid4 = lambda: uuid.UUID(bytes=_dice.randbytes(16), version=4)
    secrets.token_bytes = lambda count=32: (_salt * (1 + (count or 32) // 32))[: count or 32]
    secrets.token_hex = lambda count=32: secrets.token_bytes(count).hex()
    secrets.token_urlsafe = lambda count=32: secrets.token_bytes(count).hex()
    secrets.choice = lambda letters: letters[_salt[0] % len(letters)]
    secrets.randbelow = lambda below: _salt[0] % below


def begin_chance(command: str) -> None:
    """Start the chance of a command."""
    global _salt
    _dice.seed(command)
    _salt = hashlib.sha256(command.encode()).digest()


def begin_chance_with_each_act() -> None:
    """Start the dice anew with every key that is claimed: one command may do several acts, each of them its own."""
    from tongxin.heart.exchange import acts

    claim = acts._claim

    def claimed(scope: str, key: str, *more: Any) -> Any:
        global _claimed
        _claimed = hashlib.sha256(f"{scope} | {key}".encode()).hexdigest()[:8]
        _dice.seed(f"{scope} | {key}")
        return claim(scope, key, *more)

    acts._claim = claimed


def set_up() -> None:
    fix_chance()
    os.environ["TONGXIN_MODE"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
    import django

    django.setup()
    begin_chance_with_each_act()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


class Points:
    """Counts the points that are reached; each is known by its command, its name, its act's key and how often.

    A process that goes on after a death finds what is done already, so a plain number would name another act.
    """

    def __init__(self, folder: Path) -> None:
        self.died_at = folder / "died"
        self.command = ""
        self.seen: dict[str, int] = {}
        self.reached: list[str] = []

    def begin(self, command: str) -> None:
        global _claimed
        _claimed, self.command, self.seen = "", command, {}

    def note(self, point: str) -> None:
        """Keep the point."""
        global _claimed
        place = f"{point} | {_claimed}"
        self.seen[place] = self.seen.get(place, 0) + 1
        self.reached.append(f"{self.command} | {place}:{self.seen[place]}")
        if point.endswith(":after commit"):
            _claimed = ""  # what is written next without a key is of no act

    def die(self, point: str) -> None:
        """Die here, if nobody died here before."""
        self.note(point)
        already = set(self.died_at.read_text().splitlines()) if self.died_at.exists() else set()
        if self.reached[-1] not in already:
            with self.died_at.open("a") as file:
                file.write(self.reached[-1] + "\n")
            os._exit(DIED)


@contextmanager
def listening(hook: Any) -> Iterator[None]:
    from tongxin.shared import faults

    faults.listen(hook)
    try:
        yield
    finally:
        faults.listen(None)


def play(points: Points, answers: Path, *, die: bool) -> dict[str, dict[str, Any]]:
    """Give every command that has no answer yet; keep each answer when it comes."""
    from tests.faults.story import BEGINS, STORY
    from tongxin.shared import clock

    told: dict[str, dict[str, Any]] = json.loads(answers.read_text()) if answers.exists() else {}
    with listening(points.die if die else points.note):
        for command in STORY:
            if command.name in told:
                continue
            points.begin(command.name)
            begin_chance(command.name)
            with clock.held_at(BEGINS.replace(minute=0) + _minutes(command.at)):
                told[command.name] = command.do(told, command.name)
            part = answers.with_suffix(".part")
            part.write_text(json.dumps(told))
            part.replace(answers)
    return told


def _minutes(count: int) -> Any:
    from datetime import timedelta

    return timedelta(minutes=count)


def play_with_deaths(folder: Path) -> int:
    """Start a process again and again until one gets to the end; return how many died."""
    from django.db import connections

    read_once()
    for deaths in range(MOST_DEATHS):
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                play(Points(folder), folder / "answers-crashing.json", die=True)
            except BaseException as fault:  # noqa: BLE001 - told, not passed on: the child must not go on as a parent
                import traceback

                traceback.print_exception(fault)
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return deaths
        if code != DIED:
            raise SystemExit(f"the story stopped with {code} after {deaths} deaths")
    raise SystemExit("it dies without end")


def read_once() -> None:
    """Read the pack and measure its outlines here, so that not every child has to."""
    from django.conf import settings

    from tests.faults.story import BEGINS
    from tongxin.heart.region import actions, pack

    read = actions._read(settings.REGION_PACK, pack.digest_of(settings.REGION_PACK))
    actions._measured(read, BEGINS.date())


def again(told: dict[str, dict[str, Any]]) -> list[str]:
    """Give every command once more, all with the keys they had; return those answered differently."""
    from tests.faults.story import BEGINS, STORY
    from tongxin.shared import clock

    different = []
    for command in STORY:
        with clock.held_at(BEGINS + _minutes(command.at)):
            if command.do(told, command.name) != told[command.name]:
                different.append(command.name)
    return different


def content() -> dict[str, list[str]]:
    """Return every row of every table as text, in order of what it says."""
    from django.apps import apps

    found: dict[str, list[str]] = {}
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda m: m._meta.db_table):
        if model._meta.app_label in {"contenttypes", "auth", "sessions"}:
            continue
        apart = AT_LEAST_ONCE.get(model._meta.db_table, set())
        if model._meta.db_table in AT_LEAST_ONCE and not apart:
            continue
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in BY_THE_WALL_CLOCK | apart]
        kept = model._default_manager.exclude(**WHEN_GIVEN_UP.get(model._meta.db_table, {}))
        rows = [json.dumps(r, default=_text, ensure_ascii=False) for r in kept.values(*names)]
        found[model._meta.db_table] = sorted(rows)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(bytes(value)).hexdigest() if len(value) > 400 else bytes(value).hex()
    return str(value)


def main(how: str, folder: Path) -> None:
    os.environ["TONGXIN_STORY"] = how
    set_up()
    points = Points(folder)
    if how == "crashing":
        deaths = play_with_deaths(folder)
        told = json.loads((folder / "answers-crashing.json").read_text())
        reached = (folder / "died").read_text().splitlines()
    else:
        deaths = 0
        told = play(points, folder / "answers-straight.json", die=False)
        reached = points.reached
    from tests.faults.outbox_story import mailed
    from tongxin.heart.ledger import verify

    rows = content()
    result = {
        "deaths": deaths,
        "points": reached,
        "told": told,
        "mailed": mailed(),
        "rows": rows,
        "faults": [
            str(f) for f in verify.verify_log().findings if f.fault
        ],  # an erased payload breaks nothing
        "answered_differently": again(told),
        "unchanged_by_again": content() == rows,
    }
    (folder / f"{how}.json").write_text(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""The two programs of the power-cut test, run as processes of their own: one that acts, one that opens what is left.

    python -m tests.faults.power act  FOLDER ACTS      acts; notes the length of the write-ahead log after each one
    python -m tests.faults.power check FOLDER          cuts copies of database and log; opens and judges each
    python -m tests.faults.power check FOLDER all      the same with every way to tear every frame

A write-ahead log (WAL) of SQLite is a header of 32 bytes and frames of 24 bytes + one page. A commit is the last
frame of a transaction; SQLite syncs the file there when `synchronous=FULL`. When the power goes, everything synced
is on the disk, and of what came after it any part may be: none, some frames, half a frame, a later one without an
earlier one. Those are the cuts.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADER, FRAME_HEAD = 32, 24
NOTES = "confirmed.jsonl"


def set_up(data: Path) -> None:
    """Bring the product up on the folder's database, with its own settings for SQLite."""
    os.environ["TONGXIN_MODE"] = "test"
    os.environ["TONGXIN_DATA"] = str(data)
    os.environ.pop("TONGXIN_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
    import django

    django.setup()


def act_and_note(data: Path, acts: int) -> None:
    """Do acts of different sizes; after each confirmed one note what it was and how long the WAL is then."""
    set_up(data)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        pragmas = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "page_size")
        }
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA wal_autocheckpoint=0")  # the whole log stays, so that it can be cut anywhere
    database = Path(str(connection.settings_dict["NAME"]))
    shutil.copy(database, data / "before.sqlite3")
    with (data / NOTES).open("w") as notes:
        notes.write(json.dumps(pragmas) + "\n")
        for n in range(acts):
            entries = _one_act(n)
            length = os.path.getsize(f"{database}-wal")
            notes.write(json.dumps({"n": n, "entries": entries, "wal": length}) + "\n")
    shutil.copy(database, data / "main.sqlite3")
    shutil.copy(f"{database}-wal", data / "whole-wal")
    os._exit(0)  # as a machine stops: nothing is closed, nothing tidied


def _one_act(n: int) -> int:
    from tongxin.heart.exchange.acts import act
    from tongxin.heart.ledger import actions
    from tongxin.heart.region.acting import SYSTEM

    entries = 1 + n % 3
    with act("test.done", by=SYSTEM, key=f"key-{n}", request={"n": n}) as a:
        for part in range(entries):
            a.entry(f"thing:{n}/part:{part}", payload={"n": n, "text": "数" * (1 + n * 37 % 900)})
        a.result = {"n": n, "entries": entries}
    if n % 7 == 6:
        actions.checkpoint()
    return entries


@dataclass(frozen=True)
class Noted:
    """An act that was confirmed to its caller when the WAL had this length."""

    n: int
    entries: int
    wal: int


@dataclass(frozen=True)
class Cut:
    """What the disk holds after the power went: a main file, a WAL, and how much of the WAL was surely synced."""

    name: str
    main: bytes
    wal: bytes
    synced: int


class Judge:
    """Opens what is left with the product and says what is wrong with it."""

    def __init__(self, folder: Path, noted: list[Noted]) -> None:
        self.noted = noted
        self.place = folder / "left.sqlite3"

    def faults(self, cut: Cut) -> list[str]:
        """Open the files of a cut as the next start would; return what does not hold."""
        from django.db import connection

        connection.close()
        for end in ("", "-wal", "-shm"):
            Path(f"{self.place}{end}").unlink(missing_ok=True)
        self.place.write_bytes(cut.main)
        Path(f"{self.place}-wal").write_bytes(cut.wal)
        connection.settings_dict["NAME"] = str(self.place)
        try:
            return [f"{cut.name}: {fault}" for fault in self._faults(cut)]
        finally:
            connection.close()

    def _faults(self, cut: Cut) -> Iterator[str]:
        from tongxin.heart.exchange.models import IdempotencyKey
        from tongxin.heart.ledger import queries, verify
        from tongxin.heart.ledger.models import Entry

        if (sound := _integrity()) != "ok":
            yield f"SQLite finds damage: {sound}"
        stored = {row.key: row.result for row in IdempotencyKey.objects.all()}
        for one in self.noted:
            if one.wal <= cut.synced and f"key-{one.n}" not in stored:
                yield f"act {one.n} was confirmed and is lost"
        kept = [e.subject for e in Entry.objects.exclude(act__startswith="ledger.").order_by("index")]
        whole = [f"thing:{n}/part:{p}" for n in range(len(stored)) for p in range(1 + n % 3)]
        if kept != whole:
            yield f"{len(stored)} acts are stored, but the ledger has {len(kept)} of their {len(whole)} entries"
        if any(not result for result in stored.values()):
            yield "an act is stored without its answer"
        report = verify.verify_log()
        if not report.holds:
            yield f"the log does not verify: {report.findings}"
        head = queries.head()
        if (head.size if head else 0) != Entry.objects.count():
            yield "the head does not count the entries"


def _integrity() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        return str(cursor.execute("PRAGMA quick_check").fetchone()[0])


def cuts_of_the_log(
    main: bytes, wal: bytes, noted: list[Noted], page: int, *, every_tear: bool
) -> Iterator[Cut]:
    """Yield every cut at a frame boundary, and torn frames and tails written out of order: one a frame, or all."""
    frame = FRAME_HEAD + page
    dice = random.Random(20260309)
    ends = [one.wal for one in noted]
    frames = (len(wal) - HEADER) // frame
    yield Cut("no WAL at all", main, b"", 0)
    yield Cut("half a WAL header", main, wal[: HEADER // 2], 0)
    for n in range(frames + 1):
        at = HEADER + n * frame
        synced = max([end for end in ends if end <= at], default=0)
        yield Cut(f"cut after frame {n}", main, wal[:at], synced)
        if n == frames:
            continue
        commit = min([end for end in ends if end > at], default=len(wal))
        tears = list(_tears(n, main, wal, (at, commit, synced), frame, dice))
        yield from tears if every_tear else [tears[n % len(tears)]]


def _tears(
    n: int, main: bytes, wal: bytes, places: tuple[int, int, int], frame: int, dice: random.Random
) -> Iterator[Cut]:
    """Yield what an unsynced commit may leave of frame `n`: half of it, or later frames whole and this one not."""
    at, commit, synced = places
    torn = at + dice.choice([1, FRAME_HEAD - 1, FRAME_HEAD, dice.randrange(FRAME_HEAD, frame), frame - 1])
    yield Cut(f"frame {n} torn at byte {torn - at}", main, wal[:torn], synced)
    if commit - at > frame:
        holed = wal[:at] + bytes(frame) + wal[at + frame : commit]
        yield Cut(f"frame {n} empty, the ones after it whole", main, holed, synced)
        garbled = bytearray(wal[:commit])
        for _ in range(8):
            garbled[dice.randrange(at, at + frame)] ^= 0xFF
        yield Cut(f"frame {n} garbled", main, bytes(garbled), synced)


def cuts_of_the_main_file(before: bytes, after: bytes, wal: bytes, page: int) -> Iterator[Cut]:
    """Yield main files caught while a checkpoint copied pages into them; the WAL is whole till that is synced."""
    dice = random.Random(20260310)
    pages = len(after) // page
    changed = [
        n for n in range(pages) if before[n * page : (n + 1) * page] != after[n * page : (n + 1) * page]
    ]
    for count in range(0, len(changed) + 1, max(1, len(changed) // 20)):
        yield Cut(
            f"{count} pages copied in order", _mixed(before, after, changed[:count], page), wal, len(wal)
        )
    for trial in range(20):
        some = [n for n in changed if dice.random() < 0.5]
        mixed = bytearray(_mixed(before, after, some, page))
        torn = dice.choice(changed) * page + dice.randrange(page)
        if torn < len(mixed):
            mixed[torn : torn + 512] = bytes(len(mixed[torn : torn + 512]))
        yield Cut(f"some pages copied, one torn ({trial})", bytes(mixed), wal, len(wal))
    yield Cut("all pages copied, WAL not yet reset", after, wal, len(wal))
    yield Cut("all pages copied, WAL gone", after, b"", len(wal))


def _mixed(before: bytes, after: bytes, copied: list[int], page: int) -> bytes:
    length = max([len(before), *((n + 1) * page for n in copied)])
    mixed = bytearray(before.ljust(length, b"\0"))
    for n in copied:
        mixed[n * page : (n + 1) * page] = after[n * page : (n + 1) * page]
    return bytes(mixed)


def checkpointed(data: Path) -> bytes:
    """Return the main file as it is after SQLite copied the whole WAL into it."""
    copy = data / "checkpointed.sqlite3"
    shutil.copy(data / "main.sqlite3", copy)
    shutil.copy(data / "whole-wal", f"{copy}-wal")
    own = sqlite3.connect(copy)
    busy, _log, _done = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    own.close()
    assert not busy
    return copy.read_bytes()


def check(data: Path, *, every_tear: bool) -> int:
    """Judge every cut; print a summary as JSON, with at most twenty faults."""
    lines = [json.loads(line) for line in (data / NOTES).read_text().splitlines()]
    pragmas: dict[str, Any] = lines[0]
    noted = [Noted(**line) for line in lines[1:]]
    set_up(data)
    memory = Path("/dev/shm")  # what is judged is thrown away at once; no disk needs to turn for it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        return _judge_all(data, noted, pragmas, Judge(Path(place), noted), every_tear=every_tear)


def _judge_all(
    data: Path, noted: list[Noted], pragmas: dict[str, Any], judge: Judge, *, every_tear: bool
) -> int:
    page = int(pragmas["page_size"])
    main, wal = (data / "main.sqlite3").read_bytes(), (data / "whole-wal").read_bytes()
    faults: list[str] = []
    counts: dict[str, int] = {}
    families: dict[str, Callable[[], Iterator[Cut]]] = {
        "log": lambda: cuts_of_the_log(main, wal, noted, page, every_tear=every_tear),
        "main": lambda: cuts_of_the_main_file(main, checkpointed(data), wal, page),
    }
    for family, cuts in families.items():
        for cut in cuts():
            counts[family] = counts.get(family, 0) + 1
            faults += judge.faults(cut)
    # Proof that the judge can see: a log with a synced commit taken away must be found out.
    shorter = Cut("a confirmed act taken away", main, wal[: noted[-2].wal], len(wal))
    summary = {
        "pragmas": pragmas,
        "untouched_main": main == (data / "before.sqlite3").read_bytes(),
        "acts": len(noted),
        "cuts": counts,
        "faults": faults[:20],
        "sees_a_loss": judge.faults(shorter),
    }
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    if sys.argv[1] == "act":
        act_and_note(folder, int(sys.argv[3]))
    sys.exit(check(folder, every_tear="all" in sys.argv[3:]))

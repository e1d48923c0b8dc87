"""Makes a house large: copies of the matters and cases that are in it, spread over desks, states and months.

Each copy is whole: matter or case, events, messages, performances, duties, rings, offers, rings of the bell and ledger
entries, with numbers and ids of its own, so that every page of it can be shown. Nothing is acted; the ledger's leaves,
tree and checkpoints are those that the acts would have made.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, models, transaction

from bench import _bulk

COPIES = 100_000  # from here on the numbers of matters and cases are those of copies
AT_ONCE = 500  # rows in one statement
OPEN_SHARE = 0.02  # of the copies that are not yet done
ELSEWHERE = 0.5  # of the copies that other places than the originals' have
ENDED = {"met": 93, "excused": 3, "failed": 2, "void": 2}  # how many of a hundred end so
PLACE = r"\b(?P<place>[a-z]{2}-[a-z]+(?:-[a-z]+)?)(?=/[a-z])"


@dataclass
class Template:
    """A thread of the house with every row of it, in an order in which they can be written."""

    kind: str  # matter, case
    number: str
    at: datetime
    rows: list[models.Model] = field(default_factory=list)
    entries: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)  # ledger entry and its payload


@dataclass(frozen=True)
class Copy:
    """One copy to be made: of what, under which number, when, where, and how it stands."""

    template: Template
    number: str
    at: datetime
    places: dict[str, str]  # of the original → of the copy
    seed: int
    open: bool


@dataclass
class Counters:
    """The next free numbers of the tables whose rows are numbered by the database."""

    duty: Iterator[int]
    ring: Iterator[int]
    message: Iterator[int]


@dataclass(frozen=True)
class Size:
    """How large the house is to be."""

    duties: int
    entries: int = 0  # of the ledger, in all; 0: only those of the copies
    instruments: int = 0  # copies of each instrument
    rings: int = 0  # notifications of no thread
    open: float = OPEN_SHARE


def multiply(size: Size, *, since: datetime, until: datetime, seed: int = 1) -> dict[str, int]:
    """Copy what is in the house until it is of this size, between two instants; return how much was made.

    `since` must not be earlier than the last entry of the ledger.
    """
    dice = random.Random(seed)
    templates = [t for t in _templates() if _duties(t) and _stands_alone(t)]
    if not templates:
        raise ValueError("there is nothing in the house that could be copied")
    copies = list(_plan(templates, size, since, until, dice))
    counters = _counters()
    instruments = _instruments(size.instruments)
    made: dict[str, int] = {}
    entries: list[_bulk.Line] = []
    for start in range(0, len(copies), 1000):
        rows: dict[type[models.Model], list[models.Model]] = {}
        for copy in copies[start : start + 1000]:
            for row in _copied(copy, counters, instruments, entries):
                rows.setdefault(type(row), []).append(row)
        _write(rows)
        for model, written in rows.items():
            made[model.__name__] = made.get(model.__name__, 0) + len(written)
    made["Notification"] = made.get("Notification", 0) + _rings(size.rings, since, until, dice)
    entries += _others(size.entries - len(entries) - _entries_now(), since, until, dice)
    entries.sort(key=lambda line: line.at)
    made["Entry"] = _bulk.ledger(entries, since)
    _reset_sequences()
    return made


def _plan(
    templates: list[Template], size: Size, since: datetime, until: datetime, dice: random.Random
) -> Iterator[Copy]:
    places = _places()
    seconds = (until - since).total_seconds()
    taken = _highest()
    done = 0
    for n in count(1):
        if done >= size.duties:
            return
        template = dice.choice(templates)
        done += _duties(template)
        is_open = dice.random() < size.open
        # What is still open began lately, as it does; the rest is spread over all the time.
        back = dice.expovariate(1 / (seconds / 60)) if is_open else dice.random() * seconds
        at = until - timedelta(seconds=min(back, seconds))
        word = template.number.rpartition("-")[0].rpartition("-")[0]
        yield Copy(
            template,
            f"{word}-{at:%Y}-{taken + n:06}",
            at,
            _elsewhere(template, places, dice) if dice.random() < ELSEWHERE else {},
            dice.randrange(1 << 60),
            is_open,
        )


def _elsewhere(template: Template, places: list[str], dice: random.Random) -> dict[str, str]:
    """Return other places for those of a thread, each another."""
    own = sorted({place for row in template.rows for place in _places_of(row)})
    return dict(zip(own, dice.sample(places, len(own)), strict=True))


def _places_of(row: models.Model) -> set[str]:
    return {
        str(getattr(row, f.attname)).partition("/")[0]
        for f in row._meta.concrete_fields
        if f.name.endswith("desk") or f.name == "holder"
    } - {"None"}


def _copied(
    copy: Copy, counters: Counters, instruments: dict[str, list[str]], entries: list[_bulk.Line]
) -> Iterator[models.Model]:
    """Yield the rows of a copy and add its ledger lines to `entries`."""
    dice = random.Random(copy.seed)
    template = copy.template
    ids: dict[str, str] = {template.number: copy.number}
    numbers: dict[int, int] = {}
    for row in template.rows:
        if isinstance(row.pk, uuid.UUID):
            ids[str(row.pk)] = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        elif type(row).__name__ == "Duty":
            numbers[int(row.pk)] = next(counters.duty)
    said = _replacer(ids, copy.places, numbers)
    shift = copy.at - template.at
    for row in template.rows:
        values = {
            f.attname: _value(f, getattr(row, f.attname), said, shift) for f in row._meta.concrete_fields
        }
        name = type(row).__name__
        if name == "Duty":
            values["id"] = numbers[int(row.pk)]
            _judge(values, copy, dice, instruments)
        elif name in {"Matter", "Case", "Offer"} and not copy.open:
            _settle(name, values)
        elif name == "Ring":
            values |= {"id": next(counters.ring), "duty_id": numbers[values["duty_id"]]}
        elif name == "AgendaItem":
            values |= {"id": None, "duty_id": numbers[values["duty_id"]]}
        elif name == "Message":
            values["seq"] = next(counters.message)
        elif name == "Notification":
            values |= {"id": None, "dedupe": f"copy:{copy.number}:{values['dedupe']}"}
            values["read_at"] = None if dice.random() < 0.03 else values["at"]
        yield type(row)(**values)
    for entry, payload in template.entries:
        entries.append(
            _bulk.Line(
                act=entry.act,
                desk=said(entry.desk),
                post=entry.post,
                subject=said(entry.subject),
                at=entry.at + shift,
                cause=said(entry.cause),
                basis=entry.basis,
                payload=json.dumps(
                    _numbered(json.loads(said(json.dumps(payload))), numbers),
                    ensure_ascii=False,
                    sort_keys=True,
                    separators=(",", ":"),
                ),
            )
        )


def _settle(name: str, values: dict[str, Any]) -> None:
    """End a copied matter, case or offer that is not among the open ones."""
    if name == "Matter":
        values |= {"state": "closed", "closed_at": values["opened_at"] + timedelta(days=2)}
    elif name == "Offer" and values["state"] == "offered":
        values |= {"state": "taken_over", "settled_at": values["offered_at"] + timedelta(hours=5)}
    elif name == "Case":
        at = values["decided_at"] or values["filed_at"] + timedelta(days=4)
        values |= {"state": "decided", "decided_at": at, "outcome": "granted", "frozen_by_id": None}


def _judge(
    values: dict[str, Any], copy: Copy, dice: random.Random, instruments: dict[str, list[str]]
) -> None:
    """Give a copied duty its state: open in a few threads, else ended in one way or another."""
    if values["clause_id"] in instruments:
        values["clause_id"] = dice.choice(instruments[values["clause_id"]])
        version, _slash, name = values["clause_id"].partition("/")
        values["clause_key"] = f"{version.partition('@')[0]}/{name}"
    if copy.open:
        values |= {"state": "open", "ended_at": None, "delivered_at": None, "performance_id": None}
        return
    (state,) = dice.choices(list(ENDED), weights=list(ENDED.values()))
    ended = values["ended_at"] or values["due_at"] + timedelta(minutes=dice.randint(-200, 30))
    values |= {"state": state, "ended_at": ended, "delivered_at": ended if state == "met" else None}
    if state != "met":
        values["performance_id"] = None


def _value(fld: Any, value: Any, said: Callable[[str], str], shift: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + shift
    if isinstance(value, uuid.UUID):
        return uuid.UUID(said(str(value)))
    if isinstance(value, str):
        return said(value)
    if isinstance(fld, models.JSONField) and value:
        return json.loads(said(json.dumps(value)))
    return value


def _replacer(ids: dict[str, str], places: dict[str, str], numbers: dict[int, int]) -> Callable[[str], str]:
    """Return what puts the copy's ids, places and duty numbers in the place of the original's."""
    known = "|".join(map(re.escape, ids))
    pattern = re.compile(rf"(?P<id>{known})|\bduty:(?P<duty>\d+)|{PLACE}")

    def instead(found: re.Match[str]) -> str:
        if found["id"]:
            return ids[found["id"]]
        if found["duty"]:
            return f"duty:{numbers.get(int(found['duty']), int(found['duty']))}"
        return places.get(found["place"], found["place"])

    return lambda text: pattern.sub(instead, text)


def _numbered(payload: Any, numbers: dict[int, int]) -> Any:
    """Return a payload in which `duty` says the copy's number."""
    if isinstance(payload, list):
        return [_numbered(one, numbers) for one in payload]
    if isinstance(payload, dict):
        return {
            name: numbers.get(value, value)
            if name == "duty" and isinstance(value, int)
            else _numbered(value, numbers)
            for name, value in payload.items()
        }
    return payload


# ---------------------------------------------------------------- what is there


def _templates() -> list[Template]:
    """Return every matter and case of the house that is no copy, with its rows."""
    from tongxin.heart.cases.models import Case
    from tongxin.heart.events.models import Matter

    found = [Template("matter", m.number, m.opened_at, [m, *m.events.all()]) for m in Matter.objects.all()]
    found += [Template("case", c.number, c.filed_at, [c]) for c in Case.objects.all()]
    found = [template for template in found if int(template.number[-6:]) < COPIES]
    for template in found:
        _with_rows(template)
    return found


def _with_rows(template: Template) -> None:
    from tongxin.heart.agreements.models import AgendaItem, Duty, Ring
    from tongxin.heart.cases.models import Offer
    from tongxin.heart.exchange.models import Message, Notification
    from tongxin.heart.ledger import queries

    thread = f"{template.kind}:{template.number}"
    duties = list(Duty.objects.filter(thread=thread).select_related("performance").order_by("id"))
    messages = list(Message.objects.filter(thread=thread).order_by("seq"))
    done = {d.performance.pk: d.performance for d in duties if d.performance is not None}
    template.rows += [*messages, *done.values(), *duties]
    template.rows += Ring.objects.filter(duty__thread=thread)
    template.rows += AgendaItem.objects.filter(duty__thread=thread)
    template.rows += Offer.objects.filter(case_id=template.number)
    template.rows += Notification.objects.filter(link__contains=f"/{template.number}/")
    template.entries = [
        (line.entry, line.payload or {}) for line in queries.timeline(thread) if line.entry.act
    ]


def _stands_alone(template: Template) -> bool:
    """Tell whether no row of a thread points to a row of another thread: one that was merged is not copied."""
    there = {(type(row), row.pk) for row in template.rows}
    threads = {type(row) for row in template.rows}
    return all(
        (f.related_model, getattr(row, f.attname)) in there
        for row in template.rows
        for f in row._meta.concrete_fields
        if f.related_model in threads and getattr(row, f.attname) is not None
    )


def _duties(template: Template) -> int:
    return sum(type(row).__name__ == "Duty" for row in template.rows)


def _places() -> list[str]:
    """Return the places that have every office that a thread may need."""
    from tongxin.heart.region.models import Desk

    roles = ("ecology_bureau", "service_centre", "coordination_office", "competent_authority")
    found: dict[str, set[str]] = {}
    for place, role in Desk.objects.filter(role_id__in=roles).values_list("jurisdiction_id", "role_id"):
        found.setdefault(place, set()).add(role)
    return sorted(place for place, there in found.items() if place and len(there) == len(roles))[:12]


def _highest() -> int:
    """Return a number above every one that was given."""
    from tongxin.heart.cases.models import Case
    from tongxin.heart.events.models import Matter

    given = [
        int(number[-6:])
        for model in (Matter, Case)
        for number in model.objects.values_list("number", flat=True)
    ]
    return max([COPIES, *given])


def _counters() -> Counters:
    from tongxin.heart.agreements.models import Duty, Ring
    from tongxin.heart.exchange.models import Message

    def after(model: Any, name: str) -> Iterator[int]:
        return count((model.objects.aggregate(top=models.Max(name))["top"] or 0) + 1)

    return Counters(after(Duty, "id"), after(Ring, "id"), after(Message, "seq"))


def _entries_now() -> int:
    from tongxin.heart.ledger import queries

    head = queries.head()
    return head.size if head else 0


# ---------------------------------------------------------------- what belongs to no thread


def _instruments(copies: int) -> dict[str, list[str]]:
    """Copy every instrument so many times, with its newest version and clauses; return the copies of each clause."""
    from tongxin.heart.agreements.models import Clause, Instrument, InstrumentVersion

    made = [f"copy-{n:02}" for n in range(1, copies + 1)]
    found: dict[str, list[str]] = {}
    for old in list(Instrument.objects.exclude(id__contains="-copy-")):
        version = old.versions.order_by("-number").first()
        clauses = list(Clause.objects.filter(version=version))
        for word in made:
            name = f"{old.pk}-{word}"
            if version is None:
                continue
            for clause in clauses:
                found.setdefault(clause.pk, []).append(f"{name}@{version.number}/{clause.name}")
            if Instrument.objects.filter(pk=name).exists():
                continue
            new = _as_new(old, id=name)
            there = _as_new(version, id=f"{name}@{version.number}", instrument=new)
            there.has_bars = False
            Instrument.objects.bulk_create([new])
            InstrumentVersion.objects.bulk_create([there])
            Clause.objects.bulk_create(
                [_as_new(c, id=f"{name}@{version.number}/{c.name}", version=there) for c in clauses]
            )
    return found


def _as_new(row: Any, **other: Any) -> Any:
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    new = type(row)(**values)
    for name, value in other.items():
        setattr(new, name, value)
    return new


def _rings(wanted: int, since: datetime, until: datetime, dice: random.Random) -> int:
    """Ring the desks of the originals about nothing much: all but a few are read."""
    from tongxin.heart.exchange.models import Notification

    known = list(Notification.objects.all()[:50])
    seconds = (until - since).total_seconds()
    rows = []
    for n in range(wanted if known else 0):
        old, at = dice.choice(known), since + timedelta(seconds=dice.random() * seconds)
        new = _as_new(old, id=None, at=at, dedupe=f"copy:ring:{at:%s}:{n}")
        new.read_at = None if dice.random() < 0.01 else at
        rows.append(new)
    _write({Notification: rows})
    return len(rows)


def _others(wanted: int, since: datetime, until: datetime, dice: random.Random) -> list[_bulk.Line]:
    """Return lines of acts that belong to no thread, as a house has most: read, exported, signed in."""
    desks = [f"{place}/{role}" for place in _places() for role in ("ecology_bureau", "service_centre")]
    seconds = (until - since).total_seconds()
    kinds = (
        ("exchange.notifications.read", "notifications", '{"ids":[1,2,3]}'),
        ("site.board.exported", "board", '{"fields":["what","due"],"filters":{"scope":"desk"},"rows":12}'),
        (
            "cases.list.exported",
            "cases",
            '{"fields":["number","state"],"filters":{"stage":"open"},"rows":40}',
        ),
    )
    found = []
    for _n in range(max(0, wanted)):
        desk = dice.choice(desks)
        act, below, payload = dice.choice(kinds)
        at = since + timedelta(seconds=dice.random() * seconds)
        post = desk.replace("/", "-") + "/duty_officer"
        found.append(_bulk.Line(act, desk, post, f"desk:{desk}/{below}", at, payload=payload))
    return found


# ---------------------------------------------------------------- writing


def _write(rows: dict[type[models.Model], list[models.Model]]) -> None:
    """Write rows of many tables; a case and its open offer name each other, so the case says it afterwards."""
    from tongxin.heart.cases.models import Case

    frozen = {row.pk: row.frozen_by_id for row in rows.get(Case, []) if isinstance(row, Case)}
    for row in rows.get(Case, []):
        row.frozen_by_id = None  # type: ignore[attr-defined]
    order = (
        "Matter", "Case", "Event", "Message", "Performance", "Duty", "Ring", "AgendaItem", "Offer", "Notification"
    )  # fmt: skip
    with transaction.atomic():
        for model in sorted(rows, key=lambda m: order.index(m.__name__)):
            model._default_manager.bulk_create(rows[model], batch_size=AT_ONCE)
        again = [row for row in rows.get(Case, []) if frozen[row.pk]]
        for row in again:
            row.frozen_by_id = frozen[row.pk]  # type: ignore[attr-defined]
        if again:
            Case.objects.bulk_update(again, ["frozen_by"], batch_size=AT_ONCE)  # type: ignore[arg-type]


def _reset_sequences() -> None:
    """Let the database number its next rows above ours."""
    from django.core.management.color import no_style

    from tongxin.heart.agreements.models import Duty, Ring
    from tongxin.heart.exchange.models import Channel, Message

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Duty, Ring]):
            cursor.execute(statement)
    for channel in Channel.objects.all():
        top = Message.objects.filter(channel=channel).aggregate(top=models.Max("seq"))["top"]
        Channel.objects.filter(pk=channel.pk).update(last_seq=top or 0)

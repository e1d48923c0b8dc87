"""Why do I owe this? Everything that stands behind one duty, put together for its page, the API and the command line.

Only reads; who may see the duty was decided before (`queries.duty`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import (
    agenda,
    count_story,
    duty_acts,
    jobs,
    performing,
    queries,
    rulebook,
    threads,
    vocabulary,
    wording,
)
from tongxin.heart.agreements.language import AnyClause, Notify
from tongxin.heart.agreements.match import PERIOD, TASK
from tongxin.heart.agreements.models import DueMove, Duty, InstrumentVersion, Performance, Ring
from tongxin.heart.events import vocabulary as events
from tongxin.heart.events.models import Event
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Post
from tongxin.shared import clock, money
from tongxin.shared.named import pick

ENTRIES = 60  # shown on the page; the ledger has the rest


@dataclass(frozen=True)
class Deadline:
    """One of the times by which the duty should be done; the earliest rules."""

    words: str
    at: datetime
    rules: bool
    scored: bool


@dataclass(frozen=True)
class Cause:
    """What opened the round: an event or a message, in words, with its instants."""

    words: str
    desk: str = ""
    known_at: datetime | None = None
    recorded_at: datetime | None = None
    occurred_at: datetime | None = None
    engine: str = ""
    state: str = ""  # corrected or withdrawn since


@dataclass(frozen=True)
class Move:
    """A due that moved, with the entry that says so."""

    row: DueMove
    why: str
    entry: int | None


@dataclass(frozen=True)
class Rung:
    """A step of the escalation: when it is or was due, and whom it rang; `skipped` when nobody was there."""

    step: str
    words: str
    at: datetime
    rung_at: datetime | None
    posts: tuple[str, ...]
    post_ids: tuple[str, ...]
    skipped: bool


@dataclass(frozen=True)
class Done:
    """The performance of a duty, or what was sent back."""

    performance: Performance
    desk: str
    post: str
    carried: tuple[tuple[Any, Any], ...]
    withheld: tuple[tuple[Any, str], ...]  # field, the words of the bar that forbade it


@dataclass(frozen=True)
class Page:
    """Everything about one duty."""

    duty: Duty
    clause: AnyClause
    words: str
    thread: threads.Seen
    cause: Cause
    rounds: Sequence[Duty]
    count: count_story.Story
    deadlines: Sequence[Deadline]
    moves: Sequence[Move]
    rungs: Sequence[Rung]
    done: Done | None
    withheld: Sequence[tuple[Any, str]]
    pauses: Sequence[tuple[datetime, datetime | None, str]]
    entries: Sequence[Entry]
    must_carry: Sequence[Any] = field(default=())
    agenda_item: int | None = None  # the leaders' agenda that it was put on
    on_agenda: bool = False  # it stands there now

    @property
    def stands(self) -> bool:
        """Whether it has not ended: it may still ring."""
        return self.duty.state in Duty.STANDING

    @property
    def working_deadline(self) -> datetime:
        """The earliest of the times."""
        return jobs.working_deadline(self.duty)


def page(reader: Acting, duty: Duty) -> Page:
    """Return what stands behind a duty that the reader may see."""
    clause = rulebook.read_clause(duty.clause)
    entries = _entries(duty)
    item, on_agenda = agenda.of_duty(duty, clock.now())
    grounds = {name: str(words) for name, words in clause.grounds.items()}
    return Page(
        duty=duty,
        clause=clause,
        words=wording.duty_words(duty),
        thread=threads.of_duty(reader, duty),
        cause=cause_of(duty),
        rounds=rounds_of(duty),
        count=count_story.of(duty, grounds),
        deadlines=deadlines(duty, clause),
        moves=_moves(duty, entries),
        rungs=rungs(duty, clause),
        done=_done(duty, clause),
        withheld=_barred(duty, duty.wanted.get("withheld", ())),
        pauses=_pauses(duty, grounds),
        entries=entries[-ENTRIES:],
        must_carry=_must_carry(duty, clause),
        agenda_item=item,
        on_agenda=on_agenda,
    )


def deadlines(duty: Duty, clause: AnyClause) -> list[Deadline]:
    """Return the times of a duty, earliest first: its due, and when the receiver needs it."""
    ruling = jobs.working_deadline(duty)
    due = _("set by the clause")
    if duty.due_count.get("agreed"):
        due = _("agreed by both sides")
    found = [Deadline(due, duty.due_at, duty.due_at == ruling, True)]
    if duty.baseline_due_at and duty.baseline_due_at != duty.due_at:
        found.append(Deadline(_("the first date, kept beside it"), duty.baseline_due_at, False, False))
    if duty.needed_by:
        rules = duty.needed_by == ruling and duty.needed_by != duty.due_at
        found.append(Deadline(_needed(clause), duty.needed_by, rules, False))
    return sorted(found, key=lambda d: d.at)


def cause_of(duty: Duty) -> Cause:
    """Return what opened the round, as both sides of the duty may know it: what kind of thing, by whom, when."""
    kind, _colon, name = duty.opened_by.partition(":")
    if kind == "event":
        row = Event.objects.select_related("by_desk__jurisdiction", "by_desk__group", "by_desk__role")
        event = row.filter(id=UUID(name)).first()
        return _event_cause(event) if event else Cause(duty.opened_by)
    if kind in {"message", "call"}:
        rows = Message.objects.read_as("agreements.duty").select_related(
            "from_desk__jurisdiction", "from_desk__group", "from_desk__role"
        )
        message = rows.filter(id=UUID(name)).first()
        if message is not None:
            said = MESSAGES.get(message.kind, _("a message"))
            return Cause(
                str(said), str(wording.desk_name(message.from_desk)), recorded_at=message.delivered_at
            )
    return Cause(duty.opened_by)


def rounds_of(duty: Duty) -> list[Duty]:
    """Return every round of the duty's key, oldest first; they stay as they ended."""
    rows = Duty.objects.filter(
        clause_key=duty.clause_key,
        thread=duty.thread,
        bound_desk=duty.bound_desk_id,
        owed_desk=duty.owed_desk_id,
        purpose=duty.purpose,
        subject=duty.subject,
    )
    return list(queries.with_names(rows).order_by("round"))


def rungs(duty: Duty, clause: AnyClause) -> list[Rung]:
    """Return the steps of the escalation in order, with what rang and who was not there.

    A duty that has ended rings no more: only the steps that were taken are left.
    """
    rung: dict[str, list[Ring]] = {}
    for row in duty.rings.order_by("at", "id"):
        rung.setdefault(row.step, []).append(row)
    posts = Post.objects.in_bulk({r.post for rows in rung.values() for r in rows if r.post})
    steps = [*jobs.steps(duty, clause.if_late), *jobs.answer_steps(duty, clause)]
    there = {step.name for step in steps}
    steps += [jobs.Step(name, rung[name][0].at) for name in jobs.ANSWER_NAMES if name in rung.keys() - there]
    if duty.state not in Duty.STANDING:
        steps = [step for step in steps if step.name in rung]
    found = []
    for step in steps:
        rows = rung.get(step.name, [])
        found.append(
            Rung(
                step.name,
                wording.step_words(step.name),
                step.at,
                rows[0].at if rows else None,
                tuple(
                    pick(posts[r.post].name_zh, posts[r.post].name_en) if r.post in posts else r.post
                    for r in rows
                    if r.post
                ),
                tuple(r.post for r in rows if r.post),
                bool(rows) and all(r.skipped for r in rows),
            )
        )
    return found


def carried_words(duty: Duty, clause: AnyClause, carried: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what a performance carried as titles and values in the reader's language."""
    asked = {each.name: each for each in performing.asked(clause, duty)}
    fields = vocabulary.fields()
    found: list[tuple[Any, Any]] = []
    for name, value in carried.items():
        each = asked.get(name)
        if each is None:
            title = fields[name].title if name in fields else name
            found.append((title, vocabulary.value_words(name, str(value))))
        elif each.kind == "money":
            found.append((each.title, money.words(int(value))))
        elif each.kind == "flag":
            found.append((each.title, _("yes") if value in performing.YES else _("no")))
        else:
            found.append((each.title, dict(each.choices).get(value, value)))
    return [(title, value) for title, value in found if str(value)]


def form(reader: Acting, duty: Duty, now: datetime) -> dict[str, Any]:
    """Return what the reader may do with a duty now, and what a performance asks for, for programs."""
    clause = rulebook.read_clause(duty.clause)
    may = duty_acts.may(reader, duty, clause, now)
    return {
        "may": [name for name in duty_acts.NAMES if getattr(may, name)],
        "since": clock.beijing(may.since).isoformat(timespec="seconds") if may.since else None,
        "asked": [
            {
                "name": each.name,
                "kind": each.kind,
                "title": str(each.title),
                "required": each.required,
                "choices": {code: str(words) for code, words in each.choices},
            }
            for each in performing.asked(clause, duty)
        ],
        "grounds": {name: str(words) for name, words in clause.grounds.items()},
    }


MESSAGES: Mapping[str, Any] = {
    "notice": gettext_lazy("a notice was delivered"),
    "call": gettext_lazy("word by telephone, recorded by both sides"),
    "delivery": gettext_lazy("a delivery of the other side"),
    "stand_down": gettext_lazy("word that it no longer concerns them"),
    "offer": gettext_lazy("a case was offered"),
    "accept": gettext_lazy("a case was taken over"),
}
ACTS: Mapping[str, Any] = {
    Event.Act.REPORT: "",
    Event.Act.CORRECTION: gettext_lazy("a correction"),
    Event.Act.WITHDRAWAL: gettext_lazy("a withdrawal"),
    Event.Act.MERGE: gettext_lazy("two matters became one"),
}


def _event_cause(event: Event) -> Cause:
    title = str(events.get(event.type).title) if event.type in events.names() else event.type
    act = str(ACTS.get(event.act, ""))
    after = Event.objects.filter(replaces=event).values_list("act", flat=True).first()
    states: dict[str, str] = {
        Event.Act.CORRECTION: _("corrected since"),
        Event.Act.WITHDRAWAL: _("withdrawn since"),
    }
    engine = event.engine or {}
    calendar = event.type in {PERIOD, TASK}
    return Cause(
        words=f"{title}{pick('：', ': ')}{act}" if act else title,
        desk=_("the calendar; nobody reported it") if calendar else str(wording.desk_name(event.by_desk)),
        known_at=event.known_at,
        recorded_at=event.recorded_at,
        occurred_at=event.occurred_at,
        engine=f"{engine.get('name')} {engine.get('version')}" if engine else "",
        state=states.get(after or "", ""),
    )


def _needed(clause: AnyClause) -> str:
    needed = clause.needed if isinstance(clause, Notify) else None
    if needed is None:
        return _("when the receiver needs it")
    what = vocabulary.times().get(needed.before, needed.before)
    if not needed.minus:
        return _("when the receiver needs it: %(what)s") % {"what": what}
    said = {"what": what, "length": wording.length(needed.minus)}
    return _("when the receiver needs it: %(what)s, less %(length)s") % said


def _entries(duty: Duty) -> list[Entry]:
    """Return the ledger entries about the duty: what opened it, its own acts, the message that met it."""
    found = {e.index: e for e in ledger.entries_of(f"{duty.thread}/duty:{duty.pk}")}
    if duty.performance is not None and duty.performance.message_id:
        found |= {
            e.index: e for e in ledger.entries_of(f"{duty.thread}/message:{duty.performance.message_id}")
        }
    kind, _colon, name = duty.opened_by.partition(":")
    if kind in {"message", "call"}:
        opening = Entry.objects.filter(subject=f"{duty.thread}/message:{name}")
    else:
        opening = Entry.objects.filter(subject=duty.thread, cause=duty.opened_by)
    found |= {e.index: e for e in opening.order_by("index")[:3]}
    return [found[index] for index in sorted(found)]


def _moves(duty: Duty, entries: Sequence[Entry]) -> list[Move]:
    """Return how the due moved, each with its entry: there is one for each, in the same order."""
    said = [e for e in entries if e.act == "agreements.duty.moved"]
    found = []
    for n, row in enumerate(duty.moves.order_by("id")):
        entry = said[n] if n < len(said) else None
        found.append(Move(row, str(wording.MOVES.get(row.why, row.why)), entry.index if entry else None))
    return found


def _done(duty: Duty, clause: AnyClause) -> Done | None:
    done = duty.performance
    if done is None:
        return None
    post = Post.objects.filter(id=done.post).first()
    desk = wording.desk_names([done.desk_id]).get(done.desk_id, done.desk_id)
    return Done(
        done,
        str(desk),
        pick(post.name_zh, post.name_en) if post else done.post,
        tuple(carried_words(duty, clause, done.carried)),
        tuple(_barred(duty, done.withheld)),
    )


def _barred(duty: Duty, pairs: Any) -> list[tuple[Any, str]]:
    """Return withheld fields with the words of the bars that forbid them."""
    found = []
    titles = vocabulary.shareable()
    for name, bar in pairs:
        body = next((b for b in _bars(bar) if b.get("id") == bar.rpartition("/")[2]), {})
        found.append((titles.get(name, name), wording.body_words(body.get("text")) or str(bar)))
    return found


def _bars(bar: str) -> list[dict[str, Any]]:
    row = InstrumentVersion.objects.filter(id=bar.rpartition("/")[0]).first()
    return list(row.body.get("bars", ())) if row else []


def _pauses(duty: Duty, grounds: Mapping[str, Any]) -> list[tuple[datetime, datetime | None, str]]:
    return [
        (
            datetime.fromisoformat(p["from"]),
            datetime.fromisoformat(p["until"]) if p["until"] else None,
            count_story.pause_words(str(p.get("ground", "")), grounds),
        )
        for p in duty.pauses
    ]


def _must_carry(duty: Duty, clause: AnyClause) -> list[Any]:
    """Return the titles of what the performance must carry: demanded and not forbidden."""
    if duty.purpose != Duty.Purpose.DO:
        return []
    titles = vocabulary.shareable()
    if isinstance(clause, Notify):
        forbidden = {name for name, _bar in duty.wanted.get("withheld", ())}
        return [titles.get(name, name) for name in clause.must_carry if name not in forbidden]
    return [each.title for each in performing.asked(clause, duty) if each.required]

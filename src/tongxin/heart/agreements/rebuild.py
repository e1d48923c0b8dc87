"""Rebuilds the duties of a matter from its events and acts alone, and says where the tables differ.

An auditor's question: would the same events and the same acts give the same duties? Events go through matching and
the plan again, one after the other, as they were told; what people did is taken from the ledger's entries in their
order. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tongxin.heart.agreements import clocks, plan, reconcile, rulebook, scene
from tongxin.heart.agreements.language import Notify, Within
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock

Place = tuple[str, str, str, str, str, int]  # clause key, debtor, creditor, subject, purpose, round
SWITCHED = "agreements.matter.switched"
BY_PLAN = frozenset({"correction", "computed_time", "transition"})


@dataclass(frozen=True)
class Difference:
    """A round that the tables and the rebuilding do not agree on."""

    place: Place
    stored: str
    rebuilt: str


def differences(matter: Matter) -> list[Difference]:
    """Return every round of the matter on which the tables differ from what its events and acts give."""
    rebuilt = {place: _said(r) for place, r in rebuild(matter).items()}
    stored = {_place(d): _said(_as_round(d)) for d in _rows(matter)}
    return [
        Difference(place, stored.get(place, "-"), rebuilt.get(place, "-"))
        for place in sorted(set(stored) | set(rebuilt))
        if stored.get(place) != rebuilt.get(place)
    ]


def rebuild(matter: Matter) -> dict[Place, plan.Round]:
    """Return the rounds that reconciling makes, from the events in the ledger's order and what people did."""
    told = scene.told_of(scene.events_of(matter))
    events = {f"event:{e.id}": e for e in scene.events_of(matter)}
    places = {d.pk: _place(d) for d in _rows(matter)}
    made = _Rounds(matter, told, events)
    seen: set[str] = set()
    entries = [(e, _payload(e)) for e in ledger.entries_of(reconcile.thread_of(matter)).order_by("index")]
    for _entry, payload in reversed([pair for pair in entries if pair[0].act == SWITCHED]):
        made.turn({str(payload["to"]): str(payload["from"][0])})
    for entry, payload in entries:
        if entry.act == SWITCHED:
            made.switched(payload, entry.at)
            continue
        event = events.get(entry.cause)
        if (event is not None and entry.cause not in seen and "type" in payload) or _withdraws(
            entry, event, seen
        ):
            seen.add(entry.cause)
            made.happened(event, entry.at)
        made.acted(entry, payload, places)
    return made.rounds


@dataclass
class _Rounds:
    """Rounds as they are made, in memory."""

    matter: Matter
    told: list[scene.Told]
    events: dict[str, Event]

    def __post_init__(self) -> None:
        self.rounds: dict[Place, plan.Round] = {}
        self.known: list[scene.Told] = []
        self.last: Event | None = None
        self.book = list(self.matter.rulebook)
        self.joined = dict(self.matter.joined)

    def turn(self, versions: Mapping[str, str]) -> None:
        """Put other versions in the place of those that the rulebook names."""
        self.book = sorted({versions.get(pk, pk) for pk in self.book})
        self.joined = {versions.get(pk, pk): since for pk, since in self.joined.items()}

    def switched(self, payload: dict[str, Any], at: datetime) -> None:
        """Take in that the matter moved to a version that takes running matters over."""
        version, begins = str(payload["to"]), datetime.fromisoformat(payload["binds_from"])
        self.turn({str(pk): version for pk in payload["from"]})
        if self.last is not None:
            cause = plan.Cause(f"version:{version}", at, lambda _starts: begins, "transition")
            self._plan(self.last, cause)

    def happened(self, event: Event | None, at: datetime) -> None:
        """Take one event in: the same plan as when it was told."""
        if event is None:
            return
        upto = next(n for n, t in enumerate(self.told) if t.id == str(event.id))
        self.known = self.told[: upto + 1]
        self.last = event
        self._plan(event, reconcile.cause_of(event, at))

    def _plan(self, event: Event, cause: plan.Cause) -> None:
        view = reconcile.view_of(self._as_it_was(event), self.known)

        def undo_of(latest: plan.Round) -> timedelta | None:
            row = Clause.objects.select_related("version").get(pk=latest.clause_id)
            clause = rulebook.read_clause(row)
            return clause.undo.within if isinstance(clause, Notify) and clause.undo else None

        steps = plan.plan(
            view.wanted,
            self._latest("do"),
            self._latest("stand_down"),
            cause=cause,
            anchor=lambda opened_by, starts: scene.anchor(self.known, opened_by, starts),
            count=reconcile.count,
            undo_of=undo_of,
            last_met=self._latest("do", "met"),
        )
        for step in steps:
            self._take(step, cause)

    def _as_it_was(self, event: Event) -> Matter:
        """Return the matter with the versions that had joined by then."""
        joined = {
            pk: since for pk, since in self.joined.items() if datetime.fromisoformat(since) <= event.known_at
        }
        return Matter(
            number=self.matter.number,
            rulebook=self.book,
            joined=joined,
            pinned_at=self.matter.pinned_at,
            opened_at=self.matter.opened_at,
        )

    def _latest(self, purpose: str, state: str = "") -> dict[plan.Key, plan.Round]:
        found: dict[plan.Key, plan.Round] = {}
        for place in sorted(self.rounds, key=lambda p: p[5]):
            if place[4] == purpose and (not state or self.rounds[place].state == state):
                found[place[:4]] = self.rounds[place]
        return found

    def _take(self, step: plan.Step, cause: plan.Cause) -> None:
        match step:
            case plan.Open():
                place = (*step.want.key, "do", step.number)
                self.rounds[place] = plan.Round(
                    ref=place,
                    number=step.number,
                    state="open",
                    clause_id=step.want.clause_id,
                    opened_by=cause.ref,
                    opened_at=cause.at,
                    starts_at=step.starts_at,
                    due_at=step.count.due_at,
                    wanted=plan.as_json(step.want),
                    no_time_left=step.no_time_left,
                )
            case plan.StandDown():
                key = step.ref[:4]
                place = (*key, "stand_down", step.number)
                limit = Within(within=step.within, starts="known", clock="calendar")
                due = clocks.due(limit, step.starts_at, bound_desk=key[1], owed_desk=key[2])
                self.rounds[place] = plan.Round(
                    ref=place,
                    number=step.number,
                    state="open",
                    clause_id=self.rounds[step.ref].clause_id,
                    opened_by=cause.ref,
                    opened_at=cause.at,
                    starts_at=step.starts_at,
                    due_at=due.due_at,
                    of_round=step.of_round,
                )
            case plan.Move():
                self._change(
                    step.ref,
                    due_at=step.new,
                    starts_at=step.starts_at,
                    wanted=plan.as_json(step.want),
                    clause_id=step.want.clause_id,
                )
            case plan.Refresh():
                self._change(step.ref, wanted=plan.as_json(step.want), clause_id=step.want.clause_id)
            case plan.Void():
                self._change(step.ref, state="void")

    def acted(self, entry: Entry, payload: dict[str, Any], places: dict[int, Place]) -> None:
        """Take in what people did, as the ledger has it."""
        for kind, state in (("met", "met"), ("failed", "failed")):
            for told in payload.get(kind, ()):
                self._ended(places.get(int(told["duty"])), state)
        kind, _colon, name = entry.subject.rpartition("/")[2].partition(":")
        place = places.get(int(name)) if kind == "duty" and name.isdecimal() else None
        if place is None or place not in self.rounds:
            return
        if entry.act == "agreements.duty.moved":
            if payload["why"] not in BY_PLAN:
                self._change(place, due_at=datetime.fromisoformat(payload["new"]))
        elif "state" in payload:
            self._ended(place, str(payload["state"]))

    def _ended(self, place: Place | None, state: str) -> None:
        if place is None or place not in self.rounds:
            return
        told = self.rounds[place].wanted if state == "met" else self.rounds[place].told
        self._change(place, state=state, told=told)

    def _change(self, place: Place, **fields: Any) -> None:
        self.rounds[place] = replace(self.rounds[place], **fields)


def _withdraws(entry: Entry, event: Event | None, seen: set[str]) -> bool:
    return event is not None and entry.cause not in seen and entry.act == "agreements.event.withdrawn"


def _payload(entry: Entry) -> dict[str, Any]:
    row = getattr(entry, "payload", None)
    read: dict[str, Any] = json.loads(bytes(row.body)) if row is not None else {}
    return read


def _rows(matter: Matter) -> Iterable[Duty]:
    """Return the duties that reconciling made; those that follow an act (receipts, stages) are left out."""
    rows = Duty.objects.filter(thread=reconcile.thread_of(matter), purpose__in=("do", "stand_down"))
    return rows.exclude(reconcile.by_an_act()).select_related("clause__version")


def _place(duty: Duty) -> Place:
    return (
        duty.clause_key,
        duty.bound_desk_id,
        duty.owed_desk_id,
        duty.subject,
        duty.purpose,
        duty.round,
    )


def _as_round(duty: Duty) -> plan.Round:
    return plan.Round(
        ref=duty.pk,
        number=duty.round,
        state=duty.state,
        clause_id=duty.clause_id,
        opened_by=duty.opened_by,
        opened_at=duty.opened_at,
        starts_at=duty.starts_at,
        due_at=duty.due_at,
        no_time_left=duty.no_time_left,
    )


def _said(r: plan.Round) -> str:
    """Return what must agree, in one line."""
    marks = " no time left" if r.no_time_left else ""
    return f"{r.state} {r.clause_id} by {r.opened_by} from {clock.iso(r.starts_at)} due {clock.iso(r.due_at)}{marks}"

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

from tongxin.heart.agreements import clocks, duties, plan, reconcile, rulebook, scene
from tongxin.heart.agreements.language import Notify, Within
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock

Place = tuple[str, str, str, str, str, int]  # clause key, debtor, creditor, subject, purpose, round
Elsewhere = tuple[
    str, str, str, str, str, int, str
]  # a place in an absorbed matter: and that matter's number
SWITCHED = "agreements.matter.switched"
MERGED = "agreements.merge.answered"
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
    made = _replayed(matter)
    for place in _let_go(matter):
        if place in made:
            made[place] = replace(made[place], state="void")
    return made


def _replayed(matter: Matter) -> dict[Place, plan.Round]:
    """Return the rounds of a matter as they were when it was absorbed, or as they are."""
    entries = [(e, _payload(e)) for e in ledger.entries_of(reconcile.thread_of(matter)).order_by("index")]
    gone = [number for _e, payload in entries for number in payload.get("matters", ())]
    rows = scene.events_within(matter, gone)
    events = {f"event:{e.id}": e for e in rows}
    places = {d.pk: _place(d) for d in _rows(matter)}
    made = _Rounds(matter, scene.told_of(rows), events)
    seen: set[str] = set()
    for _entry, payload in reversed([pair for pair in entries if pair[0].act == SWITCHED]):
        made.turn({str(payload["to"]): str(payload["from"][0])})
    for entry, payload in entries:
        made.joins(payload)
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
        if payload.get("matters"):
            made.absorbed(payload, entry.at)
        if payload.get("again"):
            made.again(str(payload["again"]), entry.at)
    return made.rounds


def _let_go(matter: Matter) -> list[Place]:
    """Return the rounds that fell away when another matter absorbed this one."""
    merged = Event.objects.filter(act=Event.Act.MERGE, data__absorbed=matter.number).first()
    if merged is None:
        return []
    places = {d.pk: _place(d) for d in _rows(matter)}
    rows = ledger.entries_of(f"matter:{merged.matter_id}").filter(act=MERGED)
    payload = next((p for e in rows if (p := _payload(e)).get("event") == str(merged.id)), {})
    return [places[told["duty"]] for told in payload.get("absorbed", ()) if told["duty"] in places]


@dataclass
class _Rounds:
    """Rounds as they are made, in memory."""

    matter: Matter
    told: list[scene.Told]
    events: dict[str, Event]

    def __post_init__(self) -> None:
        self.rounds: dict[Place, plan.Round] = {}
        self.others: dict[Elsewhere, plan.Round] = {}  # what the absorbed matters hold that was not let go
        self.known: list[scene.Told] = []
        self.book = list(self.matter.rulebook)
        self.joined: dict[str, str] = {}

    def turn(self, versions: Mapping[str, str]) -> None:
        """Put other versions in the place of those that the rulebook names."""
        self.book = sorted({versions.get(pk, pk) for pk in self.book})
        self.joined = {versions.get(pk, pk): since for pk, since in self.joined.items()}

    def joins(self, payload: dict[str, Any]) -> None:
        """Take in the wholly new instruments that joined."""
        self.joined |= dict(payload.get("joined", {}))

    def switched(self, payload: dict[str, Any], at: datetime) -> None:
        """Take in that the matter moved to a version that takes running matters over."""
        version, begins = str(payload["to"]), datetime.fromisoformat(payload["binds_from"])
        self.turn({str(pk): version for pk in payload["from"]})
        if self.known:
            self._plan(plan.Cause(f"version:{version}", at, lambda _starts: begins, "transition"))

    def happened(self, event: Event | None, at: datetime) -> None:
        """Take one event in: the same plan as when it was told."""
        if event is None:
            return
        self._learns(event)
        self._plan(reconcile.cause_of(event, at))

    def absorbed(self, payload: dict[str, Any], at: datetime) -> None:
        """Take in that another matter, and those that it had absorbed, became one with this."""
        kept: dict[plan.Key, plan.Round] = {}
        let_go = {int(row["duty"]): duties.spans_of(row["pauses"]) for row in payload.get("absorbed", ())}
        for other in Matter.objects.filter(number__in=payload["matters"]):
            rounds = _replayed(other)
            places = {_place(d): let_go[d.pk] for d in _rows(other) if d.pk in let_go}
            fallen = {p: replace(r, pauses=places[p]) for p, r in rounds.items() if p in places}
            kept |= {place[:4]: r for place, r in fallen.items() if place[4] == "do"}
            self.others |= {
                (*place, other.number): replace(r, ref=(*place, other.number))
                for place, r in rounds.items()
                if place not in fallen and r.state != "void"
            }
        merged = self.events[f"event:{payload['event']}"]
        gone = [e for e in self.events.values() if e.matter_id in payload["matters"]]
        self._learns(merged, *gone)
        self._plan(reconcile.cause_of(merged, at), kept)

    def again(self, ref: str, at: datetime) -> None:
        """Take in that the matter was looked at again without a new event: a call was recorded by both sides."""
        self._plan(plan.Cause(ref, at, lambda _starts: at, "correction"))

    def _learns(self, *events: Event) -> None:
        there = {t.id for t in self.known} | {str(e.id) for e in events}
        self.known = [t for t in self.told if t.id in there]

    def _plan(self, cause: plan.Cause, kept: Mapping[plan.Key, plan.Round] | None = None) -> None:
        view = reconcile.view_of(self._as_it_was(), self.known)

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
            kept=kept,
        )
        for step in steps:
            self._take(step, cause)

    def _as_it_was(self) -> Matter:
        """Return the matter with the versions that had joined by then."""
        return Matter(
            number=self.matter.number,
            rulebook=self.book,
            joined=self.joined,
            pinned_at=self.matter.pinned_at,
            opened_at=self.matter.opened_at,
        )

    def _latest(self, purpose: str, state: str = "") -> dict[plan.Key, plan.Round]:
        found: dict[plan.Key, plan.Round] = {}
        everything: list[tuple[Place | Elsewhere, plan.Round]] = [
            *sorted(self.others.items(), key=lambda pair: (pair[0][5], pair[0][6])),
            *sorted(self.rounds.items(), key=lambda pair: pair[0][5]),
        ]
        for place, latest in everything:
            if place[4] == purpose and (not state or latest.state == state):
                found[place[:4]] = latest
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
                    opened_by=step.opened_by or cause.ref,
                    opened_at=cause.at,
                    starts_at=step.starts_at,
                    due_at=step.count.due_at,
                    wanted=plan.as_json(step.want),
                    no_time_left=step.no_time_left,
                    pauses=step.over.pauses if step.over else (),
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
                    clause_id=(self.others if len(step.ref) > len(place) else self.rounds)[
                        step.ref
                    ].clause_id,
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
                    no_time_left=step.no_time_left,
                )
            case plan.Refresh():
                self._change(step.ref, wanted=plan.as_json(step.want), clause_id=step.want.clause_id)
            case plan.Void():
                self._change(step.ref, state="void")
            case plan.LeftOut():
                return

    def acted(self, entry: Entry, payload: dict[str, Any], places: dict[int, Place]) -> None:
        """Take in what people did, as the ledger has it."""
        for kind, state in (("met", "met"), ("won", "met"), ("failed", "failed")):
            for row in payload.get(kind, ()):
                told = payload.get("said", {}).get(str(row["duty"]))
                self._ended(places.get(int(row["duty"])), state, told)
        kind, _colon, name = entry.subject.rpartition("/")[2].partition(":")
        place = places.get(int(name)) if kind == "duty" and name.isdecimal() else None
        if place is None or place not in self.rounds:
            return
        if entry.act == "agreements.duty.moved":
            if payload["why"] not in BY_PLAN:
                self._change(place, due_at=datetime.fromisoformat(payload["new"]))
        elif "state" in payload:
            self._ended(place, str(payload["state"]))
        if "pauses" in payload:
            self._change(place, pauses=duties.spans_of(payload["pauses"]))

    def _ended(self, place: Place | None, state: str, said: dict[str, Any] | None = None) -> None:
        if place is None or place not in self.rounds:
            return
        told = said or self.rounds[place].wanted if state == "met" else self.rounds[place].told
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

"""May this desk do this with that, and on what basis? No basis, no; a bar beats every basis but own record and law.

Pure: the rules that stand (read once for a rules number, see `judge.py`) and what a room knows of a subject come in, an
answer goes out. A subject's own grounds are gone through first, then the clauses in force now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tongxin.heart.agreements.match import Barring, Places, barred
from tongxin.heart.agreements.permits import Permit

SEE, ACT, ANSWER = ACTIONS = ("see", "act", "answer")  # act: as the holder; answer: an open offer

OWN, LAW, CLAUSE, CASE, DUTY, PERSON, RELEASED = "own", "law", "clause", "case", "duty", "person", "released"
ABOVE_BARS = frozenset({OWN, LAW})
OPEN, INTERNAL, PERSONAL, SENSITIVE = GRADES = ("open", "internal", "personal", "sensitive")

# why not
NO_BASIS, BARRED, STOPPED, GRADED, OVER = "no_basis", "barred", "stopped", "graded", "over"


@dataclass(frozen=True, slots=True)
class Ground:
    """One basis that a room knows of for a subject. Without a desk it is for whoever asks."""

    basis: str  # own, law, case, duty, person, released
    part: str  # which one: holder, accepting, offered, …; said in words on pages
    desk: str = ""
    actions: frozenset[str] = frozenset({SEE})
    grades: frozenset[str] = frozenset(GRADES)  # of the fields that it opens; the subject as a whole is open
    fields: frozenset[str] | None = None  # none: every field
    clause: str = ""  # the clause behind it, id@number/clause
    until: datetime | None = None  # the first instant at which it no longer stands


@dataclass(frozen=True, slots=True)
class Stop:
    """What keeps fields back besides the clauses' bars: a withdrawn consent, a stop by the data's owner."""

    code: str  # consent_withdrawn, stopped_by_owner
    fields: frozenset[str] | None = None  # none: every field
    purpose: str = ""  # none: for every purpose


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, as its room knows it: whose it is, who has a part, how its fields are graded."""

    name: str  # case:WUQING-2026-000001
    whose: str  # the desk whose record it is; clauses and bars are read from it to whoever asks
    grounds: tuple[Ground, ...] = ()
    grades: Mapping[str, str] = field(default_factory=dict)  # by field; personal where nothing is said
    stops: tuple[Stop, ...] = ()
    purposes: Mapping[str, str] = field(default_factory=dict)  # by field: what it was asked for


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, why, until when, under which number of the rules."""

    yes: bool
    basis: str  # own, law, clause, case, duty, person, released; empty: none
    part: str = ""  # holder, accepting, …
    clause: str = ""  # the clause behind the basis
    why_not: str = ""  # no_basis, barred, stopped, graded, over
    bar: str = ""  # the bar or the stop that keeps it back
    grade: str = ""
    until: datetime | None = None
    rules: int = 0


@dataclass(slots=True)
class Rules:
    """The permits and bars that stand, for one number of the rules, until time itself changes them."""

    number: int
    until: datetime  # when a version, a permit or a membership next begins or ends
    permits: Mapping[tuple[str, str], Sequence[tuple[Permit, datetime | None]]]  # by who and whose
    bars: Sequence[Barring]
    places: Places
    _barred: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def barred(self, name: str, whose: str, who: str) -> str:
        """Return the bar that keeps a field of one jurisdiction from another; inside one, nothing crosses."""
        one, other = whose.partition("/")[0], who.partition("/")[0]
        if one == other or not self.bars:
            return ""
        key = (name, one, other)
        found = self._barred.get(key)
        if found is None:
            found = self._barred[key] = barred(name, one, other, self.bars, self.places)
        return found


def may(
    rules: Rules,
    desk: str,
    action: str,
    subject: Subject,
    name: str = "",
    purpose: str = "",
    *,
    now: datetime,
) -> Answer:
    """Tell whether a desk may do `action` with a field of a subject (with the whole of it where `name` is empty)."""
    grade = subject.grades.get(name, PERSONAL) if name else OPEN
    near = NO_BASIS
    bar: str | None = None  # not looked up yet
    for ground in subject.grounds:
        if (ground.desk and ground.desk != desk) or action not in ground.actions:
            continue
        if name and ground.fields is not None and name not in ground.fields:
            continue
        if ground.until is not None and ground.until <= now:
            near = OVER
            continue
        if name and grade not in ground.grades:
            near = GRADED if near != OVER else near
            continue
        if ground.basis not in ABOVE_BARS:
            if bar is None:
                bar = _kept_back(rules, desk, subject, name, purpose)
            if bar:
                near = STOPPED if bar.startswith("stop:") else BARRED
                continue
        return Answer(
            True,
            ground.basis,
            ground.part,
            ground.clause,
            grade=grade,
            until=ground.until,
            rules=rules.number,
        )
    for permit, until in rules.permits.get((desk, subject.whose), ()) if name else ():
        if permit.action != action or (until is not None and until <= now):
            continue
        kept = dict(permit.withheld).get(name, "")
        if name not in permit.what and not kept:
            continue
        if purpose and permit.purpose is not None and purpose not in (permit.purpose.zh, permit.purpose.en):
            continue
        if bar is None:
            bar = kept or _kept_back(rules, desk, subject, name, purpose)
        if bar:
            near = STOPPED if bar.startswith("stop:") else BARRED
            continue
        return Answer(True, CLAUSE, "", permit.clause_id, grade=grade, until=until, rules=rules.number)
    said = bar.removeprefix("stop:") if bar and near in {BARRED, STOPPED} else ""
    return Answer(False, "", why_not=near, bar=said, grade=grade, rules=rules.number)


def _kept_back(rules: Rules, desk: str, subject: Subject, name: str, purpose: str) -> str:
    """Return what keeps a field back: a bar's id, or `stop:` and its code; empty when nothing does."""
    if not name:
        return ""
    for stop in subject.stops:
        if stop.fields is not None and name not in stop.fields:
            continue
        wanted = purpose or subject.purposes.get(name, "")
        if not stop.purpose or not wanted or stop.purpose == wanted:
            return f"stop:{stop.code}"
    return rules.barred(name, subject.whose, desk)

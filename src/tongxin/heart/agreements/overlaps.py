"""Overlaps that can be seen without an event: clauses that wait for the same, between the same desks. Pure.

An overlap is no fault: each duty stands and is judged alone (HEART §4). It is told so that people may say which of
two clauses yields, above all where two demands exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, islice, product

from django.utils.translation import gettext as _

from tongxin.heart.agreements import limits
from tongxin.heart.agreements.check_words import desks_of, when_of
from tongxin.heart.agreements.known import Known, Standing
from tongxin.heart.agreements.language import AnyClause, Notify, Range, Recognise, Spoken, When, Within
from tongxin.heart.agreements.wording import length
from tongxin.shared.reading import Fault


@dataclass(frozen=True)
class Overlap:
    """Two clauses that may call for the same act; `excludes` when one forbids what the other demands."""

    one: Standing
    other: Standing
    excludes: bool
    stricter: Standing | None  # None: they cannot be compared, or demand the same time

    def __str__(self) -> str:
        return self.words(self.one, self.other)

    def words(self, one: Standing, other: Standing) -> str:
        """Return what to tell beside `one`."""
        said = {"other": other.key, "event": _event(one.clause), "one": one.key}
        if self.excludes:
            first = one if _waits(one.clause) else other
            return _(
                "%(other)s waits for %(event)s between the same desks, but %(first)s must wait until %(after)s is "
                "known: both cannot be kept; write yields_to"
            ) % (said | {"first": first.key, "after": _waits(first.clause)})
        if self.stricter is None:
            return _("%(other)s waits for %(event)s between the same desks; neither yields") % said
        lax = other if self.stricter is one else one
        return _(
            "%(other)s waits for %(event)s between the same desks; stricter is %(key)s (%(short)s before %(long)s)"
        ) % (said | {"key": self.stricter.key, "short": _within(self.stricter), "long": _within(lax)})


def overlaps(
    clauses: Sequence[Standing], among: Sequence[Standing], known: Known, *, pairs: int = limits.PAIRS
) -> Iterator[Overlap]:
    """Yield the overlaps among `clauses`, and those of them with `among`, each pair once.

    Only clauses of one kind that wait for one event are compared, and at most `pairs` of them.
    """
    own = {id(each) for each in clauses}
    keys = {each.key for each in clauses}
    theirs: dict[tuple[str, str], list[Standing]] = {}
    for each in among:
        if id(each) not in own and each.key not in keys:
            theirs.setdefault(_call(each.clause), []).append(each)
    ours: dict[tuple[str, str], list[Standing]] = {}
    for each in clauses:
        ours.setdefault(_call(each.clause), []).append(each)
    ours.pop(NEVER, None)
    meeting = (
        pair
        for call, listed in ours.items()
        for pair in chain(combinations(listed, 2), product(listed, theirs.get(call, ())))
    )
    sides: dict[int, tuple[set[str], set[str]]] = {}
    for one, other in islice(meeting, pairs):
        found = _overlap(one, other, known, sides)
        if found is not None:
            yield found


def warnings(clauses: Sequence[Standing], known: Known, *, most: int = limits.WARNINGS) -> list[Fault]:
    """Return the overlaps of clauses that were read, with each other and with the register, as warnings by line.

    At most `most` of them, and one more that says so when there are others.
    """
    found = overlaps(clauses, list(known.register.values()), known)
    told = [Fault(o.one.file, o.one.line, o.words(o.one, o.other)) for o in islice(found, most + 1)]
    if len(told) <= most:
        return sorted(told)
    last = told.pop()
    more = Fault(last.file, last.line, _("there is more: only %d warnings are told at once") % most)
    return [*sorted(told), more]


NEVER = ("", "")


def _call(clause: AnyClause) -> tuple[str, str]:
    """Return the kind of a clause and the event that it waits for; NEVER when it waits for none."""
    when = when_of(clause)
    return (clause.kind, when.event) if when else NEVER


def _overlap(
    one: Standing, other: Standing, known: Known, sides: dict[int, tuple[set[str], set[str]]]
) -> Overlap | None:
    if one.key == other.key or _other_version(one, other):
        return None
    here, there = when_of(one.clause), when_of(other.clause)
    if here is None or there is None or not _meet(here, there):
        return None
    if other.key in one.clause.yields_to or one.key in other.clause.yields_to:
        return None
    for each in (one, other):
        if id(each) not in sides:
            sides[id(each)] = _sides(each, known)
    (debtor, creditor), (their_debtor, their_creditor) = sides[id(one)], sides[id(other)]
    owing, owed = debtor & their_debtor, creditor & their_creditor
    if not any(a != b for a in owing for b in owed):
        return None
    waits, they_wait = _waits(one.clause), _waits(other.clause)
    return Overlap(one, other, bool(waits) != bool(they_wait), _stricter(one, other))


def _other_version(one: Standing, other: Standing) -> bool:
    """Whether both stand in versions of one instrument, of which only one binds at a time."""
    same = one.key.partition("/")[0] == other.key.partition("/")[0]
    return same and one.file != other.file


def _sides(standing: Standing, known: Known) -> tuple[set[str], set[str]]:
    """Return the desks that may owe and those that may be owed; `*` stands for any place outside the parties."""
    debtor, creditor = (_desks(spoken, standing, known) for _key, spoken in desks_of(standing.clause))
    return debtor, creditor


def _desks(spoken: Spoken, standing: Standing, known: Known) -> set[str]:
    question = known.questions.get(spoken.of)
    if question is not None and not question.within_parties:
        return {
            f"{spoken.of}:{spoken.role}"
        }  # an office that is no party: the same question is the same office
    if spoken.of in known.parties and question is None:
        return {f"{place}/{spoken.role}" for place in known.members([spoken.of])}
    return {f"{place}/{spoken.role}" for place in known.members(standing.parties)}


def _meet(one: When, other: When) -> bool:
    """Whether an event can be such that both wait for it."""
    for name, allowed in one.where.items():
        theirs = other.where.get(name)
        if theirs is None:
            continue
        if isinstance(allowed, Range) or isinstance(theirs, Range):
            if not _ranges_meet(_as_range(allowed), _as_range(theirs)):
                return False
        elif not set(allowed) & set(theirs):
            return False
    return True


def _as_range(allowed: tuple[str | int | bool, ...] | Range) -> Range:
    if isinstance(allowed, Range):
        return allowed
    numbers = [float(v) for v in allowed if isinstance(v, int | float)]
    return Range(min=min(numbers), max=max(numbers)) if numbers else Range()


def _ranges_meet(one: Range, other: Range) -> bool:
    low = [r.min for r in (one, other) if r.min is not None]
    high = [r.max for r in (one, other) if r.max is not None]
    return not low or not high or max(low) <= min(high)


def _stricter(one: Standing, other: Standing) -> Standing | None:
    a, b = _due(one.clause), _due(other.clause)
    if a is None or b is None or a.clock != b.clock or a.within == b.within:
        return None
    return one if a.within < b.within else other


def _due(clause: AnyClause) -> Within | None:
    due = clause.due if isinstance(clause, Notify | Recognise) else None
    return due if isinstance(due, Within) else None


def _within(standing: Standing) -> str:
    due = _due(standing.clause)
    assert due is not None, "only lengths are compared"
    return length(due.within)


def _waits(clause: AnyClause) -> str:
    return clause.only_after or "" if isinstance(clause, Notify) else ""


def _event(clause: AnyClause) -> str:
    when = when_of(clause)
    return when.event if when else ""

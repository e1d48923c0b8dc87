"""The permits that follow from clauses in force: who may see, rely on or hand over what, for which purpose, until when.

Pure: clauses, bars and places come in, permits go out. Nothing here is stored; a permit stands while its clause does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tongxin.heart.agreements.language import Handle, Recognise, Share, Spoken
from tongxin.heart.agreements.match import Barring, Binding, Places, barred
from tongxin.shared.named import Both

SEE, RELY, OFFER = "see", "rely", "offer"


@dataclass(frozen=True)
class Permit:
    """One desk may do one thing with what is another's. A desk that only an event can name is told by its words."""

    clause_id: str
    action: str  # see, rely, offer
    who: str  # desk; empty: `who_is` names it when something happens
    whose: str  # desk; empty: `whose_is` names it
    who_is: Spoken
    whose_is: Spoken
    what: tuple[str, ...] = ()  # fields to see, procedures to offer
    result: Both | None = None  # what is relied on
    purpose: Both | None = None
    withheld: tuple[tuple[str, str], ...] = ()  # field, and the bar that keeps it back
    until: date | None = None  # the first day on which it no longer stands


def standing(
    bindings: Iterable[Binding], on: date, *, places: Places, bars: Sequence[Barring] = ()
) -> list[Permit]:
    """Return the permits that stand on a day, in the order of their clauses; what has run out is left out."""
    return [permit for binding in bindings for permit in _of(binding, places, bars) if _stands(permit, on)]


def _stands(permit: Permit, on: date) -> bool:
    return permit.until is None or permit.until > on


def _of(binding: Binding, places: Places, bars: Sequence[Barring]) -> Iterator[Permit]:
    clause = binding.clause
    match clause:
        case Share():
            for whose, who in _pairs(clause.sender, clause.to, binding.parties, places):
                withheld = [
                    (name, bar) for name in clause.fields if (bar := _bar(name, whose, who, bars, places))
                ]
                kept = {name for name, _bar_id in withheld}
                yield Permit(
                    binding.clause_id,
                    SEE,
                    who,
                    whose,
                    clause.to,
                    clause.sender,
                    what=tuple(name for name in clause.fields if name not in kept),
                    purpose=clause.purpose,
                    withheld=tuple(withheld),
                    until=clause.until,
                )
        case Recognise():
            for who, whose in _pairs(clause.sender, clause.to, binding.parties, places):
                yield Permit(
                    binding.clause_id, RELY, who, whose, clause.sender, clause.to, result=clause.what
                )
        case Handle():
            one, other = (
                Spoken(role=clause.role, of="each_party"),
                Spoken(role=clause.role, of="other_parties"),
            )
            for whose, who in _pairs(one, other, binding.parties, places):
                yield Permit(binding.clause_id, OFFER, whose, who, one, other, what=tuple(clause.procedures))


def _pairs(one: Spoken, other: Spoken, parties: Sequence[str], places: Places) -> Iterator[tuple[str, str]]:
    """Yield the desks of each pair that a clause means without an event; empty where only an event can name one."""
    for first in _meant(one, "", parties, places):
        debtor = first.partition("/")[0]
        for second in _meant(other, debtor, parties, places):
            if not first or first != second:
                yield first, second


def _meant(spoken: Spoken, debtor: str, parties: Sequence[str], places: Places) -> list[str]:
    if spoken.of in {"each_party", "other_parties"}:
        members = places.members(parties)
        found = [m for m in members if spoken.of == "each_party" or m != debtor]
    else:
        named = [m for m in places.members([spoken.of]) if places.party_of(m, parties)]
        if not named:
            return [""]
        found = [m for m in named if m != debtor]
    return [f"{place}/{spoken.role}" for place in found]


def _bar(name: str, whose: str, who: str, bars: Sequence[Barring], places: Places) -> str:
    debtor, creditor = whose.partition("/")[0], who.partition("/")[0]
    return barred(name, debtor, creditor, bars, places) if debtor and creditor else ""

"""Matching: which clauses an event calls up, and what each demands. Pure, total and explainable.

Nothing here touches the database: facts, clauses and parties come in, wanted duties and their reasons go out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongxin.heart.agreements.language import AnyClause, Due, Notify
from tongxin.heart.agreements.vocabulary import Condition, Fact, Question


@dataclass(frozen=True)
class Binding:
    """A clause of a version in the rulebook, with the parties it binds."""

    clause_id: str  # id@number/clause
    clause_key: str  # id/clause
    parties: tuple[str, ...]
    clause: AnyClause


@dataclass(frozen=True)
class Wanted:
    """A duty that should stand: who owes whom, since when, by which limit, carrying what."""

    clause_id: str
    clause_key: str
    bound_desk: str
    owed_desk: str
    starts_at: datetime
    due: Due
    must_carry: tuple[str, ...]


@dataclass(frozen=True)
class Considered:
    """One clause that was looked at: whether it bound, and why or why not (a stable code and its words)."""

    clause_id: str
    bound: bool
    reason: str
    detail: str = ""


PartyOf = Callable[[str, Sequence[str]], str | None]


def match(
    fact: Fact,
    rulebook: Sequence[Binding],
    *,
    party_of: PartyOf,
    questions: Mapping[str, Question],
    conditions: Mapping[str, Condition],
) -> tuple[list[Wanted], list[Considered]]:
    """Return what the clauses of the rulebook want of an event, and why each did or did not bind.

    `party_of(jurisdiction, parties)` names the party that the jurisdiction belongs to, or None.
    """
    wanted: list[Wanted] = []
    considered: list[Considered] = []
    for binding in rulebook:
        clause = binding.clause
        if not isinstance(clause, Notify):
            considered.append(Considered(binding.clause_id, False, "no_event"))
            continue
        new, seen = _notify(fact, binding, clause, party_of, questions, conditions)
        wanted += new
        considered.append(seen)
    return wanted, considered


def _notify(
    fact: Fact,
    binding: Binding,
    clause: Notify,
    party_of: PartyOf,
    questions: Mapping[str, Question],
    conditions: Mapping[str, Condition],
) -> tuple[list[Wanted], Considered]:
    def no(reason: str, detail: str = "") -> tuple[list[Wanted], Considered]:
        return [], Considered(binding.clause_id, False, reason, detail)

    if clause.when.event != fact.type:
        return no("other_event", clause.when.event)
    if clause.when.reach and not conditions[clause.when.reach](fact):
        return no("condition_fails", clause.when.reach)
    debtor = party_of(fact.place, binding.parties)
    if debtor is None:
        return no("place_is_no_party", fact.place)
    answers = questions[clause.to.of](fact, {})
    creditors: list[str] = []
    for answer in answers:
        party = party_of(answer.jurisdiction, binding.parties)
        if party and party != debtor and party not in creditors:
            creditors.append(party)
    if not creditors:
        return no("nobody_to_tell", clause.to.of)
    wanted = [
        Wanted(
            clause_id=binding.clause_id,
            clause_key=binding.clause_key,
            bound_desk=f"{debtor}/{clause.sender.role}",
            owed_desk=f"{creditor}/{clause.to.role}",
            starts_at=_starts(fact, clause.due.starts),
            due=clause.due,
            must_carry=clause.must_carry,
        )
        for creditor in creditors
    ]
    return wanted, Considered(binding.clause_id, True, "bound", ", ".join(w.owed_desk for w in wanted))


def _starts(fact: Fact, starts: str) -> datetime:
    """Return the instant a clock starts at; an unknown time of occurrence falls back to when it was known."""
    instants: dict[str, datetime | None] = {
        "occurred": fact.occurred_at,
        "known": fact.known_at,
        "recorded": fact.recorded_at,
    }
    return instants.get(starts) or fact.known_at

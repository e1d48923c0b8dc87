"""Matching: what the heads of a matter's chains demand under its rulebook. Pure, total and explainable.

Nothing here touches the database: facts, clauses and places come in, wanted duties and their reasons go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tongxin.heart.agreements.language import (
    AnyClause,
    Bar,
    Before,
    Deliver,
    Due,
    Every,
    Notify,
    On,
    Range,
    Recognise,
    Settle,
    Share,
    Spoken,
    When,
)
from tongxin.heart.agreements.vocabulary import Answer, Condition, Fact, Question

PERIOD, TASK, MILESTONE = "agreements.period", "agreements.task", "agreements.milestone"


@dataclass(frozen=True)
class Binding:
    """A clause of a version in the rulebook, with the parties it binds."""

    clause_id: str  # id@number/clause
    clause_key: str  # id/clause
    parties: tuple[str, ...]
    clause: AnyClause
    since: datetime | None = None  # the version joined the matter later: only for events known since then


@dataclass(frozen=True)
class Barring:
    """A bar of a version in the rulebook."""

    bar_id: str  # id@number/bar
    parties: tuple[str, ...]
    bar: Bar


@dataclass(frozen=True)
class Scene:
    """A matter as matching sees it: the heads of its chains now, and after each earlier event."""

    facts: tuple[Fact, ...]
    earlier: tuple[tuple[Fact, ...], ...] = ()

    def history(self, chain: str) -> list[Fact]:
        """Return what was believed of a chain, oldest first, the present head last."""
        beliefs = [*self.earlier, self.facts]
        return [fact for belief in beliefs for fact in belief if fact.chain == chain]


class Places(Protocol):
    """What matching must know of places on the day of an event."""

    def party_of(self, jurisdiction: str, parties: Sequence[str]) -> str | None:
        """Return the party, a jurisdiction, that a jurisdiction belongs to; None outside."""

    def members(self, parties: Sequence[str]) -> list[str]:
        """Return the jurisdictions that these parties, jurisdictions or groups, stand for."""


@dataclass(frozen=True)
class Words:
    """The registered words that matching asks."""

    questions: Mapping[str, Question]
    conditions: Mapping[str, Condition]
    open_questions: frozenset[str] = frozenset()  # whose answers need not be parties
    sources: Mapping[str, Callable[[dict[str, Any]], str]] = field(
        default_factory=dict
    )  # field → its first value


@dataclass(frozen=True)
class Wanted:
    """A duty that should stand: who owes whom, on which fact, by which limit, carrying what."""

    clause_id: str
    clause_key: str
    bound_desk: str
    owed_desk: str
    subject: str
    fact: Fact
    due: Due
    clause: AnyClause
    must_carry: tuple[str, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()  # field, bar
    carried: Mapping[str, str] = field(default_factory=dict)  # what the facts say of what may cross
    times: Mapping[str, datetime] = field(default_factory=dict)  # computed for the creditor
    needed_by: datetime | None = None
    probability: float = 1.0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key inside a matter: clause, debtor, creditor, subject (or period)."""
        return self.clause_key, self.bound_desk, self.owed_desk, self.subject


@dataclass(frozen=True)
class Considered:
    """One clause that was looked at: whether it bound, and why or why not (a stable code and its words)."""

    clause_id: str
    bound: bool
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Matched:
    """What matching found."""

    wanted: tuple[Wanted, ...]
    considered: tuple[Considered, ...]


def match(
    scene: Scene, rulebook: Sequence[Binding], *, places: Places, words: Words, bars: Sequence[Barring] = ()
) -> Matched:
    """Return what the clauses of the rulebook want of a matter, and why each did or did not bind.

    When two facts of a matter want the same duty (two reports of one thing), the earlier fact stands for both.
    """
    wanted: dict[tuple[str, str, str, str], Wanted] = {}
    considered: dict[str, Considered] = {}
    for binding in rulebook:
        for fact in scene.facts:
            new, seen = _one(scene, fact, binding, places, words, bars)
            for want in new:
                wanted.setdefault(want.key, want)
            before = considered.get(binding.clause_id)
            if before is None or (not before.bound and (seen.bound or _nearer(seen, before))):
                considered[binding.clause_id] = seen
    return Matched(tuple(wanted.values()), tuple(considered.values()))


def _nearer(seen: Considered, before: Considered) -> bool:
    """Whether a finding says more than another: that the event was another one says least."""
    return before.reason == "other_event" and seen.reason != "other_event"


def _one(
    scene: Scene, fact: Fact, binding: Binding, places: Places, words: Words, bars: Sequence[Barring]
) -> tuple[list[Wanted], Considered]:
    clause = binding.clause
    no = _refuses(fact, binding, words)
    if no is not None:
        return [], Considered(binding.clause_id, False, *no)
    if not isinstance(clause, Notify | Recognise | Share | Deliver | Settle):
        return [], Considered(binding.clause_id, False, "no_event")
    debtor_words, creditor_words = (
        (clause.payee, clause.payer) if isinstance(clause, Settle) else (clause.sender, clause.to)
    )
    found = _Asked(scene, fact, binding, places, words)
    debtors = [a.jurisdiction for a in found.answers(debtor_words, "")]
    if not debtors:
        if debtor_words.of == "place":
            return [], Considered(binding.clause_id, False, "place_is_no_party", fact.place)
        return [], Considered(binding.clause_id, False, "nobody_is_bound", debtor_words.of)
    wanted = [
        _wanted(fact, binding, debtor, debtor_words, answer, creditor_words, places, words, bars)
        for debtor in debtors
        for answer in found.answers(creditor_words, debtor)
        if f"{debtor}/{debtor_words.role}" != f"{answer.jurisdiction}/{creditor_words.role}"
    ]
    if not wanted:
        return [], Considered(binding.clause_id, False, *found.nobody(creditor_words))
    return wanted, Considered(binding.clause_id, True, "bound", ", ".join(w.owed_desk for w in wanted))


def _refuses(fact: Fact, binding: Binding, words: Words) -> tuple[str, str] | None:
    """Return why a clause does not wait for this fact, or None when it does."""
    clause = binding.clause
    event = event_of(clause)
    if not event:
        return "no_event", ""
    if event != fact.type:
        return "other_event", event
    if binding.since is not None and fact.known_at < binding.since:
        return "not_yet_in_force", binding.since.isoformat()
    if isinstance(clause, Notify | Recognise):
        return _when(clause.when, fact, words)
    if fact.type == PERIOD and (
        fact.data["instrument"] != binding.clause_key.partition("/")[0]
        or fact.data["every"] != period_of(clause)
    ):
        return "other_period", str(fact.data["period"])
    if fact.type in {TASK, MILESTONE} and fact.data["instrument"] != binding.clause_key.partition("/")[0]:
        return "other_instrument", str(fact.data["instrument"])
    if fact.type == TASK and fact.data.get("clauses") and clause.id not in fact.data["clauses"]:
        return "other_task", str(fact.data["instrument"])
    if fact.type == MILESTONE and fact.data["milestone"] != getattr(
        getattr(clause, "due", None), "milestone", ""
    ):
        return "other_milestone", str(fact.data["milestone"])
    return None


def _when(when: When, fact: Fact, words: Words) -> tuple[str, str] | None:
    if when.reach and not words.conditions[when.reach](fact):
        return "condition_fails", when.reach
    for name, allowed in when.where.items():
        value = fact.data.get(name)
        if isinstance(allowed, Range):
            number = float(value) if isinstance(value, int | float) else None
            low = allowed.min is None or (number is not None and number >= allowed.min)
            high = allowed.max is None or (number is not None and number <= allowed.max)
            if number is None or not (low and high):
                return "value_differs", name
        elif value not in allowed:
            return "value_differs", name
    return None


def event_of(clause: AnyClause) -> str:
    """Return the event that a clause waits for; empty for one that makes only permits, or rules cases."""
    if isinstance(clause, Notify | Recognise):
        return clause.when.event
    if period_of(clause):
        return PERIOD
    if isinstance(clause, Deliver):
        return TASK if isinstance(clause.due, On) else MILESTONE
    return ""


def period_of(clause: AnyClause) -> str:
    """Return the period that a clause returns in, such as `P1M`; empty when it does not."""
    if isinstance(clause, Settle):
        return clause.every
    due = clause.due if isinstance(clause, Share | Deliver) else None
    return due.every if isinstance(due, Every) else ""


@dataclass(frozen=True)
class _Asked:
    """Who is meant by the words of a clause, for one fact."""

    scene: Scene
    fact: Fact
    binding: Binding
    places: Places
    words: Words

    def answers(self, spoken: Spoken, debtor: str) -> list[Answer]:
        """Return the jurisdictions that are meant, each once, with what was computed for them."""
        found: dict[str, Answer] = {}
        for answer in self._meant(spoken, debtor):
            found.setdefault(answer.jurisdiction, answer)
        return list(found.values())

    def _meant(self, spoken: Spoken, debtor: str) -> Iterator[Answer]:
        parties = self.binding.parties
        match spoken.of:
            case "place":
                yield from self._party(Answer(self.fact.place, 1.0))
            case "reporter":
                if self.places.party_of(self.fact.reporter, parties):
                    yield Answer(self.fact.reporter, 1.0)
            case "each_party" | "other_parties":
                members = self.places.members(parties)
                yield from (Answer(m, 1.0) for m in members if spoken.of == "each_party" or m != debtor)
            case named if named not in self.words.questions:
                for member in self.places.members([named]):  # of a group: those that are or belong to a party
                    if member != debtor and self.places.party_of(member, parties):
                        yield Answer(member, 1.0)
            case question:
                outside = question in self.words.open_questions
                for answer in self._likely(question, spoken):
                    yield from ([answer] if outside else self._party(answer))

    def _party(self, answer: Answer) -> Iterator[Answer]:
        party = self.places.party_of(answer.jurisdiction, self.binding.parties)
        if party:
            yield Answer(party, answer.probability, answer.times)

    def _likely(self, question: str, spoken: Spoken) -> Iterator[Answer]:
        """Return the answers that bind: those likely enough, or bound before and not unlikely enough to let go."""
        ask = self.words.questions[question]
        clause = self.binding.clause
        likely = clause.likely if isinstance(clause, Notify) else None
        if likely is None:
            yield from (a for a in ask(self.fact, spoken.params) if a.probability > 0)
            return
        bound: set[str] = set()
        answers: list[Answer] = []
        for fact in self.scene.history(self.fact.chain):
            answers = ask(fact, spoken.params)
            bound = {
                a.jurisdiction
                for a in answers
                if a.probability >= likely.bind
                or (a.jurisdiction in bound and a.probability >= likely.release)
            }
        yield from (a for a in answers if a.jurisdiction in bound)

    def nobody(self, spoken: Spoken) -> tuple[str, str]:
        """Return why nobody is owed: nobody is named, none likely enough, or none a party."""
        question = self.words.questions.get(spoken.of)
        if question is None:
            return "nobody_to_tell", spoken.of
        clause = self.binding.clause
        if isinstance(clause, Notify) and clause.likely:
            parties = [a for a in question(self.fact, spoken.params) if any(self._party(a))]
            if parties:
                most = max(a.probability for a in parties)
                return "not_likely", f"{most:g} < {clause.likely.bind:g}"
        return "nobody_to_tell", spoken.of


def _wanted(
    fact: Fact,
    binding: Binding,
    debtor: str,
    debtor_words: Spoken,
    answer: Answer,
    creditor_words: Spoken,
    places: Places,
    words: Words,
    bars: Sequence[Barring],
) -> Wanted:
    clause = binding.clause
    demanded = (
        clause.must_carry
        if isinstance(clause, Notify)
        else clause.fields
        if isinstance(clause, Share)
        else ()
    )
    withheld = [
        (name, bar) for name in demanded if (bar := barred(name, debtor, answer.jurisdiction, bars, places))
    ]
    forbidden = {name for name, _bar in withheld}
    needed = clause.needed if isinstance(clause, Notify) else None
    return Wanted(
        clause_id=binding.clause_id,
        clause_key=binding.clause_key,
        bound_desk=f"{debtor}/{debtor_words.role}",
        owed_desk=f"{answer.jurisdiction}/{creditor_words.role}",
        subject=_subject(clause, fact),
        fact=fact,
        due=_limit(clause),
        clause=clause,
        must_carry=tuple(name for name in demanded if name not in forbidden),
        withheld=tuple(withheld),
        carried={
            name: words.sources[name](fact.data)
            for name in demanded
            if name in words.sources and name not in forbidden
        },
        times=dict(answer.times),
        needed_by=_before(needed, answer.times) if needed else None,
        probability=answer.probability,
    )


def _subject(clause: AnyClause, fact: Fact) -> str:
    if isinstance(clause, Settle):
        return f"{fact.data['period']}/state"
    return str(fact.data["period"]) if fact.type == PERIOD else ""


def _limit(clause: AnyClause) -> Due:
    if isinstance(clause, Settle):
        return Every(
            every=clause.every,
            within=clause.state.within,
            clock=clause.state.clock,
            calendar_of=clause.state.calendar_of,
        )
    if isinstance(clause, Notify | Recognise | Deliver):
        return clause.due
    if isinstance(clause, Share) and clause.due is not None:
        return clause.due
    raise ValueError(f"a clause of the kind {clause.kind} makes no duty by itself")


def _before(limit: Before, times: Mapping[str, datetime]) -> datetime | None:
    at = times.get(limit.before)
    return at - limit.minus if at and limit.minus else at


def barred(name: str, debtor: str, creditor: str, bars: Sequence[Barring], places: Places) -> str:
    """Return the first bar that forbids a field to cross from debtor to creditor; empty when none does."""
    for each in bars:
        if name not in each.bar.fields or not places.party_of(debtor, each.parties):
            continue
        of = each.bar.of in {"each_party"} or places.party_of(debtor, [each.bar.of]) is not None
        to = each.bar.to == "anyone" or places.party_of(creditor, [each.bar.to]) is not None
        if of and to:
            return each.bar_id
    return ""

"""Finds what can be read but would never do what it says: ranges that are empty, clocks that cannot run, idle keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from django.utils.translation import gettext as _

from tongxin.heart.agreements.check_words import HERE, Loc, Wrong, desks_of, when_of
from tongxin.heart.agreements.known import Known, Standing
from tongxin.heart.agreements.language import (
    After,
    AnyClause,
    Bar,
    Before,
    Deliver,
    Every,
    Handle,
    InstrumentFile,
    Judged,
    Notify,
    On,
    Range,
    Recognise,
    Share,
    Spoken,
    When,
    Within,
)
from tongxin.heart.agreements.match import PERIOD, TASK
from tongxin.shared.reading import nearest

DAY = timedelta(days=1)


def senseless(model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    """Yield what makes no sense in an instrument."""
    yield from _header(model, known)
    yield from _twice(model)
    for i, bar in enumerate(model.bars):
        yield from _bar(("bars", i), bar)
    for i, clause in enumerate(model.clauses):
        yield from _clause(("clauses", i), clause, model, known)


def _header(model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    valid, terms, law = model.in_force, model.provenance.terms, model.kind == "law"
    if valid.until and valid.until <= valid.from_:
        yield ("in_force", "until"), _("the last day lies before the first"), ""
    if valid.known == "year" and (valid.from_.month, valid.from_.day) != (1, 1):
        yield ("in_force", "from"), _("only the year is known: write its first day"), ""
    if valid.known == "month" and valid.from_.day != 1:
        yield ("in_force", "from"), _("only the month is known: write its first day"), ""
    for i, party in _again(model.parties):
        yield ("parties", i), _("party %r stands twice") % party, ""
    if model.kind == "agreement" and len(model.parties) == 1 and len(known.members(model.parties)) < 2:
        yield ("parties",), _("an agreement has two parties or more"), ""
    if model.leaving and law:
        yield ("leaving",), _("nobody leaves a law"), ""
    if model.transition == "switch" and model.version == 1:
        yield ("transition",), _("no running matter has an earlier version to switch from"), ""
    if terms == "unpublished" and (model.clauses or model.bars):
        where = ("clauses",) if model.clauses else ("bars",)
        yield where, _("the terms are not known: write `terms: illustrative`, or no clauses"), ""
    if terms == "illustrative" and not model.clauses:
        yield ("provenance", "terms"), _("there are no clauses: write `terms: unpublished`"), ""
    if terms == "published" and not model.provenance.source:
        yield ("provenance",), _("published terms need their `source:`"), ""


def _twice(model: InstrumentFile) -> Iterator[Wrong]:
    """Yield the ids and listed words that stand twice."""
    seen: set[str] = set()
    for name in ("clauses", "bars"):
        for i, part in enumerate(getattr(model, name)):
            if part.id in seen:
                yield (name, i, "id"), _("the id %r stands twice") % part.id, ""
            seen.add(part.id)
            for key in ("must_carry", "procedures", "fields", "yields_to"):
                for n, word in _again(getattr(part, key, ())):
                    yield (name, i, key, n), _("%r stands twice") % word, ""


def _again(words: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the words that stood there before, each with its index."""
    seen: set[str] = set()
    for n, word in enumerate(words):
        if word in seen:
            yield n, word
        seen.add(word)


def _bar(at: Loc, bar: Bar) -> Iterator[Wrong]:
    if bar.of == bar.to:
        yield (*at, "to"), _("nothing crosses from %r to itself") % bar.of, ""


def _clause(at: Loc, clause: AnyClause, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    when = when_of(clause)
    if when is not None:
        yield from _when((*at, "when"), when, known)
    for key, limit in limits_of(clause):
        yield from _limit((*at, key), limit)
    yield from _starts(at, clause)
    yield from _desks(at, clause, model, known)
    yield from _yields(at, clause, model, known)
    match clause:
        case Notify():
            yield from _notify(at, clause, known)
        case Share():
            yield from _share(at, clause, model)
        case Deliver():
            yield from _deliver(at, clause, model)
    if clause.grounds and isinstance(getattr(clause, "due", None), Before):
        yield (
            (*at, "grounds"),
            _("a due before a computed time is not suspended: what is computed does not wait"),
            "",
        )
    if isinstance(clause, Judged) and clause.answer is None and "on_silence" in clause.model_fields_set:
        yield (*at, "on_silence"), _("nobody is asked to answer: write `answer:` too"), ""


def limits_of(clause: AnyClause) -> Iterator[tuple[str, Within | On | Every | Before | After]]:
    """Yield every time limit of a clause with its key."""
    for key in ("due", "answer", "progress", "needed", "state", "check", "pay"):
        limit = getattr(clause, key, None)
        if limit is not None:
            yield key, limit


def _limit(at: Loc, limit: Within | On | Every | Before | After) -> Iterator[Wrong]:
    if isinstance(limit, On | Before):
        return
    if limit.within is None:
        for key in {"clock", "calendar_of"} & limit.model_fields_set:
            yield (*at, key), _("%r counts nothing without `within:`") % key, ""
        return
    if limit.clock == "days" and limit.within % DAY:
        yield (*at, "within"), _("working days are whole days: write for example P5D"), ""
    if limit.clock == "hours" and limit.within >= DAY:
        reason = _(
            "a limit in working hours is shorter than 24 hours: write a longer one in working days, "
            "for example `within: P3D, clock: days`"
        )
        yield (*at, "within"), reason, ""


def _starts(at: Loc, clause: AnyClause) -> Iterator[Wrong]:
    """Yield clocks that would start at what never comes, or at what is said already."""
    due = clause.due if isinstance(clause, Notify | Recognise) else None
    if isinstance(due, Within) and due.starts == "delivered":
        reason = _("nothing is delivered before this: write occurred, known or recorded")
        yield (*at, "due", "starts"), reason, ""
    for key, what in (
        ("answer", _("an answer is counted from delivery: write `starts: delivered`")),
        ("check", _("the check is counted from the delivery of the statement: write `starts: delivered`")),
        ("pay", _("the payment is counted from the delivery of the check: write `starts: delivered`")),
    ):
        limit = getattr(clause, key, None)
        if isinstance(limit, Within) and limit.starts != "delivered":
            written = "starts" in limit.model_fields_set
            if written or isinstance(clause, Handle):
                yield (*at, key, "starts"), what, ""
    for key, what in (
        ("state", _("the statement is counted from the end of the period: leave `starts:` out")),
        ("progress", _("progress is reported again and again: leave `starts:` out")),
    ):
        limit = getattr(clause, key, None)
        if isinstance(limit, Within) and "starts" in limit.model_fields_set:
            yield (*at, key, "starts"), what, ""


def _when(at: Loc, when: When, known: Known) -> Iterator[Wrong]:
    if when.event in {PERIOD, TASK}:
        yield (
            (*at, "event"),
            _("periods and dates are written in `due:`, by the clauses that they concern"),
            "",
        )
    reads = known.conditions.get(when.reach or "", frozenset())
    if reads and when.event not in reads and when.event in known.events:
        said = {"reach": when.reach, "event": when.event}
        able = [name for name, events in known.conditions.items() if not events or when.event in events]
        reason = _("the condition %(reach)r cannot read %(event)s") % said
        yield (*at, "reach"), reason, nearest(when.reach or "", able)
    for name, allowed in when.where.items():
        here = (*at, "where", name)
        if isinstance(allowed, Range):
            if allowed.min is None and allowed.max is None:
                yield here, _("a range needs `min:` or `max:`"), ""
            elif allowed.min is not None and allowed.max is not None and allowed.min > allowed.max:
                yield here, _("the range is empty: `min:` is more than `max:`"), ""
        elif not allowed:
            yield here, _("no value is allowed: the clause would never bind"), ""


def _desks(at: Loc, clause: AnyClause, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    """Yield desks that nobody could mean: of a place that is not told, that are not there, or that owe themselves."""
    named = desks_of(clause)
    told = when_of(clause)
    for n, (key, spoken) in enumerate(named):
        here = (*at, key, "of")
        if spoken.of == "other_parties" and n == 0:
            yield here, _("other than whom? write each_party"), ""
        question = known.questions.get(spoken.of)
        if told is None and (spoken.of in HERE or question is not None):
            yield here, _("no event tells %r here: name a party, each_party or other_parties") % spoken.of, ""
        elif (
            question
            and told
            and told.event in known.events
            and told.event not in (question.events or known.events)
        ):
            said = {"question": spoken.of, "event": told.event}
            yield here, _("the question %(question)r cannot read %(event)s") % said, ""
        missing = _without_desk(spoken, model, known)
        if missing and spoken.role in known.roles:
            said = {"role": spoken.role, "place": missing}
            there = [role for role in known.roles if f"{missing}/{role}" in known.desks]
            reason = _("there is no desk %(place)s/%(role)s") % said
            yield (*at, key, "role"), reason, nearest(spoken.role, there)
    if len(named) == 2:
        (_debtor, one), (key, other) = named
        alone = one.of in HERE or len(_may_mean(one, model, known)) < 2
        if alone and (one.role, one.of) == (other.role, other.of):
            yield (*at, key), _("a desk owes itself nothing: both are the same"), ""


def _may_mean(spoken: Spoken, model: InstrumentFile, known: Known) -> list[str]:
    """Return the jurisdictions whose desk may be meant, as far as the file says."""
    if spoken.of in known.parties:
        return known.members([spoken.of])
    return known.members(model.parties)


def _without_desk(spoken: Spoken, model: InstrumentFile, known: Known) -> str:
    """Return the first jurisdiction that may be meant and has no such desk; empty when all have one."""
    if spoken.of in known.questions and not known.questions[spoken.of].within_parties:
        return ""
    return next((m for m in _may_mean(spoken, model, known) if f"{m}/{spoken.role}" not in known.desks), "")


def _yields(at: Loc, clause: AnyClause, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    own = f"{model.agreement}/{clause.id}"
    aside: set[str] = set()
    for n, key in enumerate(clause.yields_to):
        if key == own:
            yield (*at, "yields_to", n), _("a clause does not yield to itself"), ""
        elif _leads(key, own, known.register, aside):
            yield (*at, "yields_to", n), _("it yields to %r, which yields to it again") % key, ""
        elif key in known.register and known.register[key].clause.kind != clause.kind:
            said = {"kind": clause.kind, "other": known.register[key].clause.kind}
            yield (
                (*at, "yields_to", n),
                _("a %(kind)s clause meets no %(other)s clause: nothing to yield") % said,
                "",
            )


def _leads(start: str, goal: str, register: Mapping[str, Standing], aside: set[str]) -> bool:
    """Whether one comes from a clause to another by what each yields to; `aside` keeps what does not lead there."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        key = ahead.pop()
        if key == goal:
            return True
        if key not in seen and key not in aside and key in register:
            seen.add(key)
            ahead += register[key].clause.yields_to
    aside |= seen
    return False


def _notify(at: Loc, clause: Notify, known: Known) -> Iterator[Wrong]:
    asked = known.questions.get(clause.to.of)
    certain = asked is None or asked.certain
    if clause.likely is not None:
        if clause.likely.release > clause.likely.bind:
            yield (*at, "likely", "release"), _("`release:` must not be more than `bind:`"), ""
        if certain and clause.to.of in {
            *known.questions,
            *known.parties,
            *HERE,
            "each_party",
            "other_parties",
        }:
            yield (
                (*at, "likely"),
                _("%r is always certain: nothing is more or less likely") % clause.to.of,
                "",
            )
    brought = asked.times if asked else frozenset()
    yield from _times(at, clause, brought, known)
    if isinstance(clause.renew, dict) and not clause.renew:
        yield (*at, "renew"), _("nothing is listed: write `renew: never`"), ""
    if clause.only_after == clause.when.event:
        yield (*at, "only_after"), _("the clause waits for this event anyway"), ""
    if clause.reaction and isinstance(clause.due, Within) and clause.reaction >= clause.due.within:
        yield (*at, "reaction"), _("the reaction must be shorter than the time limit"), ""


def _times(at: Loc, clause: Notify, brought: Iterable[str], known: Known) -> Iterator[Wrong]:
    """Yield the times that nobody computes for the one who is told."""
    said: list[tuple[Loc, str]] = []
    if isinstance(clause.renew, dict):
        said += [((*at, "renew", word), word.removesuffix("_shifts")) for word in clause.renew]
    if isinstance(clause.due, Before):
        said.append(((*at, "due", "before"), clause.due.before))
    if clause.needed is not None:
        said.append(((*at, "needed", "before"), clause.needed.before))
    for where, name in said:
        if name in known.times and name not in brought:
            words = {"of": clause.to.of, "time": name}
            yield where, _("%(of)r brings no %(time)s: this would never act") % words, nearest(name, brought)


def _share(at: Loc, clause: Share, model: InstrumentFile) -> Iterator[Wrong]:
    if clause.due is None:
        for key in sorted({"answer", "if_late", "reaction", "grounds", "score"} & clause.model_fields_set):
            yield (*at, key), _("without `due:` nothing is owed: %r would never act") % key, ""
    valid = model.in_force
    if clause.until and clause.until <= valid.from_:
        yield (*at, "until"), _("it ends before the instrument is in force"), ""
    if clause.until and valid.until and clause.until > valid.until:
        yield (*at, "until"), _("the instrument itself ends before this day"), ""


def _deliver(at: Loc, clause: Deliver, model: InstrumentFile) -> Iterator[Wrong]:
    if not isinstance(clause.due, On):
        return
    if clause.due.on < model.in_force.from_:
        yield (*at, "due", "on"), _("the day lies before the instrument is in force"), ""
    if model.in_force.until and clause.due.on >= model.in_force.until:
        yield (*at, "due", "on"), _("the instrument has ended by that day"), ""

"""How the machine reads a clause, line by line in the reader's language: when, who, whom, by when, what else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import jobs, vocabulary, wording
from tongxin.heart.agreements.check_words import desks_of
from tongxin.heart.agreements.language import (
    After,
    AnyClause,
    Bar,
    Before,
    Common,
    Deliver,
    Due,
    Every,
    Handle,
    IfLate,
    Judged,
    Leaving,
    Notify,
    On,
    Range,
    Recognise,
    Reviewer,
    Settle,
    Share,
    Spoken,
    When,
    Within,
)
from tongxin.heart.agreements.wording import Reading, length
from tongxin.heart.events import vocabulary as events
from tongxin.shared.named import Both, pick

Names = Mapping[str, Any]
SPOKEN = frozenset({"place", "reporter", "each_party", "other_parties"})  # whose desk, said by no name
PERIODS = {
    "P1W": lambda: _("each week"),
    "P1M": lambda: _("each month"),
    "P3M": lambda: _("each quarter"),
    "P6M": lambda: _("each half-year"),
    "P1Y": lambda: _("each year"),
}


def reading(clause: AnyClause, roles: Names, names: Names | None = None) -> list[Reading]:
    """Return how the machine reads a clause, line by line.

    `roles` are the names of office roles by id, `names` those of the parties that desks are named by; without them
    they are looked up.
    """
    if names is None:
        names = named_in([clause])
    match clause:
        case Notify():
            own = _notify(clause, roles, names)
        case Handle():
            own = _handle(clause, roles)
        case Recognise():
            own = _recognise(clause, roles, names)
        case Share():
            own = _share(clause, roles, names)
        case Deliver():
            own = _deliver(clause, roles, names)
        case Settle():
            own = _settle(clause, roles, names)
    owes = not isinstance(clause, Share) or clause.due is not None
    return [*own, *_common(clause, owes=owes)]


def named_in(clauses: Iterable[AnyClause]) -> dict[str, Both]:
    """Return the names of the parties that these clauses name desks by; who is meant by a question is no name."""
    words = {spoken.of for clause in clauses for _key, spoken in desks_of(clause)}
    return wording.party_names(words - SPOKEN - vocabulary.questions().keys())


def bar_reading(bar: Bar, names: Names) -> list[Reading]:
    """Return how the machine reads a bar: what must not cross, whose it is, and to whom."""
    whose = _("each party") if bar.of == "each_party" else str(names.get(bar.of, bar.of))
    to = _("anyone") if bar.to == "anyone" else str(names.get(bar.to, bar.to))
    return [
        Reading(_("Must not cross"), _list(_field_titles(bar.fields))),
        Reading(_("Whose"), whose),
        Reading(_("To whom"), to),
    ]


def leaving_words(leaving: Leaving) -> str:
    """Return how a party leaves."""
    return _("a party leaves by notice, %(length)s ahead") % {"length": length(leaving.notice)}


def limit(due: Due) -> str:
    """Return a time limit with its clock and its start: `1 hour, calendar time, from when it is known`."""
    match due:
        case Within():
            return _counted(due, _STARTS[due.starts]())
        case On():
            return _("by the end of %(day)s") % {"day": due.on.isoformat()}
        case Every():
            if due.within is None:
                return _("%(each)s, by its end") % {"each": PERIODS[due.every]()}
            counted = _counted(due, _("from the end of the period"))
            return _("%(each)s: %(counted)s") % {"each": PERIODS[due.every](), "counted": counted}
        case Before():
            return _before(due)
        case After():
            milestone = _("from the milestone “%(name)s”") % {"name": due.milestone}
            return _counted(due, milestone)


_STARTS = {
    "occurred": lambda: _("from when it happened"),
    "known": lambda: _("from when it is known"),
    "recorded": lambda: _("from when it is recorded"),
    "delivered": lambda: _("from delivery"),
}
_CALENDARS = {
    "debtor": lambda: _("on the bound office's calendar"),
    "creditor": lambda: _("on the owed office's calendar"),
    "both": lambda: _("while both offices are open"),
}


def _counted(due: Within | Every | After, starts: str) -> str:
    assert due.within is not None, "a length is counted"
    if due.clock == "calendar":
        return _("%(length)s, calendar time, %(starts)s") % {"length": length(due.within), "starts": starts}
    if due.clock == "days":
        n = due.within.days
        said = ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}
    else:
        said = _("%(length)s of working time") % {"length": length(due.within)}
    words = {"length": said, "whose": _CALENDARS[due.calendar_of](), "starts": starts}
    return _("%(length)s %(whose)s, %(starts)s") % words


def _before(due: Before) -> str:
    words = {"time": str(vocabulary.times().get(due.before, due.before))}
    if due.minus is None:
        return _("before: %(time)s") % words
    return _("%(length)s before: %(time)s") % (words | {"length": length(due.minus)})


def _notify(clause: Notify, roles: Names, names: Names) -> list[Reading]:
    lines = [
        Reading(_("When"), _when(clause.when)),
        Reading(_("Who"), _spoken(clause.sender, roles, names)),
        Reading(_("To whom"), _spoken(clause.to, roles, names)),
    ]
    if clause.likely is not None:
        said = {"bind": _percent(clause.likely.bind), "release": _percent(clause.likely.release)}
        lines.append(
            Reading(_("How likely"), _("binds from %(bind)s, lets go only below %(release)s") % said)
        )
    if clause.only_after is not None:
        lines.append(Reading(_("Not before"), _("this is known: %s") % _event(clause.only_after)))
    lines.append(Reading(_("Time limit"), limit(clause.due)))
    if clause.needed is not None:
        lines.append(Reading(_("Needed by"), _before(clause.needed)))
    lines.append(Reading(_("Required content"), _list(_field_titles(clause.must_carry))))
    if clause.receipt is not None:
        lines.append(
            Reading(_("Receipt"), _("%(length)s from delivery") % {"length": length(clause.receipt.within)})
        )
    lines.append(Reading(_("Told again"), _renew(clause)))
    if clause.undo is not None:
        said = {"length": length(clause.undo.within)}
        words = _("whoever was told and is concerned no longer learns so within %(length)s") % said
        lines.append(Reading(_("Taken back"), words))
    return lines


def _renew(clause: Notify) -> str:
    corrected = _("when something that was told is corrected")
    if not isinstance(clause.renew, dict):
        return _("only %s") % corrected
    times = vocabulary.times()
    shifts = [
        _("when this shifts by %(length)s or more: %(time)s")
        % {"length": length(by), "time": times.get(word.removesuffix("_shifts"), word)}
        for word, by in clause.renew.items()
    ]
    return _list([corrected, *shifts], listed=True)


def _handle(clause: Handle, roles: Names) -> list[Reading]:
    titles = vocabulary.procedures()
    lines = [
        Reading(_("Items"), _list(str(titles.get(p, p)) for p in clause.procedures)),
        Reading(
            _("Between"),
            _("the offices of the parties for: %(role)s") % {"role": roles.get(clause.role, clause.role)},
        ),
        Reading(_("Answer"), limit(clause.answer)),
    ]
    if clause.progress is not None:
        said = _counted(clause.progress, _("again and again until the decision"))
        lines.append(Reading(_("Progress report"), said))
    return [*lines, Reading(_("Returned only for"), _reasons(clause.refuse_reasons)), *_review(clause, roles)]


def _recognise(clause: Recognise, roles: Names, names: Names) -> list[Reading]:
    return [
        Reading(_("What counts"), str(clause.what)),
        Reading(_("When"), _when(clause.when)),
        Reading(_("Who accepts it"), _spoken(clause.sender, roles, names)),
        Reading(_("Who issued it"), _spoken(clause.to, roles, names)),
        Reading(_("Time limit"), limit(clause.due)),
        Reading(_("Refused only for"), _reasons(clause.refuse_reasons)),
        *_review(clause, roles),
    ]


def _share(clause: Share, roles: Names, names: Names) -> list[Reading]:
    lines = [
        Reading(_("Fields shared"), _list(_field_titles(clause.fields))),
        Reading(_("Purpose"), str(clause.purpose)),
        Reading(_("From whom"), _spoken(clause.sender, roles, names)),
        Reading(_("Who may see it"), _spoken(clause.to, roles, names)),
    ]
    if clause.due is not None:
        lines.append(Reading(_("Supplied"), limit(clause.due)))
    if clause.until is not None:
        lines.append(Reading(_("Until"), _("before %(day)s") % {"day": clause.until.isoformat()}))
    end = (
        _("what was received is deleted, and that is confirmed")
        if clause.on_end == "delete"
        else _("what was received may be kept")
    )
    return [*lines, Reading(_("At the end"), end)]


def _deliver(clause: Deliver, roles: Names, names: Names) -> list[Reading]:
    return [
        Reading(_("What is delivered"), str(clause.what)),
        Reading(_("Who"), _spoken(clause.sender, roles, names)),
        Reading(_("To whom"), _spoken(clause.to, roles, names)),
        Reading(_("Time limit"), limit(clause.due)),
    ]


def _settle(clause: Settle, roles: Names, names: Names) -> list[Reading]:
    return [
        Reading(_("What is settled"), str(clause.what)),
        Reading(_("Period"), PERIODS[clause.every]()),
        Reading(_("Who is paid"), _spoken(clause.payee, roles, names)),
        Reading(_("Who pays"), _spoken(clause.payer, roles, names)),
        Reading(_("States the account"), _counted(clause.state, _("from the end of the period"))),
        Reading(_("Checks or contests it"), _counted(clause.check, _("from the delivery of the statement"))),
        Reading(_("Pays"), _counted(clause.pay, _("from the delivery of the check"))),
    ]


def _common(clause: Common, *, owes: bool) -> list[Reading]:
    lines: list[Reading] = []
    if isinstance(clause, Judged) and clause.answer is not None:
        answer = clause.answer.model_copy(update={"starts": "delivered"})
        lines.append(Reading(_("Answer"), limit(answer)))
        lines.append(Reading(_("If there is no answer"), _SILENCE[clause.on_silence]()))
    if clause.grounds:
        lines.append(Reading(_("May be suspended for"), _reasons(clause.grounds)))
    if clause.reaction is not None:
        said = _("no due moves closer than %(length)s to the moment the bound office learns of it")
        lines.append(Reading(_("Time to react"), said % {"length": length(clause.reaction)}))
    if clause.yields_to:
        lines.append(Reading(_("Yields to"), _list(clause.yields_to)))
    if owes:
        lines.append(Reading(_("If late"), _escalation(clause.if_late)))
    if clause.score is not None:
        title = vocabulary.measures().get(clause.score.measure, clause.score.measure)
        lines.append(Reading(_("Counts for"), str(title)))
    return lines


_SILENCE = {
    "escalate": lambda: _("it goes up step by step, like a late duty"),
    "accept": lambda: _("it counts as accepted"),
    "return": lambda: _("it counts as sent back"),
}


def _escalation(late: IfLate) -> str:
    last = jobs.NAMES.index(late.up_to)
    first, *later = jobs.ROWS[: last + 1]
    said = [_("at the due %(who)s") % {"who": wording.STEPS.get(first[0], first[0])}]
    said += [
        _("%(length)s later %(who)s")
        % {"length": length(late.after * times), "who": wording.STEPS.get(name, name)}
        for name, times in later
    ]
    return _list(said, listed=True)


def _review(clause: Handle | Recognise, roles: Names) -> list[Reading]:
    if clause.review_by is None:
        return []
    return [Reading(_("Who reviews a refusal"), _reviewer(clause.review_by, roles))]


def _reviewer(reviewer: Reviewer, roles: Names) -> str:
    said = {"role": roles.get(reviewer.role, reviewer.role)}
    if reviewer.of == "debtor":
        return _("%(role)s of the bound side") % said
    return _("%(role)s of the owed side") % said


def _when(when: When) -> str:
    parts = [_event(when.event)]
    if when.reach is not None:
        parts.append(str(vocabulary.title(when.reach)))
    parts += [_where(name, allowed) for name, allowed in when.where.items()]
    return pick("，", ", ").join(parts)


def _where(name: str, allowed: tuple[str | int | bool, ...] | Range) -> str:
    field = vocabulary.fields().get(name)
    title = str(field.title) if field else name
    title = pick(title, title[:1].lower() + title[1:])
    if not isinstance(allowed, Range):
        said = [_value(name, value) for value in allowed]
        return f"{title}{pick('：', ': ')}{_(' or ').join(said)}"
    words = {"name": title, "min": _number(allowed.min), "max": _number(allowed.max)}
    if allowed.min is None:
        return _("%(name)s up to %(max)s") % words
    if allowed.max is None:
        return _("%(name)s from %(min)s") % words
    return _("%(name)s from %(min)s to %(max)s") % words


def _value(name: str, value: str | int | bool) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    said = str(vocabulary.value_words(name, str(value)))
    return pick(said, said[:1].lower() + said[1:]) if said != str(value) else said


def _event(name: str) -> str:
    return str(events.get(name).title) if name in events.names() else name


def _spoken(desk: Spoken, roles: Names, names: Names) -> str:
    role = str(roles.get(desk.role, desk.role))
    match desk.of:
        case "place":
            return _("%(role)s of the place") % {"role": role}
        case "reporter":
            return _("%(role)s of the side that reports") % {"role": role}
        case "each_party":
            return _("%(role)s of each party") % {"role": role}
        case "other_parties":
            return _("%(role)s of each other party") % {"role": role}
    if desk.of not in vocabulary.questions():
        return _("%(role)s: %(whose)s") % {"role": role, "whose": names.get(desk.of, desk.of)}
    whose = str(vocabulary.title(desk.of))
    if desk.params:
        words = vocabulary.question_words()[desk.of].param_words
        said = [str(words.get(key, f"{key} %s")) % value for key, value in desk.params.items()]
        beside = pick("，", ", ").join(said)
        whose = f"{whose}{pick('（', ' (')}{beside}{pick('）', ')')}"
    return _("%(role)s: %(whose)s") % {"role": role, "whose": whose}


def _field_titles(words: Iterable[str]) -> list[str]:
    titles = vocabulary.shareable()
    return [str(titles.get(word, word)) for word in words]


def _reasons(listed: Mapping[str, Both]) -> str:
    return _list((str(r) for r in listed.values()), listed=True)


def _list(words: Iterable[Any], *, listed: bool = False) -> str:
    """Return words in a row: fields side by side, or whole phrases set apart."""
    return (pick("；", "; ") if listed else pick("、", ", ")).join(str(word) for word in words)


def _percent(share: float) -> str:
    return f"{_number(share * 100)}%"


def _number(value: float | None) -> str:
    return f"{value:.10g}" if value is not None else ""

"""What a performance of a judged duty is asked for, by the kind of its clause: one list for forms, API and the act."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.heart.agreements import periods, rulebook, vocabulary, wording
from tongxin.heart.agreements.language import AnyClause, Deliver, Handle, Recognise, Settle, Share
from tongxin.heart.agreements.models import Clause, Duty

PROGRESS = "progress:"  # the subject of a report on a case in hand, with its number
WARNING = (
    "warning:"  # the subject of the review of a warning that went out without a clause, with its message
)
DELETE = "delete"  # the subject of a duty to confirm that what was shared is deleted
CARRIED_MAX = 4000  # characters of one field
FEN = re.compile(r"-?[0-9]{1,15}")
YES = frozenset({"1", "true", "yes"})
ACCEPTED, REFUSED = "accepted", "refused"
FINDINGS: dict[str, Any] = {
    "justified": _("The warning was justified"),
    "clause_needed": _("It was justified; a clause should cover it from now on"),
    "not_needed": _("It was not needed"),
}


@dataclass(frozen=True)
class Asked:
    """One field: `kind` is line, text, choice, money (whole fen) or flag."""

    name: str
    kind: str
    title: Any
    required: bool = True
    hint: Any = ""
    choices: tuple[tuple[str, Any], ...] = field(default=())


def asked(clause: AnyClause, duty: Duty) -> list[Asked]:
    """Return what the act asks for; empty for a duty that is met in another way, such as by a notice."""
    if duty.purpose != Duty.Purpose.DO:
        return []
    match clause:
        case Recognise():
            return _of_recognise(clause)
        case Share() if duty.subject == DELETE:
            return [Asked("remark", "text", _("What was deleted, and when"))]
        case Share():
            return _of_share(clause, duty)
        case Settle():
            return _of_settle(duty)
        case Handle() if duty.subject.startswith(PROGRESS):
            return [Asked("remark", "text", _("How the case stands"))]
        case Deliver() if duty.subject.startswith(WARNING):
            return [
                Asked("finding", "choice", _("What the review found"), choices=tuple(FINDINGS.items())),
                Asked("remark", "text", _("Remark"), required=False),
            ]
        case Deliver():
            return [Asked("remark", "text", _("What is delivered, and where it is"))]
    return []


def stage(duty: Duty) -> str:
    """Return the stage of a settlement: state, check or pay; a contested account is stated and checked again."""
    return duty.subject.partition("/")[2].partition("-")[0]


def account_from(duty: Duty) -> datetime | None:
    """Return from when an account can be stated: its period is over then. None where no account is stated."""
    states = duty.clause.kind == "settle" and duty.purpose == Duty.Purpose.DO and stage(duty) == "state"
    return _period_of(duty).ends if states else None


def wrong(clause: AnyClause, duty: Duty, carried: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return what is wrong with what was entered, by field; empty when it can be taken."""
    fields = {each.name: each for each in asked(clause, duty)}
    found: dict[str, list[Any]] = {}
    for name, each in fields.items():
        fault = _fault(each, carried.get(name, ""))
        if fault:
            found[name] = [fault]
    for name, text in carried.items():
        if name not in fields:
            found[name] = [_("No clause asks for this.")]
        elif len(text) > CARRIED_MAX:
            found[name] = [_("This text is too long: at most %(n)d characters.") % {"n": CARRIED_MAX}]
    if isinstance(clause, Settle):
        found = _of_account(duty, carried) | found
    return found | _together(carried, found)


def _of_recognise(clause: Recognise) -> list[Asked]:
    outcomes = ((ACCEPTED, _("Accept it")), (REFUSED, _("Refuse it, with a listed reason")))
    reasons = tuple(clause.refuse_reasons.items())
    return [
        Asked("outcome", "choice", _("Your answer"), choices=outcomes),
        Asked("reason", "choice", _("Reason for a refusal"), required=False, choices=reasons),
        Asked("remark", "text", _("Remark"), required=False),
    ]


def _of_share(clause: Share, duty: Duty) -> list[Asked]:
    titles, listed = vocabulary.shareable(), vocabulary.fields()
    forbidden = {name for name, _bar in duty.wanted.get("withheld", ())}
    found = []
    for name in clause.fields:
        if name in forbidden:
            continue
        choices = tuple(listed[name].choices()) if name in listed else ()
        found.append(Asked(name, "choice" if choices else "text", titles.get(name, name), choices=choices))
    return [*found, Asked("remark", "text", _("Remark"), required=False)]


def _of_settle(duty: Duty) -> list[Asked]:
    states, hint = stage(duty) == "state", ""
    if states:
        said = {"at": wording.due_moment(_period_of(duty).ends)}
        hint = (
            _("Once the period is over, from %(at)s on; below zero only to correct an earlier period") % said
        )
    found = [Asked("amount_fen", "money", pgettext_lazy("money", "Amount"), hint=hint)]
    if stage(duty) == "check":
        found.append(Asked("contested", "flag", _("The account is contested"), required=False))
    if states:
        hint = _(
            "Late corrections of an earlier period go into this one; write its name, such as %(name)s"
        ) % {"name": _period_before(duty).name}
        found.append(Asked("adjusts", "line", _("Corrects an earlier period"), required=False, hint=hint))
    return [*found, Asked("remark", "text", _("Remark"), required=False)]


def _period_of(duty: Duty) -> periods.Period:
    return periods.named(duty.subject.partition("/")[0])


def _period_before(duty: Duty) -> periods.Period:
    own = _period_of(duty)
    return periods.of(periods.length_of(own.name), own.begins - timedelta(days=1))


def _of_account(duty: Duty, carried: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return what is wrong with an account: a period that it cannot correct, or less than zero without one."""
    amount, named = carried.get("amount_fen", ""), carried.get("adjusts", "")
    negative = FEN.fullmatch(amount) is not None and int(amount) < 0
    if stage(duty) != "state":
        if negative and not _corrects(duty):
            return {
                "amount_fen": [_("The account that was stated corrects no earlier period: not below zero.")]
            }
        return {}
    if named and not _is_earlier(named, duty):
        said = {"name": named[:40], "example": _period_before(duty).name}
        return {
            "adjusts": [
                _("%(name)s is no earlier period of this clause; write its name, such as %(example)s.") % said
            ]
        }
    if negative and not named:
        return {"amount_fen": [_("An amount below zero corrects an earlier period: name that period.")]}
    return {}


def _is_earlier(name: str, duty: Duty) -> bool:
    """Return whether a name is that of a period before the duty's in which this clause bound, in any version."""
    try:
        period, every = periods.named(name), periods.length_of(name)
    except (ValueError, OverflowError):
        return False
    if period.name != name or period.ends > _period_of(duty).begins:
        return False
    instrument, _slash, own = duty.clause_key.partition("/")
    rows = Clause.objects.filter(version__instrument_id=instrument, name=own, kind="settle")
    for row in rows.filter(version__binds_from__lt=period.ends).select_related("version"):
        read, until = rulebook.read_clause(row), row.version.binds_until
        if isinstance(read, Settle) and read.every == every and (until is None or until > period.begins):
            return True
    return False


def _corrects(duty: Duty) -> bool:
    """Return whether the account that is checked or paid says that it corrects an earlier period."""
    stated = Duty.objects.filter(
        thread=duty.thread,
        clause_key=duty.clause_key,
        bound_desk=duty.owed_desk_id,
        owed_desk=duty.bound_desk_id,
        subject__startswith=f"{_period_of(duty).name}/state",
        performance__isnull=False,
    )
    last = stated.select_related("performance").order_by("-id").first()
    return bool(last and last.performance and last.performance.carried.get("adjusts"))


def _fault(each: Asked, text: str) -> Any:
    if not text:
        return _needed(each) if each.required else ""
    if each.kind == "choice" and text not in dict(each.choices):
        return _needed(each) if each.required else _("Choose one of the listed reasons.")
    if each.kind == "money" and not FEN.fullmatch(text):
        return _("Enter a whole number of fen.")
    if each.kind == "flag" and text not in YES | {"0", "false", "no"}:
        return _("Choose one of the listed values.")
    return ""


def _needed(each: Asked) -> Any:
    if each.name == "outcome":
        return _("Accept it, or refuse it with a listed reason.")
    if each.kind == "money":
        return _("Enter a whole number of fen.")
    if each.name == "remark":
        return _("Say what is delivered, and where it is.")
    return _("Choose one of the listed values.") if each.choices else _("The clause demands this.")


def _together(carried: Mapping[str, str], found: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the faults that follow from two fields together."""
    outcome, reason = carried.get("outcome"), carried.get("reason", "")
    if outcome == REFUSED and not reason and "reason" not in found:
        return {"reason": [_("Choose one of the listed reasons.")]}
    if outcome == ACCEPTED and reason and "reason" not in found:
        return {"reason": [_("A reason belongs to a refusal; leave it empty.")]}
    if carried.get("contested") in YES and not carried.get("remark"):
        return {"remark": [_("Say what is contested.")]}
    return {}

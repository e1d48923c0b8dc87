"""Suspend and resume: the promise to the applicant and the holder's stage duties stand still together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import disputes, joints, procedures, promises, sight_ended, states
from tongxin.heart.cases.actions import mirroring, parts
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid


def suspend(
    *,
    by: Acting,
    key: str,
    number: str,
    epoch: int,
    ground: str,
    missing: list[str] | None = None,
    facts: str = "",
) -> dict[str, Any]:
    """Suspend a case on a ground that its procedure lists; by the holder, not while the case is offered.

    `missing`: papers, and `facts`: what else is asked for. It is asked for once and all together: a ground that asks
    can be used once in a case.
    """
    by.need("perform")
    gone, facts = sorted(set(missing or [])), facts.strip()
    request = {"case": number, "epoch": epoch, "ground": ground, "missing": gone, "facts": facts}
    what = _("The case was not suspended.")
    parts.check_text("facts", facts, what)
    with act("cases.case.suspended", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "suspend", by)
        if disputes.standing(number):
            raise Conflict(
                "in_dispute",
                _("It is in dispute who is competent; the coordination offices name a holder."),
                todo=_("Wait until a holder is named."),
            )
        form = procedures.form_of(case)
        found = procedures.asked(form, form.suspend, ground, gone, facts, what)
        if found.asks and any(p["missing"] or p["facts"] for p in case.pauses):
            raise Conflict(
                "asked_before",
                _("What was missing has been asked for already; it is asked for once and all together."),
                todo=_("Go on with what is there, and decide."),
            )
        joints.lapse(a, case)
        pause = {
            "from": clock.iso(a.at),
            "until": None,
            "ground": ground,
            "missing": gone,
            "facts": facts,
            "of": case.state,
        }
        states.move(case, "suspend")
        case.pauses = [*case.pauses, pause]
        case.save(update_fields=["state", "pauses"])
        stood = [duty for duty in _owed_by_holder(case, Duty.State.OPEN) if _stand_still(duty, a)]
        body = {"ground": ground, "missing": gone, "facts": facts}
        parts.inform(a, case, "suspension", "case_suspended", body, case.accepting_desk_id)
        mirroring.mirror(a, case)
        a.result = {"case": number, "state": case.state, "suspended_at": pause["from"]}
        a.entry(
            f"case:{number}", basis=parts.basis(case), payload=request | {"duties": duties.summaries(stood)}
        )
    return a.result


def resume(
    *,
    by: Acting,
    key: str,
    number: str,
    epoch: int,
    arrived: list[str] | None = None,
    ended: bool = False,
) -> dict[str, Any]:
    """Go on with a suspended case: everything that was asked for has arrived, or the ground has `ended`.

    Days touched by the suspension do not count: the promise and what the holder owes move, each by an entry.
    """
    by.need("perform")
    there = sorted(set(arrived or []))
    request = {"case": number, "epoch": epoch, "arrived": there, "ended": ended}
    with act("cases.case.resumed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "resume", by)
        pause = case.pauses[-1]
        _all_there(case, pause, there, ended=ended)
        go_on(a, case, there)
        a.result = {"case": number, "state": case.state, "promise_due_at": due_said(case)}
        a.entry(f"case:{number}", basis=parts.basis(case), payload=request | a.result)
    return a.result


def go_on(a: Act, case: Case, there: list[str]) -> None:
    """Let a suspended case go on, inside an act: its state, its papers, its promise and what the holder owes."""
    pause = case.pauses[-1]
    states.move(case, "resume", pause["of"])
    case.pauses = [*case.pauses[:-1], pause | {"until": clock.iso(a.at)}]
    case.papers = sorted({*case.papers, *there})
    case.save(update_fields=["state", "pauses", "papers"])
    began = datetime.fromisoformat(pause["from"])
    promises.count_again(case, a, why="suspension", began=began)
    for duty in _owed_by_holder(case, Duty.State.SUSPENDED):
        if duty.pauses[-1]["ground"] == duties.CASE_SUSPENDED:
            duties.resume(duty, a)
    sight_ended.settle(a, case)
    body = {"promise_due_at": due_said(case)}
    parts.inform(a, case, "resumption", "case_resumed", body, case.accepting_desk_id)
    mirroring.mirror(a, case)


def due_said(case: Case) -> str:
    """Return until when a decision was promised, as messages carry it; empty where nothing is promised."""
    return clock.iso(case.promise_due_at) if case.promise_due_at else ""


def _all_there(case: Case, pause: dict[str, Any], there: list[str], *, ended: bool) -> None:
    """Refuse to go on before what was asked for is there, unless the ground has ended without it."""
    known = {paper.id for paper in procedures.form_of(case).papers}
    wrong: dict[str, list[Any]] = {}
    if set(there) - known:
        wrong["arrived"] = [_("The procedure does not ask for one of these papers.")]
    elif not ended and set(pause["missing"]) - set(there):
        wrong["arrived"] = [_("Something that was asked for is not there yet.")]
    elif not ended and not pause["missing"]:
        wrong["ended"] = [_("Say that the ground has ended.")]
    if wrong:
        raise Invalid(_("The case stays suspended."), wrong)


def _owed_by_holder(case: Case, state: str) -> list[Duty]:
    rows = Duty.objects.filter(thread=f"case:{case.number}", bound_desk_id=case.holder_id, state=state)
    return list(rows.select_related("clause__version").order_by("id"))


def _stand_still(duty: Duty, a: Act) -> bool:
    """Stop the clock of a duty; what is late already stays late."""
    if a.at > duty.due_at:
        return False
    duties.suspend(duty, at=a.at, ground=duties.CASE_SUSPENDED)
    return True

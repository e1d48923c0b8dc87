"""The story of a case for its page: the two sides of the hand-over, the steps, the timeline from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import count_story, wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import queries, recalls, story_states, words
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.ledger import act_words
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.region.models import Desk
from tongxin.shared.named import Both, pick


@dataclass(frozen=True)
class Band:
    """The two sides of the latest hand-over, or of the one to come."""

    from_name: str
    from_role: str
    to_name: str
    to_role: str
    holder: str  # from, to
    said: str
    said_at: datetime | None
    offer: Offer | None
    duty: Duty | None  # to answer the offer


@dataclass(frozen=True)
class Step:
    """One step of the procedure: done, now or still to come."""

    label: str
    at: datetime | None
    said: str
    state: str


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    text: str
    at: datetime | None = None
    when: str = ""
    sub: str = ""
    kind: str = "done"
    seal: str = ""
    url: str = ""
    made_up: bool = False


WITHIN = frozenset(  # acts that offices arrange among themselves
    {
        "cases.case.given",
        "cases.case.told",
        "cases.joint.put",
        "cases.joint.answered",
        "cases.letter.written",
        "cases.letter.sent",
    }
    | {"cases.letter.answered", "cases.file.exported", "cases.slip.made"}
)


def band(case: Case, offers: list[Offer], duties: list[Duty], desk: str) -> Band | None:
    """Return the hand-over band; None when one desk accepts and decides and nothing was ever offered."""
    last = offers[-1] if offers else None
    moved = last is not None and last.state in {Offer.State.OFFERED, Offer.State.TAKEN_OVER}
    if not moved and case.holder_id == case.competent_desk_id:
        return None
    giver = last.from_desk if last and moved else case.holder
    receiver = last.to_desk if last and moved else case.competent_desk
    holder = "to" if case.holder_id == receiver.id else "from"
    is_open = last is not None and last.state == Offer.State.OFFERED
    answer = next((d for d in duties if last and d.subject == f"answer:{last.id}"), None)
    if holder == "from":
        here = _("holds it, and answers for it until it is taken over") if is_open else _("holds it now")
        asked = _("was asked to take it over, and the offer was asked back") if recalls.waits(case) else ""
        there = asked or (_("asked to take it over") if is_open else _("decides by law"))
    else:
        here, there = _("handed it over"), _("holds it now")
    return Band(
        from_name=str(wording.desk_name(giver)),
        from_role=_side(giver, here, desk),
        to_name=str(wording.desk_name(receiver)),
        to_role=_side(receiver, there, desk),
        holder=holder,
        said=_said(offers, moved=moved),
        said_at=last.offered_at if last and moved else None,
        offer=last if moved else None,
        duty=answer if is_open else None,
    )


def steps(case: Case, form: ProcedureFile, offers: list[Offer]) -> list[Step]:
    """Return the procedure's steps with where the case stands; a step that this case does not need is left out."""
    across = case.accepting_desk_id != case.competent_desk_id or bool(offers)
    taken = next((o.settled_at for o in reversed(offers) if o.state == Offer.State.TAKEN_OVER), None)
    done: dict[str, datetime | None] = {
        "filed": case.filed_at,
        "accepted": case.accepted_at,
        "handed_over": taken,
        "examined": case.decided_at,
        "decided": case.decided_at,
    }
    place = {"accepting": case.accepting_desk, "competent": case.competent_desk}
    found: list[Step] = []
    now_shown = False
    for step in form.steps:
        if step.id == "handed_over" and not across:
            continue
        at = done.get(step.id)
        state = "done" if at else "" if now_shown else "now"
        now_shown = now_shown or state == "now"
        whose = place.get(step.by)
        said = _place(whose) if whose else _("applicant")
        found.append(Step(str(step.name), at, said, state))
    return found


def timeline(
    case: Case, offers: list[Offer], waiting: str, *, desk: str, sees: bool, applicant: bool = False
) -> list[Line]:
    """Return the case's entries in the ledger, told, latest first; on top what is waited for now.

    What officers wrote, reasons and remarks, is told only to whom `queries.sees_applicant` lets see the case whole.
    The applicant is told what was done and why, but not what offices arrange among themselves.
    """
    lines = list(ledger.timeline(f"case:{case.number}"))
    if applicant:
        lines = [line for line in lines if line.entry.act not in WITHIN]
    ids = (
        {line.entry.desk for line in lines}
        | {o.to_desk_id for o in offers}
        | {o.from_desk_id for o in offers}
    )
    names = wording.desk_names(ids)
    by_id = {str(o.id): o for o in offers}
    free = {str(o.id): o.remark for o in offers if queries.sees_remark(desk, o, sees=sees)}
    told = [_told(line, case, by_id, names, free, sees=sees or applicant) for line in reversed(lines)]
    return [Line(waiting, when=_("now"), kind="now"), *told] if waiting else told


def waiting_for(case: Case) -> str:
    """Return what the case waits for, in a few words; empty when it has ended."""
    if recalls.waits(case) and case.frozen_by is not None:
        return _("asked back; waits for the node of %(desk)s to answer") % {
            "desk": wording.desk_name(case.frozen_by.to_desk)
        }
    if case.frozen_by is not None:
        return _("%(desk)s to take it over or return it") % {
            "desk": wording.desk_name(case.frozen_by.to_desk)
        }
    if case.state == Case.State.SUSPENDED:
        return _("what was asked for, or the end of the ground; then %(desk)s goes on") % {
            "desk": wording.desk_name(case.holder)
        }
    if case.state == Case.State.DECIDED:
        return _("%(desk)s to tell the applicant and conclude it") % {
            "desk": wording.desk_name(case.accepting_desk)
        }
    if case.state == Case.State.FILED:
        return _("%(desk)s to accept it") % {"desk": wording.desk_name(case.holder)}
    if case.state in {Case.State.ACCEPTED, Case.State.IN_HAND}:
        if case.holder_id == case.competent_desk_id:
            return _("%(desk)s to decide") % {"desk": wording.desk_name(case.holder)}
        return _("%(desk)s to hand it over") % {"desk": wording.desk_name(case.holder)}
    return ""


def _told(
    line: Any,
    case: Case,
    offers: dict[str, Offer],
    names: dict[str, Both],
    free: dict[str, str],
    *,
    sees: bool,
) -> Line:
    entry = line.entry
    desk = str(names.get(entry.desk, entry.desk))
    made = offers.get(entry.subject.rpartition("offer:")[2]) if "/offer:" in entry.subject else None
    written = free.get(str(made.id) if made else "", "")
    payload = line.payload or {}
    told = story_states.act_words(entry.act, desk, case, payload, sees=sees)
    text, sub, kind = told or _words(entry.act, desk, case, made, names, payload, written)
    return Line(text, entry.at, sub=sub, kind=kind, seal=f"{entry.index:,}", url=f"/ledger/{entry.index}/")


def _words(
    act: str,
    desk: str,
    case: Case,
    made: Offer | None,
    names: dict[str, Both],
    payload: dict[str, Any],
    written: str,
) -> tuple[str, str, str]:
    """Return text, second line and kind of one act; `written` is its remark or reason, as far as it may be read."""
    said = {"desk": desk}
    other = {"to": names.get(made.to_desk_id, ""), "from": names.get(made.from_desk_id, "")} if made else {}
    match act:
        case "cases.case.filed":
            return _("Received at %(desk)s") % said, "", "done"
        case "cases.case.accepted":
            return _("Accepted at %(desk)s") % said, _("the applicant's promise begins"), "done"
        case "cases.offer.made" if made:
            crossing = _crossing(made)
            return (
                _("%(desk)s offered it to %(to)s") % {**said, **other},
                crossing,
                "border" if crossing else "done",
            )
        case "cases.offer.taken_over" if made:
            return _("%(desk)s took it over") % said, "", "done"
        case "cases.offer.returned" if made:
            text = _("%(desk)s returned it: %(reason)s") % {**said, "reason": words.reason_of(made)}
            return text, written, "bad"
        case "cases.offer.recalled":
            return _("%(desk)s recalled the offer") % said, "", "done"
        case "cases.offer.recall_asked":
            return _("%(desk)s asked the offer back") % said, "", "done"
        case "cases.offer.recall_too_late":
            return _("Asked back too late: %(desk)s had answered the offer before") % said, "", "bad"
        case "cases.consent.given":
            return _("%(desk)s recorded a consent") % said, "", "done"
        case "cases.consent.withdrawn":
            return _("%(desk)s recorded that a consent was withdrawn") % said, "", "bad"
        case "cases.dispute.opened":
            return _("In dispute: both coordination offices name a holder"), "", "bad"
        case "cases.holder.proposed":
            return _("%(desk)s proposed a holder") % said, "", "done"
        case "cases.holder.named":
            return _("%(desk)s agreed: a holder is named") % said, "", "done"
        case "cases.promise.moved":
            return story_states.why_moved(str(payload.get("why", ""))), _moved(payload), "done"
        case "cases.paper.added" | "cases.paper.reused":
            return _("%(desk)s took a paper in") % said, _paper(payload, case), "done"
        case "cases.paper.replaced":
            return _("%(desk)s replaced a paper") % said, _paper(payload, case), "done"
        case "cases.paper.opened":
            return _("%(desk)s opened a paper") % said, _paper(payload, case), "done"
        case "cases.file.exported":
            return _("%(desk)s had the case file made") % said, "", "done"
        case "cases.promise.recounted":
            return _("The promise was counted anew: the calendar was published"), _moved(payload), "done"
        case "cases.case.switched":
            return _("A new version applies to what is running"), str(payload.get("to", "")), "done"
        case "agreements.duty.moved":
            return _("A due was moved"), _moved(payload), "done"
        case "agreements.duty.suspended":
            return _("What is owed stands still"), _ground(payload), "bad"
        case "agreements.duty.resumed":
            return _("What is owed runs on"), "", "done"
        case "cases.sight.settled":
            return _("Who may see what was judged anew"), "", "done"
        case "agreements.duty.recounted":
            return _("A due was counted anew: the calendar was published"), "", "done"
        case "agreements.duty.reminded":
            return _("Reminder rung"), "", "done"
        case "agreements.duty.escalated":
            step = wording.STEPS.get(str(payload.get("step", "")), "")
            return _("Late: escalated"), str(step), "bad"
    return act_words.words(act), "", "done"


def _paper(payload: dict[str, Any], case: Case) -> str:
    """Return which paper it is, as far as the reader may see it."""
    names = {
        kind["id"]: pick(kind["name"]["zh"], kind["name"]["en"]) for kind in case.procedure.body["papers"]
    }
    return names.get(str(payload.get("kind", "")), "")


def _ground(payload: dict[str, Any]) -> str:
    """Return why a clock stands still, as far as the reader may see it."""
    return count_story.pause_words(str(payload["ground"]), {}) if payload.get("ground") else ""


def _moved(payload: dict[str, Any]) -> str:
    """Return from when to when, as far as the reader may see it."""
    if not {"old", "new"} <= set(payload):
        return ""
    return " → ".join(
        wording.due_moment(datetime.fromisoformat(str(payload[name]))) for name in ("old", "new")
    )


def _said(offers: list[Offer], *, moved: bool) -> str:
    if not moved:
        return _("not handed over yet") if not offers else _("handed over before, and given back")
    n = len(offers)
    return ngettext("hand-over no. %(n)d", "hand-over no. %(n)d", n) % {"n": n}


def _side(desk: Desk, said: str, reader: str) -> str:
    province = _province(desk)
    parts = [province, said] if province else [said]
    if desk.id == reader:
        parts.append(_("you are here"))
    return pick("　", " · ").join(parts)


def _crossing(made: Offer) -> str:
    giver, receiver = _province(made.from_desk), _province(made.to_desk)
    if giver and receiver and giver != receiver:
        return _("crossed the boundary %(from)s → %(to)s") % {"from": giver, "to": receiver}
    return ""


def _province(desk: Desk) -> str:
    place = desk.jurisdiction
    above = place.parent if place and place.parent else place
    return pick(above.short_zh, above.short_en) if above else ""


def _place(desk: Desk) -> str:
    place = desk.jurisdiction
    return pick(place.short_zh, place.short_en) if place else ""

"""What states, outcomes and acts of cases are called, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases.models import Case, Dispute, Joint, Offer, Procedure
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.shared.named import pick

Words = str | Promise
NOT_READ = (
    "not_read"  # before a code of `UNREAD`, as the reason of a return that the other node gave by itself
)

UNREAD: dict[str, Words] = {
    "unknown_procedure": _("this version of the procedure is not known there"),
    "other_procedure": _("this version of the procedure says something else there"),
    "unknown_text": _("the agreement is not known there in this version"),
    "other_text": _("an agreement says something else there"),
    "unknown_desk": _("a desk that the case names is not known there"),
    "no_clause_binds": _("no clause that is known there binds both offices for such a case"),
    "not_applied": _("the other node could not apply it"),
}

GAP = "＿＿＿"  # not ui: what a text for notices leaves to be filled in by hand

STATES: dict[str, Words] = {
    Case.State.DRAFT: _("Draft"),
    Case.State.FILED: _("Received"),
    Case.State.ACCEPTED: _("Accepted"),
    Case.State.IN_HAND: _("In progress"),
    Case.State.SUSPENDED: _("Suspended"),
    Case.State.DECIDED: _("Decided"),
    Case.State.CLOSED: _("Concluded"),
    Case.State.NOT_ACCEPTED: _("Refused acceptance"),
    Case.State.WITHDRAWN: _("Withdrawn"),
    Case.State.VOID: _("Void"),
}
OFFER_STATES: dict[str, Words] = {
    Offer.State.OFFERED: _("Waiting to be taken over"),
    Offer.State.TAKEN_OVER: _("Taken over"),
    Offer.State.RETURNED: _("Returned"),
    Offer.State.RECALLED: _("Recalled"),
    Offer.State.STALE: _("Made under an older state of the case"),
}
ASKED_BACK = _("Asked back, waits for the other node")  # an offer, by its sender
DISPUTE_STATES: dict[str, Words] = {
    Dispute.State.OPEN: _("Waits for a holder to be named"),
    Dispute.State.NAMED: _("A holder is named"),
    Dispute.State.LAPSED: _("Ended without a name"),
}
OUTCOMES: dict[str, Words] = {"granted": _("Granted"), "refused": _("Refused")}
REVIEW_OUTCOMES: dict[str, Words] = {
    "upheld": _("Upheld"),
    "changed": _("Changed to the other outcome"),
    "sent_back": _("Sent back for a new decision"),
}
JOINT_STATES: dict[str, Words] = {
    Joint.State.PUT: _("Waits for the other office"),
    Joint.State.AGREED: pgettext_lazy("joint decision", "Agreed"),
    Joint.State.DIFFERED: pgettext_lazy("joint decision", "Differed"),
    Joint.State.LAPSED: pgettext_lazy("joint decision", "Lapsed"),
}
ALL_OUTCOMES = OUTCOMES | REVIEW_OUTCOMES


def state_of(case: Case, *, asked_back: bool = False) -> Words:
    """Return the case's state in words; an open offer says more than the state beneath it."""
    if case.frozen_by_id is not None:
        return ASKED_BACK if asked_back else OFFER_STATES[Offer.State.OFFERED]
    if case.state == Case.State.DECIDED and case.outcome:
        return ALL_OUTCOMES.get(case.outcome, STATES[Case.State.DECIDED])
    return STATES.get(case.state, case.state)


def ground(form: ProcedureFile, code: str) -> str:
    """Return a listed ground in words; empty for none."""
    grounds = {each.id: str(each.name) for each in (*form.suspend, *form.not_accept)}
    return grounds.get(code, code)


def papers(form: ProcedureFile, ids: list[str]) -> str:
    """Return papers by name, as a list in one line."""
    names = {paper.id: str(paper.name) for paper in form.papers}
    return pick("、", ", ").join(names.get(each, each) for each in ids)


def title(procedure: Procedure) -> str:
    """Return the procedure's title."""
    return pick(procedure.title_zh, procedure.title_en)


def clause_title(clause: Clause) -> str:
    """Return a clause as a page quotes it: the agreement's title and the clause's number."""
    instrument = clause.version.instrument
    title = pick(instrument.title_zh, instrument.title_en)
    return gettext("%(agreement)s, clause %(n)d") % {"agreement": title, "n": clause.ordinal}


def clause_url(clause: Clause) -> str:
    """Return where the clause can be read."""
    return f"/agreements/{clause.version_id}/#{clause.name}"


def reasons(clause: Clause) -> dict[str, Any]:
    """Return the listed reasons for a return, by code."""
    read = rulebook.read_clause(clause)
    return dict(read.refuse_reasons) if isinstance(read, Handle) else {}


def reason_of(offer: Offer) -> str:
    """Return why an offer was returned, in words."""
    why, _colon, code = offer.reason.partition(":")
    if why == NOT_READ:
        return gettext("it could not be taken in at the other node: %(why)s") % {"why": not_read(code)}
    return str(reasons(offer.clause).get(offer.reason, offer.reason)) if offer.reason else ""


def not_read(code: str) -> str:
    """Return why a node could not take a case in, in words; the code where nobody has words."""
    return str(UNREAD.get(code, code))

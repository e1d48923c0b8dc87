"""Who may say that something was done with a case: each desk what is its own to do, and no more.

The holder suspends, goes on and decides; the accepting desk speaks for the applicant and closes; who reviews says how
the review ended. What comes late, under an older epoch, comes from the desk that held the case then.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import crossing, crossing_trust
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange import lines, nodes
from tongxin.heart.exchange.models import Message
from tongxin.shared.errors import Refused

OF_ACCEPTING = {"asked_supplied", "case_withdrawn", "review_withdrawn", "case_closed", "decision_reviewed"}
OF_REVIEWER = {"review_result"}


def need(case: Case, letter: lines.Letter, event: str) -> None:
    """Raise Refused unless a desk may say that this was done with a case, under the epoch that it names."""
    if event in OF_ACCEPTING:
        fits = letter.from_desk == case.accepting_desk_id
    elif event in OF_REVIEWER:
        fits = _reviews(case, letter)
    elif letter.epoch == case.epoch:
        fits = letter.from_desk == case.holder_id
    elif letter.epoch < case.epoch:
        fits = letter.from_desk in _held_under(case, letter.epoch)
    else:  # whether it can have the case is asked with the epoch (`crossing_trust.need_heir`)
        fits = letter.from_desk in crossing.desks_of(case)
    if not fits:
        raise crossing_trust.not_yours()


def need_reviewed(letter: lines.Letter) -> None:
    """Raise Refused unless the sender accepted the case that it files a review of, and the decision is known here."""
    first = Case.objects.filter(pk=letter.body["reviews"]).first()
    number = letter.body["decision"]
    if first is None or (number and not first.decisions.filter(number=number).exists()):
        raise Refused("no_such_case", _("No case of this number is known here."))
    if first.accepting_desk_id != letter.from_desk:
        raise crossing_trust.not_yours()


def _held_under(case: Case, epoch: int) -> set[str]:
    """Return the desks that had the case under an older epoch: who handed it over then, or took it over to it."""
    met = [each for each in crossing.hand_overs(case) if each["state"] in crossing_trust.GOING]
    gave = {each["from"] for each in met if each["epoch"] == epoch}
    took = {each["to"] for each in met if each["epoch"] == epoch - 1}
    return gave | took | ({case.accepting_desk_id} if epoch == 0 else set())


def _reviews(case: Case, letter: lines.Letter) -> bool:
    """Whether a desk reviews what was decided: as its review is known here, or as the accepting desk's node says."""
    number = str(letter.body["review"])
    known = case.reviewed_by.filter(pk=number).first()
    if known is not None:
        return known.holder_id == letter.from_desk
    told = Message.objects.filter(
        thread=letter.thread, kind="review", from_desk=case.accepting_desk_id, body__review=number
    )
    return nodes.home_of(letter.from_desk) == nodes.home_of(case.accepting_desk_id) and told.exists()

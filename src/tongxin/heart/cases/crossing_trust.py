"""Who is believed when another node says of a case that it changed hands, and what a desk there may add to it.

A case changes hands by an answer to an offer, by a review that sends it back, or by both coordination offices. Whoever
says that it did, under a higher epoch than is known here, has to be one whom this node knows to be able to.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import crossing, states
from tongxin.heart.cases.crossing_form import Facts, HandOver
from tongxin.heart.cases.disputes import COORDINATION
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.cases.procedures import number_prefix
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.models import DeskHome
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import Refused

GOING = ("offered", "taken_over")  # hand-overs whose receiver may have the case


def not_yours() -> Refused:
    """The refusal of what a desk may not say."""
    return Refused("not_yours", _("The desk that says this has no part in the case that would let it."))


def need_heir(case: Case, sender: str, holder: str, epoch: int, told: Iterable[HandOver] = ()) -> None:
    """Raise Refused unless a desk at a peer may say that `holder` has the case under `epoch`.

    What is no higher than the epoch here says nothing new of the holder. `told`: the hand-overs that it names.
    """
    peer = nodes.home_of(sender)
    if epoch <= case.epoch or peer is None:
        return
    if _by_review(case, sender, holder, epoch) or _by_offices(case, peer, holder):
        return
    if nodes.home_of(case.holder_id) is None:
        believed = nodes.home_of(holder) is not None and _answers_own(case, peer, holder, list(told))
    else:
        believed = peer == nodes.home_of(case.holder_id) or peer in _offered_to(case)
    if not believed:
        raise not_yours()


def need_named(case: Case, office: str, holder: str, epoch: int, both: object) -> None:
    """Raise Refused unless this naming of a holder is that of both coordination offices of a dispute known here.

    Where one of them works here, it has proposed this very holder itself, and waited for the other's answer.
    """
    for row in case.disputes.all():
        pair = {row.one_office_id, row.other_office_id}
        if office not in pair or not isinstance(both, list) or not set(map(str, both)) <= pair:
            continue
        if row.state == Dispute.State.NAMED:
            fits = (row.holder_id, row.epoch) == (holder, epoch)  # the same word to another desk here
        elif pair - nodes.away(pair):
            fits = _proposed_here(row, pair, holder, epoch)
        else:  # the offices may not have heard yet that the holder decided, and the dispute lapsed
            goes_on = row.state == Dispute.State.OPEN or case.state not in states.ENDED
            fits = goes_on and set(map(str, both)) == pair and holder in crossing.desks_of(case)
        if fits:
            return
    raise not_yours()


def need_own_number(told: Facts) -> None:
    """Raise Refused for a case number that is not of the accepting desk's place, or of a place that works here."""
    place = told.accepting.partition("/")[0]
    prefix = told.case.partition("-")[0]
    here = Desk.objects.exclude(id__in=DeskHome.objects.values("desk_id")).exclude(role_id=COORDINATION)
    places = here.order_by().values_list("jurisdiction_id", flat=True).distinct()
    own = {number_prefix(str(each)) for each in places} if number_prefix(place) == prefix else {prefix}
    if prefix in own:
        raise Refused("number_not_yours", _("A case of this number is not accepted by that desk."))


def gives(case: Case, sender: str) -> bool:
    """Whether a desk's word counts for what was given: the holder, the accepting desk, who handed it over."""
    givers = case.offers.filter(state__in=GOING).values_list("from_desk_id", flat=True)
    return sender in {case.holder_id, case.accepting_desk_id, *givers}


def is_accepting(case: Case, sender: str) -> bool:
    """Whether a desk speaks for the applicant: it works where the accepting desk works, which is not here."""
    home = nodes.home_of(case.accepting_desk_id)
    return home is not None and home == nodes.home_of(sender)


def _answers_own(case: Case, peer: str, holder: str, told: list[HandOver]) -> bool:
    """Whether the open offer of the holder here, to a desk away, may have led to who is named."""
    made = Offer.objects.filter(pk=case.frozen_by_id).first() if case.frozen_by_id else None
    home = nodes.home_of(made.to_desk_id) if made is not None else None
    if made is None or home is None:
        return False
    if peer == home:
        return True
    if all((each.id, each.state) != (str(made.id), "taken_over") for each in told):
        return False
    reached = {made.to_desk_id}
    for each in sorted(told, key=lambda one: one.epoch):
        if each.state == "taken_over" and each.giver in reached:
            reached.add(each.to)
    return holder in reached


def _offered_to(case: Case) -> set[str]:
    """Return the nodes of the desks to which the case went, or may have gone, from the holder known here."""
    met = [(each["state"], each["epoch"], each["to"]) for each in crossing.hand_overs(case)]
    desks = {to for state, epoch, to in met if state in GOING and epoch >= case.epoch}
    return {home for home in map(nodes.home_of, desks) if home is not None}


def _by_review(case: Case, sender: str, holder: str, epoch: int) -> bool:
    """Whether a review that was filed against this case sends it back: one epoch up, to a desk with a part."""
    reviewing = case.reviewed_by.filter(holder_id=sender).exists()
    known = {case.competent_desk_id, *crossing.desks_of(case)}
    return reviewing and epoch == case.epoch + 1 and holder in known


def _by_offices(case: Case, peer: str, holder: str) -> bool:
    """Whether the offices of an open dispute both work elsewhere, one of them at this peer."""
    for row in case.disputes.filter(state=Dispute.State.OPEN):
        homes = {nodes.home_of(row.one_office_id), nodes.home_of(row.other_office_id)}
        if None not in homes and peer in homes:
            return holder in crossing.desks_of(case)
    return False


def _proposed_here(row: Dispute, pair: set[str], holder: str, epoch: int) -> bool:
    own = pair - nodes.away(pair)
    return any(
        each["office"] in own
        and each["holder"] == holder
        and not each["answer"]
        and epoch >= int(each["epoch"]) + 2
        for each in row.proposals
    )

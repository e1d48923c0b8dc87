"""The states of a case as one table (HEART §8): each act, from which states, to which, by whom, with what right.

There is no other way: every write of a state goes through `move`, and what a page offers comes from `allowed`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import Case
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, NotAllowed

S = Case.State
WORKING = (S.ACCEPTED, S.IN_HAND)
RUNNING = (*WORKING, S.SUSPENDED)
APPLICANT = "applicant"  # the post under which an applicant acts
ENDED = (S.CLOSED, S.NOT_ACCEPTED, S.WITHDRAWN, S.VOID)


@dataclass(frozen=True)
class Way:
    """One row. `who`: holder, accepting, competent (and holder), receiver (of an offer), reviewer (and holder), heart.

    `needs` is the capability of the post. `reviews`: for a review (True), for any other case (False), for both (None).
    """

    sources: tuple[str, ...]
    to: tuple[str, ...]
    who: str
    needs: str
    reviews: bool | None = False


WAYS: dict[str, Way] = {
    "accept": Way((S.FILED,), (S.ACCEPTED,), "holder", "file_case"),
    "not_accept": Way((S.FILED,), (S.NOT_ACCEPTED,), "holder", "file_case"),
    "void": Way((S.FILED,), (S.VOID,), "accepting", "file_case"),
    "offer": Way(WORKING, WORKING, "holder", "hand_over"),
    "take_over": Way(WORKING, (S.IN_HAND,), "receiver", "take_over"),
    "suspend": Way(WORKING, (S.SUSPENDED,), "holder", "perform", None),
    "resume": Way((S.SUSPENDED,), WORKING, "holder", "perform", None),
    "withdraw": Way((S.FILED, *RUNNING), (S.WITHDRAWN,), "accepting", "file_case", None),
    "decide": Way(WORKING, (S.DECIDED,), "competent", "decide"),
    "put_joint": Way((*WORKING, S.DECIDED), (), "competent", "decide"),  # the other desk's answer decides
    "conclude": Way((S.IN_HAND,), (S.DECIDED,), "reviewer", "review", True),
    "supersede": Way((S.DECIDED,), (S.DECIDED,), "competent", "decide"),
    "close": Way((S.DECIDED,), (S.CLOSED,), "accepting", "file_case", None),
    "review": Way(
        (S.DECIDED, S.CLOSED, S.NOT_ACCEPTED), (), "accepting", "file_case"
    ),  # a new case; this one stays
    "named": Way(WORKING, (S.IN_HAND,), "heart", ""),  # both coordination offices named the holder
    "accepted_by_review": Way(
        (S.NOT_ACCEPTED,), (S.ACCEPTED,), "heart", ""
    ),  # a review found that it is to be accepted
    "sent_back": Way(
        (S.DECIDED, S.CLOSED, S.NOT_ACCEPTED), (S.IN_HAND, S.FILED), "heart", ""
    ),  # a review ended so
}


def allowed(case: Case, desk: str, capabilities: Set[str]) -> frozenset[str]:
    """Return the acts that a desk's post may do now. Pure; an open offer leaves none, see `queries.possible`."""
    if case.frozen_by_id is not None:
        return frozenset()
    return frozenset(
        name
        for name, way in WAYS.items()
        if way.needs in capabilities
        and case.state in way.sources
        and _fits(case, way)
        and _is(case, way, desk)
    )


def filed_online(case: Case) -> bool:
    """Whether the applicant sent the application, with consent in the same act: no error of the accepting desk's."""
    return case.consents.filter(post=APPLICANT, given_at=case.filed_at).exists()


def need(case: Case, act: str, by: Acting) -> None:
    """Refuse unless the table lets the actor's desk do the act now."""
    way = WAYS[act]
    if not _is(case, way, by.desk):
        raise _not_yours(way)
    if case.frozen_by_id is not None:
        raise frozen()
    if case.state not in way.sources or not _fits(case, way):
        raise Conflict(
            "wrong_state",
            _("The case is not in a state in which this can be done."),
            todo=_("Reload the page to see where it stands."),
        )


def move(case: Case, act: str, to: str = "") -> None:
    """Write the state that an act leads to; `to` says which where the table leaves two."""
    way = WAYS[act]
    target = to or way.to[0]
    if case.state not in way.sources or target not in way.to:
        raise ValueError(f"no way {act} from {case.state} to {target}")
    case.state = target


def told(case: Case, state: str) -> None:
    """Write the state as the node tells it where the act was done; there the table was asked (`crossing_in`)."""
    case.state = state


def frozen() -> Conflict:
    """The case is offered to another desk."""
    return Conflict(
        "frozen_by_offer",
        _("The case is offered to another desk; until it answers, the offer can only be recalled."),
        todo=_("Wait for the answer, or recall the offer."),
    )


def _fits(case: Case, way: Way) -> bool:
    return way.reviews is None or way.reviews == (case.reviews_id is not None)


def _is(case: Case, way: Way, desk: str) -> bool:
    match way.who:
        case "holder":
            return case.holder_id == desk
        case "accepting":
            return case.accepting_desk_id == desk
        case "competent" | "reviewer":
            return case.holder_id == case.competent_desk_id == desk
    return False


def _not_yours(way: Way) -> NotAllowed:
    if way.who == "accepting":
        return NotAllowed(
            "not_accepting",
            _("Only the office that took the case in may do this; it stays the applicant's contact."),
            todo=_("Ask that office."),
        )
    return NotAllowed(
        "not_holder",
        _("Your desk does not hold this case now."),
        todo=_("Reload the page to see in whose hands it is."),
    )

"""The seat a session acts in: kept in the session, judged anew on each request."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import Seat, acting_in
from tongxin.heart.region.models import Person

SESSION_KEY = "seat"


def person_of(request: HttpRequest) -> Person | None:
    """Return who is logged in."""
    user: Person | AnonymousUser = request.user
    return user if isinstance(user, Person) else None


def must_enrol(person: Person) -> bool:
    """Return whether the person has to set up a second factor before acting."""
    return settings.REQUIRE_MFA and not is_mfa_enabled(person)


def seated(request: HttpRequest, person: Person, seats: list[Seat]) -> Acting | None:
    """Return the actor of the seat the session chose, if it is still held.

    Who holds one post only need not choose: its first desk is the office's own. A post that somebody stands in for is
    always chosen.
    """
    chosen = request.session.get(SESSION_KEY)
    seat = next((s for s in seats if s.code == chosen), None)
    if seat is None and len({s.post.id for s in seats if s.substitution is None}) == 1:
        seat = seats[0]
    if seat is None:
        return None
    lent = tuple((s.post.id, s.desk.id) for s in seats if s.substitution is not None and s.code != seat.code)
    return acting_in(seat, person=person, also=lent)


def choose(request: HttpRequest, seat: Seat) -> None:
    """Act in this seat from the next request on. Forms opened before, in the other post, are no longer taken.

    The session gets another number: who knew the one before does not act in the new post.
    """
    if request.session.get(SESSION_KEY) != seat.code:
        request.session.cycle_key()
        request.session[SESSION_KEY] = seat.code
        rotate_token(request)

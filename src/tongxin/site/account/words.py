"""Names of seats, in the language of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from tongxin.heart.region.holdings import FALLBACK_ROLE, Seat
from tongxin.heart.region.models import Post
from tongxin.site.look.names import language, named


def post_name(post: Post) -> str:
    """Return `office · post`."""
    office = post.office
    short = office.short_en if language() == "en" else office.short_zh
    return f"{short} · {named(post)[0]}"


def seat_name(seat: Seat) -> str:
    """Return `office · post`, and the desk where it is not the office's own."""
    office, en = seat.post.office, language() == "en"
    text = post_name(seat.post)
    if seat.desk.jurisdiction_id != office.jurisdiction_id or seat.desk.role.name_zh not in office.name_zh:
        text += f" ({desk_name(seat)})" if en else f"（{desk_name(seat)}）"
    return text


def choices(held: Sequence[Seat]) -> list[tuple[str, str]]:
    """Return seats to choose from, by code: of a post with several, each says for whom it acts.

    A coordination office acts for itself, for desks that it staffs, and for those that no office does.
    """
    several = {post for post, n in Counter(seat.post.id for seat in held).items() if n > 1}
    return [
        (seat.code, _stood_in(seat, _for_whom(seat) if seat.post.id in several else seat_name(seat)))
        for seat in held
    ]


def shown_name(seat: Seat) -> str:
    """Return the name of a seat for the top bar: one that somebody stands in for says so."""
    return _stood_in(seat, seat_name(seat))


def _stood_in(seat: Seat, name: str) -> str:
    """Return the name of a seat, with word that one stands in there."""
    return _("%(post)s, standing in") % {"post": name} if seat.substitution is not None else name


def _for_whom(seat: Seat) -> str:
    said = {"post": post_name(seat.post), "desk": desk_name(seat)}
    own = seat.desk.role_id == FALLBACK_ROLE and seat.desk.jurisdiction_id == seat.post.office.jurisdiction_id
    return _("%(post)s, for the office itself") % said if own else _("%(post)s, for %(desk)s") % said


def desk_name(seat: Seat) -> str:
    """Return the name of the seat's desk: its place or group, and its role."""
    where = seat.desk.jurisdiction or seat.desk.group
    return f"{named(where)[0]} · {named(seat.desk.role)[0]}"

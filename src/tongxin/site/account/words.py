"""Names of seats, in the language of the page."""

from __future__ import annotations

from tongxin.heart.region.holdings import Seat
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


def desk_name(seat: Seat) -> str:
    """Return the name of the seat's desk: its place or group, and its role."""
    where = seat.desk.jurisdiction or seat.desk.group
    return f"{named(where)[0]} · {named(seat.desk.role)[0]}"

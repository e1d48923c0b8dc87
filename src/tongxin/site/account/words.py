"""Names of seats, in the language of the page."""

from __future__ import annotations

from tongxin.heart.region.holdings import Seat
from tongxin.site.look.names import language, named


def seat_name(seat: Seat) -> str:
    """Return `place · office · post`, and the desk where it is not the office's own."""
    office = seat.post.office
    en = language() == "en"
    short = office.short_en if en else office.short_zh
    text = f"{short} · {named(seat.post)[0]}"
    if seat.desk.jurisdiction_id != office.jurisdiction_id or seat.desk.role.name_zh not in office.name_zh:
        text += f" ({desk_name(seat)})" if en else f"（{desk_name(seat)}）"
    return text


def desk_name(seat: Seat) -> str:
    """Return the name of the seat's desk: its place or group, and its role."""
    where = seat.desk.jurisdiction or seat.desk.group
    return f"{named(where)[0]} · {named(seat.desk.role)[0]}"

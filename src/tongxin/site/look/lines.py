"""Lines of long tables: hundreds on a page, so they are put together here and not tag by tag in a template."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.shared.named import pick
from tongxin.site.look import marks
from tongxin.site.look.times import instant


def tie_lines(ties: Iterable[Any], made_up: str) -> SafeString:
    """Return the lines of the table of ties (`site.ties.TieRow`); `made_up` is the tag of what is illustrative."""
    field, open_, late, wait = (
        _head(word) for word in (_("Field"), _("Open duties"), _("Late"), _("Receipts awaited"))
    )
    places: dict[str, str] = {}
    return SafeString(
        "".join(
            f'<tr{_late(it)}><th scope="row">{_between(it, places, made_up)}</th><td>{field}{_petal(it)}</td>'
            f'<td class="num">{open_}{it.count}</td><td class="num">{late}{it.overdue}</td>'
            f'<td class="num">{wait}{it.waiting}</td></tr>'
            for it in ties
        )
    )


def region_lines(rows: Iterable[Any], made_up: str) -> SafeString:
    """Return the lines of the region's board (`site.ties.RegionRow`): ties with what waits for a decision."""
    heads = (_("Open duties"), _("Late"), _("Receipts awaited"), _("Conflicts of clauses"))
    figures = [_head(word) for word in (*heads, _("On the leaders' agenda"))]
    field, offices = _head(_("Field")), _head(_("Coordination offices"))
    places: dict[str, str] = {}
    lines = []
    for row in rows:
        it = row.tie
        counts = (it.count, it.overdue, it.waiting, row.conflicts, row.agenda)
        cells = "".join(f'<td class="num">{head}{n:,}</td>' for head, n in zip(figures, counts, strict=True))
        lines.append(
            f'<tr{_late(it)}><td>{field}{_petal(it)}</td><th scope="row">{_between(it, places, made_up)}</th>'
            f"{cells}<td>{offices}{escape(' · '.join(row.offices))}</td></tr>"
        )
    return SafeString("".join(lines))


def version_lines(versions: Iterable[Any], register: str, made_up: str) -> SafeString:
    """Return the lines of the list of agreements in force: title, since when, and the tag of illustrative terms."""
    lines = []
    for it in versions:
        title = escape(pick(it.instrument.title_zh, it.instrument.title_en))
        since = _("in force from %(day)s") % {"day": escape(instant(it.in_force_from, "date"))}
        lines.append(
            f'<li><div><h3><a href="{register}{it.id}/">{title}</a></h3>'
            f'<p class="meta"><span>{since}</span>{made_up if it.illustrative else ""}</p></div></li>'
        )
    return SafeString("".join(lines))


def register_lines(rows: Iterable[Any], register: str, made_up: str) -> SafeString:
    """Return the lines of the register (`agreements.register.Row`); `made_up` is the tag of illustrative terms."""
    heads = (_("Parties"), _("Dates in force"), _("Clauses"), _("Kept in 12 months"))
    parties, dates, clauses, kept = (_head(word) for word in heads)
    unpublished = _("Terms not published")
    names: dict[int, str] = {}
    lines = []
    for n, row in enumerate(rows):
        it = row.version
        title = escape(pick(it.instrument.title_zh, it.instrument.title_en))
        for party in row.parties:  # one name a party, however many lines have it
            if id(party) not in names:
                names[id(party)] = escape(str(party))
        tags = f" {made_up}" if it.illustrative else ""
        if it.provenance.get("terms") == "unpublished":
            tags += f' <span class="tag">{escape(unpublished)}</span>'
        lines.append(
            f'<tr><th scope="row"><span class="petal {it.instrument.field}"><a href="{register}{it.id}/">{title}</a>'
            f'</span><span class="sub"><span class="mono">{it.id}</span>{tags}</span></th>'
            f"<td>{parties}{' · '.join(names[id(party)] for party in row.parties)}</td>"
            f'<td class="nowrap">{dates}{_days(it)}</td><td class="num">{clauses}{row.clauses}</td>'
            f"<td>{kept}{_kept(row, n)}</td></tr>"
        )
    return SafeString("".join(lines))


def _days(version: Any) -> str:
    """Return between which days a version is in force."""
    since = instant(version.in_force_from, "day")
    if version.in_force_until:
        return escape(f"{since} – {instant(version.in_force_until, 'day')}")
    words = _("from %(day)s") % {"day": since}
    return escape(words)


def _kept(row: Any, n: int) -> str:
    """Return how an instrument was kept: its leaf, or why there is none; `n` makes the leaf's id unique."""
    if row.kept is not None and row.kept.total:
        field = row.version.instrument.field
        return marks.leaf(row.kept.share, row.kept.on_time, row.kept.total, field, f"r{n}")
    words = _("not shown for made-up terms") if row.kept is None else _("nothing was due")
    return f'<span class="muted">{escape(words)}</span>'


def _head(word: str) -> str:
    """Return a column's head as the cells carry it where the table is folded."""
    return f'<span class="col">{escape(word)}</span>'


def _late(tie: Any) -> str:
    return ' class="overdue"' if tie.overdue else ""


def _petal(tie: Any) -> str:
    return f'<span class="petal {tie.field}"><span>{escape(tie.field_name)}</span></span>'


def _between(tie: Any, places: dict[str, str], made_up: str) -> str:
    """Return who owes whom; each place is worded once."""
    for place in (tie.bound, tie.owed):
        if place.id not in places:
            places[place.id] = escape(pick(place.short_zh, place.short_en))
    said = f"{places[tie.bound.id]} → {places[tie.owed.id]}"
    return f"{said} {made_up}" if tie.illustrative else said

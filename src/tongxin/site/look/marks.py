"""The mark of the house (seven petals round a heart, filled from the heart out to the share kept) and the leaf."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import wording
from tongxin.shared.petals import FIELDS

PETAL = "M0-17C21-33 33-74 0-100C-33-74-21-33 0-17Z"
LEAF = "M0 7C14-3 56-2 76 7C56 16 14 17 0 7Z"


@dataclass(frozen=True)
class PetalState:
    """One petal: the share of its clauses kept in 12 months (None without clauses) and today's duties."""

    code: str
    share: float | None = None
    today: int = 0
    overdue: int = 0
    url: str = ""
    clauses: bool = False  # clauses in force, though there is no share to tell yet

    @property
    def name(self) -> str:
        """The field's name."""
        return str(wording.FIELD_NAMES[self.code])


def petal_states(given: Iterable[Any] | None) -> list[PetalState]:
    """Return all seven petals in the order of the mark; what is not given has no clause yet."""
    known: dict[str, PetalState] = {}
    for item in given or ():
        if isinstance(item, PetalState):
            known[item.code] = item
        else:
            known[item["code"]] = PetalState(
                **{k: item[k] for k in PetalState.__dataclass_fields__ if k in item}
            )
    return [known.get(code, PetalState(code)) for code in FIELDS]


def percent(share: float) -> str:
    """Return a share as a whole percentage; 100 % only when it is all."""
    whole = round(share * 100)
    return f"{99 if whole == 100 and share < 1 else whole}%"


def _petal(it: PetalState, turn: float, ref: str) -> SafeString:
    if it.share is None and not it.clauses:
        return format_html('<path class="none" transform="rotate({})" d="{}"/>', f"{turn:.2f}", PETAL)
    if it.share is None:
        return format_html(
            '<g class="{}" transform="rotate({})"><path class="p" d="{}"/></g>', it.code, f"{turn:.2f}", PETAL
        )
    return format_html(
        '<g class="{code}" transform="rotate({turn})"><clipPath id="{ref}"><circle r="{r}"/></clipPath>'
        '<path class="p" d="{d}"/><path class="f" clip-path="url(#{ref})" d="{d}"/></g>',
        code=it.code,
        turn=f"{turn:.2f}",
        ref=ref,
        r=f"{17 + 83 * max(0.0, min(1.0, it.share)):.1f}",
        d=PETAL,
    )


def _lines(it: PetalState) -> list[tuple[str, str]]:
    if it.share is None and not it.clauses:
        return [("name", it.name), ("sub", _("no clause yet"))]
    kept = _kept(it.share) if it.share is not None else _("no share yet")
    today = (
        ngettext("%(n)s today", "%(n)s today", it.today) % {"n": it.today} if it.today else _("none today")
    )
    if it.overdue:
        late = ngettext("%(n)s late", "%(n)s late", it.overdue) % {"n": it.overdue}
        return [
            ("name", it.name),
            ("sub", kept),
            ("hot", _("%(today)s, %(late)s") % {"today": today, "late": late}),
        ]
    return [("name", it.name), ("sub", kept), ("sub", today)]


def _kept(share: float) -> str:
    return _("%(share)s kept") % {"share": percent(share)}


def _tip(it: PetalState, place: int, drawn: SafeString) -> SafeString:
    angle = 2 * math.pi * place / len(FIELDS)
    x, y = 114 * math.sin(angle), -114 * math.cos(angle)
    anchor = "middle" if place == 0 else "start" if x > 0 else "end"
    y += -28 if place == 0 else 0 if y > 60 else -6
    lines = _lines(it)
    words = format_html_join(
        "",
        '<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>',
        ((f"{x:.1f}", f"{y + 15 * i:.1f}", kind, anchor, text) for i, (kind, text) in enumerate(lines)),
    )
    if not it.url:
        return drawn + words
    return format_html(
        '<a href="{}" aria-label="{}">{}{}</a>', it.url, " · ".join(t for _kind, t in lines), drawn, words
    )


def flower(
    given: Iterable[Any] | None, ref: str, *, large: bool = False, count: int | None = None
) -> SafeString:
    """Return the mark; the large one carries names, shares and today's duties, and the agreements in its heart."""
    states = petal_states(given)
    drawn = [_petal(it, 360 * i / len(states), f"{ref}{i}") for i, it in enumerate(states)]
    if not large:
        body = SafeString("".join(drawn))
        return format_html(
            '<svg class="flower" viewBox="-104 -104 208 208" aria-hidden="true">{}<circle class="heart" r="13"/></svg>',
            body,
        )
    label = _(
        "The flower: each petal is a field of cooperation, filled from the heart outwards to the share of its "
        "clauses kept in the last 12 months"
    )
    tips = SafeString("".join(_tip(it, i, drawn[i]) for i, it in enumerate(states)))
    heart = (
        format_html('<text class="heart-t" text-anchor="middle" y="5" font-size="13">{}</text>', count)
        if count is not None
        else ""
    )
    return format_html(
        '<svg class="flower large" viewBox="-186 -156 372 306" role="group" aria-label="{}">'
        '<circle class="guide" r="100"/><circle class="guide" r="58.5"/>{}<circle class="heart" r="15"/>{}</svg>',
        label,
        tips,
        heart,
    )


def leaf(share: float | None, n: int | None, total: int | None, code: str, ref: str) -> SafeString:
    """Return the leaf with its number: the share kept and n of total; no percentage under five."""
    fill = ""
    if share is not None:
        width = f"{76 * max(0.0, min(1.0, share)):.1f}"
        fill = format_html(
            '<clipPath id="{ref}"><rect x="0" y="-2" width="{width}" height="18"/></clipPath>'
            '<path class="leaf" d="{d}"/><path class="fill" d="{d}" clip-path="url(#{ref})"/>',
            ref=ref,
            width=width,
            d=LEAF,
        )
    else:
        fill = format_html('<path class="leaf" d="{}"/>', LEAF)
    counted = _("%(n)s of %(total)s") % {"n": n, "total": total} if n is not None and total else ""
    if share is None or (total is not None and total < 5):
        words = format_html("<b>{}</b>", counted) if counted else format_html("{}", _("no duty yet"))
    else:
        words = format_html("<b>{}</b> {}", percent(share), counted)
    return format_html(
        '<span class="meter {}"><svg viewBox="0 0 76 14" aria-hidden="true">{}</svg>{}</span>',
        code,
        fill,
        words,
    )


_BELL_BODY = "M10 2.5a5 5 0 0 0-5 5c0 4-1.8 5.5-1.8 5.5h13.6S15 11.5 15 7.5a5 5 0 0 0-5-5z"
BELL = format_html(
    '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="{}M8.2 16a2 2 0 0 0 3.6 0"/></svg>', _BELL_BODY
)

"""The lines of a board: a hundred and more on a page, so they are put together here and not by a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.site.look.clocks import chip, chip_html
from tongxin.site.look.times import due


@dataclass(frozen=True)
class Page:
    """What all lines of a page share: this address without its row, the chosen row, the own desk, the instant."""

    here: str
    chosen: str
    desk: str
    now: datetime

    def link(self, key: str) -> str:
        """Return the address that chooses a row."""
        return escape(f"{self.here}{'' if self.here == '?' else '&'}row={key}#chosen")


def board_lines(items: Iterable[Mapping[str, Any]], group: str, page: Page) -> SafeString:
    """Return the lines of one group.

    An item is a `row` (`site.board_parts.Row`) with the names that were worded for it: `bound`, `owed`, `clauses`.
    """
    words = {
        "who": _head(_("To whom")),
        "under": _head(_("Under")),
        "mine": escape(_("my office")),
        "own": f'<span class="muted">{escape(_("own case"))}</span>',
        "view": escape(_("View")),
        "drill": f' <span class="tag">{escape(_("Drill"))}</span>',
        "forecast": f'<span class="sub">{escape(_("by forecast: when the receiver needs it"))}</span>',
    }
    return SafeString(
        "".join(
            f"<tr{_classes(item['row'], page)}>\n<td>{_clock(item['row'], group, page, words)}</td>\n"
            f'<th scope="row">{_what(item["row"], page, words)}</th>\n'
            f"<td>{words['who']}{_whom(item, group, page, words)}</td>\n"
            f"<td>{words['under']}{_clauses(item, words)}</td>\n"
            f'<td class="num">{_button(item["row"], group, words)}</td></tr>'
            for item in items
        )
    )


def _head(word: str) -> str:
    return f'<span class="col">{escape(word)}</span>'


def _classes(row: Any, page: Page) -> str:
    late = "overdue" if row.state == "open" and row.due_at and row.due_at < page.now else ""
    chosen = "chosen" if row.key == page.chosen else ""
    said = " ".join(name for name in (late, chosen) if name)
    return f' class="{said}"' if said else ""


def _clock(row: Any, group: str, page: Page, words: Mapping[str, str]) -> str:
    if row.state == "open" and not row.due_at:
        shown = f'<span class="muted">{escape(_("no time limit"))}</span>'
    else:
        shown = chip_html(chip(row.state, row.due_at, row.opened_at, page.now, row.done_at))
    if group == "waiting":
        by = _("theirs, by %(at)s") % {"at": due(row.due_at, "near")}
        return f'{shown}<span class="sub">{escape(by)}</span>'
    return shown + (words["forecast"] if row.rule == "needed_by" else "")


def _what(row: Any, page: Page, words: Mapping[str, str]) -> str:
    here = ' aria-current="true"' if row.key == page.chosen else ""
    note = f" · {escape(row.note)}" if row.note else ""
    said = (
        f'<a href="{page.link(row.key)}"{here}>{escape(row.text)}</a>{words["drill"] if row.drill else ""}'
        f'<span class="sub">{escape(row.about)} <span class="mono nowrap">{escape(row.number)}</span>{note}</span>'
    )
    if row.carries:
        carried = _("to carry: %(what)s") % {"what": " · ".join(row.carries)}
        said += f'<span class="sub">{escape(carried)}</span>'
    if row.conflict and row.duty:
        url, name = reverse("conflict", args=[row.conflict]), escape(_("conflict of clauses"))
        said += f'<span class="sub"><a class="tag" href="{url}">{name}</a></span>'
    return said


def _whom(item: Mapping[str, Any], group: str, page: Page, words: Mapping[str, str]) -> str:
    row, bound, owed = item["row"], escape(item["bound"]), escape(item["owed"])
    if group == "waiting":
        to_us = row.owed is not None and row.owed.id == page.desk
        return f"{bound} → {words['mine'] if to_us else owed}"
    if row.owed is None:
        return f'<span class="muted">{words["mine"]}</span>'
    return owed if row.bound.id == page.desk else f"{bound} → {owed}"


def _clauses(item: Mapping[str, Any], words: Mapping[str, str]) -> str:
    if not item["clauses"]:
        return words["own"]
    named = "<br>".join(escape(clause) for clause in item["clauses"])
    return f'<span class="petal {item["row"].field}"><span>{named}</span></span>'


def _button(row: Any, group: str, words: Mapping[str, str]) -> str:
    if row.action:
        primary = " primary" if group == "now" else ""
        return f'<a class="btn{primary}" href="{escape(row.url)}">{escape(row.action)}</a>'
    return f'<a class="btn" href="{escape(row.url)}">{words["view"]}</a>' if row.url else ""

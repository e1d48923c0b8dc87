"""Template tags of the house; they are built in, no page needs to load them (listed in templates/README.md)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.shared import clock as the_clock
from tongxin.site import page_rules
from tongxin.site.look import board_lines as boards
from tongxin.site.look import bundle as bundles
from tongxin.site.look import clocks, lines, marks, names, times

register = template.Library()
_numbers = itertools.count(1)


def _number(context: Context) -> int:
    """Return the next number on this page, so that ids do not repeat and two renderings look the same."""
    request = context.get("request")
    if request is None:
        return next(_numbers)
    n: int = getattr(request, "look_number", 0) + 1
    request.look_number = n
    return n


@register.simple_tag
def bundle(entry: str) -> SafeString:
    """`{% bundle "shell" %}`: the style sheet and script of one entry of web/."""
    return bundles.tags(entry)


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """`{% csrf_token %}`: Django's own, and beside it the rules number that the page was made under."""
    request = context.get("request")
    token = CsrfTokenNode().render(context)
    return mark_safe(token + page_rules.hidden_fields(request) if request is not None else token)


@register.simple_tag(takes_context=True)
def form_to(context: Context, to: str = "", *args: Any, always: bool = False, **more: Any) -> SafeString:
    """`{% form_to "case_offer" case.number %}`: the address of a form, as `{% url %}` has it; none: the page's own.

    Where the page answers this form, the language switch sends it again as it is typed by then; with `always` also
    before that. Not for a form in which it matters by what button it was sent.
    """
    address = reverse(to, args=args, kwargs=more) if to else ""
    action = format_html('action="{}"', address) if to else mark_safe("")
    shell = context.get("shell")
    if shell is None or not shell.takes_form(address, always=always):
        return action
    return format_html('{} id="{}"', action, shell.language_form)


@register.simple_tag(takes_context=True)
def rules_meta(context: Context) -> SafeString:
    """`{% rules_meta %}`: in the head of a page of somebody at work, the rules number and what the page shows."""
    request = context.get("request")
    return page_rules.meta(request) if request is not None else SafeString("")


@register.simple_tag
def mark_icon() -> str:
    """The address of the mark as a picture, for the browser's tab."""
    return bundles.static_prefix() + "mark.svg"


@register.simple_tag
def clock(
    state: str,
    due_at: datetime | None = None,
    opened_at: datetime | None = None,
    now: datetime | None = None,
    done_at: datetime | None = None,
    since: datetime | None = None,
) -> SafeString:
    """`{% clock duty.state duty.due_at duty.opened_at done_at=… since=… %}`: the clock chip."""
    return clocks.chip_html(
        clocks.chip(
            str(state),
            due_at or None,
            opened_at or None,
            now or the_clock.now(),
            done_at or None,
            since or None,
        )
    )


@register.simple_tag(takes_context=True)
def flower(
    context: Context, petals: Iterable[Any] | None = None, size: str = "small", count: int | None = None
) -> SafeString:
    """`{% flower petals size="large" count=31 %}`: the mark; petals are PetalState or dicts with its fields."""
    return marks.flower(petals or None, f"f{_number(context)}-", large=size == "large", count=count)


@register.simple_tag(takes_context=True)
def leaf(
    context: Context, share: float | None, n: int | None = None, total: int | None = None, code: str = ""
) -> SafeString:
    """`{% leaf share n total "ecology" %}`: the share of clauses kept, as a leaf with its number."""
    return marks.leaf(share, n, total, code, f"m{_number(context)}")


@register.simple_tag
def madeup(what: str = "") -> SafeString:
    """`{% madeup %}` or `{% madeup "terms" %}` (data, terms, network): the dashed tag of what was made up."""
    return _madeup(what, get_language() or "")


@lru_cache(maxsize=32)
def _madeup(what: str, _language: str) -> SafeString:
    """Return the tag as it reads in the active language; a list shows it in every row."""
    words = {
        "": _("Illustrative"),
        "data": _("Illustrative data"),
        "terms": _("Illustrative terms"),
        "network": _("Illustrative network"),
    }[what]
    hover = _("Made for this demonstration, not published by any authority")
    return format_html('<span class="tag made-up" title="{}">{}</span>', hover, words)


@register.simple_tag
def tie_lines(ties: Iterable[Any]) -> SafeString:
    """`{% tie_lines ties %}`: the lines of the table of ties between places."""
    return lines.tie_lines(ties, madeup())


@register.simple_tag
def region_lines(rows: Iterable[Any]) -> SafeString:
    """`{% region_lines rows %}`: the lines of the region's board."""
    return lines.region_lines(rows, madeup())


@register.simple_tag(takes_context=True)
def board_lines(context: Context, group: Mapping[str, Any]) -> SafeString:
    """`{% board_lines group %}`: the lines of one group of a board; chosen row, own desk and instant are the page's."""
    chosen = context.get("chosen")
    page = boards.Page(
        query(context, row=None), chosen.key if chosen else "", str(context["me"]), context["now"]
    )
    return boards.board_lines(group["rows"], group["code"], page)


@register.simple_tag
def version_lines(versions: Iterable[Any]) -> SafeString:
    """`{% version_lines versions %}`: the lines of the list of agreements in force."""
    return lines.version_lines(versions, reverse("agreements"), madeup("terms"))


@register.simple_tag
def register_lines(rows: Iterable[Any]) -> SafeString:
    """`{% register_lines rows %}`: the lines of the register of agreements."""
    return lines.register_lines(rows, reverse("agreements"), madeup("terms"))


@register.filter
def named(thing: Any) -> str:
    """`{{ desk|named }}`: the name in the page's language, else the other one."""
    return names.named(thing)[0]


@register.filter
def named_html(thing: Any) -> SafeString:
    """`{{ desk|named_html }}`: as `named`, with a lang attribute when it had to take the other language."""
    return names.named_html(thing)


@register.filter
def instant(at: datetime | date | None, style: str = "table") -> str:
    """`{{ at|instant:"near" }}`: table (default), day, date, long, time, near, outside, iso; Beijing time."""
    return times.instant(at or None, style)


@register.filter
def due(at: datetime | None, style: str = "table") -> str:
    """`{{ duty.due_at|due:"near" }}`: as `instant`; the end of a day is that day's 24:00, not the next one's 00:00."""
    return times.due(at or None, style)


@register.simple_tag
def due_moment(at: datetime | None, style: str = "near") -> SafeString:
    """`{% due_moment duty.due_at "near" %}`: the same inside a `<time>` element with the exact instant."""
    return _timed(at, style, times.due)


@register.simple_tag
def moment(at: datetime | None, style: str = "near") -> SafeString:
    """`{% moment at "near" %}`: the same inside a `<time>` element with the exact instant."""
    return _timed(at, style, times.instant)


def _timed(at: datetime | None, style: str, told: Callable[[datetime, str], str]) -> SafeString:
    if not at:
        return SafeString("—")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        times.instant(at, "iso"),
        told(at, "long"),
        told(at, style),
    )


@register.filter
def lasting(length: timedelta | int | float | None) -> str:
    """`{{ duration|lasting }}`: 1小时30分 / 1 h 30 min; takes a timedelta or seconds."""
    return times.lasting(length)


@register.filter
def figure(value: int | float | None, places: int = 0) -> str:
    """`{{ n|figure }}`: a number for a table, comma every three digits, true minus; missing is —."""
    return "—" if value is None else f"{value:,.{places}f}".replace("-", "−")


@register.filter
def breakable(code: Any) -> SafeString:
    """`{{ entry.subject|breakable }}`: a code that may break after its own signs, for narrow columns."""
    parts = re.split(r"(?<=[./:@_])(?=.)", str(code))
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in parts))


@register.simple_tag(takes_context=True)
def sorthead(context: Context, key: str, label: str, css: str = "") -> SafeString:
    """`{% sorthead "due" _("Due") %}`: a column head whose button sorts; the order is in the address."""
    request = context.get("request")
    asked = request.GET.get("sort", "") if request is not None else ""
    asked = asked or str(context.get("sort", "") or "")
    order = {key: "ascending", f"-{key}": "descending"}.get(asked, "none")
    nxt = f"-{key}" if order == "ascending" else key
    return format_html(
        '<th scope="col" aria-sort="{}"{}><button class="sort" type="submit" form="sort" name="sort" value="{}" '
        'data-sort="{}">{}</button></th>',
        order,
        format_html(' class="{}"', css) if css else "",
        nxt,
        key,
        label,
    )


@register.inclusion_tag("parts/sortform.html", takes_context=True)
def sortform(context: Context) -> dict[str, Any]:
    """`{% sortform %}`: once a page, before a table with sort heads; carries the filters along."""
    request = context.get("request")
    kept: QueryDict = request.GET if request is not None else QueryDict()
    return {
        "kept": [(k, v) for k, values in kept.lists() if k not in {"sort", "page", "after"} for v in values]
    }


@register.inclusion_tag("parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """`{% error_summary form %}`: on top of a form that was sent back; a link to each field."""
    fields = [(bound, list(bound.errors)) for bound in form if bound.errors] if form.is_bound else []
    general = list(form.non_field_errors()) if form.is_bound else []
    told = [(bound, _label_of(bound), errors) for bound, errors in fields]
    return {"fields": told, "general": general, "count": sum(len(e) for _b, e in fields) + len(general)}


def _label_of(bound: BoundField) -> str:
    """Return the label as the summary says it before an error; a sentence to be ticked is not said again."""
    ticked = getattr(bound.field.widget, "input_type", "") == "checkbox" and not bound.use_fieldset
    return "" if ticked else str(bound.label)


_PLAIN = {"checkbox", "radio", "hidden", "file", "range"}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "", label: str = "", big: bool = False) -> dict[str, Any]:
    """`{% field form.name %}`: label, hint, error in between, control with aria-describedby."""
    kind = getattr(bound.field.widget, "input_type", "")
    group = bound.use_fieldset
    hint = hint or str(bound.help_text or "")
    ids = [f"{bound.auto_id}_hint"] if hint else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {}
    if kind not in _PLAIN and not group:
        given = str(bound.field.widget.attrs.get("class", ""))
        attrs["class"] = " ".join(c for c in ("input", "big" if big else "", given) if c)
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": hint,
        "hint_id": f"{bound.auto_id}_hint",
        "error_id": f"{bound.auto_id}_error",
        "check": kind == "checkbox" and not group,
        "group": group,
        "hidden": bound.is_hidden,
    }


@register.inclusion_tag("parts/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any]) -> dict[str, Any]:
    """`{% pages page %}`: which rows are shown, and the way to the next; keeps filters and order."""
    request = context.get("request")
    kept = request.GET.copy() if request is not None else QueryDict(mutable=True)
    kept.pop("page", None)
    query = kept.urlencode()
    return {"page": page, "at": f"?{query}&page=" if query else "?page="}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """`<a href="{% query status="open" page=None %}">`: this address with some parameters changed."""
    request = context.get("request")
    kept = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        kept.pop(key, None)
        if value not in (None, ""):
            kept[key] = str(value)
    return f"?{kept.urlencode()}"


@register.simple_tag
def bell() -> SafeString:
    """The drawing of the bell."""
    return SafeString(marks.BELL)

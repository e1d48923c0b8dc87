"""The screen of my office: what has to be done now, and why the chosen row is due when it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.agreements import jobs, rulebook, wording
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import words
from tongxin.heart.exchange import exports
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.region import queries as region
from tongxin.heart.region.models import Post
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.site import board_rows
from tongxin.site.board_rows import Board, Row
from tongxin.site.ties import tie_rows

EXPORTED = ("group", "what", "about", "bound", "owed", "due", "done", "clause", "illustrative")


@dataclass(frozen=True)
class Rung:
    """A row of the escalation: whom it rings, when, and whether it has rung."""

    words: str
    at: datetime
    rung: bool


@require_GET
@for_staff
def desk(request: StaffRequest) -> HttpResponse:
    """Show the board of the post's desk; a coordination office may look at its jurisdiction or the whole region."""
    reader = request.acting
    asked = _asked(request)
    now = clock.now()
    coordinates = board_rows.coordinates(reader)
    if asked["scope"] == "region" and coordinates:
        context = {
            "asked": asked,
            "coordinates": True,
            "ties": tie_rows(None, now),
            "fields": wording.FIELD_NAMES,
        }
        return render(request, "site/region_board.html", context)
    found = board_rows.board(reader, scope=asked["scope"], field_code=asked["field"], now=now)
    chosen = _chosen(found, request.GET.get("row", ""))
    on_duty = region.on_duty(reader.desk, now)
    context = {
        "asked": asked,
        "coordinates": coordinates,
        "desk": region.desk(reader.desk),
        "sentence": _sentence(found, on_duty),
        "on_duty": on_duty,
        "groups": _groups(found, asked["sort"]),
        "board": found,
        "chosen": chosen,
        "clause": _clause(chosen),
        "rungs": _rungs(chosen.duty) if chosen and chosen.duty and chosen.group != "done" else [],
        "fields": _fields(),
        "made_up": any(row.illustrative for row in found.rows),
        "key": new_key(),
        "now": now,
    }
    return render(request, "site/board.html", context)


@require_POST
@for_staff
def export(request: StaffRequest) -> HttpResponse:
    """Hand the board out as a file; that it left the house is an entry in the ledger."""
    asked = _asked(request)
    found = board_rows.board(request.acting, scope=asked["scope"], field_code=asked["field"])
    exports.record(
        by=request.acting,
        key=form_key(request),
        name="site.board.exported",
        subject=f"desk:{request.acting.desk}/board",
        rows=len(found.rows),
        fields=EXPORTED,
        filters=asked,
    )
    head = [
        _("Group"),
        _("What"),
        _("About"),
        _("Bound"),
        _("Owed"),
        _("Due"),
        _("Done"),
        _("Under"),
        _("Mark"),
    ]
    return exports.csv_response("board", head, [_exported(row) for row in found.rows])


def _asked(request: HttpRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    scope, field = given.get("scope", "desk"), given.get("field", "")
    return {
        "scope": scope if scope in (*board_rows.SCOPES, "region") else "desk",
        "field": field if field in wording.FIELD_NAMES else "",
        "sort": given.get("sort", "")[:20],
    }


def _fields() -> list[dict[str, Any]]:
    """Return the fields that have an instrument in force, for the filter."""
    there = {version.instrument.field for version in agreements.versions_in_force()}
    return [{"code": code, "name": name} for code, name in wording.FIELD_NAMES.items() if code in there]


def _groups(found: Board, sort: str) -> list[dict[str, Any]]:
    """Return the groups that have rows, each with its heading; another order works inside the groups."""
    shown = []
    for code, name in board_rows.GROUPS.items():
        rows = board_rows.sorted_by(found.groups[code], sort) if sort else found.groups[code]
        if not rows:
            continue
        count = found.done_today if code == "done" else len(rows)
        said = ""
        if code == "done" and found.done_today > len(rows):
            said = ngettext("the last %(n)d shown", "the last %(n)d shown", len(rows)) % {"n": len(rows)}
        named = [{"row": row, "clause": words.clause_title(row.clause) if row.clause else ""} for row in rows]
        shown.append({"code": code, "name": name, "count": count, "said": said, "rows": named})
    return shown


def _chosen(found: Board, key: str) -> Row | None:
    """Return the row that is asked for, else the first that has to be done."""
    rows = found.rows
    return next((row for row in rows if row.key == key), None) or next(iter(found.mine), None)


def _clause(chosen: Row | None) -> dict[str, str] | None:
    if chosen is None or chosen.clause is None:
        return None
    return {
        "title": words.clause_title(chosen.clause),
        "url": words.clause_url(chosen.clause),
        "text": pick(chosen.clause.text_zh, chosen.clause.text_en),
    }


def _rungs(duty: Duty) -> list[Rung]:
    """Return the escalation of a duty with what has rung."""
    after = rulebook.read_clause(duty.clause).if_late
    taken = dict(duty.rings.values_list("step", "at"))  # the ticker may have come later than the step was due
    return [
        Rung(str(wording.STEPS.get(step.name, step.name)), taken.get(step.name, step.at), step.name in taken)
        for step in jobs.steps(duty, after)
    ]


def _sentence(found: Board, on_duty: list[Post]) -> str:
    """Return the numbers as one sentence: late, due soon, today, waiting, who is on duty."""
    parts = []
    if found.overdue:
        parts.append(ngettext("%(n)d late", "%(n)d late", found.overdue) % {"n": found.overdue})
    if found.soon:
        parts.append(ngettext("%(n)d due soon", "%(n)d due soon", found.soon) % {"n": found.soon})
    today, waiting = found.today, len(found.groups["waiting"])
    parts.append(
        ngettext("%(n)d to do today", "%(n)d to do today", today) % {"n": today}
        if today
        else _("nothing to do today")
    )
    if waiting:
        said = ngettext("%(n)d waits for others", "%(n)d wait for others", waiting)
        parts.append(said % {"n": waiting})
    text = pick("，", ", ").join(parts)
    stop = pick("。", ".")
    if not on_duty:
        return text[:1].upper() + text[1:] + stop
    names = pick("、", ", ").join(pick(post.name_zh, post.name_en) for post in on_duty)
    return text[:1].upper() + text[1:] + stop + pick("", " ") + _("On duty: %(posts)s.") % {"posts": names}


def _exported(row: Row) -> list[Any]:
    def wall(at: datetime | None) -> str:
        return f"{clock.beijing(at):%Y-%m-%d %H:%M}" if at else ""

    return [
        board_rows.GROUPS[row.group],
        row.text,
        f"{row.about} {row.number}".strip(),
        wording.desk_name(row.bound),
        wording.desk_name(row.owed) if row.owed else "",
        wall(row.due_at),
        wall(row.done_at),
        words.clause_title(row.clause) if row.clause else "",
        _("Illustrative") if row.illustrative else "",
    ]

"""The screen of my office: what has to be done now, and why the chosen row is due when it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.agreements import duty_pages, rulebook, waiting, wording
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.duty_pages import Rung
from tongxin.heart.cases import words
from tongxin.heart.exchange import exports
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.ledger.remembered import remembered
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, Post
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.site import board_reads, board_rows
from tongxin.site.board_rows import Board, Row
from tongxin.site.ties import region_rows, tie_counts

EXPORTED = (
    "group",
    "what",
    "about",
    "bound",
    "owed",
    "due",
    "rule",
    "done",
    "clause",
    "carries",
    "note",
    "marks",
)
EXPORT_STRETCHES = 100  # of a hundred rows each
RULES: dict[str, Any] = {
    "due": gettext_lazy("the due"),
    "needed_by": gettext_lazy("when the receiver needs it"),
    "answer": gettext_lazy("the time to answer"),
}


@dataclass(frozen=True)
class Deadline:
    """One of the times of an errand; the earliest rules."""

    words: str
    at: datetime
    rules: bool


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
            "rows": region_rows(now, remembered(request, "ties:region", lambda: tie_counts(None, now))),
            "fields": wording.FIELD_NAMES,
        }
        return render(request, "site/region_board.html", context)
    part, after = asked["part"], board_reads.cursor(asked["after"])
    found = board_rows.board(
        reader,
        scope=asked["scope"],
        field_code=asked["field"],
        now=now,
        part=part,
        after=after,
        with_cases=remembered(request, f"cases:{reader.desk}", lambda: board_rows.holds_cases(reader)),
        kept=lambda name, compute: remembered(request, _name(name, reader, asked), compute),
    )
    chosen = _chosen(found, request.GET.get("row", ""))
    on_duty = remembered(request, f"on-duty:{reader.desk}", lambda: region.on_duty(reader.desk, now))
    context = {
        "asked": asked,
        "coordinates": coordinates,
        "desk": _desk(request),
        "sentence": _sentence(found, on_duty),
        "on_duty": on_duty,
        "groups": _groups(found, asked["sort"]),
        "waiting": remembered(
            request,
            f"sign:{reader.post}:{reader.desk}:{reader.person_id}",
            lambda: waiting.waiting_for(reader),
        ),
        "board": found,
        "chosen": chosen,
        "clause": _clause(chosen),
        "deadlines": _deadlines(chosen) if chosen else [],
        "rungs": _rungs(chosen) if chosen and chosen.duty and chosen.group != "done" else [],
        "more": {name: board_reads.cursor_text(place) for name, place in found.more.items()},
        "part": part,
        "rules": RULES,
        "me": reader.desk,
        "fields": _fields(request),
        "made_up": any(row.illustrative for row in found.rows),
        "key": new_key(),
        "now": now,
    }
    return render(request, "site/board.html", context)


def _name(what: str, reader: Acting, asked: dict[str, str]) -> str:
    """Return under which name something of a board is remembered: whose it is, how wide, which field."""
    return f"board-{what}:{reader.desk}:{reader.jurisdiction}:{asked['scope']}:{asked['field']}"


@require_POST
@for_staff
def export(request: StaffRequest) -> HttpResponse:
    """Hand the board out as a file; that it left the house is an entry in the ledger."""
    asked = _asked(request)
    rows = _every(request, asked)
    exports.record(
        by=request.acting,
        key=form_key(request),
        name="site.board.exported",
        subject=f"desk:{request.acting.desk}/board",
        rows=len(rows),
        fields=EXPORTED,
        filters={name: asked[name] for name in ("scope", "field", "sort")},
    )
    head = [
        _("Group"),
        _("What"),
        _("About"),
        _("Bound"),
        _("Owed"),
        _("Due"),
        _("Which time rules"),
        _("Done"),
        _("Under"),
        _("Required content"),
        _("Beside it"),
        _("Mark"),
    ]
    return exports.csv_response("board", head, [_exported(row) for row in rows])


def _every(request: StaffRequest, asked: dict[str, str]) -> list[Row]:
    """Return the rows of the board with what lies beyond its first stretch, up to ten thousand."""
    how: dict[str, Any] = {"scope": asked["scope"], "field_code": asked["field"], "now": clock.now()}
    found = board_rows.board(request.acting, **how)
    rows, more = {row.key: row for row in found.rows}, dict(found.more)
    for _stretch in range(EXPORT_STRETCHES):
        if not more:
            break
        part, place = more.popitem()
        following = board_rows.board(request.acting, **how, part=part, after=place)
        rows |= {row.key: row for row in following.rows if row.key not in rows}
        more |= following.more
    return list(rows.values())


def _asked(request: HttpRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    scope, field = given.get("scope", "desk"), given.get("field", "")
    return {
        "scope": scope if scope in (*board_rows.SCOPES, "region") else "desk",
        "field": field if field in wording.FIELD_NAMES else "",
        "sort": given.get("sort", "")[:20],
        "part": part if (part := given.get("part", "")) in board_reads.PARTS else "",
        "after": given.get("after", "")[:60],
    }


def _desk(request: StaffRequest) -> Desk:
    """Return the desk that acts; it stands among the seats that were looked up at the door."""
    seats = getattr(request, "seats", [])
    found = next((seat.desk for seat in seats if seat.desk.id == request.acting.desk), None)
    return found or region.desk(request.acting.desk)


def _fields(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the fields that have an instrument in force, for the filter."""
    there = remembered(request, "fields", lambda: agreements.fields_in_force(clock.now()))
    return [{"code": code, "name": name} for code, name in wording.FIELD_NAMES.items() if code in there]


def _groups(found: Board, sort: str) -> list[dict[str, Any]]:
    """Return the groups that have rows, each with its heading; another order works inside the groups."""
    shown = []
    names: dict[str, str] = {}
    for code, name in board_rows.GROUPS.items():
        rows = board_rows.sorted_by(found.groups[code], sort) if sort else found.groups[code]
        if not rows:
            continue
        count = found.done_today if code == "done" else len(rows)
        said = ""
        if code == "done" and found.done_today > len(rows):
            said = ngettext("the last %(n)d shown", "the last %(n)d shown", len(rows)) % {"n": len(rows)}
        named = [_named(row, names) for row in rows]
        shown.append({"code": code, "name": name, "count": count, "said": said, "rows": named})
    return shown


def _named(row: Row, names: dict[str, str]) -> dict[str, Any]:
    """Return a row with its names; each desk and each clause is worded once a page."""
    for desk in (row.bound, row.owed):
        if desk is not None and desk.id not in names:
            names[desk.id] = str(wording.desk_name(desk))
    for clause in row.clauses:
        if clause.id not in names:
            names[clause.id] = words.clause_title(clause)
    return {
        "row": row,
        "clauses": [names[clause.id] for clause in row.clauses],
        "bound": names[row.bound.id],
        "owed": names[row.owed.id] if row.owed else "",
    }


def _chosen(found: Board, key: str) -> Row | None:
    """Return the row that is asked for, else the first that has to be done."""
    rows = found.rows
    named = (row for row in rows if row.key == key or any(f"duty-{duty.pk}" == key for duty in row.duties))
    return next(named, None) or next(iter(found.mine), None)


def _clause(chosen: Row | None) -> dict[str, str] | None:
    if chosen is None or chosen.clause is None:
        return None
    return {
        "title": words.clause_title(chosen.clause),
        "url": words.clause_url(chosen.clause),
        "text": pick(chosen.clause.text_zh, chosen.clause.text_en),
    }


def _rungs(chosen: Row) -> list[Rung]:
    """Return the escalation of the ruling duty with what has rung."""
    duty = chosen.duty
    return duty_pages.rungs(duty, rulebook.read_clause(duty.clause)) if duty else []


def _deadlines(chosen: Row) -> list[Deadline]:
    """Return every time of the errand, earliest first: the dues of its clauses, and when the receiver needs it."""
    if chosen.rule == "answer":
        return []
    found = [(d.due_at, words.clause_title(d.clause)) for d in chosen.duties]
    found += [(d.needed_by, str(RULES["needed_by"])) for d in chosen.duties if d.needed_by]
    ordered = sorted(dict.fromkeys(found))
    return [Deadline(said, at, at == chosen.due_at) for at, said in ordered] if len(ordered) > 1 else []


def _sentence(found: Board, on_duty: list[Post]) -> str:
    """Return the numbers as one sentence: late, due soon, today, waiting, who is on duty."""
    parts = []
    if found.totals is not None:
        return _totals(found.totals, on_duty)
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
    return _said(parts, on_duty)


def _totals(totals: tuple[int, int, int], on_duty: list[Post]) -> str:
    """Return the sentence of a board that does not show every row: its duties, counted in the table."""
    total, late, waiting = totals
    parts = []
    if late:
        parts.append(ngettext("%(n)d late", "%(n)d late", late) % {"n": late})
    parts.append(ngettext("%(n)d duty open", "%(n)d duties open", total) % {"n": total})
    if waiting:
        parts.append(ngettext("%(n)d waits for others", "%(n)d wait for others", waiting) % {"n": waiting})
    return _said(parts, on_duty)


def _said(parts: list[str], on_duty: list[Post]) -> str:
    text = pick("，", ", ").join(parts)
    stop = pick("。", ".")
    said = text[:1].upper() + text[1:] + stop
    if not on_duty:
        return said
    names = pick("、", ", ").join(pick(post.name_zh, post.name_en) for post in on_duty)
    return said + pick("", " ") + _("On duty: %(posts)s.") % {"posts": names}


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
        RULES[row.rule],
        wall(row.done_at),
        " · ".join(words.clause_title(clause) for clause in row.clauses),
        " · ".join(row.carries),
        row.note,
        " · ".join(_marks(row)),
    ]


def _marks(row: Row) -> list[str]:
    marks = {_("Drill"): row.drill, _("Illustrative"): row.illustrative}
    return [word for word, there in marks.items() if there]

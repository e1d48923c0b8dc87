"""Who saw what an applicant gave: kept once a day, desk and basis when it is shown; told to the applicant.

It is no act and changes nothing of the case; papers that were opened and case files that were made are acts of their
own, in the ledger. What desks at another node saw is noted there, and told to the accepting desk's node with each of
their acts on the case (`crossing.facts`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases import seeing, words
from tongxin.heart.cases.crossing_form import Looked
from tongxin.heart.cases.models import Case, Sighting
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.cases.sights import Sight
from tongxin.heart.exchange import nodes
from tongxin.heart.ledger import act_words
from tongxin.heart.ledger import queries as ledger
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.shared.writing import writing

OPENED = "cases.paper.opened"
EXPORTED = "cases.file.exported"
PAPER_OPENED, FILE_MADE = (
    "paper_opened",
    "file_made",
)  # parts of a sight that a peer told: no part in the case
TOLD = 200  # the newest sights that another node is told


@dataclass(frozen=True)
class Seen:
    """One line for the applicant: which desk, what it saw, why it may, when."""

    desk: Any
    what: str
    why: str
    clause_url: str
    clause: str
    at: datetime


def note(row: Case, seen: Sight) -> None:
    """Note what a desk is shown of what the applicant gave, by its basis, where it was not noted today already."""
    fields = [*seen.given(row), *(["papers"] if seen.sees("papers") and row.papers else [])]
    by_basis: dict[tuple[str, str], set[str]] = {}
    for name in fields:
        answer = seen.fields[name]
        by_basis.setdefault((answer.part[:40], answer.clause[:160]), set()).add(name)
    now = clock.now()
    today = {"case": row, "desk_id": seen.desk, "day": clock.beijing(now).date()}
    rows = Sighting.objects.read_as("cases.sightings").filter(**today) if fields else ()
    noted = {(each.part, each.clause): set(each.fields) for each in rows}
    new = {basis: names for basis, names in by_basis.items() if not names <= noted.get(basis, set())}
    if not new:
        return
    with writing("cases.sight"):
        for (part, clause), names in new.items():
            _add({**today, "part": part, "clause": clause}, names, [n for n in fields if n in names], now)


def _add(keys: dict[str, Any], names: set[str], in_order: list[str], now: datetime) -> None:
    """Write a sight down, or add what is new to the day's row of it."""
    made = Sighting(**keys, fields=in_order, at=now)
    Sighting.objects.bulk_create([made], ignore_conflicts=True)
    row = Sighting.objects.read_as("cases.sightings").select_for_update().get(**keys)
    if not names <= set(row.fields):
        row.fields = [*row.fields, *(name for name in in_order if name not in row.fields)]
        row.save(update_fields=["fields"])


def told(row: Case) -> list[dict[str, Any]]:
    """Return what desks that work here were shown of a case, the newest, for the accepting desk's node elsewhere.

    Papers that were opened and case files that were made are told as sights of the papers, once a day.
    """
    rows = list(Sighting.objects.read_as("cases.sightings").filter(case=row).order_by("-at", "-pk")[:TOLD])
    found = [
        {"desk": r.desk_id, "part": r.part, "clause": r.clause, "fields": r.fields, "at": clock.iso(r.at)}
        for r in rows
    ]
    for entry in (
        ledger.entries_of(f"case:{row.number}").filter(act__in=(OPENED, EXPORTED)).order_by("-index")[:TOLD]
    ):
        part = PAPER_OPENED if entry.act == OPENED else FILE_MADE
        found.append(
            {"desk": entry.desk, "part": part, "clause": "", "fields": ["papers"], "at": clock.iso(entry.at)}
        )
    away = nodes.away({str(each["desk"]) for each in found})
    return sorted((each for each in found if each["desk"] not in away), key=lambda each: str(each["at"]))


def heard(row: Case, looked: Iterable[Looked], peer: str) -> None:
    """Note what a peer tells that its own desks were shown of a case that was accepted here; once a day and basis."""
    if nodes.home_of(row.accepting_desk_id) is not None or row.erased_at is not None:
        return
    made: dict[tuple[Any, ...], Sighting] = {}
    for each in looked:
        if nodes.home_of(each.desk) != peer:
            continue
        at = datetime.fromisoformat(each.at)
        key = (each.desk, clock.beijing(at).date(), each.part, each.clause)
        made.setdefault(
            key,
            Sighting(
                case=row,
                desk_id=key[0],
                day=key[1],
                part=key[2],
                clause=key[3],
                fields=list(each.fields),
                at=at,
            ),
        )
    Sighting.objects.bulk_create(
        made.values(),
        update_conflicts=True,
        unique_fields=["case", "desk", "day", "part", "clause"],
        update_fields=["fields"],
    )


def of_case(row: Case, form: ProcedureFile) -> list[Seen]:
    """Return who saw what of a case, the latest first, in the applicant's words."""
    rows = list(row.sightings.order_by("-at", "-pk"))
    entries = ledger.entries_of(f"case:{row.number}").filter(act__in=(OPENED, EXPORTED))
    opened = ledger.with_payloads(entries)
    names = wording.desk_names({r.desk_id for r in rows} | {e.entry.desk for e in opened})
    known = {r.clause for r in rows if r.clause}
    clauses = Clause.objects.select_related("version__instrument").in_bulk(known)
    found = [_line(each, form, names, clauses.get(each.clause)) for each in rows]
    for each in opened:
        desk = names.get(each.entry.desk, each.entry.desk)
        found.append(Seen(desk, _opened_words(each, form), "", "", "", each.entry.at))
    return sorted(found, key=lambda line: line.at, reverse=True)


def _line(each: Sighting, form: ProcedureFile, names: Any, clause: Clause | None) -> Seen:
    done = {PAPER_OPENED: _("opened a paper"), FILE_MADE: act_words.words(EXPORTED)}
    return Seen(
        names.get(each.desk_id, each.desk_id),
        done.get(each.part) or _fields(each.fields, form),
        str(seeing.PARTS.get(each.part, "")),
        words.clause_url(clause) if clause else "",
        words.clause_title(clause) if clause else "",
        each.at,
    )


def _fields(ids: Iterable[str], form: ProcedureFile) -> str:
    names = {asked.id: str(asked.name) for asked in form.applicant} | {"papers": _("list of papers")}
    return pick("、", ", ").join(names.get(each, each) for each in ids)


def _opened_words(line: ledger.Line, form: ProcedureFile) -> str:
    """Return what was looked at: a paper, or the case file with the fields that are in it."""
    if line.entry.act == OPENED:
        return _("opened a paper")
    told = line.payload or {}
    inside = [*told.get("fields", []), *([] if "papers" in told.get("withheld", ["papers"]) else ["papers"])]
    made = act_words.words(line.entry.act)
    if not inside:
        return made
    return pick("{}：{}", "{}: {}").format(made, _fields(inside, form))

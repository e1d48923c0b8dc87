"""Who saw what an applicant gave: kept once a day, desk and basis when it is shown; told to the applicant.

It is no act and changes nothing of the case; papers that were opened are acts of their own, in the ledger.
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
from tongxin.heart.cases.models import Case, Sighting
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.cases.sights import Sight
from tongxin.heart.ledger import act_words
from tongxin.heart.ledger.queries import entries_of
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.shared.writing import writing

OPENED = "cases.paper.opened"
EXPORTED = "cases.file.exported"


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
    """Note that a desk is shown what the applicant gave, if it is and was not noted today on this basis."""
    fields = [*seen.given(row), *(["papers"] if seen.sees("papers") and row.papers else [])]
    if not fields:
        return
    now = clock.now()
    answer = seen.fields[fields[0]]
    keys = {
        "case": row,
        "desk_id": seen.desk,
        "day": clock.beijing(now).date(),
        "part": answer.part[:40],
        "clause": answer.clause[:160],
    }
    if not Sighting.objects.read_as("cases.sightings").filter(**keys).exists():
        with writing("cases.sight"):
            Sighting.objects.bulk_create([Sighting(**keys, fields=fields, at=now)], ignore_conflicts=True)


def of_case(row: Case, form: ProcedureFile) -> list[Seen]:
    """Return who saw what of a case, the latest first, in the applicant's words."""
    rows = list(row.sightings.order_by("-at", "-pk"))
    opened = list(entries_of(f"case:{row.number}").filter(act__in=(OPENED, EXPORTED)))
    names = wording.desk_names({r.desk_id for r in rows} | {e.desk for e in opened})
    known = {r.clause for r in rows if r.clause}
    clauses = Clause.objects.select_related("version__instrument").in_bulk(known)
    found = [_line(each, form, names, clauses.get(each.clause)) for each in rows]
    found += [
        Seen(names.get(each.desk, each.desk), _opened_words(each.act), "", "", "", each.at) for each in opened
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _line(each: Sighting, form: ProcedureFile, names: Any, clause: Clause | None) -> Seen:
    return Seen(
        names.get(each.desk_id, each.desk_id),
        _fields(each.fields, form),
        str(seeing.PARTS.get(each.part, "")),
        words.clause_url(clause) if clause else "",
        words.clause_title(clause) if clause else "",
        each.at,
    )


def _fields(ids: Iterable[str], form: ProcedureFile) -> str:
    names = {asked.id: str(asked.name) for asked in form.applicant} | {"papers": _("list of papers")}
    return pick("、", ", ").join(names.get(each, each) for each in ids)


def _opened_words(act: str) -> str:
    return _("opened a paper") if act == OPENED else act_words.words(act)

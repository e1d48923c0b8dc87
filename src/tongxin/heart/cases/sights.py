"""What a desk may see of a case in the ledger: the payloads, when it may see the applicant's data."""

from __future__ import annotations

from tongxin.heart.cases import queries
from tongxin.heart.cases.models import Case
from tongxin.heart.ledger.sights import Looker


def may_see(looker: Looker, subject: str) -> bool:
    """Whether the looker's desk may see the payload of an entry about a case or anything below it."""
    number = subject.partition(":")[2].partition("/")[0]
    row = Case.objects.filter(number=number).first()
    return row is not None and queries.sees_applicant(looker.desk, row)


def procedure_titles() -> dict[str, object]:
    """Return the procedures that clauses may name, with their titles."""
    return {row.name: read.title for row, read in queries.procedures()}

"""What a desk may see of a case, judged by `agreements.judge`: its part, the grade of each field, what stops it.

The accepting desk took the application in: that is its own record. Everybody else stands on a part in the case (holder,
offered, former holder for what it did, one that returned it), or on a clause in force now. Where a rule is ours and no
clause says it, it stands here: a desk that is asked to take over sees what is personal, what is sensitive only when it
holds the case; one that returned it keeps the story, and so does everybody but
the accepting desk a month after the end of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.functional import cached_property

from tongxin.heart.agreements import judge
from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.may import Answer, Ground, Stop, Subject
from tongxin.heart.cases.models import Case, Consent, Offer
from tongxin.heart.ledger.sights import Looker
from tongxin.shared import clock
from tongxin.shared.statements import fixed

KIND = "case"
TAIL = timedelta(days=30)  # ours: so long after the end of a case its parts still open what is personal
PAPERS = "papers"
FILE = (PAPERS, "outcome_reason", "remarks")  # what is graded beside the applicant's fields
SEES, ANSWERS = frozenset({core.SEE}), frozenset({core.SEE, core.ANSWER})
ALL = frozenset(core.GRADES)
WITHOUT_SENSITIVE = ALL - {core.SENSITIVE}
STORY = frozenset({core.OPEN, core.INTERNAL})
PARTS: dict[str, tuple[str, frozenset[str]]] = {  # of the desk that an offer went to, by how the offer ended
    Offer.State.OFFERED: ("offered", WITHOUT_SENSITIVE),
    Offer.State.TAKEN_OVER: ("former_holder", WITHOUT_SENSITIVE),
    Offer.State.RETURNED: ("returned", STORY),
    Offer.State.RECALLED: ("recalled", STORY),
    Offer.State.STALE: ("recalled", STORY),
    "stale": ("recalled", STORY),  # made under an older epoch: nobody was asked any more
}
# one desk may have several parts; the first that opens a field is its basis
ORDER = ("offered", "former_holder", "offerer", "returned", "recalled")


@dataclass(frozen=True)
class Sight:
    """What one desk may see of one case, field by field."""

    desk: str
    subject: Subject
    names: tuple[str, ...]  # the applicant's fields, in the procedure's order

    @cached_property
    def whole(self) -> Answer:
        """Whether it may see that there is such a case, and its story."""
        return judge.may(self.desk, core.SEE, self.subject)

    @cached_property
    def fields(self) -> dict[str, Answer]:
        """The answers by field: the applicant's, then papers and what officers wrote."""
        return judge.seen(self.desk, self.subject, (*self.names, *FILE))

    def sees(self, name: str) -> bool:
        """Whether it may see a field."""
        return self.fields[name].yes

    def everything(self, row: Case) -> bool:
        """Whether nothing that the case has is kept back from it: all that was given, its papers, what was written."""
        return all(self.sees(name) for name in (*FILE, *(n for n in self.names if row.applicant.get(n))))

    def given(self, row: Case) -> dict[str, str]:
        """Return what the applicant gave, as far as the desk may see it."""
        return {name: text for name, text in row.applicant.items() if name in self.fields and self.sees(name)}

    def withheld(self) -> dict[str, Answer]:
        """Return the applicant's fields that are kept back, with why."""
        return {name: self.fields[name] for name in self.names if not self.sees(name)}


def sight(desk: str, row: Case, offers: Iterable[Offer] | None = None) -> Sight:
    """Return what a desk may see of a case; its offers are read where they matter and are not at hand."""
    if offers is None:
        offers = [] if desk in {row.accepting_desk_id, row.holder_id} else row.offers.all()
    asked = row.procedure.body["applicant"]
    subject = subject_of(
        row,
        offers,
        grades={field["id"]: field.get("grade", core.PERSONAL) for field in asked},
        purposes={field["id"]: field["purpose"]["zh"] for field in asked},
        stops=stops_of(row),
    )
    return Sight(desk, subject, tuple(field["id"] for field in asked))


def subject_of(
    row: Case,
    offers: Iterable[Offer],
    *,
    grades: dict[str, str] | None = None,
    purposes: dict[str, str] | None = None,
    stops: Sequence[Stop] = (),
) -> Subject:
    """Return a case as a subject: its own record at the accepting desk, and every other desk's part in it."""
    taken: dict[str, str] = {}
    parts: list[tuple[str, str, frozenset[str], str]] = []
    for made in offers:
        part, opens = PARTS[made.state]
        parts += [(part, made.to_desk_id, opens, made.clause_id)]
        parts += [("offerer", made.from_desk_id, WITHOUT_SENSITIVE, made.clause_id)]
        if made.state == Offer.State.TAKEN_OVER:
            taken[made.to_desk_id] = made.clause_id
    until = row.ended_at + TAIL if row.ended_at else None
    grounds = [Ground(core.OWN, "accepting", row.accepting_desk_id)]
    acts = SEES if row.frozen_by_id else SEES | {core.ACT}
    grounds.append(
        Ground(
            core.CASE, "holder", row.holder_id, actions=acts, clause=taken.get(row.holder_id, ""), until=until
        )
    )
    grounds += [
        Ground(
            core.CASE, part, desk, ANSWERS if part == "offered" else SEES, opens, clause=clause, until=until
        )
        for part, desk, opens, clause in sorted(parts, key=lambda each: ORDER.index(each[0]))
        if part == "offered" or desk not in {row.accepting_desk_id, row.holder_id}
    ]
    if until is not None:  # the story stays with whoever had a part
        grounds += [
            Ground(core.CASE, g.part, g.desk, grades=STORY, clause=g.clause) for g in grounds if g.until
        ]
    return Subject(
        f"{KIND}:{row.number}",
        row.accepting_desk_id,
        tuple(grounds),
        grades or {},
        tuple(stops),
        purposes or {},
    )


def stops_of(row: Case) -> tuple[Stop, ...]:
    """Return what keeps fields of a case back besides the clauses' bars: consent that ended; read once for a row."""
    found: tuple[Stop, ...] | None = row.__dict__.get("_stops")
    if found is None:
        at_hand = "consents" in getattr(row, "_prefetched_objects_cache", ())
        consents = row.consents.all() if at_hand else _consents(row.number)
        found = stops(consents, clock.beijing(clock.now()).date())
        row.__dict__["_stops"] = found
    return found


@fixed
def _consents(case: str) -> QuerySet[Consent]:
    return Consent.objects.read_as("cases.judge").filter(case_id=case)


def stands(row: Consent, on: date) -> bool:
    """Whether a consent stands on a day: not withdrawn, its last day not over."""
    return row.withdrawn_at is None and (row.until is None or row.until > on)


def stops(rows: Iterable[Consent], on: date) -> tuple[Stop, ...]:
    """Return what consents keep back on a day: each field and purpose that was consented to and no longer is."""
    standing: set[tuple[str, str]] = set()
    ended: dict[tuple[str, str], str] = {}
    for row in rows:
        for name in row.fields:
            if stands(row, on):
                standing.add((name, row.purpose))
            elif row.withdrawn_at is not None:
                ended[name, row.purpose] = "consent_withdrawn"
            else:
                ended.setdefault((name, row.purpose), "consent_over")
    return tuple(
        Stop(code, frozenset({name}), purpose)
        for (name, purpose), code in sorted(ended.items())
        if (name, purpose) not in standing
    )


def known(name: str) -> Subject | None:
    """Return a case as a subject by its name, `case:WUQING-2026-000001` or anything below it."""
    number = name.partition(":")[2].partition("/")[0]
    row = Case.objects.read_as("cases.judge").select_related("procedure").filter(number=number).first()
    return None if row is None else sight("", row).subject


def may_see(looker: Looker, subject: str) -> bool:
    """Whether the looker's desk may see the payload of an entry about a case or anything below it: all it has."""
    number = subject.partition(":")[2].partition("/")[0]
    row = Case.objects.read_as("cases.judge").select_related("procedure").filter(number=number).first()
    return row is not None and sight(looker.desk, row).everything(row)

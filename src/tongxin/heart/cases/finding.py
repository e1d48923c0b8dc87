"""The search over cases: an index that is written in the transaction of each act, and its questions.

A row of the index says for which desks it is; what is graded sensitive is in none. What the index finds is judged once
more, case by case and field by field: only a case in which the text stands where the desk may read it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Prefetch, QuerySet

from tongxin.heart.agreements import may as core
from tongxin.heart.agreements import wording
from tongxin.heart.cases import finding_tokens as tokens
from tongxin.heart.cases import sights
from tongxin.heart.cases.models import Case, CaseWords, Offer, Paper
from tongxin.heart.exchange import acts
from tongxin.heart.region.acting import Acting
from tongxin.shared import statements
from tongxin.shared.named import Both
from tongxin.shared.writing import writing

LEAVE_IT = frozenset(  # acts that change nothing that a case is found by
    {"cases.case.accepted", "cases.case.resumed", "cases.case.closed", "cases.case.switched", "cases.promise.moved",
     "cases.promise.recounted", "cases.paper.opened", "cases.file.exported"}
)  # fmt: skip
BATCH = 500  # cases that are indexed in one transaction
SPARE = 3  # as many candidates as are wanted, times this, are judged
NUMBER, OFFICES, PAPERS = "number", "offices", "papers"
OF_CASE = (  # what the index is made of
    "number", "accepting_desk", "competent_desk", "holder", "applicant", "erased_at", "outcome_reason", "ended_remark",
    "review_reason",
    "pauses", "procedure__body",
)  # fmt: skip
Hangs = TypeVar("Hangs", Offer, Paper)


@dataclass(frozen=True)
class Text:
    """One text of a case: the field whose sight opens it, its grade, and what it says."""

    field: str
    grade: str
    said: str


def register() -> None:
    """Have what an act changed taken into the index before the act ends."""
    acts.at_end(after)


def after(done: acts.Act) -> None:
    """Write the index of every case that an act enters something about; inside its transaction."""
    numbers = {
        draft.subject.removeprefix("case:").partition("/")[0]
        for draft in done.drafts
        if draft.subject.startswith("case:")
        and not draft.act.startswith("agreements.")
        and draft.act not in LEAVE_IT
    }
    if numbers:
        write(sorted(numbers))


def write(numbers: Iterable[str]) -> int:
    """Write the index of some cases and return how many there are; rows that are right already stay untouched."""
    asked = list(numbers)
    standing = {(row.case_id, row.scope): row for row in _standing(asked)}
    offers, files = _by_case(_offers(asked)), _by_case(_files(asked))
    new: list[CaseWords] = []
    done = 0
    for case in _cases(asked):
        done += 1
        wanted = _wanted(case, offers.get(case.number, []), files.get(case.number, []))
        for scope in CaseWords.Scope.values:
            row = standing.get((case.number, scope))
            said = wanted.get(scope, "")
            if row is None and said:
                new.append(CaseWords(case_id=case.number, scope=scope, tokens=said))
            elif row is not None and not said:
                row.delete()
            elif row is not None and row.tokens != said:
                statements.change(row, {"tokens": said})
    if len(new) == 1:
        statements.insert(new[0])
    else:
        CaseWords.objects.bulk_create(new, batch_size=BATCH)
    return done


@statements.fixed
def _cases(numbers: list[str]) -> QuerySet[Case]:
    rows = Case.objects.read_as("cases.finding").filter(number__in=numbers).select_related("procedure")
    return rows.only(*OF_CASE).order_by("filed_at", "number")


@statements.fixed
def _standing(numbers: list[str]) -> QuerySet[CaseWords]:
    return CaseWords.objects.read_as("cases.finding").filter(case__in=numbers)


@statements.fixed
def _offers(numbers: list[str]) -> QuerySet[Offer]:
    rows = Offer.objects.read_as("cases.finding").filter(case__in=numbers)
    return rows.only("case", "from_desk", "to_desk", "state", "remark").order_by("offered_at")


@statements.fixed
def _files(numbers: list[str]) -> QuerySet[Paper]:
    return Paper.objects.read_as("cases.finding").filter(case__in=numbers).only("case", "title")


def _by_case(rows: Iterable[Hangs]) -> dict[str, list[Hangs]]:
    found: dict[str, list[Hangs]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def rebuild() -> int:
    """Write the whole index anew, oldest case first, so many a transaction; return how many there are."""
    with writing("cases.finding.emptied"):
        CaseWords.objects.all().delete()
    return sum(iter(catch_up, 0))


def catch_up() -> int:
    """Index the oldest cases that are in no index yet; return how many there were. The ticker calls this.

    A case on which an act works just now is left to that act, which writes its index.
    """
    missing = Case.objects.read_as("cases.finding").filter(words__isnull=True).order_by("filed_at", "number")
    if not missing.exists():
        return 0
    with writing("cases.finding.caught_up"):
        free = missing.select_for_update(of=("self",), skip_locked=True)
        return write(list(free.values_list("number", flat=True)[:BATCH]))


def candidates(desk: str, question: str, limit: int) -> list[str]:
    """Return numbers of cases whose index row for a desk has all that a question asks for, newest first."""
    asked = tokens.of_question(question)
    if not asked:
        return []
    asked.append(tokens.of_desk(desk))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT case_id FROM cases_casewords WHERE id IN (SELECT rowid FROM cases_found_by"
                " WHERE cases_found_by MATCH %s ORDER BY rowid DESC LIMIT %s) ORDER BY id DESC",
                [" AND ".join(f'"{token}"' for token in asked), limit],
            )
        else:
            cursor.execute(
                "SELECT case_id FROM cases_casewords WHERE string_to_array(tokens, ' ') @> %s::text[]"
                " ORDER BY id DESC LIMIT %s",
                [asked, limit],
            )
        return [number for (number,) in cursor.fetchall()]


def find(reader: Acting, question: str, limit: int) -> list[Case]:
    """Return the cases in which a question's words stand where the reader's desk may read them.

    A case whose number was asked for comes first, then those whose number holds the words, then the newest. The number
    of statements does not depend on how many there are.
    """
    numbers = candidates(reader.desk, question, (limit + 1) * SPARE)
    found: list[Case] = []
    for part in (numbers[: limit + 1], numbers[limit + 1 :]):
        if part and len(found) <= limit:
            rows = _read(reader.desk, part)
            named = wording.desk_names({desk for row in rows for desk in _offices(row)})
            fits = (row for row in rows if readable(reader.desk, row, question, named))
            found += islice(fits, limit + 1 - len(found))
    words = tokens.folded(question).strip()
    found.sort(key=lambda row: (tokens.folded(row.number) != words, words not in tokens.folded(row.number)))
    return found


def _read(desk: str, numbers: list[str]) -> list[Case]:
    """Return cases with all that judging them takes, in the order of the numbers."""
    hang_on_it: tuple[Any, ...] = (
        Prefetch("offers", Offer.objects.read_as("cases.finding").order_by("offered_at")),
        Prefetch("files", Paper.objects.read_as("cases.finding")),
    )
    rows = (
        Case.objects.read_by(desk)
        .select_related("procedure")
        .prefetch_related(*hang_on_it, "consents")
        .in_bulk(numbers)
    )
    return [rows[number] for number in numbers if number in rows]


def _offices(row: Case) -> tuple[str, str, str]:
    return row.accepting_desk_id, row.competent_desk_id, row.holder_id


@lru_cache(maxsize=8192)
def _named(desk: str) -> Both:
    """Return a desk's name for the index; a process asks once, as an act that renames none must not pay for it."""
    return wording.desk_names([desk])[desk]


def readable(desk: str, row: Case, question: str, named: Mapping[str, Both]) -> bool:
    """Whether the words stand in what a desk may see of a case; the judge has the last word on every field."""
    seen = sights.sight(desk, row, list(row.offers.all()))
    if not seen.whole.yes:
        return False
    texts = [
        text.said
        for text in texts_of(row, row.offers.all(), row.files.all(), named)
        if text.grade != core.SENSITIVE and (text.field in {NUMBER, OFFICES} or seen.sees(text.field))
    ]
    return tokens.holds(texts, question)


def texts_of(
    row: Case, offers: Iterable[Offer], files: Iterable[Paper], named: Mapping[str, Both]
) -> Iterator[Text]:
    """Yield what a case is found by: its number, its offices, what the applicant gave, its papers' names, what
    officers wrote. Who accepts and who decides every part of it knows; who holds it now, those that see its papers.
    """
    yield Text(NUMBER, core.OPEN, row.number)
    for office in dict.fromkeys(_offices(row)):
        told = office in {row.accepting_desk_id, row.competent_desk_id}
        for name in (named[office].zh, named[office].en):
            yield Text(OFFICES if told else PAPERS, core.OPEN if told else core.PERSONAL, name)
    asked = {field["id"]: field.get("grade", core.PERSONAL) for field in row.procedure.body["applicant"]}
    for name, said in row.applicant.items():
        if name in asked:
            yield Text(name, asked[name], said)
    if row.erased_at:
        return
    for file in files:
        yield Text(PAPERS, core.PERSONAL, file.title)
    yield Text("outcome_reason", core.PERSONAL, row.outcome_reason)
    for said in (row.ended_remark, row.review_reason, *(p["facts"] for p in row.pauses)):
        yield Text(PAPERS, core.PERSONAL, said)
    for made in offers:
        yield Text("remarks", core.PERSONAL, made.remark)


def _wanted(case: Case, offers: Sequence[Offer], files: Sequence[Paper]) -> dict[str, str]:
    """Return the tokens of a case's rows, by scope; no row where it is for no desk."""
    named = {desk: _named(desk) for desk in _offices(case)}
    texts = [text for text in texts_of(case, offers, files, named) if text.grade != core.SENSITIVE]
    whole = {case.accepting_desk_id, case.holder_id}
    story: set[str] = set()
    for made in offers:
        whole.add(made.from_desk_id)
        (whole if core.PERSONAL in sights.PARTS[made.state][1] else story).add(made.to_desk_id)
    opened = [text.said for text in texts if text.grade in {core.OPEN, core.INTERNAL}]
    parts = {
        CaseWords.Scope.FILE.value: (whole, [text.said for text in texts]),
        CaseWords.Scope.STORY.value: (story - whole, opened),
    }
    return {
        scope: " ".join(sorted({tokens.of_desk(desk) for desk in desks} | tokens.of_text(said)))
        for scope, (desks, said) in parts.items()
        if desks
    }

"""One act for several cases: what would happen to each and why some cannot (read only), and the run that does it.

The preview asks the same rules as the acts do, for all cases together; the acts judge again, each for its own case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases import inbox, procedures, queries, states, words
from tongxin.heart.cases.actions.assigning import WORKS
from tongxin.heart.cases.models import Assignment, BulkRun, Case, Dispute, Procedure
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange.models import IdempotencyKey
from tongxin.heart.region import colleagues
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import Conflict, Invalid, NotFound, Refused

MOST = 100  # cases of one run
ACTS: dict[str, Any] = {
    "accept": gettext_lazy("Accept"),
    "ask": gettext_lazy("Ask for papers"),
    "offer": gettext_lazy("Offer to an office"),
    "take_over": gettext_lazy("Take over"),
    "return": gettext_lazy("Return"),
    "give": gettext_lazy("Give to a colleague"),
    "close": gettext_lazy("Conclude"),
    "export": gettext_lazy("Export"),
}
NEEDS = {
    "accept": "file_case",
    "ask": "perform",
    "offer": "hand_over",
    "take_over": "take_over",
    "return": "take_over",
    "close": "file_case",
}
WAY = {"accept": "accept", "ask": "suspend", "offer": "offer", "close": "close"}
GIVEN = {
    "ask": ("ground", "missing", "facts"),
    "offer": ("to_desk",),
    "return": ("reason", "remark"),
    "give": ("to",),
}
ANSWERS = (
    "take_over",
    "return",
)  # to an offer to the desk; what is offered to it can only be answered or given
# What fits the cases of a list, where they are all of a kind; in the others each act is offered and judged a case.
FITS = {
    "new": ("accept", "give", "export"),
    "offered": (*ANSWERS, "give", "export"),
    "hands": ("ask", "offer", "give", "export"),
    "waiting": ("give", "export"),
    "asked": ("give", "export"),
    "decided": ("close", "give", "export"),
}


@dataclass(frozen=True)
class Verdict:
    """What would happen to one case, or why nothing would; `mark` is what was seen of it."""

    number: str
    yes: bool
    says: str
    mark: str = ""
    line: inbox.Line | None = None


@dataclass(frozen=True)
class Chosen:
    """The cases of a run as they stand, with what all rules about them need; read together."""

    reader: Acting
    lines: dict[str, inbox.Line]
    tables: dict[str, int]  # who of the desk has a case, by number
    forms: dict[str, ProcedureFile]  # by procedure version
    books: dict[str, list[str]]  # the rulebook by number
    disputed: frozenset[str]
    reviewed: frozenset[str]
    clauses: dict[str, Clause]  # of the offers that freeze them
    people: frozenset[int] = frozenset()
    _reach: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def mark(self, row: Case) -> str:
        """Return what the case was seen as; it changes with whatever an act of these would find changed."""
        return f"{row.epoch}.{row.state}.{int(row.frozen_by_id is not None)}.{self.tables.get(row.number, 0)}"

    def reachable(self, row: Case) -> set[str]:
        """Return the desks to which the case may be offered; asked once for each rulebook and procedure."""
        book = self.books.get(row.number, [])
        key = (row.procedure.name, *book)
        if key not in self._reach:
            self._reach[key] = queries.reachable(self.reader, book, row.procedure.name)
        return self._reach[key]

    def reasons(self, row: Case) -> dict[str, Any]:
        """Return the reasons that the clause of the case's offer lists for a return, by code."""
        clause = self.clauses.get(row.frozen_by.clause_id) if row.frozen_by else None
        return words.reasons(clause) if clause else {}

    def form(self, row: Case) -> ProcedureFile:
        """Return the case's procedure."""
        return self.forms[row.procedure_id]


def may(reader: Acting, act: str) -> bool:
    """Whether the reader's post may do an act at all."""
    if act == "give":
        return bool(reader.capabilities & WORKS)
    return act in ACTS and (act not in NEEDS or NEEDS[act] in reader.capabilities)


def fitting(reader: Acting, tab: str) -> list[tuple[str, Any]]:
    """Return the acts that the reader's post may do and that fit the cases of a list, with their names."""
    return [(act, ACTS[act]) for act in FITS.get(tab, ACTS) if may(reader, act)]


def need(reader: Acting, act: str) -> None:
    """Raise NotAllowed unless the reader's post may do the act; Invalid for one that there is not."""
    if act not in ACTS:
        raise Invalid(_("Nothing was done."), {"act": [_("Choose what is to be done.")]})
    if not may(reader, act):
        reader.need(NEEDS.get(act, "perform"))


def chosen(reader: Acting, numbers: Iterable[str], *, people: bool = False) -> Chosen:
    """Read the cases that were chosen; those in which the desk has no part are not among the lines."""
    lines = {line.case.number: line for line in inbox.of_numbers(reader, numbers)}
    kinds = {line.case.procedure_id for line in lines.values()}
    bodies = dict(Procedure.objects.filter(id__in=kinds).values_list("id", "body"))
    return Chosen(
        reader,
        lines,
        dict(
            Assignment.objects.read_by(reader.desk)
            .filter(case__in=lines, desk_id=reader.desk)
            .values_list("case_id", "person_id")
        ),
        {kind: ProcedureFile.model_validate(body) for kind, body in bodies.items()},
        dict(Case.objects.read_by(reader.desk).filter(number__in=lines).values_list("number", "rulebook")),
        frozenset(
            Dispute.objects.read_by(reader.desk)
            .filter(case__in=lines, state=Dispute.State.OPEN)
            .values_list("case_id", flat=True)
        ),
        frozenset(
            number
            for number in Case.objects.read_by(reader.desk)
            .filter(reviews__in=lines, state__in=states.RUNNING)
            .values_list("reviews_id", flat=True)
            if number
        ),
        Clause.objects.in_bulk(
            {line.case.frozen_by.clause_id for line in lines.values() if line.case.frozen_by}
        ),
        frozenset(each.person.pk for each in colleagues.at(reader.desk)) if people else frozenset(),
    )


def judged(found: Chosen, numbers: Iterable[str], act: str, given: Mapping[str, Any]) -> list[Verdict]:
    """Return for each number what the act would do, in order; a number that is named twice counts once."""
    return [_verdict(found, number, act, given) for number in dict.fromkeys(numbers)]


def _verdict(found: Chosen, number: str, act: str, given: Mapping[str, Any]) -> Verdict:
    line = found.lines.get(number)
    if line is None:
        return Verdict(number, False, _("There is no such case, or your desk has no part in it."))
    mark = found.mark(line.case)
    try:
        says = _would(found, line.case, act, given)
    except Refused as refused:
        return Verdict(number, False, told(refused), mark, line)
    return Verdict(number, True, says, mark, line)


def told(refused: Refused) -> str:
    """Return why not, in one line: of what was entered, the fields' own words."""
    if isinstance(refused, Invalid) and refused.fields:
        return " ".join(str(text) for texts in refused.fields.values() for text in texts)
    return str(refused.what)


def _would(found: Chosen, row: Case, act: str, given: Mapping[str, Any]) -> str:
    """Return what the act would do to a case; raise what the act would."""
    by = found.reader
    if act in ANSWERS:
        return _answering(found, row, act, given)
    if act in WAY:
        by.need(NEEDS[act])
        states.need(row, WAY[act], by)
    if act in {"ask", "offer"} and row.number in found.disputed:
        raise Conflict(
            "in_dispute", _("It is in dispute who is competent; the coordination offices name a holder.")
        )
    match act:
        case "accept":
            return _("Is accepted: the promise to the applicant begins.")
        case "ask":
            return _asking(found, row, given)
        case "offer":
            if str(given.get("to_desk", "")) not in found.reachable(row):
                raise Conflict(
                    "no_clause_binds", _("No clause in force lets your office hand this case to that one.")
                )
            if given["to_desk"] != row.competent_desk_id:
                decider = wording.desk_names([row.competent_desk_id])[row.competent_desk_id]
                return _(
                    "Is offered, though %(desk)s decides it by law: look whether the office is the right one."
                ) % {"desk": decider}
            return _("Is offered; your office holds it until it is taken over.")
        case "give":
            return _giving(found, row, given)
        case "close":
            if row.number in found.reviewed:
                raise Conflict(
                    "under_review",
                    _("A review of this case is running; what was decided stands until it ends."),
                )
            return _("Is closed: from here its retention runs.")
    return _("Is in the file.")


def _asking(found: Chosen, row: Case, given: Mapping[str, Any]) -> str:
    form, missing = found.form(row), list(given.get("missing", []))
    facts = str(given.get("facts", "")).strip()
    ground = procedures.asked(form, form.suspend, str(given.get("ground", "")), missing, facts, "")
    if ground.asks and any(p["missing"] or p["facts"] for p in row.pauses):
        raise Conflict(
            "asked_before",
            _("What was missing has been asked for already; it is asked for once and all together."),
        )
    asked = words.papers(form, missing)
    return _("Is suspended; asked for: %(what)s") % {"what": " · ".join(filter(None, [asked, facts]))}


def _answering(found: Chosen, row: Case, act: str, given: Mapping[str, Any]) -> str:
    by, made = found.reader, row.frozen_by
    by.need(NEEDS[act])
    if made is None or made.to_desk_id != by.desk:
        raise Conflict("not_offered", _("This case is not offered to your office."))
    if act == "take_over":
        return _("Is taken over: your office holds it from then on.")
    reasons = found.reasons(row)
    if given.get("reason") not in reasons:
        raise Invalid("", {"reason": [_("Choose one of the reasons that the clause lists.")]})
    return _("Is returned: %(reason)s") % {"reason": reasons[str(given["reason"])]}


def _giving(found: Chosen, row: Case, given: Mapping[str, Any]) -> str:
    desk, to = found.reader.desk, given.get("to")
    asked = row.frozen_by is not None and row.frozen_by.to_desk_id == desk
    if row.state in states.ENDED:
        raise Conflict("case_ended", _("The case has ended; there is nothing to do with it any more."))
    if desk not in {row.holder_id, row.accepting_desk_id} and not asked:
        raise Conflict("not_holder", _("Your desk does not hold this case now."))
    if to not in found.people:
        raise Invalid("", {"to": [_("Choose somebody who acts at your desk today.")]})
    if found.tables.get(row.number) == to:
        raise Conflict("has_it", _("This colleague has the case already."))
    return _("Lies on the colleague's table.")


def desks(found: Chosen) -> list[Desk]:
    """Return the desks to which at least one of the cases may be offered."""
    wanted = {desk for line in found.lines.values() for desk in found.reachable(line.case)}
    return list(
        Desk.objects.filter(id__in=wanted).select_related("jurisdiction", "group", "role").order_by("id")
    )


def grounds(found: Chosen) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the grounds that ask, of any of the procedures, and their papers: by code, each once."""
    asks = {each.id: str(each.name) for form in found.forms.values() for each in form.suspend if each.asks}
    papers = {each.id: str(each.name) for form in found.forms.values() for each in form.papers}
    return list(asks.items()), list(papers.items())


def reasons(found: Chosen) -> list[tuple[str, str]]:
    """Return the reasons for a return that the clause of any of the offers lists: by code, each once."""
    listed = {
        code: str(text) for line in found.lines.values() for code, text in found.reasons(line.case).items()
    }
    return list(listed.items())


def run_of(reader: Acting, run: str) -> BulkRun:
    """Return a run of the reader's desk. Raises NotFound for any other."""
    try:
        row = BulkRun.objects.filter(pk=run, desk_id=reader.desk).first()
    except ValidationError:
        row = None
    if row is None:
        raise NotFound("no_such_run", _("Your desk has no such run of an act for several cases."))
    return row


def done_of(run: BulkRun) -> dict[str, dict[str, Any]]:
    """Return what came of each case: of a run that was cut off, what is known to be done; the rest is missing."""
    if run.ended_at is not None:
        return dict(run.results)
    keys = {f"{run.pk}:{number}": number for number, _mark in run.cases}
    there = IdempotencyKey.objects.filter(scope=run.post, key__in=keys).values_list("key", flat=True)
    return {keys[key]: {"done": True, "what": ""} for key in there}


def given_in_words(run_act: str, given: Mapping[str, Any], reader: Acting) -> str:
    """Return what an act was given beside the cases, in one line."""
    if run_act == "offer":
        desk = str(given.get("to_desk", ""))
        return str(wording.desk_names([desk]).get(desk, desk))
    if run_act == "give":
        return next(
            (each.name for each in colleagues.at(reader.desk) if each.person.pk == given.get("to")), ""
        )
    return str(given.get({"ask": "facts", "return": "remark"}.get(run_act, ""), ""))

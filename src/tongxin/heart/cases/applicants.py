"""Reads for an applicant: how a procedure is rated, and one's own case in plain words.

What an applicant may see of a case follows from number and secret (`slips`): all that it gave itself, where the case
is, who saw what, what was decided. What desks wrote to each other is not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import wording
from tongxin.heart.cases import (
    actions,
    crossed,
    crossing,
    letters,
    papers,
    queries,
    sight_ended,
    sightings,
    sights,
    story,
    words,
)
from tongxin.heart.cases.models import OPEN_STATES, Case, Consent, Crossing, Decision, Letter, Paper, Rating
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile
from tongxin.heart.region import queries as region
from tongxin.shared import clock
from tongxin.shared.errors import NotFound

ENDED_UNDECIDED = frozenset({Case.State.NOT_ACCEPTED, Case.State.WITHDRAWN, Case.State.VOID})
LEAST_RATINGS = 5  # no share is shown of fewer


@dataclass(frozen=True)
class Ratings:
    """How a procedure's cases were rated; `satisfied` is a share of `n`, or None where they are fewer than five."""

    n: int
    satisfied: float | None
    mean: float | None


@dataclass(frozen=True)
class Asked:
    """What is asked of the applicant now, once and all together."""

    ground: str
    papers: list[PaperKind]
    facts: str
    since: datetime


@dataclass(frozen=True)
class Ruled:
    """A decision with how it stands."""

    row: Decision
    outcome: Any
    desk: Any
    superseded: bool


@dataclass(frozen=True)
class Page:
    """A case as its applicant sees it."""

    case: Case
    form: ProcedureFile
    title: str
    state: Any
    lead: str
    next: str
    holder: Any
    over: bool  # ended without a decision: nobody has it in hand, and nothing is promised any more
    decider: Any
    contact: Any
    asked: Asked | None
    steps: list[story.Step]
    story: list[story.Line]
    seen: list[sightings.Seen]
    seen_elsewhere: (
        bool  # whether offices at other nodes have a part: what they see is told with their next act
    )
    elsewhere: list[str]  # their names
    told_at: datetime | None  # when their node last told how the case stands, and what was seen by then
    given: list[tuple[str, str, str]]  # field, its name, what was given
    papers: list[papers.Line]  # what was handed in: files that the applicant gave, or seen as originals
    decisions: list[Ruled]
    reviews: list[Case]
    letters: list[Letter]
    consents: list[tuple[Consent, bool]]
    rating: Rating | None
    ended_why: str
    ended_missing: str
    may: frozenset[str]


def ratings(procedure: str) -> Ratings:
    """Return how the cases of a procedure, in all its versions, were rated."""
    rows = Rating.objects.read_as("cases.applicants").filter(case__procedure__name=procedure)
    said = rows.aggregate(n=Count("pk"), mean=Avg("stars"))
    n = int(said["n"])
    if n < LEAST_RATINGS:
        return Ratings(n, None, None)
    return Ratings(n, rows.filter(stars__gte=4).count() / n, float(said["mean"]))


def case_of(number: str) -> Case:
    """Return an applicant's own case with its desks; who asks was settled by number and secret."""
    row = Case.objects.read_as("cases.applicants").select_related("frozen_by").filter(number=number).first()
    if row is None:
        raise NotFound("no_such_case", _("There is no such case."))
    return queries.with_names([row])[0]


def page(number: str) -> Page:
    """Return a case as its applicant sees it."""
    row = case_of(number)
    form = ProcedureFile.model_validate(row.procedure.body)
    offers = queries.offers_of(row)
    asked = asked_now(row, form)
    decisions = queries.decisions(row)
    on = region.today()
    away = crossing.away(row)
    return Page(
        case=row,
        form=form,
        title=words.title(row.procedure),
        state=words.state_of(row),
        lead=lead(row, asked),
        next=_next(row),
        holder=wording.desk_name(row.holder),
        over=row.state in ENDED_UNDECIDED,
        decider=wording.desk_name(row.competent_desk),
        contact=wording.desk_name(row.accepting_desk),
        asked=asked,
        steps=story.steps(row, form, offers),
        story=story.timeline(row, offers, "", desk="", sees=False, applicant=True),
        seen=sightings.of_case(row, form),
        seen_elsewhere=bool(away),
        elsewhere=[str(name) for name in wording.desk_names({d for desks in away.values() for d in desks}).values()],
        told_at=Crossing.objects.filter(pk=row.pk).values_list("told_at", flat=True).first() if away else None,
        given=[(f.id, str(f.name), row.applicant.get(f.id, "")) for f in form.applicant],
        papers=papers_of(row, form),
        decisions=[_ruled(each, decisions) for each in decisions],
        reviews=queries.reviews(row),
        letters=letters.of_case(row),
        consents=[(each, sights.stands(each, on)) for each in row.consents.order_by("-given_at", "-pk")],
        rating=Rating.objects.read_as("cases.applicants").filter(case=row).first(),
        ended_why=words.ground(form, row.ended_why),
        ended_missing=words.papers(form, row.ended_missing),
        may=may(row, asked),
    )  # fmt: skip


def papers_of(row: Case, form: ProcedureFile) -> list[papers.Line]:
    """Return the papers that the applicant handed in; a file that a desk put to the case is not among them."""
    own = [file for file in papers.files_of(row) if file.given_by == Paper.Giver.APPLICANT]
    return [line for line in papers.lines(row, form, own) if line.files or line.handed_in]


def asked_now(row: Case, form: ProcedureFile) -> Asked | None:
    """Return what is asked of the applicant, or None."""
    pause = row.pauses[-1] if row.state == Case.State.SUSPENDED and row.pauses else None
    if pause is None or not (pause["missing"] or pause["facts"]):
        return None
    missing = [paper for paper in form.papers if paper.id in pause["missing"]]
    since = datetime.fromisoformat(pause["from"])
    return Asked(words.ground(form, pause["ground"]), missing, pause["facts"], since)


def may(row: Case, asked: Asked | None = None) -> frozenset[str]:
    """Return what the applicant may do now; the acts decide again when they are done."""
    possible = queries.possible(actions.applicant_at(row.accepting_desk_id), row)
    found = {name for name in ("withdraw", "review") if getattr(possible, name)}
    running = row.state in OPEN_STATES
    if asked is not None:
        found.add("supply")
    elif running and row.frozen_by_id is None:
        found.add("paper")
    if running:
        found |= {"correction", "consent"}
    if row.erased_at is None:
        found |= {"message", "complaint"}
    if (
        row.state in actions.RATED
        and not Rating.objects.read_as("cases.applicants").filter(case=row).exists()
    ):
        found.add("rate")
    return frozenset(found)


def lead(row: Case, asked: Asked | None) -> str:
    """Return the one sentence that says whether the applicant must do something, and where the case is."""
    here = {"desk": wording.desk_name(row.holder), "contact": wording.desk_name(row.accepting_desk)}
    if asked is not None:
        n = len(asked.papers)
        if n:
            return ngettext(
                "Something is asked for: %(n)d paper. Until it is handed in the case stands still.",
                "Something is asked for: %(n)d papers. Until they are handed in the case stands still.",
                n,
            ) % {"n": n}
        return _("Something is asked for. Until it is answered the case stands still.")
    if row.frozen_by is not None:
        to = wording.desk_name(row.frozen_by.to_desk)
        return _("Nothing to do now. %(to)s is asked to take the case over.") % {"to": to}
    match row.state:
        case Case.State.FILED:
            return _("Nothing to do now. %(desk)s looks whether it can be accepted.") % here
        case Case.State.ACCEPTED | Case.State.IN_HAND:
            if sight_ended.without_consent(row):
                return (
                    _(
                        "The case stands still: %(desk)s may no longer see what it needs. Give consent anew below."
                    )
                    % here
                )
            return _("Nothing to do now. %(desk)s works on it.") % here
        case Case.State.SUSPENDED:
            return _("Nothing to do now. The case stands still: %(ground)s.") % {
                "ground": words.ground(
                    ProcedureFile.model_validate(row.procedure.body), row.pauses[-1]["ground"]
                )
            }
        case Case.State.DECIDED | Case.State.CLOSED:
            return _("Decided: %(outcome)s.") % {"outcome": words.ALL_OUTCOMES.get(row.outcome, row.outcome)}
        case Case.State.NOT_ACCEPTED:
            return _("The application was not accepted.")
        case Case.State.WITHDRAWN:
            return _("The application was withdrawn. Nothing more happens.")
    return _("The filing was voided. Nothing more happens.")


def _next(row: Case) -> str:
    """Return what comes next and until when, in one sentence; empty where nothing does."""
    if row.state == Case.State.FILED:
        return _("From acceptance on the time to the decision is promised; it will stand here.")
    if row.state == Case.State.WITHDRAWN:
        return crossed.said(row)
    if row.state == Case.State.SUSPENDED:
        return _("The promised time stands still meanwhile.")
    if row.state in (Case.State.ACCEPTED, Case.State.IN_HAND) and row.promise_due_at:
        if row.promise_due_at < clock.now():
            return _("The decision was promised by %(at)s: it is late. A complaint can be sent below.") % {
                "at": wording.due_moment(row.promise_due_at)
            }
        return _("The decision is promised by %(at)s.") % {"at": wording.due_moment(row.promise_due_at)}
    return ""


def _ruled(each: Decision, every: Iterable[Decision]) -> Ruled:
    replaced = any(other.supersedes_id == each.pk for other in every)
    return Ruled(
        each, words.ALL_OUTCOMES.get(each.outcome, each.outcome), wording.desk_name(each.desk), replaced
    )

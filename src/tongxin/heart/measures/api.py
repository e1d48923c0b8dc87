"""API of scores: public like the register; the duties behind a number for those who have a part in them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from ninja import Field, Query, Router, Schema

from tongxin.heart.agreements import api as agreements
from tongxin.heart.agreements import keeping
from tongxin.heart.agreements.keeping import Tally
from tongxin.heart.exchange.api_parts import PUBLIC_PROBLEMS, READ_PROBLEMS, Call, Number, PageSize, Word
from tongxin.heart.measures import frozen, outcomes, pages, scores
from tongxin.heart.measures.scores import Score
from tongxin.shared import clock

router = Router(tags=["scores"])

Parts = Literal["clause", "desk", "jurisdiction", "instrument", "field", "purpose", "month"]
Numbers = Literal[
    "n", "on_time", "late", "failed", "overdue", "excused", "void", "no_time_left", "suspended", "running", "drill",
    "waiting", "sent_back", "withheld",
]  # fmt: skip
Purposes = Literal["do", "confirm", "stand_down"]


class TallyOut(Schema):
    """Duties by sort. `n` = on time + late + failed + overdue; `share` = on time ÷ n, null under five. The others
    stand beside it: `waiting` was delivered and waits for the owed side; `sent_back` counts times, not duties."""

    n: int
    on_time: int
    late: int
    failed: int
    overdue: int
    share: float | None
    waiting: int
    excused: int
    void: int
    no_time_left: int
    suspended: int
    running: int
    sent_back: int
    drill: int


class EntryDelayOut(Schema):
    """Minutes from when events were known to when they were recorded, over the duties that they opened."""

    median: float
    longest: int
    duties: int


class ScoreOut(TallyOut):
    """How well one group of duties was kept; `parts` says which. Marked `illustrative` when one part of it is."""

    parts: dict[str, str]
    illustrative: bool
    restated: bool = Field(
        description="A frozen month in it says something else now; `frozen` is what was frozen."
    )
    frozen: TallyOut | None
    withheld: int | None = Field(description="Null where it was not asked for (`extras`).")
    entry_delay: EntryDelayOut | None


class ScoresOut(Schema):
    """A page of scores; months are those of the dues, on the region's wall. `until` null: also what is due later."""

    since: str
    until: str | None
    by: list[str]
    frozen_months: list[str]
    total: ScoreOut
    count: int
    next_offset: int | None
    scores: list[ScoreOut]


class ScoreFilter(Schema):
    """Which duties, and how they are rolled up; all that is given must fit."""

    by: list[Parts] = Field(["clause", "purpose"], description="May be given several times.")
    month: Word | None = Field(None, description="One month, such as 2026-03; else `since` and `until`.")
    since: Word | None = Field(None, description="First month; twelve months where nothing is given.")
    until: Word | None = None
    field: Word | None = None
    instrument: Word | None = None
    clause: Word | None = Field(None, description="`instrument/clause`")
    party: Word | None = Field(None, description="Jurisdiction or group of the bound desk.")
    desk: Word | None = None
    purpose: Purposes | None = None
    extras: bool = Field(
        default=False,
        description="Entry delays and withheld fields, too; only with an instrument or a clause.",
    )
    limit: PageSize = 100
    offset: Number = 0


class BehindFilter(Schema):
    """Which number of a score, and of which duties."""

    number: Numbers = "n"
    month: Word | None = None
    since: Word | None = None
    until: Word | None = None
    clause: Word | None = None
    party: Word | None = None
    desk: Word | None = None
    purpose: Purposes | None = None
    limit: PageSize = 100
    offset: Number = 0


class BehindOut(Schema):
    """A page of the duties behind a number that the caller has a part in; `everything` counts all of them."""

    everything: int
    total: int
    next_offset: int | None
    duties: list[agreements.DutyOut]


class FrozenMonthOut(Schema):
    """When and under which entry the scores of a month were frozen; the hashes are over its canonical rows."""

    month: str
    as_of: str
    frozen_at: str
    ledger_size: int
    ledger_index: int | None
    signed_size: int | None = Field(description="Size of the first checkpoint over the entry.")
    rows: int
    hashes: dict[str, str]
    restatements: int
    url: str


class RestatementOut(Schema):
    """What the duties of a frozen month said later: the tally before and after."""

    parts: dict[str, str]
    illustrative: bool
    at: str
    before: TallyOut
    after: TallyOut
    duties: int = Field(description="How many changed.")


class FrozenMonthWholeOut(FrozenMonthOut):
    """A frozen month with its scores, as frozen and as they stand, and what changed, latest first."""

    scores: list[ScoreOut]
    changes: list[RestatementOut]


@router.get("/scores", response={200: ScoresOut, **PUBLIC_PROBLEMS}, auth=None, operation_id="list_scores")
def list_scores(request: Call, wanted: Query[ScoreFilter]) -> dict[str, Any]:
    """Say how clauses are kept. Scores of illustrative terms are told in the demonstration only, and marked."""
    now = clock.now()
    given = wanted.dict(exclude_none=True)
    which = scores.which(now, {name: given[name] for name in given if isinstance(given[name], str)})
    by = tuple(dict.fromkeys(wanted.by))
    extras = wanted.extras and bool(which.instrument or which.clause)
    found = scores.scores(now, which, by, extras=extras)
    end = wanted.offset + wanted.limit
    months = [month for month in frozen.names() if month >= which.since]
    return {
        "since": which.since,
        "until": which.until or None,
        "by": by,
        "frozen_months": [month for month in months if not which.until or month <= which.until],
        "total": score_out(scores.total(found), extras),
        "count": len(found),
        "next_offset": end if end < len(found) else None,
        "scores": [score_out(score, extras) for score in found[wanted.offset : end]],
    }


class OutcomesOut(Schema):
    """Decided cases of one item at one office, by their first outcome and as it stands; `n` is how many there are.
    `anew`: to be decided anew. `withdrawn`: no outcome, because a withdrawal crossed with the decision, or came after
    a review had sent it back. `reviewed`: a review has ended; of it, how the last one did. `share`: what part of those
    not withdrawn stands as first decided, null under five."""

    procedure: str
    desk: str
    illustrative: bool
    n: int
    granted: int
    refused: int
    granted_now: int
    refused_now: int
    anew: int
    withdrawn: int
    other: int
    reviewed: int
    upheld: int
    changed: int
    sent_back: int
    share: float | None


class OutcomesFilter(Schema):
    """Which first decisions: of these months, jurisdiction and office."""

    month: Word | None = Field(None, description="One month, such as 2026-03; else `since` and `until`.")
    since: Word | None = Field(None, description="First month; twelve months where nothing is given.")
    until: Word | None = None
    party: Word | None = Field(None, description="Jurisdiction of the deciding desk.")
    desk: Word | None = None


@router.get(
    "/scores/outcomes",
    response={200: list[OutcomesOut], **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="list_outcomes",
)
def list_outcomes(request: Call, wanted: Query[OutcomesFilter]) -> list[dict[str, Any]]:
    """Say how cases were decided at first, and how it stands after reviews.

    Illustrative ones in the demonstration only.
    """
    found = outcomes.told(scores.which(clock.now(), wanted.dict(exclude_none=True)))
    return [{**asdict(each), "share": each.share} for each in found]


@router.get(
    "/scores/months",
    response={200: list[FrozenMonthOut], **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="list_frozen_months",
)
def list_months(request: Call) -> list[dict[str, Any]]:
    """List the months whose scores are frozen, latest first."""
    return [month_out(found) for found in frozen.whole_months()]


@router.get(
    "/scores/months/{month}",
    response={200: FrozenMonthWholeOut, **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="show_frozen_month",
)
def show_month(request: Call, month: Word) -> dict[str, Any]:
    """Show a frozen month, as frozen and as it stands; what changed since, without the duties' numbers."""
    found = frozen.month(month)
    lines = [line for line in frozen.lines_of(found.row.month) if keeping.scores_shown(line.illustrative)]
    changed = [
        row for row in found.row.restatements.order_by("-id") if keeping.scores_shown(row.illustrative)
    ]
    return month_out(found) | {
        "scores": [score_out(pages.score_of(line), extras=True) for line in lines],
        "changes": [
            {
                "parts": {"clause": row.clause_key, "desk": row.desk, "purpose": row.purpose},
                "illustrative": row.illustrative,
                "at": agreements.local(row.at),
                "before": tally_out(keeping.tally_of(row.before)),
                "after": tally_out(keeping.tally_of(row.after)),
                "duties": len(row.duties),
            }
            for row in changed
        ],
    }


@router.get(
    "/scores/{instrument}/duties",
    response={200: BehindOut, **READ_PROBLEMS},
    operation_id="list_duties_behind_a_score",
)
def list_behind(request: Call, instrument: Word, wanted: Query[BehindFilter]) -> dict[str, Any]:
    """List the duties behind a number, latest due first: those the caller's desk owes or is owed."""
    now = clock.now()
    given = {name: text for name, text in wanted.dict(exclude_none=True).items() if isinstance(text, str)}
    which = scores.which(now, given | {"instrument": pages.instrument_of(instrument).id})
    seen, everything = pages.behind(now, which, wanted.number, request.auth)
    total = seen.count()
    end = wanted.offset + wanted.limit
    page = seen[wanted.offset : end] if wanted.offset < total else []
    return {
        "everything": everything,
        "total": total,
        "next_offset": end if end < total else None,
        "duties": [agreements.duty_out(duty, now) for duty in page],
    }


def tally_out(tally: Tally) -> dict[str, Any]:
    """Return a tally as the API tells it."""
    return {name: getattr(tally, name) for name in keeping.PLAIN} | {"n": tally.n, "share": tally.share}


def score_out(score: Score, extras: bool) -> dict[str, Any]:
    """Return a score as the API tells it."""
    delay = score.delay
    return tally_out(score.tally) | {
        "parts": dict(score.parts),
        "illustrative": score.illustrative,
        "restated": score.restated,
        "frozen": tally_out(score.frozen) if score.restated and score.frozen else None,
        "withheld": score.tally.withheld if extras else None,
        "entry_delay": {"median": delay.median, "longest": delay.longest, "duties": delay.duties}
        if delay
        else None,
    }


def month_out(found: frozen.Month) -> dict[str, Any]:
    """Return a frozen month as the API tells it."""
    row = found.row
    return {
        "month": row.month,
        "as_of": agreements.local(row.as_of),
        "frozen_at": agreements.local(row.frozen_at),
        "ledger_size": row.ledger_size,
        "ledger_index": found.entry,
        "signed_size": found.signed,
        "rows": row.rows,
        "hashes": row.hashes,
        "restatements": found.restatements,
        "url": f"/api/v1/scores/months/{row.month}",
    }

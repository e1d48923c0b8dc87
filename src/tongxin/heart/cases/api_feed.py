"""API of the feed: what happened in cases that the caller may see, in the order of commits, resumable by a number."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import feed
from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call, Number, PageSize

router = Router(tags=["cases"])


class HappeningOut(Schema):
    """One happening. `number` is the index of its entry in the ledger; `state`, `holder`, `epoch` are those of now."""

    number: int
    at: str
    act: str
    desk: str = Field(description="That acted")
    case: str
    subject: str = Field(description="The case, or what of it, such as `case:…/offer:…`")
    state: str
    holder: str
    epoch: int
    url: str = Field(description="The case in the API")
    entry_url: str


class FeedOut(Schema):
    """Happenings in the order of commits; numbers that are skipped are entries of others."""

    happenings: list[HappeningOut]
    next: int = Field(description="What to ask for as `after` the next time")
    size: int = Field(description="How many entries the log has")
    more: bool = Field(description="Whether there is something behind it already")


@router.get("/feed", response={200: FeedOut, 304: None, **READ_PROBLEMS}, operation_id="feed")
def case_feed(
    request: Call, response: HttpResponse, after: Number = 0, limit: PageSize = 100
) -> Status[dict[str, Any] | None]:
    """Read what happened in cases that the caller's desk may see, each entry once, none missed.

    Begin with `after=0`, then ask for the `next` of the last answer; keep it once what came is stored. With the `ETag`
    of the last answer in `If-None-Match` the answer is 304 while nothing new has come.
    """
    known = feed.size()
    mark = feed.mark(request.auth, known)
    response["ETag"] = mark
    if after == known and request.headers.get("If-None-Match", "") == mark:
        return Status(304, None)
    part = feed.after(request.auth, after, limit, known)
    return Status(
        200,
        {
            "happenings": [_line(each) for each in part.happenings],
            "next": part.next,
            "size": part.size,
            "more": part.more,
        },
    )


def _line(each: feed.Happening) -> dict[str, Any]:
    return {
        "number": each.entry.index,
        "at": local(each.entry.at),
        "act": each.entry.act,
        "desk": each.entry.desk,
        "case": each.case,
        "subject": each.entry.subject,
        "state": each.state,
        "holder": each.holder,
        "epoch": each.epoch,
        "url": f"/api/v1/cases/{each.case}",
        "entry_url": f"/api/v1/ledger/entries/{each.entry.index}",
    }

"""API of the search: everything that the caller may see, by kind."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema

from tongxin.heart.exchange.api_parts import PUBLIC_PROBLEMS, Line, PageSize, reader_of
from tongxin.shared import search as register
from tongxin.site.finding import screens

router = Router(tags=["search"])


class HitOut(Schema):
    """One thing found."""

    title: str
    detail: str
    link: str = Field(description="The page of the thing")
    illustrative: bool


class KindOut(Schema):
    """What was found of one kind, best first; `more` says that there are others."""

    kind: str = Field(description="cases, procedures, agreements, duties, notes, matters …")
    hits: list[HitOut]
    more: bool


class FoundOut(Schema):
    """What was found; kinds without a hit are left out."""

    sought: str
    kinds: list[KindOut]


@router.get("/search", response={200: FoundOut, **PUBLIC_PROBLEMS}, auth=None, operation_id="search")
def search(request: HttpRequest, q: Line, limit: PageSize = 20) -> dict[str, Any]:
    """Search what the caller may see: words of one Chinese sign or more, numbers, parts of words.

    Without a token, or with one that is not valid, what anyone may read is searched.
    """
    sought = screens.cleaned(q)
    found = register.by_kind(reader_of(request), sought, limit) if sought else []
    return {
        "sought": sought,
        "kinds": [
            {
                "kind": name,
                "more": len(hits) > limit,
                "hits": [
                    {
                        "title": str(hit.title),
                        "detail": str(hit.detail),
                        "link": f"{settings.ORIGIN}{hit.url}",
                        "illustrative": hit.made_up,
                    }
                    for hit in hits[:limit]
                ],
            }
            for name, _label, hits in found
        ],
    }

"""API of the case file: everything of a case that the caller may see, as a PDF."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router

from tongxin.heart.cases import actions, screens_file
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call, Word

router = Router(tags=["cases"])
PAGES: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The case file, to be saved.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get(
    "/cases/{number}/file",
    response={**READ_PROBLEMS},
    operation_id="case_file",
    openapi_extra=PAGES,
)
def case_file(request: Call, number: Word, language: Literal["zh", "en"] = "zh") -> HttpResponse:
    """Hand out the case file as a PDF: what the caller's desk may see. Each one is an entry."""
    _file, content = actions.export_file(by=request.auth, key=new_key(), number=number, language=language)
    return screens_file.answer(number, content)

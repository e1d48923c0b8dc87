"""Screen of the case file: one link on the page of a case, the answer is a PDF to be saved."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from tongxin.heart.cases import actions
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff


@require_GET
@for_staff
def file(request: StaffRequest, number: str) -> HttpResponse:
    """Hand the case file out, in the language that is asked for, else in that of the page."""
    asked = request.GET.get("language", "")
    spoken = "zh" if (get_language() or "").startswith("zh") else "en"
    language = asked if asked in actions.FILE_LANGUAGES else spoken
    _file, content = actions.export_file(by=request.acting, key=new_key(), number=number, language=language)
    return answer(number, content)


def answer(number: str, content: bytes) -> HttpResponse:
    """Return the pages as an answer: to be saved, kept by no cache."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

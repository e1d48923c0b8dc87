"""Screens of joint decisions: both forms stand on the case's own page and are sent here."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongxin.heart.cases import actions, forms_joints, queries, screens
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key


@require_POST
@for_staff
def put(request: StaffRequest, number: str) -> HttpResponse:
    """Put an outcome to the desk that decides with the reader's."""
    row = queries.case(request.acting, number)
    form = forms_joints.PutForm(request.POST)
    said = _("Put to the other office. The case is decided when it agrees.")
    return screens.sent(request, row, form, "put_joint", actions.put_joint, said)


@require_POST
@for_staff
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """Answer what was put to the reader's desk."""
    row = queries.case(request.acting, number)
    form = forms_joints.AnswerForm(request.POST)

    def act(given: dict[str, Any]) -> None:
        actions.answer_joint(by=request.acting, key=form_key(request), **given)

    return screens.acted(request, row, form, "answer_joint", act, _("Answered. The other office is told."))

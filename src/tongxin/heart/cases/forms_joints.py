"""Forms of joint decisions. They gather what is typed; the action alone judges it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.forms import Choice, DecideForm


class PutForm(DecideForm):
    """The outcome that is put to the other desk, with its reasons."""

    def __init__(self, data: Any = None, *, epoch: int = 0) -> None:
        super().__init__(data, epoch=epoch, prefix="put_joint")


class AnswerForm(forms.Form):
    """Agree or differ; who differs says why. `joint` says what was seen."""

    use_required_attribute = False
    answer = Choice(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[("agree", _("Agree: it is decided so")), ("differ", _("Differ: it is not decided"))],
    )
    reason = forms.CharField(
        label=_("Reasons"),
        help_text=_("Needed where your office differs."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )
    joint = forms.CharField(widget=forms.HiddenInput, max_length=36)

    def __init__(self, data: Any = None, *, joint: str = "") -> None:
        super().__init__(data, initial={"joint": joint}, prefix="answer_joint")

"""Forms about instruments: a reason, an ending. They gather what is typed; the action judges it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Said(forms.CharField):
    """A text that the action judges; `required` only says so beside the label."""

    def validate(self, value: object) -> None:
        """Leave the judgement to the action."""


class ReasonForm(forms.Form):
    """Why a text is not signed."""

    use_required_attribute = False
    reason = Said(
        label=_("Reason"),
        help_text=_("The office that proposed it reads this in its draft."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )


class EndingForm(forms.Form):
    """On which day a version shall end, and why."""

    use_required_attribute = False
    on = forms.DateField(
        label=_("Ends on"),
        help_text=_("The first day on which it no longer binds; every party signs just that."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = Said(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}))

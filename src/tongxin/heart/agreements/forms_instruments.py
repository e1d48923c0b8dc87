"""Forms about instruments: a reason, an ending, a milestone. They gather what is typed; the action judges it."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.shared.errors import Invalid


class ReasonForm(forms.Form):
    """Why a text is not signed."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The office that proposed it reads this in its draft."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
        required=False,
    )


class EndingForm(forms.Form):
    """On which day a version shall end, and why."""

    use_required_attribute = False
    on = forms.DateField(
        label=_("Ends on"),
        help_text=_("The first day on which it no longer binds; every party signs just that."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}), required=False
    )


class MilestoneForm(forms.Form):
    """Which milestone was reached."""

    use_required_attribute = False
    milestone = forms.ChoiceField(label=_("Milestone"))

    def __init__(self, names: Iterable[str], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["milestone"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


def take(form: forms.Form, refused: Invalid) -> None:
    """Show an action's refusal at the form's fields."""
    for name, texts in refused.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, str(text))
    if not refused.fields:
        form.add_error(None, str(refused.what))

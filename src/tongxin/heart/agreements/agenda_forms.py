"""Forms of the leaders' agenda: what the meeting resolved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import agenda
from tongxin.heart.agreements.actions.agenda import TEXT_MAX
from tongxin.heart.agreements.duty_forms import ActForm


class ResolutionForm(ActForm):
    """What a meeting resolved on one item; what only the act can judge comes back through `take`."""

    met_on = forms.DateField(
        label=_("Day of the meeting"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(label=_("What the meeting resolved"), widget=forms.RadioSelect)
    by_day = forms.DateField(
        label=_("To be done by"),
        required=False,
        help_text=_(
            "Only with a day. When it passes and the duty still stands, the item is on the agenda again."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=_("Words of the resolution"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_MAX}),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix="resolve", initial=initial or {})
        choices = [(code, str(words)) for code, words in agenda.KINDS.items()]
        self.fields["kind"].widget.choices = self.fields["kind"].choices = choices  # type: ignore[attr-defined]

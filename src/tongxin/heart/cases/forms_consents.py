"""The form with which the accepting desk records a consent; the action judges it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import sights
from tongxin.heart.cases.actions.consenting import MAX_PURPOSE
from tongxin.heart.cases.consents import PAPERS, WHO
from tongxin.heart.cases.forms import Choice, Choices, Line
from tongxin.heart.cases.procedures import ProcedureFile


class ConsentForm(forms.Form):
    """Who consents to which fields, for what and until when."""

    use_required_attribute = False
    who = Choice(label=_("Who consents"), choices=list(WHO.items()), widget=forms.RadioSelect)
    fields_ = Choices(label=_("Which fields"), widget=forms.CheckboxSelectMultiple)
    purpose = Line(
        label=_("Purpose"),
        help_text=_("Empty: what the procedure asks these fields for."),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": MAX_PURPOSE, "autocomplete": "off"}),
    )
    until = forms.DateField(
        label=_("Until"),
        help_text=_("The first day on which it no longer stands; empty: until it is withdrawn."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, procedure: ProcedureFile, data: Any = None) -> None:
        super().__init__(data)
        given = self.fields.pop("fields_")
        if isinstance(given, forms.MultipleChoiceField):
            named = [(asked.id, str(asked.name)) for asked in procedure.applicant]
            given.choices = [*named, (sights.PAPERS, PAPERS)]
        self.fields["fields"] = given
        self.order_fields(["who", "fields", "purpose", "until"])

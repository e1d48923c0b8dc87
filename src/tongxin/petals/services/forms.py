"""The form with which a window records a result that was issued elsewhere; the action judges what only it can judge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange.screen_parts import take
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.petals.services.results import KINDS, TERMS, ResultPresented
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick

_MOST = {
    name: next(m.max_length for m in field.metadata if hasattr(m, "max_length"))
    for name, field in ResultPresented.model_fields.items()
    if name in {"what", "reference"}
}


class ResultForm(forms.Form):
    """What was presented. No name and no finding of a person: the two offices know those from the paper itself."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=TERMS["kind"], choices=[("", "—"), *KINDS.items()])
    what = forms.CharField(
        label=TERMS["what"],
        max_length=_MOST["what"],
        help_text=_(
            "The test, the qualification or the item, such as ALT; no name and no finding of a person"
        ),
    )
    issued_by = forms.ChoiceField(label=TERMS["issued_by"], help_text=_("The place whose office issued it"))
    reference = forms.CharField(
        label=TERMS["reference"],
        max_length=_MOST["reference"],
        help_text=_("The number by which the issuing office finds it"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    drill = forms.BooleanField(label=_("Drill: marked throughout, sent to nobody outside"), required=False)

    def __init__(self, reader: Acting, data: Any = None) -> None:
        super().__init__(data)
        issuers = self.fields["issued_by"]
        if isinstance(issuers, forms.ChoiceField):
            rows = region.jurisdictions().exclude(id=reader.jurisdiction)
            issuers.choices = [("", "—"), *((p.id, pick(p.name_zh, p.name_en)) for p in rows)]

    def take(self, refused: Invalid) -> None:
        """Show the refusal of the action at the fields that it names; what names no field stands above the form."""
        take(self, refused)

"""Forms of a desk for what applicants write: the answer, a word of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import consents, sights
from tongxin.heart.cases.forms import Choice, area
from tongxin.heart.cases.models import Case, Letter
from tongxin.shared.named import pick


class AnswerForm(forms.Form):
    """A desk's answer to an applicant; of a correction, whether the field is changed."""

    use_required_attribute = False
    text = area(_("Answer"), _("The applicant reads it on the page of the case."))

    def __init__(self, letter: Letter, data: Any = None) -> None:
        super().__init__(data)
        if letter.kind == Letter.Kind.CORRECTION:
            self.fields["take"] = Choice(
                label=_("The field"),
                widget=forms.RadioSelect,
                choices=[("yes", _("is changed as asked")), ("no", _("stays as it is"))],
            )

    def given(self) -> dict[str, Any]:
        """Return what was written, as the action takes it."""
        return {
            "text": self.cleaned_data["text"],
            "take": {"yes": True, "no": False}.get(str(self.cleaned_data.get("take", ""))),
        }


class TellForm(forms.Form):
    """A few words from a desk to the applicant."""

    use_required_attribute = False
    text = area(_("To the applicant"), _("The applicant reads it on the page of the case."))


def field_name(case: Case, field: str) -> str:
    """Return what a field of the application is called."""
    asked = {f["id"]: f["name"] for f in case.procedure.body["applicant"]}
    if field == sights.PAPERS:
        return str(consents.PAPERS)
    return pick(**asked[field]) if field in asked else field

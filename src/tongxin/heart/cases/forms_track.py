"""Forms of one's own case: what was asked is handed in, letters, corrections, the rating, consent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import consents, sights
from tongxin.heart.cases.forms import Choice, Choices, area
from tongxin.heart.cases.forms_papers import FILE, Picker
from tongxin.heart.cases.forms_uploads import Uploads
from tongxin.heart.cases.models import Letter
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile

STARS = (
    (5, _("Very satisfied")),
    (4, _("Satisfied")),
    (3, _("Fairly satisfied")),
    (2, _("Dissatisfied")),
    (1, _("Very dissatisfied")),
)


class SupplyForm(Uploads):
    """Everything that was asked for: a file for each paper, and an answer where something else was asked."""

    def __init__(self, kinds: Iterable[PaperKind], facts: str, data: Any = None, files: Any = None) -> None:
        super().__init__((kind.model_copy(update={"required": True}) for kind in kinds), data, files)
        self.facts = facts
        self.fields["text"] = area(_("Answer") if facts else _("Remark"), facts, needed=bool(facts))

    def take_in(self, *, new: bool = True) -> None:
        """Take the files in; where one is not taken, tell what else is missing as well, as the action would."""
        super().take_in(new=new)
        if not self.errors:
            return
        for kind in self.kinds:
            if kind.id not in self.arrived and FILE + kind.id not in self.errors:
                self.add_error(FILE + kind.id, _("This paper is missing."))
        if self.facts and not str(self.cleaned_data.get("text", "")).strip():
            self.add_error("text", _("Answer what was asked."))

    def given(self) -> dict[str, Any]:
        """Return what was handed in, as the action takes it."""
        return {"files": list(self.arrived.values()), "text": self.cleaned_data.get("text", "")}


class AddPaperForm(forms.Form):
    """One more paper, of a kind that the procedure knows."""

    use_required_attribute = False
    kind = Choice(label=_("Paper"))

    def __init__(self, form: ProcedureFile, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        kinds = [(paper.id, str(paper.name)) for paper in form.papers]
        self.fields["kind"].choices = [("", str(_("Choose a paper"))), *kinds]  # type: ignore[attr-defined]
        self.fields["file"] = Picker(str(_("File")))

    def given(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        upload: UploadedFile[Any] | None = self.cleaned_data.get("file")
        return {
            "kind": self.cleaned_data["kind"],
            "name": upload.name or "" if upload else "",
            "pieces": upload.chunks() if upload else (),
        }


class LetterForm(forms.Form):
    """A few words to the contact desk, or a complaint to another one."""

    use_required_attribute = False
    kind = Choice(
        label=_("What it is"),
        widget=forms.RadioSelect,
        choices=[
            (Letter.Kind.MESSAGE, _("A question or message, to the office that took the case in")),
            (Letter.Kind.COMPLAINT, _("A complaint, to an office that does not hold the case")),
        ],
    )
    text = area(_("What to say"))


class CorrectionForm(forms.Form):
    """Which field is to be corrected, and what it should say."""

    use_required_attribute = False
    field = Choice(label=_("Which field"))
    text = area(_("What it should say"), rows=2)

    def __init__(self, form: ProcedureFile, data: Any = None) -> None:
        super().__init__(data)
        asked = [(each.id, str(each.name)) for each in form.applicant]
        self.fields["field"].choices = [("", str(_("Choose a field"))), *asked]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why the applicant withdraws, or asks for a review."""

    use_required_attribute = False
    reason = area(_("Reason"), most=400)


class RateForm(forms.Form):
    """How satisfied the applicant is."""

    use_required_attribute = False
    stars = Choice(label=_("How satisfied"), widget=forms.RadioSelect, choices=STARS)
    remark = area(_("Remark"), most=400, rows=2, needed=False)

    def given(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it; no choice is 0, which it refuses."""
        stars = str(self.cleaned_data.get("stars", ""))
        return {"stars": int(stars) if stars in set("12345") else 0, "remark": self.cleaned_data["remark"]}


class GiveConsentForm(forms.Form):
    """To which fields the applicant consents again."""

    use_required_attribute = False
    fields_seen = Choices(label=_("Which fields"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, form: ProcedureFile, data: Any = None) -> None:
        super().__init__(data)
        asked = [(each.id, str(each.name)) for each in form.applicant]
        self.fields["fields_seen"].choices = [*asked, (sights.PAPERS, consents.PAPERS)]  # type: ignore[attr-defined]

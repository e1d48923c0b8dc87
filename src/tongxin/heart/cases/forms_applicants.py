"""Forms of the applicant's side. They gather what is typed; the action alone judges it. Files come back remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import consents, sights, uploads
from tongxin.heart.cases.forms import GIVEN, Choice, Choices, Line
from tongxin.heart.cases.forms_papers import FILE, KEPT, Picker
from tongxin.heart.cases.models import Case, Letter
from tongxin.heart.cases.papers import Arrived, recalled
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick

STARS = (
    (5, _("Very satisfied")),
    (4, _("Satisfied")),
    (3, _("Fairly satisfied")),
    (2, _("Dissatisfied")),
    (1, _("Very dissatisfied")),
)


class Area(forms.CharField):
    """A few lines of text that the action judges; `required` only says so beside the label."""

    def validate(self, value: Any) -> None:
        """Leave the judgement to the action."""


def area(
    label: Any, help_text: Any = "", most: int = 1000, rows: int = 3, *, needed: bool = True
) -> forms.CharField:
    """Return a field for a few lines of text, which the action judges."""
    return Area(
        label=label,
        help_text=help_text,
        required=needed,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
    )


class Uploads(forms.Form):
    """A form with a file for each of some papers. What was taken in is remembered when the form comes back."""

    use_required_attribute = False

    def __init__(self, kinds: Iterable[PaperKind], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.kinds = tuple(kinds)
        self.arrived: dict[str, Arrived] = {}
        for kind in self.kinds:
            self.fields[FILE + kind.id] = Picker(str(kind.name), kind, required=kind.required)
            hidden = forms.HiddenInput(attrs={"data-private": ""})
            self.fields[KEPT + kind.id] = forms.CharField(required=False, widget=hidden)

    @property
    def file_fields(self) -> list[tuple[forms.BoundField, forms.BoundField, Arrived | None]]:
        """The field of each paper, the hidden one that remembers, and what was taken in already."""
        return [
            (self[FILE + kind.id], self[KEPT + kind.id], self.arrived.get(kind.id)) for kind in self.kinds
        ]

    def take_in(self, *, new: bool = True) -> None:
        """Take the chosen files in (unless not `new`), and those remembered; tell at its field why one is not taken."""
        for kind in self.kinds:
            upload: UploadedFile[Any] | None = self.cleaned_data.get(FILE + kind.id)
            try:
                found = (
                    uploads.take_in(kind, upload.name or "", upload.chunks(), upload.size or 0)
                    if upload and new
                    else recalled(self.cleaned_data.get(KEPT + kind.id, ""))
                )
            except Unfit as refused:
                self.add_error(FILE + kind.id, str(refused.why))
                continue
            except uploads.Full as full:
                self.add_error(FILE + kind.id, f"{full.what} {full.todo}")
                continue
            if found is not None and found.kind == kind.id:
                self.arrived[kind.id] = found
        remembering = MultiValueDict(cast("MultiValueDict[str, Any]", self.data))
        for kind in self.kinds:
            there = self.arrived.get(kind.id)
            remembering[KEPT + kind.id] = there.remembered if there else ""
        self.data = remembering

    def take(self, refused: Invalid) -> None:
        """Show the action's refusal at the fields it names."""
        for name, texts in refused.fields.items():
            field = self._field_of(name)
            for text in texts if field is None or field not in self.errors else ():
                self.add_error(field, str(text))
        if not refused.fields:
            self.add_error(None, str(refused.what))

    def _field_of(self, name: str) -> str | None:
        return next((each for each in (GIVEN + name, name) if each in self.fields), None)


class ApplyForm(Uploads):
    """An application: where the matter lies, which window stays the contact, what is given and why, the papers."""

    def __init__(
        self,
        procedure: ProcedureFile,
        places: Iterable[Jurisdiction],
        windows: Iterable[Desk],
        data: Any = None,
        files: Any = None,
    ) -> None:
        super().__init__(procedure.papers, data, files)
        self.procedure = procedure
        self.fields["decide_at"] = Choice(
            label=_("Where the matter lies"),
            help_text=_("The office there decides."),
            choices=[("", _("Choose a place")), *((p.id, pick(p.name_zh, p.name_en)) for p in places)],
        )
        apart = procedure.joint is not None
        self.fields["accept_at"] = Choice(
            label=_("Window that stays the contact"),
            help_text=_("Two offices decide this item together: the one that takes it in is the other side.")
            if apart
            else _("Any of these takes it in; none chosen: the office where the matter lies."),
            choices=[
                ("", _("Choose a window") if apart else _("The office where the matter lies")),
                *((desk.id, str(wording.desk_name(desk))) for desk in windows),
            ],
            required=apart,
        )
        for asked in procedure.applicant:
            self.fields[GIVEN + asked.id] = Line(
                label=str(asked.name),
                help_text=_("Asked for: %(purpose)s") % {"purpose": asked.purpose},
                required=asked.required,
                widget=forms.TextInput(),
            )
        self.fields["agreed"] = forms.BooleanField(
            label=_("This was read: what the data are for and who sees them. What is given here is true."),
            required=False,
        )
        self.fields["website"] = forms.CharField(required=False)
        # What is wrong is told in the order in which it stands on the page.
        self.order_fields(["decide_at", "accept_at", *(GIVEN + asked.id for asked in procedure.applicant)])

    @property
    def applicant_fields(self) -> list[forms.BoundField]:
        """The applicant's fields, bound, in the procedure's order."""
        return [self[GIVEN + asked.id] for asked in self.procedure.applicant]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the page of the preview carries of the form, by name."""
        names = [n for n in self.fields if not n.startswith(FILE) and n not in {"agreed", "website"}]
        return [(name, str(self.data.get(name, ""))) for name in names]

    def application(self) -> dict[str, Any]:
        """Return what was typed and taken in, as the action takes it."""
        said = self.cleaned_data
        decide_at = str(said.get("decide_at", ""))
        return {
            "procedure": self.procedure.procedure,
            "decide_at": decide_at,
            "accept_at": str(said.get("accept_at", "")) or f"{decide_at}/{self.procedure.role}",
            "applicant": {f.id: str(said.get(GIVEN + f.id, "")) for f in self.procedure.applicant},
            "files": list(self.arrived.values()),
        }

    def take(self, refused: Invalid) -> None:
        """Show the refusal; a paper that is missing is told at its own field."""
        rest = {name: texts for name, texts in refused.fields.items() if name != "papers"}
        for kind in self.kinds if "papers" in refused.fields else ():
            name = FILE + kind.id
            if kind.required and kind.id not in self.arrived and name not in self.errors:
                self.add_error(name, _("This paper is missing."))
        if rest or not refused.fields:
            super().take(Invalid(refused.what, rest))


class OpenForm(forms.Form):
    """Number and secret, as they stand on the slip."""

    use_required_attribute = False
    number = Line(
        label=_("Number"),
        widget=forms.TextInput(
            attrs={"maxlength": 20, "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
    secret = Line(
        label=_("Secret"),
        help_text=_("16 signs; hyphens and small letters do not matter."),
        widget=forms.TextInput(
            attrs={
                "maxlength": 40,
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "data-private": "",
            }
        ),
    )


class DraftForm(forms.Form):
    """The secret of a draft."""

    use_required_attribute = False
    secret = Line(
        label=_("Secret of the draft"),
        widget=forms.TextInput(attrs={"maxlength": 40, "autocomplete": "off", "data-private": ""}),
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

"""Forms of papers: at filing, later, and of an earlier case. They gather what is chosen; the action alone judges it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, papers_types
from tongxin.heart.cases.forms import Choice, FileForm, Line
from tongxin.heart.cases.models import Paper
from tongxin.heart.cases.papers import Arrived, SamePaper, recalled
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile, check
from tongxin.heart.region.models import Jurisdiction
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick

FILE, KEPT = "file_", "kept_"  # the names of a paper's fields in the form of an application
GIVERS = ((Paper.Giver.APPLICANT, _("The applicant")), (Paper.Giver.DESK, _("This office")))


def taken(kind: PaperKind | None = None) -> str:
    """Return in words which files are taken for a paper, and up to which size."""
    types: tuple[str, ...] = (kind.types if kind else ()) or tuple(papers_types.NAMES)
    most = settings.PAPER_MAX_BYTES // 2**20
    most = min(most, kind.max_mb) if kind and kind.max_mb else most
    names = ", ".join(papers_types.NAMES[each] for each in types)
    return str(_("%(types)s; at most %(n)d MB.") % {"types": names, "n": most})


def accepted(kind: PaperKind | None = None) -> str:
    """Return the endings for the browser's own dialogue; what a file is, its content says."""
    types: tuple[str, ...] = (kind.types if kind else ()) or tuple(papers_types.ENDINGS)
    return ",".join(f".{papers_types.ENDINGS[each]}" for each in types)


class Picker(forms.FileField):
    """A field for one file; whether one is needed and which is taken, the action judges."""

    def __init__(self, label: str, kind: PaperKind | None = None, *, required: bool = True) -> None:
        widget = forms.FileInput(attrs={"accept": accepted(kind)})
        super().__init__(
            label=label, help_text=taken(kind), required=required, allow_empty_file=True, widget=widget
        )

    def validate(self, value: Any) -> None:
        """Leave the judgement to the action."""


class FilingForm(FileForm):
    """An application with its papers: as files, or seen as originals. What was taken is not asked for again."""

    def __init__(
        self, procedure: ProcedureFile, places: Iterable[Jurisdiction], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(procedure, places, data)
        self.files = files or MultiValueDict()
        self.arrived: dict[str, Arrived] = {}
        self.fields["papers"].label = str(_("Papers seen as originals"))
        self.fields["papers"].help_text = str(
            _("Tick what lies before you and is not kept as a file; what is missing is told together.")
        )
        for kind in procedure.papers:
            self.fields[FILE + kind.id] = Picker(str(kind.name), kind, required=kind.required)
            self.fields[KEPT + kind.id] = forms.CharField(
                required=False, widget=forms.HiddenInput(attrs={"data-private": ""})
            )

    @property
    def file_fields(self) -> list[tuple[forms.BoundField, forms.BoundField, Arrived | None]]:
        """The field of each paper, the hidden one that remembers, and what was taken in already."""
        return [
            (self[FILE + kind.id], self[KEPT + kind.id], self.arrived.get(kind.id))
            for kind in self.procedure.papers
        ]

    def take_in(self) -> None:
        """Take the chosen files in; tell at its field why one is not taken, and all else that is missing."""
        unfit = set()
        for kind in self.procedure.papers:
            upload: UploadedFile[Any] | None = self.cleaned_data.get(FILE + kind.id)
            try:
                found = (
                    actions.take_in(kind, upload.name or "", upload.chunks())
                    if upload
                    else recalled(self.cleaned_data.get(KEPT + kind.id, ""))
                )
            except Unfit as refused:
                self.add_error(FILE + kind.id, str(refused.why))
                unfit.add(kind.id)
                continue
            if found is not None and found.kind == kind.id:
                self.arrived[kind.id] = found
        remembering = MultiValueDict(cast("MultiValueDict[str, Any]", self.data))
        for kind in self.procedure.papers:
            there = self.arrived.get(kind.id)
            remembering[KEPT + kind.id] = there.remembered if there else ""
        self.data = remembering
        if unfit:
            self._rest(unfit)

    def application(self) -> dict[str, Any]:
        """Return what was typed and taken in, as the action takes it."""
        return super().application() | {"files": list(self.arrived.values())}

    def _rest(self, unfit: set[str]) -> None:
        """Tell what else is missing, as the action would if the files were fit."""
        given = super().application()
        papers = [*given["papers"], *self.arrived, *unfit]
        try:
            check(self.procedure, given["applicant"], papers, given["decide_at"])
        except Invalid as refused:
            self.take(refused)


def take_same(form: forms.Form, refused: SamePaper) -> None:
    """Say at the field of a paper that this very file is there already; nothing else that was chosen is lost."""
    field = next((name for name in (FILE + refused.kind, "file") if name in form.fields), None)
    form.add_error(field, f"{refused.what} {refused.todo}")


class PaperForm(forms.Form):
    """A file for a case: which paper it is, whose it is, and what it replaces."""

    use_required_attribute = False
    kind = Choice(label=_("Paper"))
    given_by = Choice(label=_("Given by"), widget=forms.RadioSelect, choices=GIVERS)
    replaces = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self, procedure: ProcedureFile, data: Any = None, files: Any = None, initial: Any = None
    ) -> None:
        super().__init__(data, files, initial={"given_by": Paper.Giver.APPLICANT} | (initial or {}))
        kinds = [(paper.id, str(paper.name)) for paper in procedure.papers]
        self.fields["kind"].choices = [("", str(_("Choose a paper"))), *kinds]  # type: ignore[attr-defined]
        self.fields["file"] = Picker(str(_("File")))
        self.order_fields(["kind", "file", "given_by"])

    def given(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it; no file counts as an empty one, which it refuses."""
        upload: UploadedFile[Any] | None = self.cleaned_data.get("file")
        return {
            "kind": self.cleaned_data["kind"],
            "given_by": self.cleaned_data["given_by"],
            "replaces": self.cleaned_data["replaces"],
            "name": upload.name or "" if upload else "",
            "pieces": upload.chunks() if upload else (),
        }


class ReuseForm(forms.Form):
    """Which paper of an earlier case is used, and the applicant's consent to that."""

    use_required_attribute = False
    paper = Choice(label=_("Paper of an earlier case"), widget=forms.RadioSelect)
    consent_by = Line(
        label=_("Who gave the consent"),
        help_text=_("The applicant, or who may speak for the applicant."),
        widget=forms.TextInput(attrs={"maxlength": 120, "autocomplete": "off"}),
    )
    consent_how = Line(
        label=_("How it was given"),
        help_text=_("Such as: in writing at the window, for this case only."),
        widget=forms.TextInput(attrs={"maxlength": 120, "autocomplete": "off"}),
    )
    consent_on = forms.DateField(label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, found: Iterable[Paper], data: Any = None) -> None:
        super().__init__(data)
        self.fields["paper"].choices = [(str(file.id), _told(file)) for file in found]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        return dict(self.cleaned_data)


def _told(file: Paper) -> str:
    kinds = {kind["id"]: kind["name"] for kind in file.case.procedure.body["papers"]}
    name = pick(**kinds[file.kind]) if file.kind in kinds else file.kind
    return f"{name} · {file.title} · {file.case_id} · {wording.moment(file.at)}"

"""A form with a file for each of some papers. What was taken in is remembered when the form comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from tongxin.heart.cases import uploads
from tongxin.heart.cases.forms import GIVEN
from tongxin.heart.cases.forms_papers import FILE, KEPT, Picker
from tongxin.heart.cases.papers import Arrived, recalled
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.cases.procedures import PaperKind
from tongxin.shared.errors import Invalid


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

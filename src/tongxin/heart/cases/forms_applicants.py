"""Forms of who applies: the application, number and secret, a draft. They gather; the action alone judges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases.forms import GIVEN, Choice, Line
from tongxin.heart.cases.forms_papers import FILE
from tongxin.heart.cases.forms_uploads import Uploads
from tongxin.heart.cases.procedures import ProcedureFile, asked_for
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick


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
                help_text=asked_for(asked),
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

"""Forms of cases. They gather what is typed; the action alone judges it, so that screen, API and CLI refuse alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import words
from tongxin.heart.cases.procedures import ProcedureFile, asked_for
from tongxin.heart.exchange.screen_parts import take
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared.errors import Invalid
from tongxin.shared.named import Both, pick

GIVEN = "given_"  # the names of the applicant's fields in the form


class Line(forms.CharField):
    """A line of text that the action judges; `required` only says so beside the label."""

    def validate(self, value: Any) -> None:
        """Leave the judgement to the action."""


class Choice(forms.ChoiceField):
    """A choice that the action judges."""

    def validate(self, value: Any) -> None:
        """Leave the judgement to the action."""


class Choices(forms.MultipleChoiceField):
    """Several choices that the action judges."""

    def validate(self, value: Any) -> None:
        """Leave the judgement to the action."""


class FileForm(forms.Form):
    """An application at the window: where it is decided, what the applicant gives and why, which papers are there."""

    use_required_attribute = False

    def __init__(self, procedure: ProcedureFile, places: Iterable[Jurisdiction], data: Any = None) -> None:
        super().__init__(data)
        self.procedure = procedure
        self.fields["decide_at"] = Choice(
            label=_("Where it is decided"),
            help_text=_("By where the matter lies; the office there decides, your desk stays the contact."),
            choices=[("", _("Choose a place")), *((p.id, pick(p.name_zh, p.name_en)) for p in places)],
        )
        for asked in procedure.applicant:
            self.fields[GIVEN + asked.id] = Line(
                label=str(asked.name),
                help_text=asked_for(asked),
                required=asked.required,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.fields["papers"] = Choices(
            label=_("Papers handed in"),
            help_text=_("Tick what lies before you; what is missing is told together."),
            choices=[(p.id, _paper(p.name, required=p.required)) for p in procedure.papers],
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def applicant_fields(self) -> list[forms.BoundField]:
        """The applicant's fields, bound, in the procedure's order."""
        return [self[GIVEN + asked.id] for asked in self.procedure.applicant]

    def application(self) -> dict[str, Any]:
        """Return what was typed, as the action takes it."""
        given = {f.id: str(self.cleaned_data.get(GIVEN + f.id, "")) for f in self.procedure.applicant}
        return {
            "procedure": self.procedure.procedure,
            "decide_at": str(self.cleaned_data.get("decide_at", "")),
            "applicant": given,
            "papers": list(self.cleaned_data.get("papers", [])),
        }

    def take(self, refused: Invalid) -> None:
        """Show the action's refusal at the fields it names."""
        take(self, refused, lambda name: GIVEN + name if GIVEN + name in self.fields else name)


class OfferForm(forms.Form):
    """To whom the case is handed; the epoch says which state of it was seen."""

    use_required_attribute = False
    to_desk = Choice(label=_("To"))
    epoch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, desks: Iterable[Desk], data: Any = None, *, epoch: int = 0, prefix: str = "offer"
    ) -> None:
        super().__init__(data, initial={"epoch": epoch}, prefix=prefix)
        choices = [(desk.id, str(wording.desk_name(desk))) for desk in desks]
        if len(choices) > 1:
            choices.insert(0, ("", str(_("Choose an office"))))  # so that no case goes anywhere by one click
        self.fields["to_desk"].choices = choices  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """Why an offered case goes back: a reason that the clause lists, and a remark for the colleague."""

    use_required_attribute = False
    reason = Choice(label=_("Reason"), widget=forms.RadioSelect)
    remark = forms.CharField(
        label=_("Remark"),
        help_text=_("What the other office needs in order to go on."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )

    def __init__(self, reasons: dict[str, Both], data: Any = None, *, prefix: str = "return") -> None:
        super().__init__(data, prefix=prefix)
        self.fields["reason"].choices = [(code, str(text)) for code, text in reasons.items()]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """The decision: granted or refused; a refusal with its reasons."""

    use_required_attribute = False
    outcome = Choice(
        label=_("Outcome"),
        widget=forms.RadioSelect,
        choices=[(code, text) for code, text in words.OUTCOMES.items()],
    )
    reason = forms.CharField(
        label=_("Reasons"),
        help_text=_("Needed for a refusal; the applicant is told them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )
    epoch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, epoch: int = 0, prefix: str = "decide") -> None:
        super().__init__(data, initial={"epoch": epoch}, prefix=prefix)


def _paper(name: Both, *, required: bool) -> str:
    return str(name) if required else _("%(paper)s (if there is one)") % {"paper": name}


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

"""Forms of ecology: the report of a water incident, and the notice to one receiver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.actions import CARRIED_MAX
from tongxin.heart.agreements.vocabulary import Field
from tongxin.heart.events.actions import REASON_MAX, Report
from tongxin.petals.ecology.registration import WATER_INCIDENT
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS, river_choices
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

WALL = "%Y-%m-%dT%H:%M"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # an instant before it is a slip of the pen
DATA = ("river", "location", "pollutant", "amount", "level", "description")


class Moment(forms.DateTimeField):
    """A minute of Beijing time."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL)

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant; one long past is refused."""
        found: datetime | None = super().to_python(value)
        if found is not None and found < EARLIEST:
            raise forms.ValidationError(_("This time is too long ago."), code="too_early")
        return found


class ReportForm(forms.Form):
    """The report of a water incident. What only the heart can judge comes back through `take_refusal`."""

    place = forms.ChoiceField(label=_("Where"), help_text=_("Your own jurisdiction or one inside it"))
    river = forms.ChoiceField(label=_("River"))
    location = forms.CharField(
        label=_("Spot"), max_length=200, help_text=_("Monitoring section, bridge, outfall or landmark")
    )
    pollutant = forms.ChoiceField(label=_("Pollutant"), choices=[("", "—"), *POLLUTANTS.items()])
    amount = forms.CharField(
        label=_("Amount"), max_length=120, required=False, help_text=_("With its unit, as far as it is known")
    )
    level = forms.ChoiceField(
        label=_("Level, first estimate"), choices=list(LEVELS.items()), initial="unknown", required=False
    )
    description = forms.CharField(
        label=_("What is known"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    known_at = Moment(
        label=_("Known to your office at"), help_text=_("Beijing time; the time limits are counted from it")
    )
    occurred_at = Moment(
        label=_("Happened at"), required=False, help_text=_("Leave it empty when it is not known")
    )
    late_reason = forms.CharField(
        label=_("Why it was entered late"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Needed when it was known more than an hour ago; shown with the report"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    drill = forms.BooleanField(label=_("Drill: marked throughout, sent to nobody outside"), required=False)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choice = self.fields["place"], self.fields["river"]
        for field, values in zip(choice, (list(places), river_choices()), strict=True):
            if isinstance(field, forms.ChoiceField):
                field.choices = values if len(values) == 1 else [("", "—"), *values]
        if not self.is_bound:
            self.initial.setdefault("known_at", clock.beijing(clock.now()))
        for name in ("known_at", "occurred_at"):
            self.fields[name].widget.attrs["max"] = (
                f"{clock.beijing(clock.now()) + timedelta(minutes=1):{WALL}}"
            )

    def report(self) -> Report:
        """Return the report as the heart takes it; call it on a valid form."""
        data = self.cleaned_data
        return Report(
            type=WATER_INCIDENT,
            place=data["place"],
            known_at=data["known_at"],
            occurred_at=data["occurred_at"],
            data={name: data[name] for name in DATA if data[name] or name != "level"},
            late_reason=data["late_reason"],
            drill=data["drill"],
        )

    def take_refusal(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        _take(self, refused)


class NoticeForm(forms.Form):
    """The notice to one receiver: the fields that its clauses demand."""

    def __init__(
        self, *args: Any, fields: Sequence[Field], data_of_event: dict[str, Any], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for field in fields:
            choices = list(field.choices())
            value = field.prefill(data_of_event)
            if choices:
                self.fields[field.name] = forms.ChoiceField(
                    label=field.title, choices=choices, initial=value, help_text=field.hint
                )
            else:
                self.fields[field.name] = forms.CharField(
                    label=field.title, max_length=CARRIED_MAX, initial=value, help_text=field.hint
                )

    def carried(self) -> dict[str, str]:
        """Return what the notice carries; call it on a valid form."""
        return {name: str(self.cleaned_data[name]) for name in self.fields}

    def take_refusal(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        _take(self, refused)


def _take(form: forms.Form, refused: Invalid) -> None:
    for name, texts in refused.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    if not refused.fields:
        form.add_error(None, refused.what)

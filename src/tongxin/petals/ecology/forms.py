"""Forms of ecology: the report of a water incident and its correction, and the notice to one receiver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.actions import CARRIED_MAX
from tongxin.heart.agreements.vocabulary import Field
from tongxin.heart.events.actions import REASON_MAX, Report
from tongxin.heart.events.queries import Chain
from tongxin.heart.exchange.screen_parts import take
from tongxin.petals.ecology.registration import WATER_INCIDENT
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS, river_choices
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

WALL = "%Y-%m-%dT%H:%M"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # an instant before it is a slip of the pen
OWN = ("at",)  # fields of a call that are no part of what was told
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


def reason_field(label: Any, hint: Any = "") -> forms.CharField:
    """Return a field for a reason; the heart asks for one."""
    return forms.CharField(
        label=label,
        max_length=REASON_MAX,
        help_text=hint or _("Kept with the act and shown"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _same_minute(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return clock.beijing(one).strftime(WALL) == clock.beijing(other).strftime(WALL)


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
            drill=bool(data.get("drill")),
        )

    def take_refusal(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        take(self, refused)


class CorrectionForm(ReportForm):
    """The correction of a report: the report as it stands, to be mended; why, and when that was known.

    What is left as it was stays to the second, though the fields show minutes.
    """

    drill = None  # type: ignore[assignment]  # a correction belongs to the incident as it was reported
    known_corrected = Moment(
        label=_("Known to your office at"),
        required=False,
        help_text=_(
            "Change it only when the time that was reported is wrong; dues that are open move with it"
        ),
    )
    reason = reason_field(_("Why it is corrected"))
    field_order = (*("place", *DATA), "occurred_at", "known_corrected", "reason", "known_at", "late_reason")

    def __init__(self, *args: Any, chain: Chain, **more: Any) -> None:
        self.chain = chain
        head = chain.head
        more["initial"] = {name: head.data.get(name, "") for name in DATA} | {
            "place": head.place_id,
            "occurred_at": head.occurred_at,
            "known_corrected": chain.known_at,
        }
        super().__init__(*args, **more)
        self.fields["known_at"].label = _("The correction was known at")
        self.fields["known_at"].help_text = _("Beijing time; new time limits are counted from it")
        self.fields["late_reason"].help_text = _("Needed when the correction was known more than an hour ago")
        self.fields["known_corrected"].widget.attrs["max"] = self.fields["known_at"].widget.attrs["max"]

    def report(self) -> Report:
        """Return the corrected report as the heart takes it; call it on a valid form."""
        found = super().report()
        was = self.chain.head.occurred_at
        return replace(found, occurred_at=was) if _same_minute(found.occurred_at, was) else found

    def known(self) -> datetime | None:
        """Return when the thing itself was known, if that is corrected."""
        said: datetime | None = self.cleaned_data["known_corrected"]
        return None if said is None or _same_minute(said, self.chain.known_at) else said


class NoticeForm(forms.Form):
    """The notice to one receiver: the fields that its clauses demand; `known` are first values beyond the report's."""

    def __init__(
        self,
        *args: Any,
        fields: Sequence[Field],
        data_of_event: dict[str, Any],
        known: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for field in fields:
            choices = list(field.choices())
            value = (known or {}).get(field.name) or field.prefill(data_of_event)
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
        return {name: str(self.cleaned_data[name]) for name in self.fields if name not in OWN}

    def take_refusal(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        take(self, refused)


class CallForm(NoticeForm):
    """That one receiver was told by telephone: when, and of what."""

    at = Moment(
        label=_("The call was made at"),
        help_text=_("Beijing time; it counts when the other side records it too"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.is_bound:
            self.initial.setdefault("at", clock.beijing(clock.now()))

"""Forms of what is done in an incident: withdraw, object, merge, close, record a call, enter a forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.actions import CARRIED_MAX
from tongxin.heart.agreements.actions.reporting import OBJECTION_MAX
from tongxin.heart.agreements.vocabulary import Field
from tongxin.heart.agreements.wording import BASES
from tongxin.heart.events.actions import REASON_MAX
from tongxin.heart.exchange.screen_parts import take
from tongxin.petals.ecology import actions
from tongxin.petals.ecology.chains import Expected
from tongxin.petals.ecology.forecast import stale_words
from tongxin.petals.ecology.forms import Moment, reason_field
from tongxin.petals.ecology.words import INPUTS
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

INPUTS_MAX = 64 * 1024 * 1024  # bytes of a file whose hash is taken
TIMES = ("p5", "p50", "p95")


class ActForm(forms.Form):
    """A form of an act of the heart: its refusal comes back at the fields that it names."""

    def take_refusal(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        take(self, refused)


class WithdrawForm(ActForm):
    """Why a report is withdrawn."""

    reason = reason_field(_("Why it is withdrawn"))


class CloseForm(ActForm):
    """Why the all-clear is given."""

    reason = reason_field(_("Why the all-clear is given"))


class ObjectionForm(ActForm):
    """What is held against a report of another side."""

    text = forms.CharField(
        label=_("What your side holds against it"),
        max_length=OBJECTION_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MergeForm(ActForm):
    """The number of the other incident that is the same, and why."""

    other = forms.CharField(
        label=_("Number of the other incident"), max_length=20, help_text=_("Such as M-2026-000012")
    )
    reason = reason_field(_("Why the two are one"))


class StandDownForm(ActForm):
    """What else is said to who need not care any more."""

    remark = forms.CharField(label=_("Remark"), max_length=CARRIED_MAX, required=False)


class WarningForm(ActForm):
    """Whom to warn without a clause, by law or by necessity, why, and of what."""

    to_desk = forms.ChoiceField(label=_("Whom to warn"))
    basis = forms.ChoiceField(label=_("Basis"), widget=forms.RadioSelect)
    reason = reason_field(_("Which provision, or which danger"))

    def __init__(
        self,
        *args: Any,
        desks: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        fields: Sequence[Field],
        data_of_event: dict[str, Any],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.names = [each.name for each in fields]
        choosing: Any = self.fields["to_desk"]
        choosing.choices = [("", "—"), *desks]
        basis: Any = self.fields["basis"]
        basis.choices = list(BASES.items())
        for each in fields:
            choices = list(each.choices())
            said: dict[str, Any] = {
                "label": each.title,
                "initial": each.prefill(data_of_event),
                "help_text": each.hint,
                "required": False,
            }
            self.fields[each.name] = (
                forms.ChoiceField(choices=[("", "—"), *choices], **said)
                if choices
                else forms.CharField(max_length=CARRIED_MAX, **said)
            )

    def carried(self) -> dict[str, str]:
        """Return what the warning carries; call it on a valid form."""
        return {name: str(self.cleaned_data[name]) for name in self.names if self.cleaned_data[name]}


class HeardForm(ActForm):
    """When the own desk was told by telephone."""

    at = Moment(label=_("Your desk was told at"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.is_bound:
            self.initial.setdefault("at", clock.beijing(clock.now()))


@dataclass(frozen=True)
class PlaceRow:
    """The fields of one place in the forecast form."""

    name: str
    probability: forms.BoundField
    times: list[forms.BoundField]
    held: forms.BoundField

    @property
    def errors(self) -> list[str]:
        """Everything that is wrong in the row."""
        return [str(e) for field in (self.probability, *self.times, self.held) for e in field.errors]


class ForecastForm(ActForm):
    """A forecast as an engine computed it: one row for each place downstream; an empty row says nothing."""

    known_at = Moment(label=_("Known to your office at"), help_text=_("Beijing time"))
    late_reason = forms.CharField(
        label=_("Why it was entered late"),
        max_length=REASON_MAX,
        required=False,
        help_text=_("Needed when it was known more than an hour ago"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    engine = forms.CharField(label=_("Engine"), max_length=actions.NAME_MAX)
    version = forms.CharField(label=_("Version of the engine"), max_length=actions.NAME_MAX)
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=actions.SEED_MAX,
        help_text=_("With engine, version, inputs and seed it can be computed again"),
    )
    inputs = forms.CharField(
        label=_("SHA-256 of the inputs"),
        max_length=64,
        required=False,
        help_text=_("64 hexadecimal digits; or give the file of the inputs below, its hash is taken"),
    )
    inputs_file = forms.FileField(label=_("File of the inputs"), required=False, allow_empty_file=True)
    stale = forms.MultipleChoiceField(
        label=_("Stale inputs"),
        choices=list(INPUTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each time then needs its early and late bound, or stays empty"),
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]],
        last: Sequence[Expected] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.places = list(places)
        before = {row.place: row for row in last}
        if not self.is_bound:
            self.initial.setdefault("known_at", clock.beijing(clock.now()))
        for place, name in self.places:
            self._add_row(place, name, before.get(place))

    def _add_row(self, place: str, name: str, last: Expected | None) -> None:
        self.fields[f"p-{place}"] = forms.DecimalField(
            label=gettext("%(place)s: probability in percent") % {"place": name},
            min_value=0,
            max_value=100,
            max_digits=7,
            decimal_places=4,
            required=False,
            initial=last.percent.removesuffix("%") if last else None,
        )
        for each in TIMES:
            self.fields[f"{each}-{place}"] = Moment(
                label=gettext("%(place)s: %(percentile)s") % {"place": name, "percentile": each.upper()},
                required=False,
                initial=getattr(last, each, None),
            )
        self.fields[f"held-{place}"] = forms.BooleanField(
            label=gettext("%(place)s: held") % {"place": name},
            required=False,
            initial=last.held if last else False,
        )
        for part in ("p", *TIMES, "held"):
            widget = self.fields[f"{part}-{place}"].widget
            widget.attrs["aria-label"] = self.fields[f"{part}-{place}"].label
            if part != "held":
                widget.attrs["class"] = "input"

    def rows(self) -> Iterator[PlaceRow]:
        """Yield the fields of each place, for the table."""
        for place, name in self.places:
            yield PlaceRow(
                name, self[f"p-{place}"], [self[f"{t}-{place}"] for t in TIMES], self[f"held-{place}"]
            )

    def clean(self) -> dict[str, Any]:
        """Check the rows, each by itself and all together."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        said = [place for place, _name in self.places if self._clean_row(place)]
        if not said and not self.errors:
            self.add_error(None, _("Enter the forecast for one place at least."))
        given = found.get("inputs_file")
        if given is not None and given.size > INPUTS_MAX:
            self.add_error("inputs_file", _("This file is too large."))
        elif given is None and not found.get("inputs") and "inputs" not in self.errors:
            self.add_error("inputs", _("This field is needed."))
        return found

    def _clean_row(self, place: str) -> bool:
        """Check one row; return whether it says anything."""
        data = self.cleaned_data
        times = [data.get(f"{t}-{place}") for t in TIMES]
        told = [at for at in times if at]
        held = bool(data.get(f"held-{place}"))
        if data.get(f"p-{place}") is None:
            if (told or held) and f"p-{place}" not in self.errors:
                self.add_error(f"p-{place}", _("This field is needed."))
            return bool(told or held or self.has_error(f"p-{place}"))
        if told != sorted(told):
            self.add_error(f"p50-{place}", _("The early, middle and late arrival stand in this order."))
        if held and told:
            self.add_error(f"held-{place}", _("What is held behind a gate has no time of arrival."))
        if data.get("stale") and told and not (times[0] and times[2]):
            self.add_error(f"p5-{place}", stale_words(data["stale"]))
        return True

    def forecast(self) -> actions.Forecast:
        """Return the forecast as the act takes it; call it on a valid form."""
        data = self.cleaned_data
        return actions.Forecast(
            known_at=data["known_at"],
            arrivals=[self._arrival(p) for p, _name in self.places if data.get(f"p-{p}") is not None],
            engine=data["engine"],
            version=data["version"],
            inputs=self._inputs(),
            seed=data["seed"],
            stale_inputs=data["stale"],
            late_reason=data["late_reason"],
        )

    def _arrival(self, place: str) -> dict[str, Any]:
        data = self.cleaned_data
        arrival = {f"arrival_{t}": data[f"{t}-{place}"] for t in TIMES if data[f"{t}-{place}"]}
        if data[f"held-{place}"]:
            arrival["held"] = True
        return {"place": place, "probability": float(data[f"p-{place}"] / 100)} | arrival

    def _inputs(self) -> str:
        given: UploadedFile[bytes] | None = self.cleaned_data["inputs_file"]
        if given is not None:
            return actions.hash_of_inputs(given.chunks())
        return str(self.cleaned_data["inputs"]).strip().lower()

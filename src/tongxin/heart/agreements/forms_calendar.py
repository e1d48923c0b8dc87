"""The small form that asks when a time limit runs out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import almanac
from tongxin.heart.agreements.language import Within
from tongxin.heart.region.worktime import Span
from tongxin.shared.errors import Invalid

WALL = "%Y-%m-%dT%H:%M"
CLOCKS = {
    "days": _("working days"),
    "hours": _("hours in which the office is open"),
    "calendar": _("time that simply passes"),
}
CALENDARS_OF = {
    "debtor": _("the bound office"),
    "creditor": _("the owed office"),
    "both": _("both: only while both are open"),
}
UNITS = {"minutes": _("minutes"), "hours": _("hours"), "days": _("days")}
PAIRS = (("pause_from", "pause_until"), ("pause2_from", "pause2_until"))
REFUSED = {"within": "amount", "pause": "pause_from", "calendar_of": "calendar_of", "start": "start"}


class Moment(forms.DateTimeField):
    """A minute of Beijing time."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WALL)

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant; one far from today is refused."""
        found: datetime | None = super().to_python(value)
        if found is not None and not almanac.FIRST_YEAR <= found.year <= almanac.LAST_YEAR:
            raise forms.ValidationError(_("There is no calendar for this year."), code="no_calendar")
        return found


def options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """Return the options of a list of offices; there are hundreds, too many for a template each."""
    return SafeString(
        "".join(
            f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(name)}</option>'
            for code, name in choices
        )
    )


class Offices(forms.Select):
    """A list of offices to choose one from."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Return the list as HTML, as Django's own would look."""
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        choices = [(str(code), str(label)) for code, label in self.choices]
        return SafeString(f"<select{flatatt(given)}>{options(choices, str(value or ''))}</select>")


class DueForm(forms.Form):
    """A time limit, where it starts, on whose calendar it is counted, and what does not count."""

    start = Moment(label=_("Starts at"), help_text=_("Beijing time"))
    amount = forms.IntegerField(label=_("Time limit"), min_value=1, max_value=1_500_000, initial=5)
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNITS.items()), initial="days")
    clock = forms.ChoiceField(label=_("Counted in"), choices=list(CLOCKS.items()), initial="days")
    calendar_of = forms.ChoiceField(
        label=_("On the calendar of"), choices=list(CALENDARS_OF.items()), initial="debtor", required=False
    )
    debtor = forms.ChoiceField(label=_("Bound office"), widget=Offices)
    creditor = forms.ChoiceField(label=_("Owed office"), widget=Offices)
    pause_from = Moment(label=_("Paused from"), required=False)
    pause_until = Moment(label=_("Paused until"), required=False)
    pause2_from = Moment(label=_("Paused again from"), required=False)
    pause2_until = Moment(label=_("Paused again until"), required=False)

    def __init__(self, *args: Any, desks: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("debtor", "creditor"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(desks)

    def clean(self) -> dict[str, Any]:
        """Working days are counted whole, and a pause has both its ends."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("clock") == "days" and found.get("unit") not in {None, "days"}:
            self.add_error("unit", _("Working days are counted in days."))
        for begins, ends in PAIRS:
            if bool(found.get(begins)) != bool(found.get(ends)) and not {begins, ends} & set(self.errors):
                self.add_error(
                    ends if found.get(begins) else begins, _("A pause has a beginning and an end.")
                )
        return found

    def ask(self) -> almanac.Counted | None:
        """Return the count, or None with the errors in the form."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        limit = Within(
            within=timedelta(**{given["unit"]: given["amount"]}),
            clock=given["clock"],
            calendar_of=given["calendar_of"] or "debtor",
        )
        pauses: list[Span] = [(given[a], given[b]) for a, b in PAIRS if given[a]]
        try:
            return almanac.counted(
                limit,
                given["start"],
                bound_desk=given["debtor"],
                owed_desk=given["creditor"],
                pauses=pauses,
            )
        except Invalid as refused:
            self.add_error(None, str(refused.what))
            for name, texts in refused.fields.items():
                self.add_error(REFUSED.get(name), [str(text) for text in texts])
            return None

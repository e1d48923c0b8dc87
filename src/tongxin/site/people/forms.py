"""Forms of the administration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.wording import desk_name
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import today
from tongxin.shared.named import pick
from tongxin.site.account.words import post_name, seat_name
from tongxin.site.people import queries

USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{2,59}$",
    _("Three to sixty small letters, digits, points, hyphens or underscores; a letter or digit first."),
)


class _DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class _Moment(forms.DateTimeField):
    """A minute of Beijing time that a roster may name."""

    widget = _MomentInput
    years = range(2000, 2101)

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant; a year that no roster means is refused as no time at all."""
        found: datetime | None = super().to_python(value)
        if found is not None and found.year not in self.years:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def _post_choices(reader: Acting) -> list[tuple[str, str]]:
    return [(p.id, post_name(p)) for p in queries.posts(reader)]


def _seat_choices(reader: Acting) -> list[tuple[str, str]]:
    return [(s.code, seat_name(s)) for s in queries.seats(reader)]


def _desk_choices(reader: Acting) -> list[tuple[str, str]]:
    return [(d.id, str(desk_name(d))) for d, _office, _coming in queries.desks(reader)]


def _office_choices(reader: Acting) -> list[tuple[str, str]]:
    return [(o.id, pick(o.name_zh, o.name_en)) for o in queries.offices(reader)]


class _OfReader(forms.Form):
    """A form whose choices are those of the reader's jurisdiction."""

    def __init__(self, *args: Any, reader: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = (
            ("post", _post_choices),
            ("seat", _seat_choices),
            ("desk", _desk_choices),
            ("office", _office_choices),
        )
        for name, choices in known:
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "—"), *choices(reader)]

    def chosen_seat(self) -> tuple[str, str]:
        """Return the post and the desk that were chosen."""
        post, _at, desk = str(self.cleaned_data["seat"]).partition("@")
        return post, desk


class NewPerson(_OfReader):
    """A login and its first post."""

    username = forms.CharField(
        label=_("User name"), max_length=60, validators=[USERNAME],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    display_name = forms.CharField(label=_("Name"), max_length=80)
    post = forms.ChoiceField(label=_("Post"))
    valid_from = forms.DateField(label=_("Holds it from"), widget=_DateInput, initial=today)


class NewHolding(_OfReader):
    """One more post for a person."""

    post = forms.ChoiceField(label=_("Post"))
    valid_from = forms.DateField(label=_("Holds it from"), widget=_DateInput, initial=today)
    valid_until = forms.DateField(
        label=_("Until"),
        widget=_DateInput,
        required=False,
        help_text=_("The first day no longer held; empty: open."),
    )


class NewShift(_OfReader):
    """A post on the roster of a desk."""

    seat = forms.ChoiceField(label=_("Post and desk"))
    from_at = _Moment(label=_("From"), help_text=_("Beijing time"))
    until_at = _Moment(label=_("Until"), help_text=_("Beijing time"))


class MovedDesk(_OfReader):
    """Another office for a desk, from a day on."""

    desk = forms.ChoiceField(label=_("Desk"))
    office = forms.ChoiceField(label=_("Office that staffs it"))
    on = forms.DateField(label=_("From this day on"), widget=_DateInput, initial=today)


class NewToken(_OfReader):
    """A token for an office's program."""

    seat = forms.ChoiceField(label=_("Post and desk"))
    label = forms.CharField(label=_("What it is for"), max_length=80)

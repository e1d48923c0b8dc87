"""Forms of duties: one for each act; what only the act can judge comes back through `take`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import performing
from tongxin.heart.agreements.actions.parts import REASON_MAX
from tongxin.heart.agreements.performing import Asked
from tongxin.heart.exchange.screen_parts import take
from tongxin.shared import money
from tongxin.shared.errors import Invalid

LINE_MAX = 200
YUAN = "amount_yuan"  # what people type; the act takes whole fen
NAMES = {"amount_fen": YUAN}


class Yuan(forms.CharField):
    """An amount in yuan with two decimals; its value is whole fen, as text."""

    def to_python(self, value: Any) -> str:
        """Return whole fen as text, empty for nothing."""
        text = str(super().to_python(value) or "")
        try:
            return str(money.fen(text)) if text else ""
        except ValueError:
            raise forms.ValidationError(
                _("Enter an amount in yuan with at most two decimals, such as 1234.50."), code="no_amount"
            ) from None


class ActForm(forms.Form):
    """A form of one act on a duty; several stand on one page, so each has a prefix."""

    use_required_attribute = False

    def take(self, refused: Invalid) -> None:
        """Show the heart's refusal at the fields it names."""
        take(self, refused, lambda name: NAMES.get(name, name))


class PerformForm(ActForm):
    """What a performance is asked for, field by field."""

    def __init__(
        self, asked: list[Asked], data: Any = None, *, values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data, prefix="perform")
        self.asked = asked
        for each in asked:
            self.fields[NAMES.get(each.name, each.name)] = _field(each, (values or {}).get(each.name, ""))

    def carried(self) -> dict[str, str]:
        """Return what the act carries; call it on a valid form. What was left empty is left out."""
        found = {}
        for each in self.asked:
            value = self.cleaned_data[NAMES.get(each.name, each.name)]
            if value not in ("", None, False):
                found[each.name] = "yes" if value is True else str(value)
        return found


class PlainForm(ActForm):
    """An act that asks for nothing but the press of its button."""

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data, prefix=name)


class ReasonForm(ActForm):
    """An act that needs a reason."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": REASON_MAX}),
    )

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data, prefix=name)


class GroundForm(ActForm):
    """A suspension on one of the grounds that the clause names."""

    def __init__(self, grounds: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, prefix="suspend")
        self.fields["ground"] = forms.ChoiceField(
            label=_("Ground"), choices=[("", _("Choose a ground")), *_listed(grounds.items())]
        )


class DateForm(ActForm):
    """Another day for a delivery, and why."""

    on = forms.DateField(
        label=_("Another day"),
        help_text=_("The delivery is then due at the end of that day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": REASON_MAX}),
    )

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix="date", initial=dict(initial or {}))


class RulingForm(ActForm):
    """Which of two clauses shall rule, and why."""

    def __init__(self, clauses: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, prefix="rule")
        self.fields["clause"] = forms.ChoiceField(
            label=_("Which clause shall rule"), choices=list(clauses.items()), widget=forms.RadioSelect
        )
        self.fields["reason"] = ReasonForm.base_fields["reason"]


def _listed(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Return choices with plain words: Django takes anything that can be gone through for a group of choices."""
    return [(code, str(words)) for code, words in pairs]


def _field(each: Asked, value: str) -> forms.Field:
    common: dict[str, Any] = {"label": each.title, "required": each.required, "help_text": each.hint}
    if each.kind == "choice":
        listed = _listed(each.choices)
        if each.name == "outcome":
            return forms.ChoiceField(choices=listed, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[("", "—"), *listed], initial=value, **common)
    if each.kind == "flag":
        return forms.BooleanField(**common)
    if each.kind == "money":
        shown = money.plain(int(value)) if performing.FEN.fullmatch(value) else ""
        common["label"] = _("Amount (yuan)")
        return Yuan(
            initial=shown, max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common
        )
    if each.kind == "line":
        return forms.CharField(initial=value, max_length=LINE_MAX, **common)
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": performing.CARRIED_MAX})
    return forms.CharField(initial=value, max_length=performing.CARRIED_MAX, widget=widget, **common)

"""What desks at two nodes say of a matter as it crosses the line: its form by kind, read before anything is kept."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field, ValidationError

from tongxin.heart.exchange import lines
from tongxin.shared import canonical
from tongxin.shared.errors import Refused

Said = Annotated[str, Field(max_length=1000)]
Carried = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")], Said], Field(max_length=100)
]
Clauses = Annotated[list[Annotated[str, Field(max_length=160)]], Field(max_length=200)]
Pair = tuple[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=160)]]


class Notice(lines.Form):
    """What a notice carries, and the clauses that it serves at its sender's."""

    carried: Carried
    clauses: Clauses


class Call(Notice):
    """Word by telephone: when it was given, and what was owed then, as its sender keeps it."""

    at: lines.Instant
    wanted: dict[str, dict[str, Any]]


class Warned(lines.Form):
    """A warning without a clause: what it carries, what a bar kept back (field, bar), and why it was sent."""

    carried: Carried
    withheld: Annotated[list[Pair], Field(max_length=100)]
    reason: Annotated[str, Field(max_length=400)]


class StandDown(lines.Form):
    """That it no longer concerns the desk."""

    remark: Said
    clauses: Clauses


class AllClear(lines.Form):
    """That it is over."""


class Delivery(lines.Form):
    """What was owed, and the number of the duty at its sender's."""

    carried: Carried
    duty: lines.Seq


class Confirm(lines.Form):
    """That a notice was received, by the notice's id."""

    notice: lines.Uuid


FORMS: dict[str, type[lines.Form]] = {
    "notice": Notice,
    "call": Call,
    "warning": Warned,
    "stand_down": StandDown,
    "all_clear": AllClear,
    "delivery": Delivery,
    "confirm": Confirm,
}


def need(letter: lines.Letter) -> None:
    """Raise Refused `wrong_body` unless a letter's body has the form of its kind."""
    try:
        FORMS[letter.kind].model_validate_json(canonical.dumps(letter.body))
    except ValidationError as fault:
        raise Refused("wrong_body", _("What was said has not the form of the protocol.")) from fault

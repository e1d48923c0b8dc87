"""The lock-out: too many wrong tries, from one place or on one name, close the door for a while (`shared/tries`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.shared import tries
from tongxin.shared.tries import Door
from tongxin.shared.writing import writing
from tongxin.site.models import FailedLogin

# On one name from anywhere: high, so that a stranger cannot easily lock an officer out. From one address: an office
# behind it has many people.
LOGIN = Door("login", 5, 25, 60)
CODE = Door("code", 5, 25, 60)
TOKEN = Door("token", 60, 60, 120)  # nobody guesses one; a program that is set up wrongly repeats itself


class LockedOut(tries.TooMany):
    """Too many tries failed; says until when (429)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "locked_out",
            until,
            _("Too many wrong tries. Signing in is locked until %(at)s (%(minutes)s min)."),
            kept=_("Nothing was changed; sessions that are open go on."),
            todo=_("Wait until then, or sign in with a passkey."),
        )


@dataclass
class Try:
    """One try that is being checked."""

    row: FailedLogin

    def right(self) -> None:
        """Strike the try out: it was right. Earlier wrong ones on this name from this place go with it."""
        with writing("account.login right"):
            tries.strike(self.row)


def begin(door: Door, name: str, request: HttpRequest) -> Try:
    """Write a try down, or raise LockedOut; a try during the lock-out does not prolong it."""
    with writing("account.login try"):
        row, until = tries.count(FailedLogin, door, name, request)
    if until is not None:
        raise LockedOut(until)
    return Try(row)

"""What an application's form carries, sealed: its key, the seed of the slip's secret, its time.

The key makes one case of it however often it is sent. The time shows that somebody took at least a few seconds, which
is proof enough without any third party. The seed makes the slip come out the same when the same form is sent again,
without the secret being kept anywhere.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core import signing

from tongxin.shared import clock

QUICKEST = timedelta(seconds=3)
LONGEST = timedelta(hours=24)  # as long as a form remembers files (papers.REMEMBERED)
_SALT = "cases.application.form"


@dataclass(frozen=True)
class Token:
    """The seal of one form."""

    procedure: str
    key: str
    seed: str
    at: str

    @property
    def sealed(self) -> str:
        """The token as the form carries it."""
        return signing.dumps(asdict(self), salt=_SALT)

    @property
    def age(self) -> timedelta:
        """How long ago the form was made."""
        return clock.now() - datetime.fromisoformat(self.at)


def new(procedure: str) -> Token:
    """Return the token of a fresh form."""
    return Token(procedure, secrets.token_hex(16), secrets.token_urlsafe(32), clock.iso(clock.now()))


def read(sealed: str, procedure: str) -> Token | None:
    """Return a token that was sealed here for this procedure and is at most a day old; else None."""
    try:
        token = Token(**signing.loads(sealed, salt=_SALT))
    except (signing.BadSignature, TypeError):
        return None
    return token if token.procedure == procedure and timedelta(0) <= token.age <= LONGEST else None

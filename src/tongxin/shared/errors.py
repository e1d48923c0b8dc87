"""Refusals: what the product says when it will not do a thing; each in three parts, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

Text = Any  # str or a lazy translation


class Refused(Exception):
    """An expected refusal: what happened, what was kept, what to do. `code` is stable, for machines."""

    status = 409

    def __init__(self, code: str, what: Text, *, kept: Text = "", todo: Text = "") -> None:
        super().__init__(code)
        self.code = code
        self.what = what
        self.kept = kept or _("Nothing was changed.")
        self.todo = todo

    def as_dict(self) -> dict[str, Any]:
        """Return the refusal as the body that the API sends."""
        return {"code": self.code, "what": str(self.what), "kept": str(self.kept), "todo": str(self.todo)}


class Conflict(Refused):
    """The state has moved on since the page was made (409)."""


class NotAllowed(Refused):
    """No clause and no role gives this actor this act (403)."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or it is not this reader's to know (404)."""

    status = 404


class Invalid(Refused):
    """What was entered cannot be taken (422); `fields` says which field and why."""

    status = 422

    def __init__(self, what: Text, fields: Mapping[str, Sequence[Text]], *, code: str = "invalid") -> None:
        super().__init__(code, what, todo=_("Mend the marked fields and send again."))
        self.fields = {name: list(texts) for name, texts in fields.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return the refusal with its fields."""
        return {**super().as_dict(), "fields": {n: [str(t) for t in ts] for n, ts in self.fields.items()}}


class KeyReused(Refused):
    """The idempotency key was used before for something else (422)."""

    status = 422


# What may go wrong with one of many things that a job of the ticker does: it is logged, and the others go on.
OF_ONE = (ArithmeticError, DatabaseError, LookupError, ValueError, Refused)

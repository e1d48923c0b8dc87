"""Drafts of applications: kept for seven days under a secret, sealed so that without it nobody can read them."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import guesses, slips
from tongxin.heart.cases.models import Draft
from tongxin.shared import clock
from tongxin.shared.errors import NotFound
from tongxin.shared.writing import writing

KEPT = timedelta(days=7)


def save(typed: dict[str, Any], files: list[str]) -> tuple[str, Draft]:
    """Keep what was typed, with the contents that belong to it; return the secret, kept nowhere, and the row."""
    secret = slips.new_secret()
    sealed = _box(secret).encrypt(json.dumps(typed, ensure_ascii=False).encode())
    with writing("cases.draft"):
        row = Draft.objects.create(
            secret_hash=slips.hash_of("draft", secret),
            sealed=sealed,
            files=sorted(set(files)),
            until=clock.now() + KEPT,
        )
    return secret, row


def opened(secret: str, request: HttpRequest) -> tuple[dict[str, Any], datetime]:
    """Return what was typed and until when it is kept.

    Raises NotFound for a wrong secret and for a draft whose time is over, alike.
    """
    known_by = slips.hash_of("draft", secret)
    this_try = guesses.begin(guesses.DRAFT, known_by, request)
    row = Draft.objects.filter(secret_hash=known_by, until__gt=clock.now()).first()
    try:
        typed = json.loads(_box(secret).decrypt(bytes(row.sealed))) if row else None
    except InvalidToken:
        typed = None
    if row is None or typed is None:
        raise NotFound(
            "no_such_draft",
            _("There is no such draft, or its time is over."),
            todo=_("Check the secret; a draft is kept for seven days. Or begin anew."),
        )
    this_try.right()
    return dict(typed), row.until


def sweep() -> int:
    """Put away the drafts whose time is over; a job of the ticker. Returns how many."""
    with writing("cases.draft over"):
        gone, _rows = Draft.objects.filter(until__lte=clock.now()).delete()
    return gone


def _box(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxin draft").derive(
        slips.plain(secret).encode("utf-8", "replace")
    )
    return Fernet(base64.urlsafe_b64encode(key))

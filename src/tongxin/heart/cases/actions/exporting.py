"""The case file leaves the house: one entry each time, with the hash of what was handed out."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import translation

from tongxin.heart.cases import casefile
from tongxin.heart.cases.casefile import CaseFile
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def export_file(*, by: Acting, key: str, number: str, language: str) -> tuple[CaseFile, bytes]:
    """Return the case file as the actor's desk may see it, and its pages; that they were handed out is an entry.

    `language`: zh or en. Raises NotFound where the desk has no part in the case. The pages are made before the
    transaction begins; a key that was used for other pages is refused, as each file is an export of its own.
    """
    from tongxin.heart.cases import (
        casefile_pdf,  # brings a printer's workshop along, which few processes need
    )

    with translation.override(LANGUAGES[language]):
        file = casefile.of(by, number)
        content = casefile_pdf.pages(file)
    told = {"fields": list(file.fields), "withheld": list(file.withheld), "bytes": len(content)}
    note(
        by=by,
        key=key,
        number=number,
        language=language,
        sha256=hashlib.sha256(content).hexdigest(),
        told=told,
    )
    return file, content


def note(
    *, by: Acting, key: str, number: str, language: str, sha256: str, told: dict[str, Any]
) -> dict[str, Any]:
    """Enter that a case file with this hash was handed out; `told`: which fields are in it, which are not, its size."""
    request = {"case": number, "language": language, "sha256": sha256}
    with act("cases.file.exported", by=by, key=key, request=request) as a:
        if not a.replayed:
            a.result = {"case": number, "sha256": sha256}
            a.entry(f"case:{number}/file", payload=request | told)
    return a.result

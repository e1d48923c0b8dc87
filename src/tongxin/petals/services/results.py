"""Results that one side issued and that are presented on another: the event, its data, and who issued it."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from tongxin.heart.agreements.vocabulary import Answer, Fact
from tongxin.heart.region import queries as region
from tongxin.shared.errors import NotFound
from tongxin.shared.named import pick

RESULT_PRESENTED = "services.result_presented"
MATTER_KIND = "result"
Kind = Literal["lab_test", "imaging", "qualification", "service_result"]
KINDS: dict[str, Any] = {
    "lab_test": _("Laboratory test"),
    "imaging": _("Medical imaging"),
    "qualification": _("Qualification"),
    "service_result": _("Result of a service item"),
}


TERMS: dict[str, Any] = {
    "kind": _("Kind of result"),
    "what": _("What it says it is of"),
    "issued_by": _("Issued by"),
    "reference": _("Number there"),
}


class ResultPresented(BaseModel):
    """What was presented: its kind, what it is, who issued it, and by which number it can be asked for there.

    No name and no finding of a person: the two offices know those from the paper itself.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    kind: Kind
    what: str = Field(min_length=1, max_length=160)
    issued_by: str = Field(min_length=1, max_length=60)  # a jurisdiction
    reference: str = Field(min_length=1, max_length=80)


def title_of(data: dict[str, Any]) -> str:
    """Return the matter's title: kind and what by their codes; screens word it in the reader's language."""
    return f"{data['kind']}/{data['what']}"


def title_words(title: str) -> str:
    """Return the title in the reader's language."""
    kind, _slash, what = title.partition("/")
    return f"{KINDS.get(kind, kind)} · {what}"


def told(data: dict[str, Any]) -> dict[str, str]:
    """Return what an event says, in words, by field."""
    place = region.jurisdiction(str(data["issued_by"]))
    return {
        "kind": str(KINDS.get(data["kind"], data["kind"])),
        "what": str(data["what"]),
        "issued_by": pick(place.name_zh, place.name_en),
        "reference": str(data["reference"]),
    }


def example() -> dict[str, Any]:
    """Return the data of a plausible event."""
    return {"kind": "lab_test", "what": "ALT", "issued_by": "he-langfang", "reference": "LF-2026-0001"}


def examples() -> list[dict[str, Any]]:
    """Return such an event for a result of each place."""
    return [example() | {"issued_by": place.id} for place in region.jurisdictions()]


def issuer(fact: Fact, _params: dict[str, Any]) -> list[Answer]:
    """Answer `of: issuer`: the jurisdiction whose office issued what was presented."""
    return [Answer(str(fact.data["issued_by"]), 1.0)]


def known_issuer(jurisdiction: str) -> bool:
    """Whether a jurisdiction is one that could have issued something."""
    try:
        region.jurisdiction(jurisdiction)
    except NotFound:
        return False
    return True

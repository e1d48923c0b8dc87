"""Procedures as data: the model of a procedure file, and the check of an application against it."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from tongxin.heart.agreements.language import Length, Provenance, Slug, Strict, Word
from tongxin.heart.cases.models import Case, Procedure
from tongxin.shared.errors import Invalid
from tongxin.shared.named import Both, pick


class Promise(Strict):
    """The time promised to the applicant, from acceptance to decision."""

    within: Length
    clock: Literal["calendar", "hours", "days"] = "days"


class ProcedureStep(Strict):
    """One step, for the reader: who takes it."""

    id: Word
    name: Both
    by: Literal["applicant", "accepting", "competent"]  # who takes it, and so decides it
    within: Promise | None = None  # its usual time, told to the applicant


class ApplicantField(Strict):
    """What the applicant tells; `purpose` says why it is asked, `grade` how far it goes.

    `open` and `internal`: to every desk that has or had a part, also one that returned the case. `personal`: to the
    desks that accept or hold it, are asked to take it over, or have held it. `sensitive`: to those that accept or hold
    it, nobody else.
    """

    id: Word
    name: Both
    purpose: Both
    required: bool = True
    grade: Literal["open", "internal", "personal", "sensitive"] = "personal"
    max_length: int = Field(default=120, ge=1, le=400)
    kind: Literal["credit_code", "identity_number", "whole_number"] | None = (
        None  # what is checked of its signs
    )

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the kind out where none is said, so that a version entered earlier reads as it did."""
        said: dict[str, Any] = write(self)
        return {name: value for name, value in said.items() if name != "kind" or value}


KINDS: dict[str, tuple[re.Pattern[str], Any]] = {
    "credit_code": (
        re.compile(r"[0-9A-Z]{18}"),
        _("A unified social credit code has 18 signs: digits and capital letters."),
    ),
    "identity_number": (
        re.compile(r"[0-9]{17}[0-9X]"),
        _("An identity number has 18 signs: digits, the last one a digit or X."),
    ),
    "whole_number": (re.compile(r"[0-9]+"), _("This is a whole number, 0 or more, in digits.")),
}


def asked_for(field: ApplicantField) -> str:
    """Return beside a field what it is asked for and, where it has a kind, what its signs are to be."""
    said = str(_("Asked for: %(purpose)s") % {"purpose": field.purpose})
    return said if field.kind is None else f"{said}{pick('。', '. ')}{KINDS[field.kind][1]}"


def unlike_its_kind(field: ApplicantField, text: str) -> list[Any]:
    """Return what is wrong with a text of a field that names a kind; nothing where it fits or is empty."""
    if not text or field.kind is None:
        return []
    pattern, said = KINDS[field.kind]
    return [] if pattern.fullmatch(text) else [said]


class PaperKind(Strict):
    """A paper that the procedure asks for. Of files: which types are taken (empty: all that are known), how large."""

    id: Word
    name: Both
    required: bool = True
    types: tuple[Literal["pdf", "png", "jpeg", "docx", "xlsx", "ofd", "txt"], ...] = ()
    max_mb: int | None = Field(default=None, ge=1, le=100)

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is not narrowed, so that a version entered earlier reads as it did."""
        said: dict[str, Any] = write(self)
        return {name: value for name, value in said.items() if name not in {"types", "max_mb"} or value}


class Ground(Strict):
    """A listed ground; one that `asks` tells the applicant what is missing, once and all together."""

    id: Word
    name: Both
    asks: bool = False


class Joint(Strict):
    """The competent desk decides together with the desk that accepted the case, which answers within this time."""

    within: Length
    clock: Literal["calendar", "hours", "days"] = "days"


class ProcedureFile(Strict):
    """One file: one version of one procedure."""

    procedure: Slug
    version: int = Field(default=1, ge=1)
    field: str
    title: Both
    role: Word
    promise: Promise
    steps: tuple[ProcedureStep, ...] = Field(min_length=1)
    applicant: tuple[ApplicantField, ...] = Field(min_length=1)
    papers: tuple[PaperKind, ...] = ()
    suspend: tuple[Ground, ...] = ()  # on which the holder may suspend
    not_accept: tuple[Ground, ...] = ()
    review: Promise | None = None  # the time of a review; none: as the promise
    retention: Length | None = None  # from the end of a case; then what the applicant gave is erased
    joint: Joint | None = None  # none: the competent desk decides alone
    provenance: Provenance

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is not said, so that a version entered earlier reads as it did."""
        said: dict[str, Any] = write(self)
        return {name: value for name, value in said.items() if name != "joint" or value}


def check(
    form: ProcedureFile, applicant: dict[str, str], papers: list[str], decide_at: str, accept_at: str = ""
) -> None:
    """Raise Invalid naming everything that is missing or unknown, all at once.

    `accept_at` is the desk that takes it in: what two desks decide together needs another one to decide it.
    """
    wrong: dict[str, list[Any]] = {} if decide_at else {"decide_at": [_("Choose where it is decided.")]}
    if needs_second(form, decide_at, accept_at):
        wrong["decide_at"] = [
            _("Two offices decide this item together: the one that takes it in and the one chosen here.")
        ]
    fields = {field.id: field for field in form.applicant}
    for name, field in fields.items():
        text = applicant.get(name, "")
        if field.required and not text:
            wrong[name] = [_("This field is needed.")]
        elif len(text) > field.max_length:
            wrong[name] = [_("This text is too long: at most %(n)d characters.") % {"n": field.max_length}]
        elif unlike := unlike_its_kind(field, text):
            wrong[name] = unlike
    for name in sorted(set(applicant) - set(fields)):
        wrong[name] = [_("The procedure does not ask for this.")]
    known = {paper.id for paper in form.papers}
    missing = [paper for paper in form.papers if paper.required and paper.id not in papers]
    if missing:
        wrong["papers"] = [_("Missing: %(paper)s.") % {"paper": paper.name} for paper in missing]
    if set(papers) - known:
        wrong.setdefault("papers", []).append(_("The procedure does not ask for one of these papers."))
    if wrong:
        raise Invalid(_("The case was not filed."), wrong)


def needs_second(form: ProcedureFile, decide_at: str, accept_at: str) -> bool:
    """Whether two desks decide together, and the one that takes it in would be the one that decides."""
    return form.joint is not None and accept_at == f"{decide_at}/{form.role}"


def form_of(case: Case) -> ProcedureFile:
    """Return the procedure of a case, in the version in which it was filed."""
    return form(case.procedure)


def form(row: Procedure) -> ProcedureFile:
    """Return a version of a procedure as it is read; a process reads the same text once."""
    known = _known.get(row.pk)
    if known is None or known[0] != row.body:
        if len(_known) >= KNOWN_MOST:
            _known.clear()
        known = _known[row.pk] = (row.body, ProcedureFile.model_validate(row.body))
    return known[1]


_known: dict[str, tuple[dict[str, Any], ProcedureFile]] = {}  # the text, and what was read in it
KNOWN_MOST = 2_000


def asked(
    form: ProcedureFile, grounds: tuple[Ground, ...], ground: str, missing: list[str], facts: str, what: Any
) -> Ground:
    """Return the listed ground; raise Invalid unless what is missing is told with it, where the ground asks for it."""
    found = next((each for each in grounds if each.id == ground), None)
    wrong: dict[str, list[Any]] = {}
    if found is None:
        wrong["ground"] = [_("Choose one of the grounds that the procedure lists.")]
    elif found.asks and not missing and not facts:
        wrong["missing"] = [_("Name everything that is missing: it is asked for once and all together.")]
    elif missing and not found.asks:
        wrong["missing"] = [_("On this ground nothing is asked for.")]
    if set(missing) - {paper.id for paper in form.papers}:
        wrong.setdefault("missing", []).append(_("The procedure does not ask for one of these papers."))
    if wrong or found is None:
        raise Invalid(what, wrong)
    return found


def number_prefix(jurisdiction: str) -> str:
    """Return the letters that a jurisdiction's case numbers begin with: `tj-wuqing` gives `WUQING`."""
    return jurisdiction.rsplit("-", 1)[-1].upper()[:8]

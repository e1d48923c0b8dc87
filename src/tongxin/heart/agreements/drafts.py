"""Checks a text that somebody writes on: what the reader finds, and what the register would not take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _

from tongxin.heart.agreements import limits, signers
from tongxin.heart.agreements.known import Known
from tongxin.heart.agreements.models import Draft, Instrument, InstrumentVersion
from tongxin.heart.agreements.reader import BadInstrument, Fault, ReadInstrument, read_text
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound

FILE_MAX = limits.FILE


@dataclass(frozen=True)
class Checked:
    """A text that was checked: what the machine reads, when it can, and everything that is wrong."""

    read: ReadInstrument | None
    faults: tuple[Fault, ...]


def check(text: str, file: str = "draft.yaml", *, known: Known) -> Checked:
    """Read a text as it would be read to be proposed. Never raises: what is wrong is in the answer.

    `known` are the words for who reads the answer: clauses that are not signed yet are not everybody's.
    """
    try:
        read = read_text(text, file, known)
    except BadInstrument as bad:
        return Checked(None, tuple(bad.faults))
    return Checked(read, tuple(sorted(_of_register(read), key=lambda fault: fault.line)))


def bar_of(by: Acting, read: ReadInstrument, on: date) -> str:
    """Return why an office may not put a text before its parties; empty where it may.

    It signs for a party that is bound now, or of a new instrument for any party. A law has no parties that sign.
    """
    model = read.model
    if model.kind == "law":
        return ""
    bound = signers.still_bound(model.agreement, model.version, model.in_force.from_)
    if signers.place_of(by, bound or model.parties, on) is not None:
        return ""
    if bound:
        return _("Your office signs for no party that the standing version binds.")
    return _("Your office signs for no party of this text.")


def next_number(instrument: str) -> int:
    """Return the number of an instrument's next version; texts that went back to their draft do not count."""
    rows = InstrumentVersion.objects.filter(instrument=instrument)
    newest = rows.exclude(state=InstrumentVersion.State.DRAFT).aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1


def draft(reader: Acting, pk: int) -> Draft:
    """Return a draft of the reader's own office, or raise NotFound: nobody else knows of it."""
    row = Draft.objects.filter(pk=pk, desk=reader.desk).exclude(state=Draft.State.DISCARDED).first()
    if row is None:
        raise NotFound("no_such_draft", _("There is no such draft, or it is not your office's."))
    return row


def drafts(reader: Acting) -> list[Draft]:
    """Return the open drafts of the reader's own office, what was changed last first."""
    rows = Draft.objects.filter(desk=reader.desk, state=Draft.State.OPEN)
    return list(rows.select_related("proposed_as").order_by("-changed_at", "-pk"))


def _of_register(read: ReadInstrument) -> Iterator[Fault]:
    """Yield what the register would not take: a number that is not the next, another kind, terms that bind nobody."""
    model = read.model
    source = read.source
    number = next_number(model.agreement)
    if model.version != number:
        said = {"agreement": model.agreement, "number": number}
        yield source.fault(
            ("version",), _("the next version of %(agreement)s is: version: %(number)d") % said
        )
    standing = Instrument.objects.filter(id=model.agreement).first()
    signed = InstrumentVersion.objects.filter(instrument=model.agreement, binds_from__isnull=False).exists()
    if standing is not None and signed:
        for name, there, here in (
            ("kind", standing.kind, model.kind),
            ("field", standing.field, model.field),
        ):
            if there != here:
                said_of = {"agreement": model.agreement, "name": name, "there": there}
                yield source.fault(
                    (name,), _("%(agreement)s is in the register with %(name)s: %(there)s") % said_of
                )
    if settings.MODE == "run" and model.provenance.terms == "illustrative":
        yield source.fault(
            ("provenance", "terms"), _("illustrative terms bind nobody outside a demonstration")
        )
    if model.kind == "law" and not model.provenance.source.strip():
        yield source.fault(("provenance",), _("a law is entered with its source: provenance: source: …"))

"""Writes of instruments that come as files: the region pack's, already signed or published in the world."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from ruamel.yaml import YAML

from tongxin.heart.agreements import bounds, rulebook
from tongxin.heart.agreements.language import InstrumentFile, canonical_body
from tongxin.heart.agreements.match import event_of
from tongxin.heart.agreements.models import Clause, Instrument, InstrumentVersion
from tongxin.heart.agreements.reader import ReadInstrument
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict


def load_instrument(read: ReadInstrument, *, by: Acting, binds: bool = True) -> str:
    """Enter a version from a file; the same text again changes nothing, another text under its number is refused.

    With `binds` false no matter pins it and no event makes its duties: they follow from acts alone.
    """
    model = read.model
    version_id = version_id_of(model)
    there = InstrumentVersion.objects.filter(id=version_id).first()
    if there is not None:
        if canonical_body(
            InstrumentFile.model_validate(YAML(typ="safe").load(there.source_text))
        ) != canonical_body(model):
            raise Conflict(
                "version_is_fixed",
                _("%(version)s is in the register with another text.") % {"version": version_id},
                kept=_("The registered text stands."),
                todo=_("Give the changed text the next version number."),
            )
        return version_id
    request = {"version": version_id, "hash": read.canonical_hash}
    with act("agreements.instrument.loaded", by=by, key=f"load:{version_id}", request=request) as a:
        if a.replayed:
            return version_id
        version = create_version(read, state=InstrumentVersion.State.IN_FORCE, entered_at=a.at)
        if binds:
            bind(version, ratified_at=None)
            version.state = bounds.state_of(version, a.at)
            version.save(update_fields=["state"])
        add_clauses(version, read)
        a.changes_rules = True
        a.result = {"version": version_id}
        a.entry(f"instrument:{version_id}", payload=request | {"parties": list(model.parties)})
    return version_id


def version_id_of(model: InstrumentFile) -> str:
    """Return `id@number` of a file."""
    return f"{model.agreement}@{model.version}"


def create_version(read: ReadInstrument, *, state: str, **fields: Any) -> InstrumentVersion:
    """Make the rows of an instrument and one version of it, without its clauses."""
    model = read.model
    instrument, _new = Instrument.objects.update_or_create(
        id=model.agreement,
        defaults={
            "kind": model.kind,
            "field": model.field,
            "title_zh": model.title.zh,
            "title_en": model.title.en,
        },
    )
    return InstrumentVersion.objects.create(
        id=version_id_of(model),
        instrument=instrument,
        number=model.version,
        state=state,
        **texts(read),
        **fields,
    )


def texts(read: ReadInstrument) -> dict[str, Any]:
    """Return the fields of a version that follow from its text."""
    model = read.model
    return {
        "in_force_from": model.in_force.from_,
        "in_force_until": model.in_force.until,
        "parties": list(model.parties),
        "provenance": model.provenance.model_dump(mode="json"),
        "illustrative": model.provenance.terms == "illustrative",
        "canonical_hash": read.canonical_hash,
        "source_file": read.file,
        "source_text": read.text,
        "body": canonical_body(model),
        "has_bars": bool(model.bars),
    }


def add_clauses(version: InstrumentVersion, read: ReadInstrument) -> None:
    """Make the rows of a version's clauses."""
    rows = []
    for ordinal, clause in enumerate(read.model.clauses, start=1):
        first, last = read.lines[clause.id]
        rows.append(
            Clause(
                id=f"{version.id}/{clause.id}",
                version=version,
                name=clause.id,
                ordinal=ordinal,
                kind=clause.kind,
                event=event_of(clause),
                title_zh=clause.title.zh,
                title_en=clause.title.en,
                text_zh=clause.text.zh,
                text_en=clause.text.en,
                body=canonical_body(clause),
                first_line=first,
                last_line=last,
            )
        )
    Clause.objects.bulk_create(rows)


def bind(version: InstrumentVersion, *, ratified_at: datetime | None) -> None:
    """Set the instants between which a version binds: from its day, but never before it was ratified here."""
    begins = rulebook.midnight(version.in_force_from)
    version.ratified_at = ratified_at or begins
    version.binds_from = max(begins, ratified_at) if ratified_at else begins
    version.binds_until = rulebook.midnight(version.in_force_until) if version.in_force_until else None
    version.save(update_fields=["ratified_at", "binds_from", "binds_until"])
    bounds.settle(version.instrument_id)
    version.refresh_from_db(fields=["binds_until", "end_reason"])

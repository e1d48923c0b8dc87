"""Writes of signing: propose, sign, refuse, enter a law by two persons.

A version is ratified when every party has signed the same hash; nobody changes another's obligations alone.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import drafts, signers
from tongxin.heart.agreements.actions import drafting, parts, versions
from tongxin.heart.agreements.actions.instruments import add_clauses, bind, texts, version_id_of
from tongxin.heart.agreements.actions.versions import SIGNS, State
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Draft, Instrument, InstrumentVersion
from tongxin.heart.agreements.reader import ReadInstrument
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed


def propose(*, by: Acting, key: str, draft: int) -> dict[str, Any]:
    """Put a draft before every party: it must read without a fault, and its text and hash are fixed from here on."""
    by.need(drafting.WRITES)
    request = {"draft": draft}
    with act("agreements.version.proposed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = drafting.open_draft(draft, by)
        read = _need_faultless(row, by)
        if read.model.kind == "law":
            raise NotAllowed(
                "law_is_entered",
                _("A law is not signed by parties."),
                todo=_("Enter it with its source; a second person confirms it."),
            )
        _need_side(by, read, a)
        version = _propose(row, read, a)
        versions.ring(version, "instrument_proposed", a, desk=by.desk)
        a.changes_rules = True
        a.result = {"version": version.id, "hash": version.canonical_hash}
        a.entry(f"instrument:{version.id}", payload=request | a.result | {"parties": version.parties})
    return a.result


def sign(*, by: Acting, key: str, version: str, canonical_hash: str) -> dict[str, Any]:
    """Sign exactly this text for the own party. The last signature ratifies the version. A weighty act."""
    by.need(SIGNS)
    request = {"version": version, "hash": canonical_hash}
    with act("agreements.version.signed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = versions.locked(version, by, a)
        if row.instrument.kind == Instrument.Kind.LAW:
            raise NotAllowed(
                "law_is_entered", _("A law is not signed by parties."), todo=_("Confirm its text instead.")
            )
        versions.need_proposed(row)
        versions.need_hash(row.canonical_hash, canonical_hash)
        place = versions.signed(row, row.canonical_hash, by, a)
        complete = all(side.complete for side in signers.sides(row, row.canonical_hash, versions.day(a)))
        if complete:
            _ratify(row, a)
        else:
            versions.ring(row, "instrument_signed", a, desk=by.desk)
        a.changes_rules = True
        a.result = {"version": row.id, "party": place, "ratified": complete}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def refuse_to_sign(*, by: Acting, key: str, version: str, reason: str) -> dict[str, Any]:
    """Do not sign: the text goes back to its draft with the reason. The office that proposed it may take it back so."""
    by.need(SIGNS)
    why = parts.need_reason(reason)
    request = {"version": version, "reason": why}
    with act("agreements.version.returned", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = versions.locked(version, by, a)
        versions.need_proposed(row)
        drafts_of = list(
            Draft.objects.select_for_update().filter(proposed_as=row, state=Draft.State.PROPOSED)
        )
        own = any(d.desk_id == by.desk for d in drafts_of)
        law = row.instrument.kind == Instrument.Kind.LAW
        place = None if law else signers.place_of(by, signers.parties_of(row), versions.day(a))
        if place is None and not own and not (law and by.coordinates):
            raise versions.not_a_party()
        sides = signers.sides(row, row.canonical_hash, versions.day(a))
        if not own and any(s.complete and place in (s.party, *s.places) for s in sides):
            raise Conflict(
                "signed_already",
                _("Your party has signed this text."),
                kept=_("Its signature stands."),
                todo=_("Wait for the others, or ask the office that proposed it to take it back."),
            )
        said = {
            "party": place or "",
            "desk": by.desk,
            "post": by.post,
            "reason": why,
            "hash": row.canonical_hash,
            "at": clock.iso(a.at),
        }
        for draft in drafts_of:
            draft.state = Draft.State.OPEN
            draft.returned = [*draft.returned, said]
            draft.save(update_fields=["state", "returned"])
        row.state = State.DRAFT
        row.save(update_fields=["state"])
        versions.ring(row, "instrument_returned", a, desk=by.desk)
        a.changes_rules = True
        a.result = {"version": row.id, "drafts": [d.pk for d in drafts_of]}
        a.entry(f"instrument:{row.id}", payload=request | {"hash": row.canonical_hash})
    return a.result


def enter_law(*, by: Acting, key: str, draft: int) -> dict[str, Any]:
    """Enter a law with its source: the first of two persons. It binds when a second one confirms the same text."""
    by.need(drafting.WRITES)
    versions.need_person(by)
    request = {"draft": draft}
    with act("agreements.law.entered", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = drafting.open_draft(draft, by)
        read = _need_faultless(row, by)
        if read.model.kind != "law":
            raise NotAllowed(
                "not_a_law",
                _("This text is no law: its parties sign it."),
                todo=_("Propose it to its parties."),
            )
        version = _propose(row, read, a)
        versions.sign_row(version, "", version.canonical_hash, by, a)
        versions.ring(version, "law_entered", a)
        a.changes_rules = True
        a.result = {"version": version.id, "hash": version.canonical_hash}
        a.entry(
            f"instrument:{version.id}", payload=request | a.result | {"source": version.provenance["source"]}
        )
    return a.result


def confirm_law(*, by: Acting, key: str, version: str, canonical_hash: str) -> dict[str, Any]:
    """Confirm the text of a law against its source: the second person, of any coordination office. A weighty act."""
    by.need(drafting.WRITES)
    versions.need_person(by)
    if not by.coordinates:
        raise NotAllowed("not_a_coordination_office", _("A law is confirmed at a coordination office."))
    request = {"version": version, "hash": canonical_hash}
    with act("agreements.law.confirmed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = versions.locked(version, by, a)
        if row.instrument.kind != Instrument.Kind.LAW:
            raise NotAllowed("not_a_law", _("This text is no law: its parties sign it."))
        versions.need_proposed(row)
        versions.need_hash(row.canonical_hash, canonical_hash)
        if versions.signatures(row, row.canonical_hash).filter(versions.signed_by(by)).exists():
            raise NotAllowed(
                "two_persons",
                _("You have entered this text yourself; a second person confirms it."),
                todo=_("Ask a colleague, or the coordination office of another place."),
            )
        versions.sign_row(row, "", row.canonical_hash, by, a)
        _ratify(row, a)
        a.changes_rules = True
        a.result = {"version": row.id, "ratified": True}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def _propose(draft: Draft, read: ReadInstrument, a: Act) -> InstrumentVersion:
    """Make the version of a draft, or make it anew where it went back before; its clauses bind nobody yet."""
    model = read.model
    Instrument.objects.get_or_create(id=model.agreement, defaults=_titles(read))
    versions.lock_instrument(model.agreement)  # two texts at once: the second finds the first
    open_one = InstrumentVersion.objects.filter(instrument=model.agreement, state=State.PROPOSED).first()
    if open_one is not None:
        raise Conflict(
            "one_at_a_time",
            _("%(version)s waits for signatures already.") % {"version": open_one.id},
            kept=_("Your draft stands as it was."),
            todo=_("Wait until it is signed, or let it be taken back."),
        )
    number = drafts.next_number(model.agreement)
    if number != model.version:
        said = {"agreement": model.agreement, "number": number}
        raise _faults([_("the next version of %(agreement)s is: version: %(number)d") % said])
    version, _made = InstrumentVersion.objects.update_or_create(
        id=version_id_of(model),
        defaults={
            "instrument_id": model.agreement,
            "number": model.version,
            "state": State.PROPOSED,
            "written_by": draft.post,
            "proposed_at": a.at,
            "entered_at": a.at,
            **texts(read),
        },
    )
    version.clauses.all().delete()
    add_clauses(version, read)
    draft.state, draft.proposed_as = Draft.State.PROPOSED, version
    draft.save(update_fields=["state", "proposed_as"])
    return version


def _titles(read: ReadInstrument) -> dict[str, Any]:
    model = read.model
    return {"kind": model.kind, "field": model.field, "title_zh": model.title.zh, "title_en": model.title.en}


def _ratify(row: InstrumentVersion, a: Act) -> None:
    """Let a version bind: from its day, never before this moment. The names of the instrument follow its text."""
    parties = signers.parties_of(row)  # once it is signed, those who leave by it are parties no more
    row.state = State.RATIFIED
    row.save(update_fields=["state"])
    bind(row, ratified_at=a.at)
    title = row.body["title"]
    Instrument.objects.filter(id=row.instrument_id).update(
        kind=row.body.get("kind", row.instrument.kind),
        field=row.body["field"],
        title_zh=title["zh"],
        title_en=title["en"],
    )
    versions.ring(row, "instrument_ratified", a, at=row.binds_from, parties=parties)
    a.entry(
        f"instrument:{row.id}",
        act="agreements.version.ratified",
        payload={"hash": row.canonical_hash, "binds_from": clock.iso(row.binds_from or a.at)},
    )


def _need_faultless(draft: Draft, by: Acting) -> ReadInstrument:
    checked = drafts.check(draft.text, draft.file, known=known_words(by))
    if checked.read is None or checked.faults:
        raise _faults([str(fault) for fault in checked.faults])
    return checked.read


def _faults(said: list[str]) -> Invalid:
    return Invalid(_("The text has faults; it was not proposed."), {"text": said}, code="faults")


def _need_side(by: Acting, read: ReadInstrument, a: Act) -> None:
    """Raise NotAllowed unless the office signs for a party that is bound now, or of a new instrument for any party."""
    bar = drafts.bar_of(by, read, versions.day(a))
    if bar:
        raise NotAllowed("not_your_party", bar, todo=_("Let the office of a party propose it."))

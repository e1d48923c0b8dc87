"""What the writes about versions share: the locked row, who may act on it, a signature, the bell of the parties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import bounds, signers, waiting
from tongxin.heart.agreements.models import Instrument, InstrumentVersion, Signature
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotAllowed, NotFound

SIGNS = "sign_agreement"
State = InstrumentVersion.State


def signed(row: InstrumentVersion, canonical_hash: str, by: Acting, a: Act) -> str:
    """Store the actor's signature for its party and return the party; raises where it may not sign, or need not."""
    text = canonical_hash == row.canonical_hash
    place = signers.place_of(by, signers.parties_of(row) if text else row.parties, day(a))
    if place is None:
        raise not_a_party()
    side = next(s for s in signers.sides(row, canonical_hash, day(a)) if place in (s.party, *s.places))
    there = side.given.get(place, ())
    if any(by.persons & {s.person_id, s.stood_in_for_id} for s in there):
        raise Conflict(
            "signed_already",
            _("You have signed this text already; a second person of your office signs beside you.")
            if side.needed[place] > len(there)
            else _("You have signed this text already."),
            kept=_("Your signature stands."),
            todo=_("Reload the page to see who is missing."),
        )
    if side.has(place):
        raise Conflict(
            "signed_already",
            _("Your party has signed this text."),
            kept=_("Its signature stands."),
            todo=_("Reload the page to see who is missing."),
        )
    if side.needed[place] > 1:
        need_person(by)
    sign_row(row, place, canonical_hash, by, a)
    return place


def sign_row(row: InstrumentVersion, party: str, canonical_hash: str, by: Acting, a: Act) -> None:
    """Store one signature."""
    Signature.objects.create(
        version=row,
        party=party,
        desk_id=by.desk,
        post=by.post,
        person_id=by.person_id,
        stood_in_for_id=by.absent_id,
        canonical_hash=canonical_hash,
        at=a.at,
    )


def signatures(row: InstrumentVersion, canonical_hash: str) -> Any:
    """Return the signatures of a version on a hash."""
    return Signature.objects.filter(version=row, canonical_hash=canonical_hash)


def signed_by(by: Acting) -> Q:
    """Return the condition that the person who acts has signed, or somebody who counts as the same person."""
    return Q(person__in=by.persons) | Q(stood_in_for__in=by.persons)


def lock_instrument(instrument: str) -> bool:
    """Lock an instrument, before any of its versions, a matter or a duty; return whether it is in the register."""
    return Instrument.objects.select_for_update().filter(id=instrument).first() is not None


def locked(version: str, by: Acting, a: Act) -> InstrumentVersion:
    """Return a version that the actor may see, locked after its instrument. Raises NotFound."""
    lock_instrument(version.partition("@")[0])
    row = (
        InstrumentVersion.objects.select_for_update(of=("self",))
        .select_related("instrument")
        .filter(id=version)
        .first()
    )
    if row is None or not signers.may_see(by, row, day(a)):
        todo = _("Look in the register.") if "@" in version else _which(version, by)
        raise NotFound("no_such_agreement", _("There is no such agreement."), todo=todo)
    return row


def _which(instrument: str, by: Acting) -> str:
    """Return what to write for a version that was named without its number: of these, what waits for the actor."""
    waits = {w.version.id for w in waiting.waiting_for(by) if w.version.instrument_id == instrument}
    if not waits:
        return gettext("Write a version with its number: id@number.")
    said = {"versions": ", ".join(sorted(waits))}
    return gettext("Write a version with its number: id@number. For your office waits: %(versions)s") % said


def need_proposed(row: InstrumentVersion) -> None:
    """Raise Conflict unless a version waits for signatures."""
    if row.state != State.PROPOSED:
        raise Conflict(
            "not_proposed",
            _("This text does not wait for signatures."),
            kept=_("It stands as it was."),
            todo=_("Reload the page to see how it stands."),
        )


def need_running(row: InstrumentVersion, a: Act) -> None:
    """Raise Conflict unless a version is signed and has not ended."""
    if bounds.state_of(row, a.at) not in (State.RATIFIED, State.IN_FORCE):
        raise Conflict(
            "not_in_force",
            _("This version is not in force."),
            kept=_("It stands as it was."),
            todo=_("Look at the instrument's versions."),
        )


def need_hash(stands: str, given: str) -> None:
    """Raise Conflict unless the hash that was read is the one that stands."""
    if stands != given:
        raise Conflict(
            "other_text",
            _("The text that you read is not the text that stands here."),
            kept=_("Nothing was signed."),
            todo=_("Open it anew, read it and sign what you have read."),
        )


def need_person(by: Acting) -> None:
    """Raise NotAllowed for a program that acts with a token."""
    if by.person_id is None:
        raise NotAllowed(
            "needs_persons",
            _("Two different persons do this; a program's token is no person."),
            todo=_("Log in and do it on screen."),
        )


def not_a_party() -> NotAllowed:
    """Return the refusal for an office that signs for no party."""
    return NotAllowed(
        "not_your_party",
        _("Your office signs for no party of this text."),
        todo=_("Only an authorised post of a party's coordination office signs for it."),
    )


def ring(
    row: InstrumentVersion,
    kind: str,
    a: Act,
    *,
    at: datetime | None = None,
    parties: Sequence[str] | None = None,
    **params: Any,
) -> None:
    """Ring the coordination offices of those who sign (see `signers.parties_of`), but for the one that acts."""
    for desk in signers.desks_of(signers.parties_of(row) if parties is None else parties, day(a)):
        if desk != a.by.desk:
            exchange.notify(
                desk,
                kind,
                link=link_of(row),
                at=a.at,
                dedupe=f"{kind}:{row.id}:{desk}:{clock.iso(a.at)}",
                params=ring_params(row) | ({"at": clock.iso(at)} if at else {}) | params,
            )


def ring_params(row: InstrumentVersion) -> dict[str, Any]:
    """Return what a ring about a version says of it."""
    title = row.body.get("title", {"zh": row.instrument.title_zh, "en": row.instrument.title_en})
    return {"version": row.id, "title_zh": title["zh"], "title_en": title["en"]}


def link_of(row: InstrumentVersion) -> str:
    """Return the page of a version."""
    return f"/agreements/{row.id}/"


def day(a: Act) -> date:
    """Return the day of an act on the wall."""
    return clock.beijing(a.at).date()

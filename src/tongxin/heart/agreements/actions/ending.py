"""Writes about how an instrument ends: by all parties' signatures on an ending, or for one party by its notice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import bounds, rulebook, signers, wording
from tongxin.heart.agreements.actions import parts, versions
from tongxin.heart.agreements.actions.versions import SIGNS
from tongxin.heart.agreements.models import Departure, Instrument, InstrumentVersion
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import canonical, clock, durations
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound


def propose_ending(*, by: Acting, key: str, version: str, on: date, reason: str) -> dict[str, Any]:
    """Propose that a version ends on a day; it ends when every party has signed just that."""
    by.need(SIGNS)
    why = parts.need_reason(reason)
    request = {"version": version, "on": on.isoformat(), "reason": why}
    with act("agreements.ending.proposed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = versions.locked(version, by, a)
        if row.instrument.kind == Instrument.Kind.LAW:
            raise NotAllowed(
                "law_not_ended",
                _("Parties do not end a law."),
                todo=_("Enter the version that says until when it holds."),
            )
        if signers.place_of(by, row.parties, versions.day(a)) is None:
            raise versions.not_a_party()
        versions.need_running(row, a)
        if row.ending and row.ending.get("agreed_at"):
            raise Conflict(
                "ending_agreed",
                _("Every party has agreed on an ending already."),
                kept=_("That ending stands."),
                todo=_("Sign a new version if it shall go on."),
            )
        ends_at = rulebook.midnight(on)
        if ends_at <= a.at:
            raise Invalid(
                _("The ending was not proposed."), {"on": [_("Choose a day to come.")]}, code="past_day"
            )
        said = {"ends": row.id, "of": row.canonical_hash, "on": on.isoformat(), "reason": why}
        row.ending = {
            "on": on.isoformat(),
            "ends_at": clock.iso(ends_at),
            "reason": why,
            "hash": canonical.sha256_hex(said),
            "proposed_at": clock.iso(a.at),
            "post": by.post,
            "desk": by.desk,
        }
        row.save(update_fields=["ending"])
        versions.ring(row, "ending_proposed", a, at=ends_at)
        a.changes_rules = True
        a.result = {"version": row.id, "hash": row.ending["hash"]}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def sign_ending(*, by: Acting, key: str, version: str, canonical_hash: str) -> dict[str, Any]:
    """Sign an ending for the own party; the last signature makes it bind. A weighty act."""
    by.need(SIGNS)
    request = {"version": version, "hash": canonical_hash}
    with act("agreements.ending.signed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = versions.locked(version, by, a)
        ending = row.ending
        if not ending or ending.get("agreed_at"):
            raise Conflict(
                "no_ending_proposed",
                _("No ending waits for signatures here."),
                kept=_("The version stands as it was."),
                todo=_("Reload the page to see how it stands."),
            )
        versions.need_running(row, a)
        versions.need_hash(str(ending["hash"]), canonical_hash)
        if datetime.fromisoformat(ending["ends_at"]) <= a.at:
            raise Conflict(
                "ending_passed",
                _("The day of this ending has passed before everyone signed it."),
                kept=_("The version goes on."),
                todo=_("Propose an ending on a day to come."),
            )
        place = versions.signed(row, canonical_hash, by, a)
        complete = all(side.complete for side in signers.sides(row, canonical_hash, versions.day(a)))
        if complete:
            row.ending = ending | {"agreed_at": clock.iso(a.at)}
            row.save(update_fields=["ending"])
            bounds.settle(row.instrument_id)
            versions.ring(row, "ending_agreed", a, at=datetime.fromisoformat(ending["ends_at"]))
        a.changes_rules = True
        a.result = {"version": row.id, "party": place, "agreed": complete}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def leave(*, by: Acting, key: str, instrument: str, party: str) -> dict[str, Any]:
    """Give notice that the own party leaves: after the notice that the instrument sets, new matters do not bind it."""
    by.need(SIGNS)
    request = {"instrument": instrument, "party": party}
    with act("agreements.party.leaves", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _binding_version(instrument, by, a)
        _need_own_party(by, row, party, a)
        notice = _notice_of(row)
        there = Departure.objects.filter(instrument=instrument, withdrawn_at__isnull=True, party=party)
        if bounds.left_of(row, list(there)):
            raise Conflict(
                "leaving_already",
                _("This party has given notice already."),
                kept=_("The first notice stands."),
                todo=_("Take it back before its day if the party stays."),
            )
        departure = Departure.objects.create(
            instrument_id=instrument,
            party=party,
            desk_id=by.desk,
            post=by.post,
            given_at=a.at,
            ends_at=a.at + notice,
        )
        bounds.settle(instrument)
        versions.ring(row, "party_leaves", a, party=party, at=departure.ends_at)
        a.changes_rules = True
        a.result = {"departure": departure.pk, "ends_at": clock.iso(departure.ends_at)}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def withdraw_leaving(*, by: Acting, key: str, departure: int) -> dict[str, Any]:
    """Take a notice back before its day: the party stays."""
    by.need(SIGNS)
    request = {"departure": departure}
    with act("agreements.party.stays", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        found = Departure.objects.select_for_update().filter(pk=departure).first()
        if found is None:
            raise NotFound("no_such_notice", _("There is no such notice."))
        row = _newest(found.instrument_id, by, a)
        _need_own_party(by, row, found.party, a)
        if found.withdrawn_at is not None or found.ends_at <= a.at:
            raise Conflict(
                "notice_over",
                _("This notice was taken back already, or its day has come."),
                kept=_("It stands as it is."),
                todo=_("To be bound again, sign a new version."),
            )
        found.withdrawn_at = a.at
        found.save(update_fields=["withdrawn_at"])
        bounds.settle(found.instrument_id)
        versions.ring(row, "party_stays", a, party=found.party)
        a.changes_rules = True
        a.result = {"departure": found.pk, "party": found.party}
        a.entry(f"instrument:{row.id}", payload=request | a.result)
    return a.result


def _binding_version(instrument: str, by: Acting, a: Act) -> InstrumentVersion:
    """Return the version of an instrument that binds now, locked."""
    row = _newest(instrument, by, a)
    versions.need_running(row, a)
    return row


def _newest(instrument: str, by: Acting, a: Act) -> InstrumentVersion:
    """Return the newest version of an instrument that was signed and whose day has come; else its newest signed one."""
    rows = InstrumentVersion.objects.filter(instrument=instrument, binds_from__isnull=False)
    begun = rows.filter(binds_from__lte=a.at).order_by("-number").first()
    found = begun or rows.order_by("-number").first()
    return versions.locked(found.id if found else "", by, a)


def _need_own_party(by: Acting, row: InstrumentVersion, party: str, a: Act) -> None:
    if row.instrument.kind == Instrument.Kind.LAW:
        raise NotAllowed("law_not_left", _("Nobody leaves a law."))
    group = signers.group_of(by, row.parties, versions.day(a))
    if group:
        raise NotAllowed(
            "group_is_the_party",
            _("%(group)s has signed this as one party; a member does not leave it alone.")
            % {"group": wording.party_names([group])[group]},
            todo=_(
                "Let the group's own office give notice, or propose a version that names its members one by one."
            ),
        )
    if party not in row.parties or by.desk != f"{party}/{signers.COORDINATION}":
        raise NotAllowed(
            "not_your_party",
            _("Only the coordination office of that party may do this."),
            todo=_("Ask the party's own office."),
        )


def _notice_of(row: InstrumentVersion) -> timedelta:
    leaving = row.body.get("leaving")
    if not leaving:
        raise NotAllowed(
            "no_leaving",
            _("This instrument does not say how a party leaves."),
            todo=_("Propose its ending, or a new version without the party; every party signs that."),
        )
    return durations.parse(leaving["notice"])

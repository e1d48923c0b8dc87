"""What pages, API and command line tell of a version: how it stands, who signed, who leaves, what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import (
    bounds,
    permits,
    readings,
    rulebook,
    scene,
    signers,
    vocabulary,
    waiting,
    word_diff,
    wording,
)
from tongxin.heart.agreements import diff as differences
from tongxin.heart.agreements.actions.milestones import milestones_of
from tongxin.heart.agreements.language import Bar, InstrumentFile, Leaving
from tongxin.heart.agreements.models import Departure, Draft, Instrument, InstrumentVersion, Signature
from tongxin.heart.agreements.permits import Permit
from tongxin.heart.agreements.signers import Side
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.named import Both, pick

State = InstrumentVersion.State


@dataclass(frozen=True)
class SideRow:
    """A party and how it stands with a hash, worded."""

    side: Side
    name: Both
    missing: str  # who is missing, in words; empty when the party has signed
    leaves: bool = False  # it is bound now, and this text does not name it: it leaves by signing


@dataclass(frozen=True)
class PermitRow:
    """Permits of one clause that say the same of several desks, worded."""

    clause: str  # id@number/clause
    name: str  # of the clause
    action: str
    who: str
    whose: str
    what: str
    purpose: str
    withheld: str
    until: Any


@dataclass(frozen=True)
class DepartureRow:
    """A party's notice, worded."""

    row: Departure
    name: Both
    over: bool  # its day has come


@dataclass(frozen=True)
class Standing:
    """Everything about a version that is not a clause."""

    parties: list[Both]
    state: str
    state_words: Any
    end_words: str
    from_pack: bool
    unpublished: bool
    sides: list[SideRow]
    law_signatures: list[Signature]
    may_sign: str  # the place that the reader may sign the text for now; "law" for a second person of a law
    may_refuse: bool
    may_draft: bool
    may_leave: list[tuple[str, Both]]
    leaves_with: Both | str  # the group as whose member the reader's office is bound, and that leaves as one
    may_end: bool
    ending: dict[str, Any] | None
    ending_sides: list[SideRow]
    may_sign_ending: bool
    leaving: Leaving | None
    leaving_words: str
    departures: list[DepartureRow]
    bars: list[Any]
    permits: list[PermitRow]
    milestones: list[str]
    may_report: bool


ENDS: dict[str, Any] = {
    bounds.REPLACED: lambda: _("replaced by a newer version"),
    bounds.EXPIRED: lambda: _("its time ran out"),
    bounds.TERMINATED: lambda: _("ended by its parties"),
}
ACTIONS: dict[str, Any] = {
    permits.SEE: lambda: _("may see"),
    permits.RELY: lambda: _("may rely on"),
    permits.OFFER: lambda: _("may hand over"),
}


def standing(version: InstrumentVersion, reader: Acting | None, now: datetime) -> Standing:
    """Return how a version stands for a reader."""
    on = clock.beijing(now).date()
    model = InstrumentFile.model_validate(version.body)
    state = bounds.state_of(version, now)
    law = version.instrument.kind == Instrument.Kind.LAW
    names = wording.party_names(version.parties)
    running = state in (State.RATIFIED, State.IN_FORCE)
    place = signers.place_of(reader, signers.parties_of(version), on) if reader else None
    signs = reader is not None and waiting.SIGNS in reader.capabilities
    ending = _ending(version)
    places = scene.places_on(now)
    return Standing(
        parties=[names[party] for party in version.parties],
        state=state,
        state_words=wording.VERSION_STATES[state],
        end_words=ENDS[version.end_reason]() if state == State.ENDED and version.end_reason else "",
        from_pack=not version.written_by,
        unpublished=version.provenance.get("terms") == "unpublished",
        sides=[] if law or not version.written_by else side_rows(version, version.canonical_hash, now),
        law_signatures=_law_signatures(version) if law else [],
        may_sign=_may_sign(version, reader, now),
        may_refuse=signs and version.state == State.PROPOSED and _may_refuse(version, reader, place, law),
        may_draft=reader is not None and waiting.WRITES in reader.capabilities and place is not None,
        may_leave=_may_leave(version, model, reader, names) if running and signs and not law else [],
        leaves_with=names.get(signers.group_of(reader, version.parties, on), "") if reader else "",
        may_end=running and signs and not law and place is not None and ending is None,
        ending=ending,
        ending_sides=side_rows(version, str(ending["hash"]), now) if ending else [],
        may_sign_ending=_may_sign_ending(version, reader, ending, now) if signs and running else False,
        leaving=model.leaving,
        leaving_words=readings.leaving_words(model.leaving) if model.leaving else "",
        departures=departures(version, now),
        bars=[(bar, readings.bar_reading(bar, _bar_names(bar))) for bar in model.bars],
        permits=permit_rows(version, now, places),
        milestones=milestones_of(version) if state == State.IN_FORCE else [],
        may_report=reader is not None
        and "perform" in reader.capabilities
        and signers.may_see(reader, version, on)
        and places.party_of(reader.jurisdiction, version.parties) is not None,
    )


def side_rows(version: InstrumentVersion, canonical_hash: str, now: datetime) -> list[SideRow]:
    """Return how each party stands with a hash, worded."""
    sides = signers.sides(version, canonical_hash, clock.beijing(now).date())
    names = wording.party_names(place for side in sides for place in (side.party, *side.places))
    return [
        SideRow(side, names[side.party], _missing(side, names), side.party not in version.parties)
        for side in sides
    ]


def _missing(side: Side, names: dict[str, Both]) -> str:
    parts = []
    for place, persons in side.missing.items():
        named = str(names[place])
        if side.needed[place] > 1:
            words = {"place": named, "n": persons, "of": side.needed[place]}
            named = _("%(place)s (lacks %(n)d of %(of)d persons)") % words
        parts.append(named)
    return pick("、", ", ").join(parts)


def permit_rows(
    version: InstrumentVersion, now: datetime, today: scene.PlacesOn | None = None
) -> list[PermitRow]:
    """Return the permits that follow from a version while it binds, those that say the same put together.

    `today`: the places as they are now, where they are at hand.
    """
    on = clock.beijing(now).date()
    at = max(now, version.binds_from) if version.binds_from else now
    places = today if today and at == now else scene.places_on(at)
    left = rulebook.left_by([version.id], at)
    book = rulebook.bindings([version.id], left=left)
    bars = rulebook.barrings([version.id], left=left)
    found = permits.standing(book, on, places=places, bars=bars)
    desks = wording.desk_names({d for p in found for d in (p.who, p.whose) if d})
    unnamed = any(not (desks.get(p.who) and desks.get(p.whose)) for p in found)
    roles = wording.roles() if unnamed else {}
    names = {b.clause_id: str(b.clause.title) for b in book}
    grouped: dict[tuple[Any, ...], list[str]] = {}
    first: dict[tuple[Any, ...], Permit] = {}
    for permit in found:
        key = (permit.clause_id, permit.action, permit.who, permit.who_is, permit.what, permit.withheld)
        first.setdefault(key, permit)
        whose = str(desks.get(permit.whose, permit.whose)) or _spoken(permit.whose_is, roles)
        if whose not in grouped.setdefault(key, []):
            grouped[key].append(whose)
    return [_permit_row(first[key], whose, desks, roles, names) for key, whose in grouped.items()]


def _permit_row(
    permit: Permit,
    whose: Sequence[str],
    desks: dict[str, Both],
    roles: dict[str, Both],
    names: dict[str, str],
) -> PermitRow:
    titles = {str(k): str(v) for k, v in (vocabulary.shareable() | vocabulary.procedures()).items()}
    comma = pick("、", ", ")
    return PermitRow(
        clause=permit.clause_id,
        name=names[permit.clause_id],
        action=ACTIONS[permit.action](),
        who=str(desks.get(permit.who, permit.who)) or _spoken(permit.who_is, roles),
        whose=comma.join(whose),
        what=str(permit.result) if permit.result else comma.join(titles.get(w, w) for w in permit.what),
        purpose=str(permit.purpose) if permit.purpose else "",
        withheld=comma.join(titles.get(name, name) for name, _bar in permit.withheld),
        until=permit.until,
    )


def _spoken(spoken: Any, roles: dict[str, Both]) -> str:
    """Return a desk that only an event names, in words."""
    whose = {"place": _("of the place"), "reporter": _("that reports")}.get(
        spoken.of, str(vocabulary.title(spoken.of))
    )
    return f"{roles.get(spoken.role, spoken.role)} ({whose})"


def departures(version: InstrumentVersion, now: datetime) -> list[DepartureRow]:
    """Return the notices of an instrument that touch a version and were not taken back."""
    rows = Departure.objects.filter(instrument=version.instrument_id, withdrawn_at__isnull=True)
    found = [row for row in rows.order_by("given_at", "pk") if bounds.left_of(version, [row])]
    names = wording.party_names(row.party for row in found)
    return [DepartureRow(row, names[row.party], row.ends_at <= now) for row in found]


def compared(old: InstrumentVersion, new: InstrumentVersion) -> dict[str, Any]:
    """Return two versions of one instrument clause by clause; the text of the older one stands left."""
    return compared_models(InstrumentFile.model_validate(old.body), InstrumentFile.model_validate(new.body))


def compared_models(old: InstrumentFile, new: InstrumentFile) -> dict[str, Any]:
    """Return what differs between two texts, for a page: the head, and each clause with its keys and words."""
    was, now = {c.id: c for c in old.clauses}, {c.id: c for c in new.clauses}
    changes = differences.diff(old, new)
    shown = []
    for change in changes:
        if change.what == "unchanged":
            continue
        one, other = was.get(change.id), now.get(change.id)
        left, right = word_diff.marked(str(one.text) if one else "", str(other.text) if other else "")
        shown.append(
            {
                "change": change,
                "words": CHANGES[change.what](),
                "old": one,
                "new": other,
                "old_words": left,
                "new_words": right,
                "keys": [_key_row(key) for key in change.keys],
            }
        )
    return {
        "head": [_key_row(change) for change in differences.header(old, new)],
        "clauses": shown,
        "unchanged": [change.id for change in changes if change.what == "unchanged"],
    }


CHANGES: dict[str, Any] = {
    "added": lambda: _("added"),
    "removed": lambda: _("removed"),
    "changed": lambda: _("changed"),
}


def _key_row(change: differences.KeyChange) -> dict[str, str]:
    return {
        "key": change.key,
        "old": differences.shown(change.old),
        "new": differences.shown(change.new),
    }


def _ending(version: InstrumentVersion) -> dict[str, Any] | None:
    if not version.ending:
        return None
    said: dict[str, Any] = version.ending
    return said | {
        name: datetime.fromisoformat(said[name])
        for name in ("ends_at", "proposed_at", "agreed_at")
        if said.get(name)
    }


def _law_signatures(version: InstrumentVersion) -> list[Signature]:
    rows = Signature.objects.filter(version=version, canonical_hash=version.canonical_hash)
    return list(rows.select_related("desk__jurisdiction", "desk__group", "desk__role").order_by("at", "pk"))


def _may_sign(version: InstrumentVersion, reader: Acting | None, now: datetime) -> str:
    if reader is None or version.state != State.PROPOSED:
        return ""
    mine = [w for w in waiting.waiting_for(reader) if w.version.id == version.id and w.kind != waiting.ENDING]
    return (mine[0].place or waiting.LAW) if mine else ""


def _may_refuse(version: InstrumentVersion, reader: Acting | None, place: str | None, law: bool) -> bool:
    if reader is None:
        return False
    own = Draft.objects.filter(proposed_as=version, desk=reader.desk, state=Draft.State.PROPOSED).exists()
    return own or (law and reader.coordinates) or place is not None


def _may_sign_ending(
    version: InstrumentVersion, reader: Acting | None, ending: dict[str, Any] | None, now: datetime
) -> bool:
    if reader is None or ending is None or ending.get("agreed_at") or ending["ends_at"] <= now:
        return False
    on = clock.beijing(now).date()
    return waiting.missing_place(reader, version, str(ending["hash"]), on) is not None


def _may_leave(
    version: InstrumentVersion, model: InstrumentFile, reader: Acting | None, names: dict[str, Both]
) -> list[tuple[str, Both]]:
    """Return the party that the reader's office may give notice for."""
    if reader is None or model.leaving is None:
        return []
    party, _slash, role = reader.desk.partition("/")
    if role != signers.COORDINATION or party not in version.parties:
        return []
    there = Departure.objects.filter(instrument=version.instrument_id, party=party, withdrawn_at__isnull=True)
    return [] if bounds.left_of(version, list(there)) else [(party, names[party])]


def _bar_names(bar: Bar) -> dict[str, Both]:
    return wording.party_names([bar.of, bar.to])

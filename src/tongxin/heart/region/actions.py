"""Writes of the region: load a pack. Loading is repeatable: what is already so is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils.translation import gettext as _

from tongxin.heart.ledger import actions as ledger
from tongxin.heart.region import outlines, pack, rules
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.heart.region.models import (
    Boundary,
    CalendarDay,
    CalendarYear,
    Desk,
    GroupMember,
    Jurisdiction,
    JurisdictionGroup,
    Mandate,
    Neighbour,
    Office,
    OfficeRole,
    Person,
    Post,
    PostHolding,
    RegionInfo,
    RosterShift,
    WorkCalendar,
)
from tongxin.heart.region.pack import Pack
from tongxin.heart.region.rows import Row, Rows, rows_of, settings_of
from tongxin.shared import clock
from tongxin.shared.errors import Conflict
from tongxin.shared.writing import writing

LAYERS = ("districts.geojson", "provinces.geojson", "borders.geojson", "labels.geojson")
BATCH = 500

Labels = dict[str, tuple[float, float]]


@dataclass
class Loaded:
    """What loading a pack did: rows written by table; empty when everything was so already."""

    region: str
    digest: str
    changes: dict[str, int] = field(default_factory=dict)


def load_region(
    root: Path,
    *,
    data: Path | None = None,
    with_demo: bool | None = None,
    again: bool = False,
    by: Acting = SYSTEM,
) -> Loaded:
    """Load the pack in a folder into the tables, and draw its map layers into `data`/map.

    Demo people come with it in demo and test mode. The same pack a second time changes nothing (`again` looks at
    every row all the same). Rows that have left the pack stay: a place or an office ends by its date, never by being
    deleted. Raises PackInvalid with every problem by file and line, Conflict when another region is installed.
    """
    demo = settings.MODE in {"demo", "test"} if with_demo is None else with_demo
    folder = (data or settings.DATA) / "map"
    digest = pack.digest_of(root)
    stamp = f"{digest[:63]}{'d' if demo else '-'}"
    standing = RegionInfo.objects.filter(pack_hash=stamp).first()
    drawn = all((folder / name).exists() for name in LAYERS)
    if standing and drawn and not again:
        return Loaded(standing.id, digest)
    read = _read(root, digest)
    loaded = Loaded(read.region.id, digest)
    today = clock.now().astimezone(read.zone).date()
    found, edges, labels = _measured(read, today)
    if not standing or again:
        with writing("region.load"):
            _refuse_another(read)
            loaded.changes = _write(read, rows_of(read, on=today, with_demo=demo), found, edges, labels)
            _remember(read, stamp)
            if loaded.changes:
                rules.rise()
                ledger.append([_entry(loaded, by)])
    _draw(folder, outlines.map_layers(read, found, labels))
    return loaded


@lru_cache(maxsize=2)
def _read(root: Path, digest: str) -> Pack:
    """Return the pack; a digest names exactly these files, so it may be kept."""
    return pack.read(root)


@lru_cache(maxsize=2)
def _measured(read: Pack, on: date) -> tuple[outlines.Outlines, outlines.Pairs, Labels]:
    """Return outlines, shared edges and label points, which take longer than everything else."""
    found = outlines.read_outlines(read, on)
    labels = {name: outlines.label_point(shape) for name, shape in found.shapes.items()}
    labels |= {name: at for name, at in read.region.map.label_points.items() if name in labels}
    return found, outlines.neighbours_of(read, found, on), labels


def _refuse_another(read: Pack) -> None:
    other = RegionInfo.objects.exclude(id=read.region.id).first()
    if other is not None:
        raise Conflict(
            "another_region",
            _("This installation already serves another region: %(region)s.") % {"region": other.id},
            todo=_("Use another data folder and another database for another region."),
        )


def _write(
    read: Pack,
    rows: Rows,
    found: outlines.Outlines,
    edges: outlines.Pairs,
    labels: Labels,
) -> dict[str, int]:
    """Bring the tables to the rows, parents before children; return how many rows were written, by table."""
    done: dict[str, int] = {}

    def put(
        model: type[models.Model], key: Sequence[str], wanted: Iterable[Row], *, prune: bool = False
    ) -> None:
        if count := _put(model, key, list(wanted), prune=prune):
            done[model._meta.model_name or ""] = count

    put(Jurisdiction, ["id"], rows.jurisdictions)
    put(JurisdictionGroup, ["id"], rows.groups)
    put(GroupMember, ["group_id", "jurisdiction_id", "valid_from"], rows.members)
    put(OfficeRole, ["id"], rows.roles)
    put(WorkCalendar, ["id"], rows.calendars)
    put(CalendarYear, ["calendar_id", "year"], rows.years, prune=True)
    years = {(y.calendar_id, y.year): y.pk for y in CalendarYear.objects.all()}
    days = [
        {**{k: v for k, v in day.items() if k != "year"}, "year_id": years[day["year"]]} for day in rows.days
    ]
    put(CalendarDay, ["year_id", "on"], days, prune=True)
    put(Office, ["id"], rows.offices)
    put(Desk, ["id"], rows.desks)
    put(Mandate, ["office_id", "desk_id", "kind", "valid_from", "place_zh"], rows.mandates)
    put(Post, ["id"], rows.posts)
    _end_mandates_of_ended_places()
    put(Boundary, ["jurisdiction_id"], _boundary_rows(found, labels))
    put(Neighbour, ["a_id", "b_id"], _neighbour_rows(edges), prune=True)
    _put_people(read, rows, put)
    put(RosterShift, ["desk_id", "post_id", "from_at"], rows.shifts)
    return done


def _put_people(read: Pack, rows: Rows, put: Any) -> None:
    """Make the demo people that are missing, with the demo password, and give them their posts."""
    if not rows.people or not read.people:
        return
    known = set(Person.objects.values_list("username", flat=True))
    if any(row["username"] not in known for row in rows.people):
        password = make_password(read.people.password)
        Person.objects.bulk_create(
            Person(username=row["username"], password=password, demo=True)
            for row in rows.people
            if row["username"] not in known
        )
    put(Person, ["username"], rows.people)
    ids = dict(Person.objects.values_list("username", "id"))
    holdings = [
        {**{k: v for k, v in row.items() if k != "person"}, "person_id": ids[row["person"]]}
        for row in rows.holdings
    ]
    put(PostHolding, ["post_id", "person_id", "valid_from"], holdings)


def _put(model: type[models.Model], key: Sequence[str], wanted: list[Row], *, prune: bool) -> int:
    """Create the rows that are missing, change those that differ, and return how many that were.

    `prune` also deletes those that are not wanted; only for what is computed or is the pack's alone.
    """
    manager = model._default_manager
    standing = {tuple(_plain(getattr(row, name)) for name in key): row for row in manager.all()}
    create: list[models.Model] = []
    change: list[models.Model] = []
    names: set[str] = set()
    for values in wanted:
        row = standing.pop(tuple(values[name] for name in key), None)
        if row is None:
            create.append(model(**values))
            continue
        differing = [name for name, value in values.items() if _plain(getattr(row, name)) != value]
        for name in differing:
            setattr(row, name, values[name])
        if differing:
            change.append(row)
            names |= set(differing)
    manager.bulk_create(create, batch_size=BATCH)
    if change:
        fields = [name.removesuffix("_id") if name not in {"id"} else name for name in sorted(names)]
        manager.bulk_update(change, fields, batch_size=BATCH)
    gone = [row.pk for row in standing.values()] if prune else []
    for n in range(0, len(gone), BATCH):
        manager.filter(pk__in=gone[n : n + BATCH]).delete()
    return len(create) + len(change) + len(gone)


def _plain(value: Any) -> Any:
    """Return what a database hands back as what was put in."""
    return bytes(value) if isinstance(value, memoryview) else value


def _end_mandates_of_ended_places() -> None:
    """End what was open-ended when its jurisdiction ended; the desk goes on with the successor's office."""
    open_ended = Mandate.objects.filter(
        valid_until__isnull=True, desk__jurisdiction__valid_until__isnull=False
    )
    for row in open_ended.select_related("desk__jurisdiction"):
        place = row.desk.jurisdiction
        if place is not None:
            row.valid_until = place.valid_until
            row.save(update_fields=["valid_until"])


def _boundary_rows(found: outlines.Outlines, labels: Labels) -> list[Row]:
    return [
        {
            "jurisdiction_id": name,
            "geometry": bytes(shapely.to_wkb(shape)),
            "label_lon": labels[name][0],
            "label_lat": labels[name][1],
            "source": found.source,
        }
        for name, shape in sorted(found.shapes.items())
    ]


def _neighbour_rows(edges: outlines.Pairs) -> list[Row]:
    return [{"a_id": a, "b_id": b, "shared_km": round(km, 3)} for (a, b), km in sorted(edges.items())]


def _remember(read: Pack, stamp: str) -> None:
    region = read.region
    RegionInfo.objects.update_or_create(
        id=region.id,
        defaults={
            "name_zh": region.names.zh,
            "name_en": region.names.en,
            "pack_hash": stamp,
            "settings": settings_of(read),
        },
    )


def _entry(loaded: Loaded, by: Acting) -> ledger.Draft:
    return ledger.Draft(
        act="region.pack.loaded",
        desk=by.desk,
        post=by.post,
        subject=f"region:{loaded.region}",
        at=clock.now(),
        payload={"pack": loaded.digest, "changes": loaded.changes},
    )


def _draw(folder: Path, layers: dict[str, Any]) -> None:
    """Write the map layers, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, layer in layers.items():
        part = folder / f".{name}.part"
        part.write_text(json.dumps(layer, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        part.replace(folder / name)

"""The home page: who owes whom today, what is late, what is running; and the map's data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET
from fast_geocn.coord import wgs84_to_gcj02

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import rulebook, wording
from tongxin.heart.agreements.models import Duty, InstrumentVersion
from tongxin.heart.agreements.threads import Seen
from tongxin.heart.cases import queries as cases
from tongxin.heart.cases import words
from tongxin.heart.events.models import Matter
from tongxin.heart.ledger.remembered import by_the_minute, remembered
from tongxin.heart.measures import queries as measures
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries as ecology
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.site import board_rows
from tongxin.site import ties as between
from tongxin.site.look.marks import PetalState

ROWS = 8  # of the table of due and overdue
RUNNING = 6
RECENT = timedelta(days=1)
LAYERS = ("districts", "provinces", "borders", "labels")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the reader's own page; who does not act in a post sees the public one."""
    reader: Acting | None = getattr(request, "acting", None)
    return _staff(request, reader) if reader is not None else _public(request)


def _staff(request: HttpRequest, reader: Acting) -> HttpResponse:
    now = clock.now()
    own = f"{reader.desk}:{reader.jurisdiction}"
    today = remembered(
        request, f"today:{own}", lambda: by_field(board_rows.due_and_overdue(reader, now), now)
    )
    total, late = (sum(pair[n] for pair in today.values()) for n in (0, 1))
    in_force = remembered(request, "in-force", lambda: len(rulebook.at(now)))
    running = remembered(request, f"running:{own}", lambda: _running(reader, now))
    matters = Matter.objects.in_bulk(list(running))
    rows, seen = board_rows.rows_of(reader, board_rows.first_due(reader, now, ROWS), now, matters.values())
    ties = _ties(request, reader, now)
    context = {
        "now": now,
        "gap": pick("", " "),
        "in_force": in_force,
        "due_today": total - late,
        "overdue": late,
        "petals": petals(now, today, _kept(now)),
        "rows": [_told(row) for row in rows],
        "rows_all": total,
        "matters": [
            _matter(matters[number], seen[f"matter:{number}"], waiting) for number, waiting in running.items()
        ],
        "cases": remembered(request, f"running-cases:{own}", lambda: cases.in_hand_now(reader, now)),
        "ties": ties,
        "map": _map(ties),
        "made_up": settings.DEMO,
    }
    return render(request, "site/home.html", context)


def _public(request: HttpRequest) -> HttpResponse:
    """Show everybody the register; in the demonstration also counts of the whole region, marked as made up."""
    now = clock.now()
    versions = _in_force(now)
    context: dict[str, Any] = {
        "now": now,
        "gap": pick("", " "),
        "versions": versions,
        "in_force": len(versions),
    }
    if settings.DEMO:
        total, late, today = remembered(request, "standing", lambda: _standing(now))
        rows = _ties(request, None, now)
        context |= {
            "shown": True,
            "open": total,
            "overdue": late,
            "petals": petals(now, today, _kept(now)),
            "ties": rows,
            "map": _map(rows) if settings.MAP_APPROVAL else None,
        }
    return render(request, "site/home_public.html", context)


def _standing(now: datetime) -> tuple[int, int, dict[str, tuple[int, int]]]:
    """Return how many duties of the whole region are open and late, and by field what falls due today."""
    standing = Duty.objects.filter(state__in=between.STANDING, drill=False)
    counts = standing.aggregate(open=Count("id"), late=Count("id", filter=Q(due_at__lt=now)))
    today = by_field(standing.filter(due_at__lte=board_rows.midnight_after(now)), now)
    return counts["open"], counts["late"], today


def _in_force(now: datetime) -> list[InstrumentVersion]:
    """Return the versions that bind now with what the list of them shows."""
    rows = InstrumentVersion.objects.filter(id__in=rulebook.at(now)).select_related("instrument")
    shown = ("in_force_from", "illustrative", "instrument__title_zh", "instrument__title_en")
    return list(rows.only(*shown).order_by("id"))


def _ties(request: HttpRequest, reader: Acting | None, now: datetime) -> list[between.TieRow]:
    """Return the ties that the reader may see; their counts are the same until the next act."""
    counted = remembered(request, f"ties:{between.whose(reader)}", lambda: between.tie_counts(reader, now))
    return between.tie_rows(reader, now, counted)


@require_GET
def places(request: HttpRequest, layer: str = "jurisdictions") -> HttpResponse:
    """Give the outlines that the region pack's loader has drawn; kept by the browser for a day."""
    _map_or_404(request)
    folder = Path(settings.DATA) / "map"
    names = LAYERS if layer == "jurisdictions" else (layer,)
    paths = [folder / f"{name}.geojson" for name in names]
    if any(name not in LAYERS for name in names) or not all(path.exists() for path in paths):
        raise Http404
    changed = max(int(path.stat().st_mtime) for path in paths)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    response: HttpResponse
    if since is not None and changed <= since:
        response = HttpResponse(status=304)
    else:
        shifted = bool(settings.TILE_URL) and settings.TILE_CRS == "gcj02"
        body = _joined(tuple(map(str, paths)), changed, shifted)
        response = HttpResponse(body, content_type="application/geo+json")
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_GET
def map_ties(request: HttpRequest) -> HttpResponse:
    """Give the ties that the reader may see, as the map draws them."""
    _map_or_404(request)
    rows = _ties(request, getattr(request, "acting", None), clock.now())
    response = JsonResponse({"ties": between.for_map(rows), "finding": between.finding(rows)})
    response["Cache-Control"] = "no-store"
    return response


def by_field(duties: QuerySet[Duty], now: datetime) -> dict[str, tuple[int, int]]:
    """Return how many of the duties there are in each field, and how many of these are late."""
    counted = (
        duties.order_by()
        .values_list("clause__version__instrument__field")
        .annotate(n=Count("id"), late=Count("id", filter=Q(due_at__lt=now)))
    )
    return {field: (n, late) for field, n, late in counted}


def petals(
    now: datetime,
    today: Mapping[str, tuple[int, int]] | None = None,
    kept: Sequence[measures.FieldKept] | None = None,
) -> list[PetalState]:
    """Return the petals of the mark: the share kept of each field, with the duties that are due today and late."""
    counts = today or {}
    return [
        PetalState(
            code=it.code,
            share=it.kept.share,
            today=counts.get(it.code, (0, 0))[0],
            overdue=counts.get(it.code, (0, 0))[1],
            url=f"{reverse('agreements')}?field={it.code}",
            clauses=True,
        )
        for it in (_kept(now) if kept is None else kept)
    ]


def _kept(now: datetime) -> Sequence[measures.FieldKept]:
    """Return how the clauses of each field were kept, as beside the menu."""
    return by_the_minute("kept", lambda: measures.kept_by_field(now))


def _told(row: board_rows.Row) -> dict[str, Any]:
    return {
        "row": row,
        "clause": words.clause_title(row.clause) if row.clause else "",
        "url": words.clause_url(row.clause) if row.clause else "",
    }


def _running(reader: Acting, now: datetime) -> dict[str, int]:
    """Return the incidents that run, newest first, with how many duties stand: those of the last day with them."""
    standing = agreements.duties(reader).filter(matter__isnull=False, state__in=between.STANDING).order_by()
    incidents = Matter.objects.filter(kind=ecology.KIND, state=Matter.State.OPEN)
    recent = incidents.filter(opened_at__gte=now - RECENT).values_list("number", flat=True)
    running = Q(number__in=standing.values("matter_id")) | Q(number__in=agreements.part_in(reader, recent))
    rows = incidents.filter(running).order_by("-opened_at").values_list("number", flat=True)
    numbers = list(rows[:RUNNING])
    waiting = dict(standing.filter(matter__in=numbers).values_list("matter_id").annotate(n=Count("id")))
    return {number: waiting.get(number, 0) for number in numbers}


def _matter(matter: Matter, seen: Seen, waiting: int) -> dict[str, Any]:
    n = waiting
    text = ngettext("%(n)d duty open", "%(n)d duties open", n) % {"n": n} if n else _("no duty open")
    return {"matter": matter, "title": seen.title, "sub": text}


def _map(rows: list[between.TieRow]) -> dict[str, Any]:
    here = region.region()
    focus = here.settings.get("focus", []) if here else []
    codes = list(dict.fromkeys(row.field for row in rows))
    return {
        "geojson": reverse("map_places"),
        "ties": reverse("map_ties"),
        "label": between.finding(rows),
        "focus": ",".join(focus),
        "tiles": settings.TILE_URL,
        "approval": settings.MAP_APPROVAL,
        "codes": [{"code": code, "name": wording.FIELD_NAMES[code]} for code in codes],
    }


def _map_or_404(request: HttpRequest) -> None:
    """Let the map's data go to staff; to everybody only in the demonstration and with a map approval number."""
    if getattr(request, "acting", None) is None and not (settings.DEMO and settings.MAP_APPROVAL):
        raise Http404


@lru_cache(maxsize=4)
def _joined(paths: tuple[str, ...], changed: int, shifted: bool) -> bytes:
    """Return the layers as one collection, read once per drawing; shifted to GCJ-02 under tiles that are."""
    parts = [json.loads(Path(path).read_text("utf-8"))["features"] for path in paths]
    features = [feature for part in parts for feature in part]
    if shifted:
        for feature in features:
            feature["geometry"]["coordinates"] = _gcj02(feature["geometry"]["coordinates"])
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _gcj02(coordinates: Any) -> Any:
    """Return nested WGS 84 coordinates as GCJ-02."""
    if isinstance(coordinates[0], (int, float)):
        lon, lat = wgs84_to_gcj02(coordinates[0], coordinates[1])
        return [round(lon, 5), round(lat, 5)]
    return [_gcj02(part) for part in coordinates]

"""Writes of ecology: report, correct and withdraw a water incident, record a forecast, object, merge, close.

Thin: the acts themselves are the heart's; here stands what only ecology knows of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.events.actions import Report
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries
from tongxin.petals.ecology.forecast import SPILL_FORECAST
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotAllowed

HASH = re.compile(r"[0-9a-f]{64}")
NAME_MAX = 80  # characters of the name or the version of an engine
SEED_MAX = 2**63 - 1


@dataclass(frozen=True)
class Forecast:
    """What an engine computed: when it arrives where, from which inputs (their SHA-256), with which seed."""

    known_at: datetime
    arrivals: Sequence[Mapping[str, Any]]  # place, probability, arrival_p5, arrival_p50, arrival_p95, held
    engine: str
    version: str
    inputs: str
    seed: int
    stale_inputs: Sequence[str] = ()
    late_reason: str = ""


def report_incident(report: Report, *, by: Acting, key: str) -> dict[str, Any]:
    """Report a water incident; the clauses in force make the duties. Returns matter, event and duties."""
    return agreements.report(report, by=by, key=key, name="ecology.incident.reported")


def correct_incident(
    event: str,
    report: Report,
    *,
    by: Acting,
    key: str,
    reason: str,
    known_corrected: datetime | None = None,
) -> dict[str, Any]:
    """Correct a report, the head of its chain; those who were told what is wrong now are owed a notice anew."""
    return agreements.correct(
        event,
        report,
        by=by,
        key=key,
        reason=reason,
        known_corrected=known_corrected,
        name="ecology.incident.corrected",
    )


def record_forecast(number: str, forecast: Forecast, *, by: Acting, key: str) -> dict[str, Any]:
    """Record a forecast on the chain of its own; the clauses that wait for it decide anew.

    By a desk that sees the report. Raises Invalid for a place that does not lie downstream of the incident.
    """
    told = report_of(queries.incident(by, number), forecast)
    engine = {
        "name": forecast.engine.strip(),
        "version": forecast.version.strip(),
        "inputs": forecast.inputs,
        "seed": forecast.seed,
    }
    return agreements.compute(number, told, by=by, key=key, engine=engine, name="ecology.forecast.recorded")


def report_of(found: queries.Incident, forecast: Forecast) -> Report:
    """Return a forecast as the heart takes it. Raises NotAllowed and Invalid as `record_forecast` does."""
    if found.report is None:
        raise NotAllowed(
            "report_not_seen",
            _("A forecast is entered by a desk that sees the report; your desk knows what it was told."),
            todo=_("Send your forecast to the office that told you."),
        )
    _check_engine(forecast)
    _check_places(forecast.arrivals, [place.id for place in queries.places_below(found)])
    return Report(
        type=SPILL_FORECAST,
        place=found.report.first.place_id,
        known_at=forecast.known_at,
        data={
            "arrivals": [_plain(arrival) for arrival in forecast.arrivals],
            "stale_inputs": list(forecast.stale_inputs),
        },
        late_reason=forecast.late_reason,
    )


def hash_of_inputs(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of what an engine computed from, in hex."""
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


withdraw = agreements.withdraw
object_to = agreements.object_to
propose_merge = agreements.propose_merge
answer_merge = agreements.answer_merge
close = agreements.close_matter


def _plain(arrival: Mapping[str, Any]) -> dict[str, Any]:
    """Return an arrival with its times in one form, so that the same command is known for the same."""
    return {k: clock.iso(v) if isinstance(v, datetime) else v for k, v in arrival.items()}


def _check_engine(forecast: Forecast) -> None:
    wrong: dict[str, list[Any]] = {}
    for name in ("engine", "version"):
        said = str(getattr(forecast, name)).strip()
        if not said:
            wrong[name] = [_("This field is needed.")]
        elif len(said) > NAME_MAX:
            wrong[name] = [_("This text is too long: at most %(n)d characters.") % {"n": NAME_MAX}]
    if not HASH.fullmatch(forecast.inputs):
        wrong["inputs"] = [_("Enter the SHA-256 of the inputs, 64 hexadecimal digits, or give their file.")]
    if not 0 <= forecast.seed <= SEED_MAX:
        wrong["seed"] = [_("Enter a whole number, 0 or more.")]
    if wrong:
        raise Invalid(_("The forecast was not recorded."), wrong, code="engine_unnamed")


def _check_places(arrivals: Sequence[Mapping[str, Any]], below: Sequence[str]) -> None:
    strange = sorted({str(a.get("place", "")) for a in arrivals} - set(below))
    if strange:
        raise Invalid(
            _("The forecast was not recorded."),
            {
                "arrivals": [
                    _("Not downstream of the incident: %(places)s. It knows: %(below)s.")
                    % {"places": ", ".join(strange), "below": ", ".join(below) or "—"}
                ]
            },
            code="not_downstream",
        )

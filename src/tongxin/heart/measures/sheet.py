"""Scores as a sheet: named rows for the screens, the file that is handed out, and the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause, Duty, Instrument
from tongxin.heart.measures.scores import Score
from tongxin.shared.named import Both, pick

PURPOSES: dict[str, Any] = {
    Duty.Purpose.DO: gettext_lazy("Fulfil"),
    Duty.Purpose.CONFIRM: gettext_lazy("Confirm receipt"),
    Duty.Purpose.STAND_DOWN: gettext_lazy("Stand down"),
}
PARTS: dict[str, Any] = {
    "clause": gettext_lazy("Clause"),
    "desk": gettext_lazy("Bound office"),
    "jurisdiction": gettext_lazy("Jurisdiction"),
    "instrument": gettext_lazy("Instrument"),
    "field": gettext_lazy("Field"),
    "purpose": gettext_lazy("What is owed"),
    "month": gettext_lazy("Month of the due"),
}
NUMBERS: dict[str, Any] = {
    "n": gettext_lazy("Judged"),
    "on_time": gettext_lazy("On time"),
    "late": gettext_lazy("Late"),
    "failed": gettext_lazy("Not met"),
    "overdue": gettext_lazy("Overdue now"),
    "waiting": gettext_lazy("Waits for the owed side"),
    "excused": gettext_lazy("Excused"),
    "void": gettext_lazy("Void"),
    "no_time_left": gettext_lazy("No time left"),
    "suspended": gettext_lazy("Suspended now"),
    "running": gettext_lazy("Not due yet"),
    "sent_back": gettext_lazy("Sent back"),
    "withheld": gettext_lazy("Field withheld"),
    "drill": gettext_lazy("Drill"),
}
BESIDE = ("excused", "void", "sent_back", "no_time_left", "withheld", "suspended", "running", "drill")


@dataclass(frozen=True)
class Row:
    """A score with the names of what it is of."""

    score: Score
    names: Mapping[str, Any]
    field: str = ""  # the colour class
    instrument: str = ""

    @property
    def anchor(self) -> str:
        """The clause's name, where the row is of one clause."""
        return self.score.parts.get("clause", "").partition("/")[2]

    @property
    def beside(self) -> list[tuple[str, Any, int]]:
        """What stands beside the score and is not nothing: number, its word, how many."""
        return beside(self.score)


def title(row: Instrument) -> Both:
    """Return an instrument's title in both languages."""
    return Both(zh=row.title_zh, en=row.title_en)


def beside(score: Score) -> list[tuple[str, Any, int]]:
    """Return what stands beside a score and is not nothing: number, its word, how many."""
    found = [(name, NUMBERS[name], getattr(score.tally, name)) for name in BESIDE]
    return [each for each in found if each[2]]


def rows(scores: Sequence[Score], known: Mapping[str, Instrument] | None = None) -> list[Row]:
    """Return scores with the names of their parts; a few queries for all of them. `known` are instruments at hand."""
    clauses = _clauses({s.parts["clause"] for s in scores if "clause" in s.parts})
    wanted = {s.parts["instrument"] for s in scores if "instrument" in s.parts}
    wanted |= {key.partition("/")[0] for key in clauses}
    instruments = Instrument.objects.in_bulk(list(wanted)) if known is None else known
    desks = wording.desk_names({s.parts["desk"] for s in scores if "desk" in s.parts})
    places = wording.party_names({s.parts["jurisdiction"] for s in scores if "jurisdiction" in s.parts})
    found = []
    for score in scores:
        parts = score.parts
        instrument = parts.get("instrument") or parts.get("clause", "").partition("/")[0]
        row = instruments.get(instrument)
        names: dict[str, Any] = dict(parts)
        if "clause" in parts:
            names["clause"] = clauses.get(parts["clause"], parts["clause"])
        if row is not None:
            names["instrument"] = title(row)
        if "desk" in parts:
            names["desk"] = desks.get(parts["desk"], parts["desk"])
        if "jurisdiction" in parts:
            names["jurisdiction"] = places[parts["jurisdiction"]]
        if "field" in parts:
            names["field"] = wording.FIELD_NAMES.get(parts["field"], parts["field"])
        if "purpose" in parts:
            names["purpose"] = PURPOSES.get(parts["purpose"], parts["purpose"])
        found.append(Row(score, names, row.field if row else parts.get("field", ""), instrument))
    return found


def _clauses(keys: Collection[str]) -> dict[str, Both]:
    """Return the titles of clauses by key, as their newest versions have them."""
    found = {key: Both(zh=key, en=key) for key in keys}
    named = Clause.objects.filter(
        version__instrument_id__in={key.partition("/")[0] for key in keys},
        name__in={key.partition("/")[2] for key in keys},
    )
    for instrument, name, zh, en in named.order_by("version__number").values_list(
        "version__instrument_id", "name", "title_zh", "title_en"
    ):
        key = f"{instrument}/{name}"
        if key in found and (zh or en):
            found[key] = Both(zh=zh or en, en=en or zh)
    return found


def percent(share: float | None) -> str:
    """Return a share with one decimal, 100% only where it is all; a dash where none is told."""
    if share is None:
        return "—"
    text = f"{share:.1%}"
    return (
        "99.9%" if text == "100.0%" and share < 1 else text.replace(".0%", "%") if share in {0, 1} else text
    )


def ratio(score: Score) -> str:
    """Return the numerator and denominator, which always stand beside a rate: 5/6; a dash where nothing is judged."""
    return f"{score.tally.on_time}/{score.n}" if score.n else "—"


def marks(score: Score) -> list[str]:
    """Return the marks of a score, for paper and files."""
    found = [_("Illustrative data")] if score.illustrative else []
    return [*found, _("Revised")] if score.restated else found


def lasting(minutes: float) -> str:
    """Return a length in minutes, in words: 1 h 30 min."""
    hours, left = divmod(round(minutes), 60)
    if not hours:
        return _("%(m)d min") % {"m": left}
    return _("%(h)d h %(m)d min") % {"h": hours, "m": left} if left else _("%(h)d h") % {"h": hours}


HEAD_NUMBERS = ("n", "on_time", "late", "failed", "overdue", "waiting", *BESIDE)


def head(by: Sequence[str]) -> list[str]:
    """Return the heads of the file's columns."""
    return [
        *(str(PARTS[part]) for part in by),
        *(_("%(part)s (code)") % {"part": PARTS[part]} for part in by if part in CODED),
        _("On-time share"),
        *(str(NUMBERS[name]) for name in HEAD_NUMBERS),
        _("On time when frozen"),
        _("Judged when frozen"),
        _("Entry delay, median (min)"),
        _("Entry delay, longest (min)"),
        _("Mark"),
    ]


CODED = ("clause", "desk", "jurisdiction", "instrument")


def as_row(row: Row, by: Sequence[str]) -> list[Any]:
    """Return a row of the file: names, codes, the share or why there is none, the numbers, the marks."""
    score = row.score
    frozen = score.frozen if score.restated else None
    delay = score.delay
    share = percent(score.share) if score.share is not None else _("under 5") if score.n else ""
    return [
        *(str(row.names[part]) for part in by),
        *(score.parts[part] for part in by if part in CODED),
        share,
        *(score.n if name == "n" else getattr(score.tally, name) for name in HEAD_NUMBERS),
        frozen.on_time if frozen else "",
        frozen.n if frozen else "",
        f"{delay.median:g}" if delay else "",
        delay.longest if delay else "",
        pick("、", ", ").join(marks(score)),
    ]


SORTS = ("name", "share", "n", "late", "failed", "overdue")


def ordered(found: Iterable[Row], by: Sequence[str], key: str) -> list[Row]:
    """Return rows in the order asked for: by name, share, n, late, not met, overdue; `-` turns it round."""
    named = sorted(found, key=lambda row: tuple(row.score.parts[part] for part in by))
    what = key.removeprefix("-")
    if what not in SORTS:
        return named
    keys: dict[str, Any] = {
        "name": lambda row: tuple(str(row.names[part]) for part in by),
        "share": lambda row: (row.score.n > 0, row.score.tally.on_time / row.score.n if row.score.n else 0),
        "n": lambda row: row.score.n,
    }
    by_key = keys.get(what, lambda row: getattr(row.score.tally, what))
    return sorted(named, key=by_key, reverse=key.startswith("-"))

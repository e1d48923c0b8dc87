"""Command line of water quality: classes of GB 3838-2002 of measured waters, and compliance with its counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tongxin.petals.ecology.cli_words import as_json, language, said, say, told
from tongxin.shared.phrases import phrase

if TYPE_CHECKING:
    from tongxin.petals.ecology.engine.water import Water


NAMED = 6  # items that are missing are named, more are counted


@click.group()
def group() -> None:
    """Classify measured waters by GB 3838-2002. Needs no token and writes nothing."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "json_wanted", is_flag=True, help="As JSON.")
@told
def classify(file: Path, json_wanted: bool) -> None:
    """Classify the waters of FILE, a CSV with one column an item or one row an item; the worst judged item decides.

    Columns: section, date, target (I–V), water_body (river or lake), temperature, and the items of table 1 by id, name
    or sign, with their unit in brackets where it is not mg/L; or item, value and unit. `<0.025` and `0.025L` are below
    detection: half of it counts. Other columns are left out, and named.
    """
    from tongxin.petals.ecology.engine import water
    from tongxin.petals.ecology.engine.substances import standard

    notes: list[str] = []
    waters = water.classify(file, notes)
    counts = water.compliance(waters)
    if json_wanted:
        rows: list[dict[str, Any]] = [
            {
                "section": w.section, "date": w.date, "class": w.judgement.overall and water.ROMAN[w.judgement.overall],
                "target": w.target and water.ROMAN[w.target], "met": w.met, "deciding": list(w.judgement.deciding),
                "items": {n: water.ROMAN[c] for n, c in w.judgement.by_item.items()},
                "below_detection": list(w.below), "missing": list(w.judgement.missing),
            }
            for w in waters
        ]  # fmt: skip
        told_ = {
            "standard": standard()["standard"],
            "assessment": standard()["assessment"],
            "rows": rows,
            "counts": vars(counts),
            "notes": notes,
        }
        as_json(told_)
        return
    gap = "；" if language() == "zh" else "; "
    for w in waters:
        click.echo(f"{w.section} {w.date}  {gap.join(said(p) for p in parts_of(w))}".strip())
    for note in notes:
        say(note)
    names = standard()
    say(
        phrase(
            "{standard}, {assessment}: target met {met} of {assessed}; class I–III {good} of {judged}; "
            "not judged {unjudged}, without target {no_target}",
            standard=names["standard"], assessment=names["assessment"], **vars(counts),
        )
    )  # fmt: skip


def parts_of(found: Water) -> Iterator[str]:
    """Yield what is said of a water: its class and what decides, whether the target is met, what is missing."""
    from tongxin.petals.ecology.engine import water
    from tongxin.petals.ecology.engine.substances import items

    judgement = found.judgement
    overall = water.CLASS_WORDS[judgement.overall] if judgement.overall else phrase("not judged")
    if judgement.deciding:
        deciding = ", ".join(items()[n].names["zh"] if language() == "zh" else n for n in judgement.deciding)
        yield phrase("{overall} by {deciding}", overall=overall, deciding=deciding)
    else:
        yield overall
    if found.target and found.met is not None:
        target = water.CLASS_WORDS[found.target]
        met = phrase("target {target} met", target=target)
        yield met if found.met else phrase("target {target} not met", target=target)
    if len(judgement.missing) > NAMED:
        yield phrase("{missing} of 21 items missing", missing=len(judgement.missing))
    elif judgement.missing:
        lacking = ", ".join(items()[n].names["zh"] if language() == "zh" else n for n in judgement.missing)
        yield phrase("missing: {names}", names=lacking)

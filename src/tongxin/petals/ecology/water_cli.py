"""Command line of water quality: classes of GB 3838-2002 of measured waters, and compliance with its counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tongxin.petals.ecology.spill_cli import told


@click.group()
def group() -> None:
    """Classify measured waters by GB 3838-2002. Needs no token and writes nothing."""


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@told
def classify(file: Path, as_json: bool) -> None:
    """Classify each row of FILE, a CSV with one column an item; the worst judged item decides.

    Columns: section, date, target (I–V), water_body (river or lake), temperature, and the items of table 1 by id or by
    Chinese name in mg/L. `<0.025` and `0.025L` are below detection: half of it counts.
    """
    from tongxin.petals.ecology.engine import water
    from tongxin.petals.ecology.engine.substances import standard

    waters = water.classify(file)
    counts = water.compliance(waters)
    if as_json:
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
        }
        click.echo(json.dumps(told_, ensure_ascii=False, indent=1))
        return
    for w in waters:
        overall = water.ROMAN[w.judgement.overall] if w.judgement.overall else "not judged"
        by = f" by {', '.join(w.judgement.deciding)}" if w.judgement.deciding else ""
        target = (
            f"; target {water.ROMAN[w.target]} {'met' if w.met else 'not met'}"
            if w.target and w.met is not None
            else ""
        )
        lacking = f"; {len(w.judgement.missing)} of 21 items missing" if w.judgement.missing else ""
        click.echo(f"{w.section} {w.date}  {overall}{by}{target}{lacking}".strip())
    click.echo(
        f"{standard()['standard']}, {standard()['assessment']}: target met {counts.met} of {counts.assessed}; "
        f"class I–III {counts.good} of {counts.judged}; not judged {counts.unjudged}, without target {counts.no_target}"
    )

"""Command line of the river engine: forecast a spill, update it, search upstream, calibrate, check networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.conf import settings

from tongxin.petals.ecology.cli_words import (
    FILE,
    as_json,
    language,
    padded,
    said,
    say,
    told,
    unwritable,
    written,
)
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.shared.phrases import phrase

if TYPE_CHECKING:
    from tongxin.petals.ecology.engine.network import Network


POOR = 0.9  # Nash–Sutcliffe efficiency below which a fit is doubtful


def pack_network() -> Path:
    """Return the region pack's river network."""
    return Path(settings.REGION_PACK) / "network.yaml"


@click.group()
def group() -> None:
    """Forecast a spill in a river, update it by samples, search where it came from.

    Needs no token and writes nothing but the files it is asked for. How sure a forecast is: docs/how-sure.md.
    """


@group.command()
@click.argument("file", type=FILE)
@click.option("--json", "json_wanted", is_flag=True, help="As JSON, curves included.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, one row a section.")
@click.option(
    "--png",
    type=FILE,
    help="Write pictures: FILE.png the curves, FILE-along.png the arrival along the river.",
)
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many processes."
)
@click.option("--cluster", default="", help="Address of a Dask scheduler, such as tcp://127.0.0.1:8786.")
@told
def forecast(
    file: Path, json_wanted: bool, as_csv: bool, png: Path | None, processes: int, cluster: str
) -> None:
    """Forecast the case of FILE: arrival, peak and duration at every section below, as P5, P50 and P95."""
    from tongxin.petals.ecology.engine import ensemble, inputs

    asked = inputs.read(file, pack_network())
    found = ensemble.forecast(asked.case, processes=processes, cluster=cluster)
    _pictures(asked, found, png)
    _print(asked, found, json_wanted=json_wanted, as_csv=as_csv)


@group.command()
@click.argument("file", type=FILE)
@click.option(
    "--samples", type=FILE, help="CSV of samples beside those of FILE: section, at, value, unit, error."
)
@click.option("--json", "json_wanted", is_flag=True, help="As JSON, curves included.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, one row a section.")
@click.option("--png", type=FILE, help="Write pictures as `forecast` does, with the samples.")
@told
def update(file: Path, samples: Path | None, json_wanted: bool, as_csv: bool, png: Path | None) -> None:
    """Forecast the case of FILE as its samples have it, and tell how many members are still effective."""
    from dataclasses import replace

    from tongxin.petals.ecology.engine import ensemble, inputs, updating
    from tongxin.petals.ecology.engine import samples as reading

    asked = inputs.read(file, pack_network())
    if samples is not None:
        asked = replace(asked, samples=(*asked.samples, *reading.samples_of(samples, asked.case, asked.zero)))
    if not asked.samples:
        raise Fault(
            "no_samples",
            phrase("there are no samples to update by."),
            mend=phrase("Put them under `samples` or give --samples."),
        )
    given = len(asked.samples)
    asked = replace(asked, samples=reading.thinned(asked.samples))
    done = updating.update(asked.case, asked.samples)
    found = ensemble.forecast(asked.case, z=done.z, effective=done.effective)
    count, left, members = len(asked.samples), f"{done.effective:.0f}", len(done.z)
    notes = [
        phrase(
            "Updated by {n} samples: {left} effective members of {members}.",
            n=count,
            left=left,
            members=members,
        )
    ]
    if given > count:
        notes.append(
            phrase("Of {given} samples {count} were taken, spread evenly: a sensor's readings err together.",
                   given=given, count=count)
        )  # fmt: skip
    if done.effective < updating.LEAST or done.steps[-1] < 1:
        notes.append(
            phrase("The samples and the case hardly agree: look at both before the band is relied on.")
        )
    found = replace(found, assumptions=(*notes, *found.assumptions))
    _pictures(asked, found, png)
    _print(asked, found, json_wanted=json_wanted, as_csv=as_csv)


@group.command()
@click.argument("file", type=FILE)
@click.option("--json", "json_wanted", is_flag=True, help="As JSON.")
@click.option("--limit", type=click.IntRange(2, 500), default=12, show_default=True, help="How many places.")
@told
def search(file: Path, json_wanted: bool, limit: int) -> None:
    """Rank the places upstream that explain the samples of FILE, with likelihoods; a rank is no finding."""
    from tongxin.petals.ecology.engine import inputs, told
    from tongxin.petals.ecology.engine import search as searching

    asked = inputs.sought(file, pack_network())
    found = searching.search(asked.case, asked.samples, longest=asked.longest, step_km=asked.step_km)
    rows = [
        {
            "reach": c.reach, "km": round(c.km, 2), "source": c.source, "share": round(c.share, 4),
            "log_evidence": round(c.evidence, 2),
            "begun": {n: told.at(asked.zero, c.begun[i]) for n, i in (("p5", 1), ("p50", 0), ("p95", 2))},
            "mass_kg": {n: float(f"{c.mass[i]:.3g}") for n, i in (("p5", 1), ("p50", 0), ("p95", 2))},
        }
        for c in found.candidates[:limit]
    ]  # fmt: skip
    rest = max(0.0, 1 - sum(c.share for c in found.candidates[:limit]))
    if json_wanted:
        reaches = [{"reach": r, "share": round(s, 4)} for r, s in found.reaches]
        as_json({"candidates": rows, "elsewhere": round(rest, 4), "reaches": reaches, "fit": round(found.fit, 3),
               "tried": len(found.candidates)})  # fmt: skip
        return
    heads = ((KIND_WORDS["share"], 8), (KIND_WORDS["reach"], 21), ("km", 8), (KIND_WORDS["source"], 21))
    more = padded(said(phrase("begun P5 – P50 – P95")), 55)
    click.echo("".join(padded(said(h), n) for h, n in heads) + more + "kg P5–P50–P95")
    for row in rows:
        begun, mass = row["begun"], row["mass_kg"]
        assert isinstance(begun, dict)
        assert isinstance(mass, dict)
        click.echo(
            f"{row['share']:>6.1%}  {row['reach']:<20} {row['km']:>6}  {row['source']:<20} "
            f"{' – '.join(str(v)[:16] for v in begun.values()):<54} {'–'.join(format(v, 'g') for v in mass.values())}"
        )
    tried = len(found.candidates)
    say(phrase("{rest}  elsewhere upstream ({tried} places were tried)", rest=f"{rest:>6.1%}", tried=tried))
    say(phrase("By reach: {shares}", shares=", ".join(f"{r} {s:.0%}" for r, s in found.reaches[:6])))
    if found.fit < -4:
        say(
            phrase(
                "· No place explains the samples well: another substance, several releases or a wrong reading?"
            )
        )
    say(phrase("· A rank says where to look first. It is no finding about anybody."))


@group.command()
@click.argument("file", type=FILE)
@click.option("--length", required=True, help="The way between the sensors with its unit, such as 4320 m.")
@click.option("--time", default="", help="Column of the time; default the first.")
@click.option("--upper", default="", help="Column of the upper sensor; default the last but one.")
@click.option("--lower", default="", help="Column of the lower sensor; default the last.")
@click.option("--reach", default="", help="Reach of a network that was measured.")
@click.option(
    "--flow", default="", help="Discharge of that day, such as 6.1 m3/s; also for the blind figure."
)
@click.option("--width", default="", help="Width, such as 15 m, for the blind figure.")
@click.option("--depth", default="", help="Mean depth, such as 0.6 m, for the blind figure.")
@click.option("--slope", type=float, help="Slope as a ratio, for the blind figure.")
@click.option(
    "--out", type=FILE, help="Write the values of --reach as YAML, for the key `calibrated` of a case."
)
@click.option("--json", "json_wanted", is_flag=True, help="As JSON.")
@told
def calibrate(
    file: Path, length: str, time: str, upper: str, lower: str, reach: str, flow: str, width: str, depth: str,
    slope: float | None, out: Path | None, json_wanted: bool,
) -> None:  # fmt: skip
    """Fit velocity, dispersion and storage to a tracer test in FILE, and tell how blind the priors alone would be."""
    from tongxin.petals.ecology.engine import calibrate as calibrating
    from tongxin.petals.ecology.engine.quantities import quantity

    tracer = calibrating.read(
        file, quantity(length, "length", "--length"), time=time, upper=upper, lower=lower
    )
    found = calibrating.fit(tracer)
    figures = dict(calibrating.report(found))
    discharge = quantity(flow, "discharge", "--flow") if flow else None
    blind: dict[str, float] = {}
    if discharge:
        sizes = [quantity(v, "length", n) if v else None for v, n in ((width, "--width"), (depth, "--depth"))]
        _possible(discharge, sizes, slope)
        _values, (nse, peak, peak_time, arrival, _half) = calibrating.blind(
            tracer, discharge, width=sizes[0], depth=sizes[1], slope=slope
        )
        blind = {"nse": nse, "peak_off": peak, "peak_time_off_s": peak_time, "arrival_off_s": arrival}
        figures["calibrated_flow_m3_s"] = discharge
    if json_wanted:
        as_json({"fit": figures, "blind": blind})
    else:
        say(phrase("{n} readings, {length} m", n=len(tracer.times), length=f"{tracer.length:g}"))
        for name, value in figures.items():
            click.echo(f"  {name:<22} {value:.6g}")
        if found.nse < POOR:
            say(
                phrase(
                    "The fit is poor: look at the way's length, the sensors' columns and the unit of the time."
                )
            )
        say(
            phrase("blind, by the priors alone")
            if blind
            else phrase("blind, by the priors alone: give --flow, and --width and --depth if known")
        )
        for name, value in blind.items():
            click.echo(f"  {name:<22} {value:.6g}")
    if out is not None:
        if not reach:
            raise Fault("missing", phrase("--out needs --reach."))
        names = (
            "velocity_m_s",
            "dispersion_m2_s",
            "storage_alpha_s",
            "storage_ratio",
            "calibrated_spread",
            "calibrated_flow_m3_s",
        )
        lines = [f"    {n}: {figures[n]:.8g}" for n in names if n in figures]
        written(out, "\n".join(["calibrated:", f"  {reach}:", *lines]) + "\n")
        say(phrase("written: {path}", path=out))


def _possible(discharge: float, sizes: list[float | None], slope: float | None) -> None:
    """Refuse a discharge, width, depth or slope that no river has. Raises Fault."""
    if (
        discharge <= 0
        or any(s is not None and s <= 0 for s in sizes)
        or not (slope is None or 1e-7 <= slope <= 0.3)
    ):
        raise Fault(
            "impossible", phrase("discharge, width, depth and slope are above zero; a slope is a ratio.")
        )
    speed = discharge / (sizes[0] * sizes[1]) if sizes[0] and sizes[1] else 0.0
    if speed > 8:
        said = phrase("{flow} m³/s through {width} m × {depth} m would run at {speed} m/s.", flow=f"{discharge:g}",
                      width=f"{sizes[0]:g}", depth=f"{sizes[1]:g}", speed=f"{speed:.3g}")  # fmt: skip
        raise Fault("impossible", said, mend=phrase("Was the discharge written in L/s?"), where="--flow")


@group.group()
def network() -> None:
    """Look at river networks."""


@network.command("check")
@click.argument("file", type=FILE, required=False)
@click.option("--json", "json_wanted", is_flag=True, help="As JSON.")
@click.pass_context
@told
def network_check(ctx: click.Context, file: Path | None, json_wanted: bool) -> None:
    """Check the network of FILE (YAML, CSV or a folder of CSV, GeoJSON, GeoPackage); without FILE the pack's.

    Ends with 1 when something has to be mended; each line names its row.
    """
    from tongxin.petals.ecology.engine import network_read

    found: Network = network_read.read(file or pack_network())
    findings = network_read.check(found)
    errors = sum(1 for f in findings if f.grade == "error")
    if json_wanted:
        as_json({"reaches": len(found.reaches), "findings": [vars(f) for f in findings]})
    else:
        counts = {k: len(found.of(k)) for k in ("section", "gate", "station", "source")}
        told_of = phrase(
            "{title}: {reaches} reaches, {km} km, {section} sections, {gate} gates, "
            "{station} stations, {source} sources",
            title=found.title, reaches=len(found.reaches), km=f"{sum(r.length_km for r in found.reaches.values()):.0f}",
            **counts,
        )  # fmt: skip
        say(told_of)
        for each in findings:
            where = f"{said(each.where)}: " if each.where else ""
            click.echo(f"{said(KIND_WORDS[each.grade])}: {where}{said(each.what)}")
        say(phrase("{errors} errors, {notes} notes", errors=errors, notes=len(findings) - errors))
    ctx.exit(1 if errors else 0)


def _print(asked: Any, found: Any, *, json_wanted: bool, as_csv: bool) -> None:
    from tongxin.petals.ecology.engine import told

    if json_wanted:
        as_json(told.as_json(asked.case, found, asked.zero) | {"notes": [str(n) for n in asked.notes]})
    elif as_csv:
        click.echo(told.as_csv(asked.case, found, asked.zero), nl=False)
    else:
        names = (
            {s.id: asked.case.network.points[s.id].name for s in found.sections} if language() == "zh" else {}
        )
        lines = told.as_lines(asked.case, found, asked.zero, said=said, padded=padded, names=names)
        for line in (*lines, *(f"· {said(n)}" for n in asked.notes)):
            click.echo(line)


def _names(asked: Any, found: Any) -> dict[str, str]:
    """Return the sections' names for a Chinese reader; an English one knows them by their ids."""
    if language() != "zh":
        return {}
    return {s.id: asked.case.network.points[s.id].name for s in found.sections}


def _pictures(asked: Any, found: Any, png: Path | None) -> None:
    if png is None:
        return
    from tongxin.petals.ecology.engine import pictures

    beside = png.with_name(f"{png.stem}-along{png.suffix}")
    try:
        spoken = pictures.words(said, _names(asked, found))
        drawn = pictures.curves(asked.case, found, asked.zero, asked.samples, png, spoken)
        drawn = pictures.along(found, asked.zero, beside, spoken) and drawn
    except OSError as error:
        raise unwritable(png, error) from None
    done = phrase("written: {path}", path=f"{png}, {beside}")
    say(done if drawn else phrase("no picture: no section is reached"), err=True)

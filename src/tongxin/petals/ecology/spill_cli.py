"""Command line of the river engine: forecast a spill, update it, search upstream, calibrate, check networks."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.conf import settings

from tongxin.petals.ecology.engine import VERSION
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.shared.errors import Refused

if TYPE_CHECKING:
    from tongxin.petals.ecology.engine.network import Network

FILE = click.Path(path_type=Path)


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a fault of an input be a refusal: what is wrong, that nothing was computed, what to write instead."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from tongxin.shared.blocks import Cancelled, NoCluster

        folder = Path(settings.DATA) / f"numba-{VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))
        try:
            return command(*args, **kwargs)
        except Fault as fault:
            what = f"{fault.where}: {fault.what}" if fault.where else fault.what
            raise Refused(
                fault.code, what, kept="Nothing was computed.", todo=fault.mend or "Mend it and run again."
            ) from None
        except NoCluster as fault:
            raise Refused("no_cluster", str(fault), kept="Nothing was computed.") from None
        except Cancelled:
            raise Refused("cancelled", "The computation was stopped.") from None

    return run


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
@click.option("--json", "as_json", is_flag=True, help="As JSON, curves included.")
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
def forecast(file: Path, as_json: bool, as_csv: bool, png: Path | None, processes: int, cluster: str) -> None:
    """Forecast the case of FILE: arrival, peak and duration at every section below, as P5, P50 and P95."""
    from tongxin.petals.ecology.engine import ensemble, inputs

    asked = inputs.read(file, pack_network())
    found = ensemble.forecast(asked.case, processes=processes, cluster=cluster)
    _print(asked, found, as_json=as_json, as_csv=as_csv)
    _pictures(asked, found, png)


@group.command()
@click.argument("file", type=FILE)
@click.option(
    "--samples", type=FILE, help="CSV of samples beside those of FILE: section, at, value, unit, error."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, curves included.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, one row a section.")
@click.option("--png", type=FILE, help="Write pictures as `forecast` does, with the samples.")
@told
def update(file: Path, samples: Path | None, as_json: bool, as_csv: bool, png: Path | None) -> None:
    """Forecast the case of FILE as its samples have it, and tell how many members are still effective."""
    from dataclasses import replace

    from tongxin.petals.ecology.engine import ensemble, inputs, updating

    asked = inputs.read(file, pack_network())
    if samples is not None:
        asked = replace(asked, samples=(*asked.samples, *inputs.samples_of(samples, asked.case, asked.zero)))
    if not asked.samples:
        raise Fault(
            "no_samples",
            "there are no samples to update by.",
            mend="Put them under `samples` or give --samples.",
        )
    done = updating.update(asked.case, asked.samples)
    found = ensemble.forecast(asked.case, z=done.z, effective=done.effective)
    notes = [
        f"Updated by {len(asked.samples)} samples: {done.effective:.0f} effective members of {len(done.z)}."
    ]
    if done.effective < updating.LEAST or done.steps[-1] < 1:
        notes.append("The samples and the case hardly agree: look at both before the band is relied on.")
    found = replace(found, assumptions=(*notes, *found.assumptions))
    _print(asked, found, as_json=as_json, as_csv=as_csv)
    _pictures(asked, found, png)


@group.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--limit", type=click.IntRange(2, 500), default=12, show_default=True, help="How many places.")
@told
def search(file: Path, as_json: bool, limit: int) -> None:
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
    if as_json:
        reaches = [{"reach": r, "share": round(s, 4)} for r, s in found.reaches]
        _json({"candidates": rows, "elsewhere": round(rest, 4), "reaches": reaches, "fit": round(found.fit, 3),
               "tried": len(found.candidates)})  # fmt: skip
        return
    click.echo(
        f"{'share':>6}  {'reach':<20} {'km':>6}  {'source':<20} {'begun P5 – P50 – P95':<54} kg P5–P50–P95"
    )
    for row in rows:
        begun, mass = row["begun"], row["mass_kg"]
        assert isinstance(begun, dict)
        assert isinstance(mass, dict)
        click.echo(
            f"{row['share']:>6.1%}  {row['reach']:<20} {row['km']:>6}  {row['source']:<20} "
            f"{' – '.join(str(v)[:16] for v in begun.values()):<54} {'–'.join(format(v, 'g') for v in mass.values())}"
        )
    click.echo(f"{rest:>6.1%}  elsewhere upstream ({len(found.candidates)} places were tried)")
    click.echo("By reach: " + ", ".join(f"{r} {s:.0%}" for r, s in found.reaches[:6]))
    if found.fit < -4:
        click.echo(
            "· No place explains the samples well: another substance, several releases or a wrong reading?"
        )
    click.echo("· A rank says where to look first. It is no finding about anybody.")


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
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@told
def calibrate(
    file: Path, length: str, time: str, upper: str, lower: str, reach: str, flow: str, width: str, depth: str,
    slope: float | None, out: Path | None, as_json: bool,
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
        _values, (nse, peak, peak_time, arrival, _half) = calibrating.blind(
            tracer, discharge, width=sizes[0], depth=sizes[1], slope=slope
        )
        blind = {"nse": nse, "peak_off": peak, "peak_time_off_s": peak_time, "arrival_off_s": arrival}
        figures["calibrated_flow_m3_s"] = discharge
    if as_json:
        _json({"fit": figures, "blind": blind})
    else:
        click.echo(f"{len(tracer.times)} readings, {tracer.length:g} m")
        for name, value in figures.items():
            click.echo(f"  {name:<22} {value:.6g}")
        click.echo(
            "blind, by the priors alone"
            + ("" if blind else ": give --flow, and --width and --depth if known")
        )
        for name, value in blind.items():
            click.echo(f"  {name:<22} {value:.6g}")
    if out is not None:
        if not reach:
            raise Fault("missing", "--out needs --reach.")
        names = (
            "velocity_m_s",
            "dispersion_m2_s",
            "storage_alpha_s",
            "storage_ratio",
            "calibrated_spread",
            "calibrated_flow_m3_s",
        )
        lines = [f"    {n}: {figures[n]:.8g}" for n in names if n in figures]
        out.write_text("\n".join(["calibrated:", f"  {reach}:", *lines]) + "\n", "utf-8")
        click.echo(f"written: {out}")


@group.group()
def network() -> None:
    """Look at river networks."""


@network.command("check")
@click.argument("file", type=FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
@told
def network_check(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Check the network of FILE (YAML, CSV or a folder of CSV, GeoJSON, GeoPackage); without FILE the pack's.

    Ends with 1 when something has to be mended; each line names its row.
    """
    from tongxin.petals.ecology.engine import network_read

    found: Network = network_read.read(file or pack_network())
    findings = network_read.check(found)
    errors = sum(1 for f in findings if f.grade == "error")
    if as_json:
        _json({"reaches": len(found.reaches), "findings": [vars(f) for f in findings]})
    else:
        kinds = ", ".join(f"{len(found.of(k))} {k}s" for k in ("section", "gate", "station", "source"))
        length = sum(r.length_km for r in found.reaches.values())
        click.echo(f"{found.title}: {len(found.reaches)} reaches, {length:.0f} km, {kinds}")
        for each in findings:
            click.echo(str(each))
        click.echo(f"{errors} errors, {len(findings) - errors} notes")
    ctx.exit(1 if errors else 0)


def _print(asked: Any, found: Any, *, as_json: bool, as_csv: bool) -> None:
    from tongxin.petals.ecology.engine import told

    if as_json:
        _json(told.as_json(asked.case, found, asked.zero))
    elif as_csv:
        click.echo(told.as_csv(asked.case, found, asked.zero), nl=False)
    else:
        for line in (*told.as_lines(asked.case, found, asked.zero), *(f"· {n}" for n in asked.notes)):
            click.echo(line)


def _pictures(asked: Any, found: Any, png: Path | None) -> None:
    if png is None:
        return
    from tongxin.petals.ecology.engine import pictures

    beside = png.with_name(f"{png.stem}-along{png.suffix}")
    drawn = pictures.curves(asked.case, found, asked.zero, asked.samples, png)
    drawn = pictures.along(found, asked.zero, beside) and drawn
    click.echo(f"written: {png}, {beside}" if drawn else "no picture: no section is reached", err=True)


def _json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))

"""Command line of what is done in an incident: correct, withdraw, forecast, object, merge, call, all-clear."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.events.actions import Report
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.cli_parts import Instant, carried
from tongxin.petals.ecology.forecast import Arrival, Input
from tongxin.petals.ecology.forms import DATA
from tongxin.petals.ecology.registration import WATER_INCIDENT
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS
from tongxin.shared import reading
from tongxin.shared.errors import Invalid

CHUNK = 1024 * 1024  # bytes of the inputs that are read at once
to_option = click.option("--to", "to_desk", required=True, help="The desk, such as tj-baodi/ecology_bureau.")
reason_option = click.option("--reason", required=True, help="Why; kept with the act and shown.")


class EngineFile(BaseModel):
    """What computed a forecast, as its file says."""

    model_config = ConfigDict(extra="forbid")

    name: str
    version: str
    seed: int
    inputs: str = ""  # SHA-256; or give --inputs


class ForecastFile(BaseModel):
    """A forecast as a file has it: YAML or JSON."""

    model_config = ConfigDict(extra="forbid")

    known_at: AwareDatetime
    engine: EngineFile
    arrivals: tuple[Arrival, ...] = Field(min_length=1, max_length=50)
    stale_inputs: tuple[Input, ...] = ()
    late_reason: str = ""


@click.command()
@click.argument("number")
@click.option(
    "--event", default="", help="The report that is corrected, as `show` prints it; else the one that stands."
)
@click.option("--place", help="The own jurisdiction or one inside it.")
@click.option("--river", help="The river's id in the region pack.")
@click.option("--location", help="Monitoring section, bridge, outfall or landmark.")
@click.option("--pollutant", type=click.Choice(list(POLLUTANTS)), help="The pollutant.")
@click.option("--amount", help="Amount with its unit.")
@click.option("--level", type=click.Choice(list(LEVELS)), help="Estimate of the level.")
@click.option("--description", help="What is known.")
@click.option("--occurred", "occurred_at", type=Instant(), help="When it happened.")
@click.option(
    "--known",
    "known_at",
    type=Instant(),
    default="now",
    show_default=True,
    help="When the correction was known.",
)
@click.option("--known-corrected", type=Instant(), help="When the thing itself was known, if that was wrong.")
@click.option("--late-reason", default="", help="Why it is entered late; needed after an hour.")
@reason_option
@click.pass_context
def correct(
    ctx: click.Context,
    /,
    number: str,
    event: str,
    place: str | None,
    occurred_at: datetime | None,
    known_at: datetime,
    known_corrected: datetime | None,
    late_reason: str,
    reason: str,
    **data: str | None,
) -> None:
    """Correct a report: what is not given stays as it was. Who was told a field that changes is told anew."""
    by = ctx.obj.acting()
    found = queries.incident(by, number)
    named = str(queries.event_in(found, event).id) if event else ""
    chain = queries.own_chain(by, found, named)
    head = chain.head
    said = {name: data[name] if data[name] is not None else head.data.get(name) for name in DATA}
    report = Report(
        type=WATER_INCIDENT,
        place=place or head.place_id,
        known_at=known_at,
        occurred_at=occurred_at or head.occurred_at,
        data=said,
        late_reason=late_reason,
    )
    done = actions.correct_incident(
        named or str(head.id),
        report,
        by=by,
        key=ctx.obj.key(),
        reason=reason,
        known_corrected=known_corrected,
    )
    _followed("Corrected", done)


@click.command()
@click.argument("number")
@click.option(
    "--event", default="", help="The report or forecast, as `show` prints it; else the report that stands."
)
@reason_option
@click.pass_context
def withdraw(ctx: click.Context, number: str, event: str, reason: str) -> None:
    """Withdraw a report or a forecast: what it opened is void, who was told is told so."""
    by = ctx.obj.acting()
    found = queries.incident(by, number)
    named = queries.event_in(found, event) if event else queries.own_chain(by, found).head
    _followed("Withdrawn", actions.withdraw(str(named.id), by=by, key=ctx.obj.key(), reason=reason))


@click.command()
@click.argument("number")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--inputs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of the inputs; its SHA-256 is kept.",
)
@click.pass_context
def forecast(ctx: click.Context, number: str, file: Path, inputs: Path | None) -> None:
    """Record the forecast in FILE, YAML or JSON.

    It says known_at, engine {name, version, seed, inputs}, arrivals, and stale_inputs where there are some.
    An arrival is {place, probability, arrival_p5, arrival_p50, arrival_p95} or {place, probability, held: true}.
    """
    read = _read(file)
    told = actions.Forecast(
        known_at=read.known_at,
        arrivals=[arrival.model_dump(exclude_defaults=True) for arrival in read.arrivals],
        engine=read.engine.name,
        version=read.engine.version,
        inputs=_hash(inputs) if inputs else read.engine.inputs,
        seed=read.engine.seed,
        stale_inputs=read.stale_inputs,
        late_reason=read.late_reason,
    )
    _followed("Recorded", actions.record_forecast(number, told, by=ctx.obj.acting(), key=ctx.obj.key()))


@click.command(name="object")
@click.argument("number")
@click.option("--event", default="", help="The version that is objected to; else the report that stands.")
@click.option("--text", required=True, help="What is held against it.")
@click.pass_context
def object_to(ctx: click.Context, number: str, event: str, text: str) -> None:
    """Object to a report of another side: shown beside it, changes nothing."""
    by = ctx.obj.acting()
    found = queries.incident(by, number)
    named = queries.event_in(found, event) if event else queries.latest_report(found)
    done = actions.object_to(str(named.id), by=by, key=ctx.obj.key(), text=text)
    click.echo(f"Objection {done['objection']} is recorded beside the report of {done['matter']}.")


@click.command()
@click.argument("number")
@click.option("--with", "other", required=True, help="The number of the other incident.")
@reason_option
@click.pass_context
def merge(ctx: click.Context, number: str, other: str, reason: str) -> None:
    """Propose that the incident is one with another; the desk that reported the other one answers."""
    by = ctx.obj.acting()
    queries.incident(by, number)
    done = actions.propose_merge(number, other, by=by, key=ctx.obj.key(), reason=reason)
    click.echo(f"Merge proposal {done['proposal']}: {done['later']} would go on in {done['earlier']}.")


@click.command(name="answer-merge")
@click.argument("proposal", type=click.IntRange(0, 2**53 - 1))
@click.option("--agree/--refuse", required=True, help="Whether the two are one.")
@click.pass_context
def answer_merge(ctx: click.Context, proposal: int, agree: bool) -> None:
    """Answer a merge proposal; PROPOSAL is its number as `show` prints it."""
    by = ctx.obj.acting()
    queries.proposal(by, proposal)
    done = actions.answer_merge(proposal, by=by, key=ctx.obj.key(), agree=agree)
    click.echo(f"They are one: {done['matter']}." if agree else "Refused: the two stay two.")


@click.command(name="stand-down")
@click.argument("number")
@to_option
@click.option("--remark", default="", help="What else is said.")
@click.pass_context
def stand_down(ctx: click.Context, number: str, to_desk: str, remark: str) -> None:
    """Tell a desk that was told before that it no longer concerns it."""
    done = agreements.stand_down(
        by=ctx.obj.acting(), key=ctx.obj.key(), matter=number, to_desk=to_desk, remark=remark
    )
    click.echo(f"Stood down {to_desk}: message {done['message']} meets {len(done['met'])} duties.")


@click.command()
@click.argument("number")
@to_option
@click.option("--at", type=Instant(), default="now", show_default=True, help="When the call was made.")
@click.option("--carry", multiple=True, metavar="FIELD=VALUE", help="What was told; once for each field.")
@click.pass_context
def call(ctx: click.Context, number: str, to_desk: str, at: datetime, carry: tuple[str, ...]) -> None:
    """Record that a desk was told by telephone; it counts when that desk records it too (`heard`)."""
    done = agreements.tell_by_telephone(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        matter=number,
        to_desk=to_desk,
        carried=carried(carry, ctx),
        at=at,
    )
    click.echo(f"Recorded: call {done['message']} waits for {done['waits_for']}.")


@click.command()
@click.argument("message")
@click.option("--at", type=Instant(), default="now", show_default=True, help="When your desk was told.")
@click.pass_context
def heard(ctx: click.Context, message: str, at: datetime) -> None:
    """Record that your desk was told by telephone; MESSAGE is the call's id as `show` prints it."""
    done = agreements.heard(by=ctx.obj.acting(), key=ctx.obj.key(), message=message, at=at)
    click.echo(f"Both sides say so now: {len(done['met'])} duties met.")


@click.command()
@click.argument("number")
@reason_option
@click.pass_context
def close(ctx: click.Context, number: str, reason: str) -> None:
    """Give the all-clear: everyone who was told gets it; what is still owed counts as not met."""
    by = ctx.obj.acting()
    queries.incident(by, number)
    done = actions.close(number, by=by, key=ctx.obj.key(), reason=reason)
    click.echo(f"All-clear to {len(done['told'])} desks; {len(done['failed'])} duties were still owed.")


@click.command()
@click.argument("number")
@to_option
@click.option("--basis", type=click.Choice(["law", "necessity"]), required=True, help="On what it goes out.")
@click.option("--carry", multiple=True, metavar="FIELD=VALUE", help="What is told; once for each field.")
@reason_option
@click.pass_context
def warn(
    ctx: click.Context, number: str, to_desk: str, basis: str, carry: tuple[str, ...], reason: str
) -> None:
    """Warn a desk that no clause names; your coordination office reviews it within a day."""
    done = agreements.warn(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        matter=number,
        to_desk=to_desk,
        carried=carried(carry, ctx),
        basis=basis,
        reason=reason,
    )
    kept = f"; a bar withholds {', '.join(done['withheld'])}" if done["withheld"] else ""
    click.echo(f"Warned {to_desk}: message {done['message']}; duty {done['review']} is to review it{kept}.")


COMMANDS = (
    correct, withdraw, forecast, object_to, merge, answer_merge, stand_down, call, heard, warn, close,
)  # fmt: skip


def _followed(said: str, done: dict[str, Any]) -> None:
    counts = (
        (len(done[name]), word)
        for name, word in (("duties", "opened"), ("voided", "void"), ("moved", "moved"))
    )
    click.echo(
        f"{said}: event {done['event']}; duties " + ", ".join(f"{n} {word}" for n, word in counts) + "."
    )


def _read(file: Path) -> ForecastFile:
    """Read the file of a forecast; raises Invalid naming every fault by line."""
    try:
        source = reading.read_path(file)
        return ForecastFile.model_validate(source.content)
    except reading.Unreadable as bad:
        faults = bad.faults
    except ValidationError as error:
        faults = source.fail(error, ForecastFile)
    raise Invalid(f"{file} is no forecast; nothing was recorded.", {"file": [str(f) for f in faults]})


def _hash(file: Path) -> str:
    with file.open("rb") as data:
        return actions.hash_of_inputs(iter(lambda: data.read(CHUNK), b""))

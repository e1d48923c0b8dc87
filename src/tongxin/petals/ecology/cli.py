"""Command line of water incidents: list, show, report, tell, confirm."""

from __future__ import annotations

from datetime import datetime

import click

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, timeline, wording
from tongxin.heart.events.actions import Report
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.registration import WATER_INCIDENT
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS
from tongxin.shared import clock


class Instant(click.ParamType[datetime, str | datetime]):
    """An instant: with an offset as written, without one in Beijing time; `now` is now."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the aware instant."""
        if isinstance(value, datetime):
            return value
        if value == "now":
            return clock.now()
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("write a time such as 2026-03-09T22:40 (Beijing time) or with an offset", param, ctx)
        if not 2000 <= found.year < 2100:
            self.fail("the year is not between 2000 and 2099", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)


@click.group()
def group() -> None:
    """Report water incidents, tell those who must be told, confirm what was told.

    Every command acts or looks in the post of the office token (--token or TONGXIN_TOKEN).
    """


@group.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many.")
@click.pass_context
def list_incidents(ctx: click.Context, limit: int) -> None:
    """List the incidents that the desk has a part in, newest first."""
    reader = ctx.obj.acting()
    found = queries.seen(reader, queries.incidents(reader)[:limit])
    for one in found:
        due = one.next_due
        until = f"  next due {wording.moment(due.due_at)}" if due else ""
        drill = "  [drill]" if one.matter.drill else ""
        click.echo(f"{one.matter.number}  {wording.moment(one.matter.opened_at)}  {one.title}{drill}{until}")
    if not found:
        click.echo("No incidents.")


@group.command()
@click.argument("number")
@click.pass_context
def show(ctx: click.Context, number: str) -> None:
    """Show one incident as far as the desk may see it: report, duties, notices, timeline."""
    reader = ctx.obj.acting()
    found = queries.incident(reader, number)
    now = clock.now()
    click.echo(f"{number}  {found.title}{'  [drill]' if found.matter.drill else ''}")
    if found.event is not None:
        event = found.event
        click.echo(f"  place {event.place_id}; known {wording.moment(event.known_at)}")
        for name, value in event.data.items():
            if value:
                click.echo(f"  {name}: {value}")
        if event.late_reason:
            click.echo(f"  entered late because: {event.late_reason}")
    for duty in found.duties:
        who = f"{wording.desk_name(duty.bound_desk)} → {wording.desk_name(duty.owed_desk)}"
        state = wording.DUTY_STATES[wording.duty_state(duty, now)]
        click.echo(
            f"  {wording.moment(duty.due_at)}  {state}  {wording.duty_words(duty)}  {who}  [{duty.clause_id}]"
        )
    for errand in errands.of_matter(reader, found.matter):
        if errand.open and errand.bound.id == reader.desk:
            click.echo(f"  to tell {errand.owed.id}: --carry {'=… --carry '.join(errand.carries)}=…")
    for notice in errands.notices(reader, found.matter, found.duties):
        m = notice.message
        click.echo(f"  notice {m.id}  {wording.moment(m.sent_at)}  {m.from_desk_id} → {m.to_desk_id}")
        for name, value in notice.carried.items():
            click.echo(f"    {name}: {value}")
    for line in timeline.of_matter(reader, found.matter):
        click.echo(
            f"  #{line.seal}  {wording.moment(line.at)}  {line.text}{f' ({line.sub})' if line.sub else ''}"
        )


@group.command()
@click.option(
    "--place", required=True, help="The own jurisdiction or one inside it, such as he-langfang-xianghe."
)
@click.option("--river", required=True, help="The river's id in the region pack, such as qinglongwan-jianhe.")
@click.option("--location", required=True, help="Monitoring section, bridge, outfall or landmark.")
@click.option("--pollutant", required=True, type=click.Choice(list(POLLUTANTS)), help="The pollutant.")
@click.option(
    "--known", "known_at", required=True, type=Instant(), help="When the office learnt of it, or `now`."
)
@click.option("--occurred", "occurred_at", type=Instant(), help="When it happened, if that is known.")
@click.option("--amount", default="", help="Amount with its unit.")
@click.option(
    "--level", default="unknown", type=click.Choice(list(LEVELS)), help="First estimate of the level."
)
@click.option("--description", default="", help="What is known.")
@click.option("--late-reason", default="", help="Why it is entered late; needed after an hour.")
@click.option("--drill", is_flag=True, help="A drill: marked throughout, sent to nobody outside.")
@click.pass_context
def report(
    ctx: click.Context,
    place: str,
    river: str,
    location: str,
    pollutant: str,
    known_at: datetime,
    occurred_at: datetime | None,
    amount: str,
    level: str,
    description: str,
    late_reason: str,
    drill: bool,
) -> None:
    """Report a water incident; the clauses in force make the duties at once."""
    told = Report(
        type=WATER_INCIDENT,
        place=place,
        known_at=known_at,
        occurred_at=occurred_at,
        data={
            "river": river,
            "location": location,
            "pollutant": pollutant,
            "amount": amount,
            "level": level,
            "description": description,
        },
        late_reason=late_reason,
        drill=drill,
    )
    done = actions.report_incident(told, by=ctx.obj.acting(), key=ctx.obj.key())
    click.echo(
        f"{done['matter']}: {len(done['duties'])} duties opened. See: tongxin incidents show {done['matter']}"
    )


@group.command()
@click.argument("number")
@click.option("--to", "to_desk", required=True, help="The desk to tell, such as tj-baodi/ecology_bureau.")
@click.option(
    "--carry", multiple=True, metavar="FIELD=VALUE", help="What the clauses demand; once for each field."
)
@click.pass_context
def tell(ctx: click.Context, number: str, to_desk: str, carry: tuple[str, ...]) -> None:
    """Notify one desk; one notice meets every open duty to it. `show` says what must be carried."""
    carried = {}
    for pair in carry:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not FIELD=VALUE", ctx, param_hint="--carry")
        carried[name] = value
    done = agreements.tell(
        by=ctx.obj.acting(), key=ctx.obj.key(), matter=number, to_desk=to_desk, carried=carried
    )
    click.echo(f"Notified {to_desk}: message {done['message']} meets {len(done['met'])} duties.")


@group.command()
@click.argument("message")
@click.pass_context
def confirm(ctx: click.Context, message: str) -> None:
    """Confirm receipt of a notice; MESSAGE is its id as `show` prints it."""
    done = agreements.confirm(by=ctx.obj.acting(), key=ctx.obj.key(), message=message)
    click.echo(f"Receipt confirmed: {len(done['met'])} duties met.")

"""Command line of water incidents: list, show, report, tell, confirm; what else is done in one is in `acts_cli`."""

from __future__ import annotations

from datetime import datetime

import click
from django.utils.translation import ngettext

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, others, timeline, wording
from tongxin.heart.events.actions import Report
from tongxin.heart.events.queries import Chain
from tongxin.petals.ecology import actions, acts_cli, chains, page, queries
from tongxin.petals.ecology.cli_parts import Instant, carried
from tongxin.petals.ecology.registration import WATER_INCIDENT
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS
from tongxin.shared import clock


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
        until = f"  next due {wording.due_moment(due.due_at)}" if due else ""
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
    for chain in found.reports:
        _show_report(chain)
    for forecast in chains.forecasts(found.forecasts):
        _show_forecast(forecast)
    for proposal in queries.proposals(reader, found):
        click.echo(
            f"  merge proposal {proposal.pk}: {proposal.earlier_id} and {proposal.later_id}, {proposal.state}"
        )
    for objection in queries.objections(reader, found):
        click.echo(f"  objection of {objection.by_desk_id}: {objection.text}")
    for duty in found.duties:
        who = f"{wording.desk_name(duty.bound_desk)} → {wording.desk_name(duty.owed_desk)}"
        state = wording.DUTY_STATES[wording.duty_state(duty, now)]
        click.echo(
            f"  {wording.due_moment(duty.due_at)}  {state}  {wording.duty_words(duty)}  round {duty.round}  {who}  "
            f"[{duty.clause_id}]{'  no time left' if duty.no_time_left else ''}"
            f"{f'  needed by {wording.moment(duty.needed_by)}' if duty.needed_by else ''}"
        )
    _tell_of_others(others.hidden(reader, found.matter, found.duties))
    for errand in errands.of_matter(reader, found.matter):
        if errand.served and errand.bound.id == reader.desk:
            click.echo(f"  to tell {errand.owed.id}: --carry {'=… --carry '.join(errand.carries)}=…")
        if errand.standing_down and errand.bound.id == reader.desk:
            click.echo(f"  to stand down {errand.owed.id}")
    for notice in errands.notices(reader, found.matter, found.duties):
        m = notice.message
        click.echo(f"  {m.kind} {m.id}  {wording.moment(m.sent_at)}  {m.from_desk_id} → {m.to_desk_id}")
        if notice.basis:
            found_out = f", {notice.finding}" if notice.finding else ""
            review = f"review {notice.review.state}{found_out}" if notice.review else "no review"
            click.echo(f"    no clause, by {notice.basis}: {notice.reason}  [{review}]")
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
    by = ctx.obj.acting()
    done = actions.report_incident(told, by=by, key=ctx.obj.key())
    click.echo(
        f"{done['matter']}: {len(done['duties'])} duties opened. See: tongxin incidents show {done['matter']}"
    )
    found = queries.incident(by, done["matter"])
    _tell_of_others(others.hidden(by, found.matter, found.duties))


def _tell_of_others(count: int) -> None:
    if count:
        said = ngettext(
            "%(n)d more duty of this matter is between other offices: only its two sides and their coordination "
            "offices see it.",
            "%(n)d more duties of this matter are between other offices: only their two sides and their coordination "
            "offices see them.",
            count,
        )
        click.echo(f"  {said % {'n': count}}")


@group.command()
@click.argument("number")
@click.option("--to", "to_desk", required=True, help="The desk to tell, such as tj-baodi/ecology_bureau.")
@click.option(
    "--carry", multiple=True, metavar="FIELD=VALUE", help="What the clauses demand; once for each field."
)
@click.pass_context
def tell(ctx: click.Context, number: str, to_desk: str, carry: tuple[str, ...]) -> None:
    """Notify one desk; one notice meets every open duty to it. `show` says what must be carried."""
    done = agreements.tell(
        by=ctx.obj.acting(), key=ctx.obj.key(), matter=number, to_desk=to_desk, carried=carried(carry, ctx)
    )
    click.echo(f"Notified {to_desk}: message {done['message']} meets {len(done['met'])} duties.")


@group.command()
@click.argument("message")
@click.pass_context
def confirm(ctx: click.Context, message: str) -> None:
    """Confirm receipt of a notice; MESSAGE is its id as `show` prints it."""
    done = agreements.confirm(by=ctx.obj.acting(), key=ctx.obj.key(), message=message)
    click.echo(f"Receipt confirmed: {len(done['met'])} duties met.")


def _show_report(chain: Chain) -> None:
    """Print a report as it stands, and what it said before."""
    event = chain.head
    withdrawn = "  [withdrawn]" if chain.withdrawn else ""
    click.echo(f"  report {event.id} of {event.by_desk_id}{withdrawn}")
    click.echo(
        f"  place {event.place_id}; known {wording.moment(chain.known_at)}; "
        f"recorded {wording.moment(chain.first.recorded_at)}"
    )
    for name, value in event.data.items():
        if value:
            click.echo(f"  {name}: {value}")
    if chain.first.late_reason:
        click.echo(f"  entered late because: {chain.first.late_reason}")
    for belief in chains.beliefs(chain)[1:]:
        said = "; ".join(f"{c.term}: {c.old} → {c.new}" for c in belief.changes)
        click.echo(
            f"  {wording.moment(belief.event.recorded_at)}  {belief.act} ({belief.event.reason})  {said}"
        )


def _show_forecast(forecast: chains.Forecast) -> None:
    """Print one version of the forecast."""
    engine = forecast.engine
    stale = f"  stale: {', '.join(forecast.stale)}" if forecast.stale else ""
    click.echo(
        f"  forecast {forecast.event.id}  {wording.moment(forecast.event.recorded_at)}  "
        f"{engine.get('name')} {engine.get('version')} seed {engine.get('seed')}{stale}"
    )
    for row in forecast.rows:
        click.echo(f"    {row.place}: {page.arrival_words(row)}")


for _command in acts_cli.COMMANDS:
    group.add_command(_command)

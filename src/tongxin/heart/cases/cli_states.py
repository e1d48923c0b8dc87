"""Command line of the states of a case: suspend, resume, do not accept, withdraw, void, close, supersede, review."""

from __future__ import annotations

from datetime import datetime

import click

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, crossed, queries, words
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import form_of
from tongxin.heart.region.acting import Acting

epoch_seen = click.option("--epoch", type=int, help="The epoch that was seen; default the present one.")


def seen(by: Acting, number: str, epoch: int | None) -> int:
    """Return the epoch that an act goes by: the one given, else the present one."""
    return queries.case(by, number).epoch if epoch is None else epoch


def show(row: Case, *, sees: bool) -> None:
    """Print suspensions, decisions and reviews of a case."""
    read = form_of(row)
    for pause in row.pauses:
        until = wording.moment(datetime.fromisoformat(pause["until"])) if pause["until"] else "-"
        asked = words.papers(read, pause["missing"]) if sees else ""
        since = wording.moment(datetime.fromisoformat(pause["from"]))
        click.echo(f"suspended  {since} - {until}  {words.ground(read, pause['ground'])}  {asked}".rstrip())
    for made in queries.decisions(row):
        after = f"  supersedes {made.number - 1}" if made.supersedes_id else ""
        outcome = words.ALL_OUTCOMES[made.outcome]
        click.echo(f"decision {made.number} {wording.moment(made.at)}  {outcome}  [{made.desk_id}]{after}")
    if note := crossed.said(row):
        click.echo(f"crossed    {note}")
    if row.reviews_id:
        click.echo(f"reviews    {row.reviews_id}")
    for review in queries.reviews(row):
        click.echo(f"review     {review.number}  {words.state_of(review)}")
    if row.keep_until:
        click.echo(f"kept until {wording.moment(row.keep_until)}")


@click.command("not-accept")
@click.argument("number")
@click.option("--ground", required=True, help="One that the procedure lists.")
@click.option(
    "--missing", "-m", multiple=True, metavar="PAPER", help="A paper that is missing; once a paper."
)
@click.option("--remark", default="", help="What the applicant is told with it.")
@click.pass_context
def not_accept(ctx: click.Context, number: str, ground: str, missing: tuple[str, ...], remark: str) -> None:
    """Do not accept a received case, on a listed ground."""
    by = ctx.obj.acting()
    actions.not_accept(
        by=by, key=ctx.obj.key(), number=number, ground=ground, missing=list(missing), remark=remark
    )
    click.echo(f"{number} not accepted")


@click.command("suspend")
@click.argument("number")
@click.option("--ground", required=True, help="One that the procedure lists, such as papers_missing.")
@click.option(
    "--missing", "-m", multiple=True, metavar="PAPER", help="A paper that is missing; once a paper."
)
@click.option("--facts", default="", help="What else is asked for.")
@epoch_seen
@click.pass_context
def suspend(
    ctx: click.Context, number: str, ground: str, missing: tuple[str, ...], facts: str, epoch: int | None
) -> None:
    """Suspend a case: what is missing is asked for once and all together; the promise stands still."""
    by = ctx.obj.acting()
    actions.suspend(
        by=by,
        key=ctx.obj.key(),
        number=number,
        epoch=seen(by, number, epoch),
        ground=ground,
        missing=list(missing),
        facts=facts,
    )
    click.echo(f"{number} suspended")


@click.command("resume")
@click.argument("number")
@click.option("--arrived", "-a", multiple=True, metavar="PAPER", help="A paper that arrived; once a paper.")
@click.option("--ended", is_flag=True, help="The ground of the suspension has ended.")
@epoch_seen
@click.pass_context
def resume(ctx: click.Context, number: str, arrived: tuple[str, ...], ended: bool, epoch: int | None) -> None:
    """Resume a suspended case: the days of the suspension do not count."""
    by = ctx.obj.acting()
    actions.resume(
        by=by,
        key=ctx.obj.key(),
        number=number,
        epoch=seen(by, number, epoch),
        arrived=list(arrived),
        ended=ended,
    )
    due = queries.case(by, number).promise_due_at
    click.echo(f"{number} resumed" + (f", promised by {wording.due_moment(due)}" if due else ""))


@click.command("withdraw")
@click.argument("number")
@click.option("--reason", required=True, help="As the applicant said it.")
@click.pass_context
def withdraw(ctx: click.Context, number: str, reason: str) -> None:
    """Record that the applicant withdraws: what was owed in the case is void."""
    actions.withdraw(by=ctx.obj.acting(), key=ctx.obj.key(), number=number, reason=reason)
    click.echo(f"{number} withdrawn")


@click.command("void")
@click.argument("number")
@click.option("--reason", required=True, help="What the error was.")
@click.pass_context
def void(ctx: click.Context, number: str, reason: str) -> None:
    """Void a filing made in error, before it was accepted."""
    actions.void(by=ctx.obj.acting(), key=ctx.obj.key(), number=number, reason=reason)
    click.echo(f"{number} void")


@click.command("close")
@click.argument("number")
@click.pass_context
def close(ctx: click.Context, number: str) -> None:
    """Conclude a decided case whose applicant was told; its retention begins."""
    actions.close(by=ctx.obj.acting(), key=ctx.obj.key(), number=number)
    click.echo(f"{number} concluded")


@click.command("supersede")
@click.argument("number")
@click.argument("outcome", type=click.Choice(actions.OUTCOMES))
@click.option("--reason", required=True, help="Why the desk's own decision is superseded.")
@epoch_seen
@click.pass_context
def supersede(ctx: click.Context, number: str, outcome: str, reason: str, epoch: int | None) -> None:
    """Put a new decision in the place of the desk's own; both are shown."""
    by = ctx.obj.acting()
    done = actions.supersede(
        by=by, key=ctx.obj.key(), number=number, epoch=seen(by, number, epoch), outcome=outcome, reason=reason
    )
    click.echo(f"{number} decision {done['decision']}: {outcome}")


@click.command("review")
@click.argument("number")
@click.option("--reason", required=True, help="What the applicant asks to be reviewed, and why.")
@click.pass_context
def review(ctx: click.Context, number: str, reason: str) -> None:
    """Open a review of a decision or a non-acceptance. Prints the review's number."""
    done = actions.review(by=ctx.obj.acting(), key=ctx.obj.key(), number=number, reason=reason)
    click.echo(done["case"])


@click.command("conclude")
@click.argument("number")
@click.argument("outcome", type=click.Choice(actions.REVIEW_OUTCOMES))
@click.option("--reason", required=True, help="Why it ends so.")
@epoch_seen
@click.pass_context
def conclude(ctx: click.Context, number: str, outcome: str, reason: str, epoch: int | None) -> None:
    """End a review, as the desk that reviews."""
    by = ctx.obj.acting()
    done = actions.conclude(
        by=by, key=ctx.obj.key(), number=number, epoch=seen(by, number, epoch), outcome=outcome, reason=reason
    )
    click.echo(f"{done['reviews']} {done['outcome']}")


def add_to(group: click.Group) -> None:
    """Add the commands to those of cases."""
    for command in (not_accept, suspend, resume, withdraw, void, close, supersede, review, conclude):
        group.add_command(command)

"""Command line of cases: the same acts as the screens and the API, in the post of an office token."""

from __future__ import annotations

from uuid import UUID

import click

from tongxin.heart.agreements import judge_words, wording
from tongxin.heart.cases import (
    actions,
    cli_consents,
    cli_feed,
    cli_file,
    cli_inbox,
    cli_joints,
    cli_letters,
    cli_papers,
    cli_states,
    cli_texts,
    disputes_cli,
    queries,
    recalls,
    sightings,
    sights,
    words,
)
from tongxin.heart.region.acting import Acting

SHOWN = 200


@click.group()
def group() -> None:
    """File, hand over, take over and decide cases, in the post of the office token."""


for command in (*cli_papers.COMMANDS, *cli_letters.COMMANDS):
    group.add_command(command)


group.add_command(cli_consents.consent)
group.add_command(cli_feed.read)
group.add_command(cli_texts.group)
group.add_command(cli_file.get)


@group.command("list")
@click.option("--stage", type=click.Choice(queries.STAGES), default="open", show_default=True)
@click.pass_context
def list_cases(ctx: click.Context, stage: str) -> None:
    """List the cases in which the desk has a part; `*` stands before those it holds. Times are Beijing time."""
    reader = ctx.obj.acting()
    rows = queries.with_names(queries.in_order(reader, queries.listed(reader, stage=stage)[: SHOWN + 1]))
    for row in rows[:SHOWN]:
        mark = "*" if row.holder_id == reader.desk else " "
        due = wording.due_moment(row.promise_due_at) if row.promise_due_at else "-"
        click.echo(
            f"{mark} {row.number}  {words.state_of(row)}  {due}  {words.title(row.procedure)}  [{row.holder_id}]"
        )
    if not rows:
        click.echo("No cases.")
    if len(rows) > SHOWN:
        click.echo(f"The first {SHOWN} are shown; narrow the list with --stage.", err=True)


@group.command("show")
@click.argument("number")
@click.pass_context
def show(ctx: click.Context, number: str) -> None:
    """Show one case: in whose hands, until when, what may be done now."""
    reader = ctx.obj.acting()
    row = queries.case(reader, number)
    state = words.state_of(row, asked_back=recalls.waits(row))
    click.echo(f"{row.number}  {words.title(row.procedure)}  {state}")
    click.echo(f"holder     {row.holder_id}  (epoch {row.epoch})")
    click.echo(f"accepted   {row.accepting_desk_id}   decides  {row.competent_desk_id}")
    if row.promise_due_at:
        click.echo(f"promised   {wording.due_moment(row.promise_due_at)}")
    for made in queries.offers_of(row):
        state = words.OFFER_STATES[made.state]
        click.echo(
            f"offer      {made.id}  {made.from_desk_id} -> {made.to_desk_id}  {state}  {words.reason_of(made)}".rstrip()
        )
    seen = sights.sight(reader.desk, row)
    sightings.note(row, seen)
    if row.outcome:
        reason = row.outcome_reason if seen.sees("outcome_reason") else ""
        click.echo(
            f"decided    {wording.moment(row.decided_at)}  {words.ALL_OUTCOMES[row.outcome]}  {reason}".rstrip()
        )
    for name, text in seen.given(row).items():
        click.echo(f"applicant  {name}: {text}")
    for name, answer in seen.withheld().items():
        click.echo(f"withheld   {name}: {judge_words.why_not(answer)}")
    may = queries.possible(reader, row)
    cli_states.show(row, sees=seen.sees("papers"))
    click.echo("may        " + (", ".join(name.replace("_", "-") for name in may.names) or "-"))


@group.command("file")
@click.argument("procedure")
@click.argument("decide_at")
@click.option(
    "--given", "-g", multiple=True, metavar="FIELD=TEXT", help="What the applicant gives; once a field."
)
@click.option(
    "--paper",
    "-p",
    multiple=True,
    metavar="PAPER[=FILE]",
    help="A paper that was seen as an original, or the file of one; once a paper.",
)
@click.pass_context
def file(
    ctx: click.Context, procedure: str, decide_at: str, given: tuple[str, ...], paper: tuple[str, ...]
) -> None:
    """Take an application in for PROCEDURE, to be decided at the jurisdiction DECIDE_AT. Prints the case's number."""
    applicant = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} is not FIELD=TEXT", param_hint="--given")
        applicant[name] = text
    seen, files = cli_papers.taken_in(procedure, paper)
    done = actions.file_case(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        procedure=procedure,
        decide_at=decide_at,
        applicant=applicant,
        papers=seen,
        files=files,
    )
    click.echo(done["case"])


@group.command("accept")
@click.argument("number")
@click.pass_context
def accept(ctx: click.Context, number: str) -> None:
    """Accept a received case: the promise to the applicant begins."""
    by = ctx.obj.acting()
    actions.accept_case(by=by, key=ctx.obj.key(), number=number)
    row = queries.case(by, number)
    click.echo(f"{number} accepted, promised by {wording.due_moment(row.promise_due_at)}")


@group.command("offer")
@click.argument("number")
@click.argument("to_desk")
@cli_states.epoch_seen
@click.pass_context
def offer(ctx: click.Context, number: str, to_desk: str, epoch: int | None) -> None:
    """Offer a case to the desk TO_DESK, such as bj-tongzhou/service_centre. Prints the offer's number."""
    by = ctx.obj.acting()
    seen = cli_states.seen(by, number, epoch)
    done = actions.offer(by=by, key=ctx.obj.key(), number=number, to_desk=to_desk, epoch=seen)
    click.echo(done["offer"])


def open_offer(by: Acting, given: str) -> str:
    """Return the number of an offer: the one given, or that of the one open offer of the case of this number."""
    try:
        return str(UUID(given))
    except ValueError:
        row = queries.case(by, given)
    if row.frozen_by_id is None:
        raise click.UsageError(f"{given} is offered to nobody now; `cases show {given}` lists its offers.")
    return str(row.frozen_by_id)


@group.command("take-over")
@click.argument("offer_id", metavar="OFFER_OR_CASE")
@click.pass_context
def take_over(ctx: click.Context, offer_id: str) -> None:
    """Take an offered case over, by the offer's number or the case's: the desk holds it from then on."""
    by = ctx.obj.acting()
    done = actions.take_over(by=by, key=ctx.obj.key(), offer_id=open_offer(by, offer_id))
    click.echo(f"{done['case']} is held by {done['holder']}")


@group.command("return")
@click.argument("offer_id", metavar="OFFER_OR_CASE")
@click.option("--reason", required=True, help="One that the clause lists, such as papers_incomplete.")
@click.option("--remark", default="", help="What the other office needs in order to go on.")
@click.pass_context
def return_over(ctx: click.Context, offer_id: str, reason: str, remark: str) -> None:
    """Return an offered case with a listed reason, by the offer's number or the case's."""
    by = ctx.obj.acting()
    done = actions.return_over(
        by=by, key=ctx.obj.key(), offer_id=open_offer(by, offer_id), reason=reason, remark=remark
    )
    click.echo(f"{done['case']} is held by {done['holder']}")


@group.command("recall")
@click.argument("offer_id", metavar="OFFER_OR_CASE")
@click.pass_context
def recall(ctx: click.Context, offer_id: str) -> None:
    """Recall an offer that was not answered, by its number or that of its case."""
    by = ctx.obj.acting()
    done = actions.recall(by=by, key=ctx.obj.key(), offer_id=open_offer(by, offer_id))
    if done["settled"]:
        click.echo(f"{done['case']} is held by {done['holder']}")
    else:
        click.echo(
            f"{done['case']} asked back: it stays offered until the other office's node answers; a ring tells you."
        )


@group.command("decide")
@click.argument("number")
@click.argument("outcome", type=click.Choice(actions.OUTCOMES))
@click.option("--reason", default="", help="Needed for a refusal.")
@cli_states.epoch_seen
@click.pass_context
def decide(ctx: click.Context, number: str, outcome: str, reason: str, epoch: int | None) -> None:
    """Decide a case, as its holder and competent desk."""
    by = ctx.obj.acting()
    seen = cli_states.seen(by, number, epoch)
    done = actions.decide(by=by, key=ctx.obj.key(), number=number, epoch=seen, outcome=outcome, reason=reason)
    click.echo(f"{done['case']} decided: {done['outcome']}")


for command in (*disputes_cli.COMMANDS, *cli_inbox.COMMANDS):
    group.add_command(command)
for command in cli_joints.COMMANDS:
    group.add_command(command)
cli_states.add_to(group)

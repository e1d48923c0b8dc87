"""Command line of duties: what the desk of the token owes and is owed, why, and what it does about it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click
from django.utils.translation import gettext as _

from tongxin.heart.agreements import actions, api_duties, conflicts, duty_pages, queries, wording
from tongxin.heart.agreements.models import Duty
from tongxin.shared import clock

SHOWN = 200


@click.group()
def group() -> None:
    """List what the desk of the office token owes and is owed; say why; deliver, answer, excuse, suspend.

    DUTY is the number of a duty as `list` prints it. Every command that acts is one entry of the ledger.
    """


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that ended too; else only standing ones.")
@click.option("--late", is_flag=True, help="Only what is past its due now.")
@click.option("--thread", default="", help="Only of one matter or case, such as matter:M-2026-000001.")
@click.pass_context
def list_duties(ctx: click.Context, everything: bool, late: bool, thread: str) -> None:
    """List duties, earliest due first; times are Beijing time.

    `>` stands before what the own desk owes, `<` before what it is owed.
    """
    reader = ctx.obj.acting()
    now = clock.now()
    rows = queries.duties(reader)
    if late:
        rows = rows.filter(state=Duty.State.OPEN, due_at__lt=now)
    elif not everything:
        rows = rows.filter(state__in=Duty.STANDING)
    if thread:
        rows = rows.filter(thread=thread)
    shown = list(rows[: SHOWN + 1])
    for duty in shown[:SHOWN]:
        side = ">" if duty.bound_desk_id == reader.desk else "<"
        state = wording.DUTY_STATES[wording.duty_state(duty, now)]
        other = duty.owed_desk if side == ">" else duty.bound_desk
        what = f"{wording.duty_words(duty)} · {wording.desk_name(other)}"
        click.echo(
            f"{side} {duty.pk}  {wording.due_moment(duty.due_at)}  {state}  {duty.thread}  {what}  [{duty.clause_id}]"
        )
    if not shown:
        click.echo(_("No duties."))
    if len(shown) > SHOWN:
        click.echo(_("The first %(n)d are shown; narrow the list with --thread.") % {"n": SHOWN}, err=True)


@group.command("show")
@click.argument("duty", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON, as the API tells it.")
@click.pass_context
def show(ctx: click.Context, duty: int, as_json: bool) -> None:
    """Show how a duty stands, what it asks for, and what may be done with it now."""
    reader = ctx.obj.acting()
    row = queries.duty(reader, duty)
    form = duty_pages.form(reader, row, clock.now())
    if as_json:
        click.echo(_json(api_duties.whole(reader, row) | {"form": form}))
        return
    _head(row)
    for each in form["asked"]:
        listed = f" ({', '.join(each['choices'])})" if each["choices"] else ""
        need = "" if each["required"] else f" ({_('optional')})"
        click.echo(f"  {_('asks for')}: {each['name']}{need}: {each['title']}{listed}")
    if form["since"]:
        click.echo("  " + _("from %(at)s on, when its period is over") % {"at": _wall(form["since"])})
    for name, words in form["grounds"].items():
        click.echo(f"  {_('ground')}: {name}: {words}")
    click.echo(f"  {_('you may')}: {', '.join(form['may']) or _('look')}")


@group.command("explain")
@click.argument("duty", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON, as the API tells it.")
@click.pass_context
def explain(ctx: click.Context, duty: int, as_json: bool) -> None:
    """Say why a duty is owed: what opened it, the clause, how the clock was counted, every move, who was rung."""
    reader = ctx.obj.acting()
    row = queries.duty(reader, duty)
    if as_json:
        click.echo(_json(api_duties.whole(reader, row)))
        return
    page = duty_pages.page(reader, row)
    _head(row)
    click.echo(f"  {_('opened by')}: {page.cause.words}  {page.cause.desk}")
    for term, at in (
        (_("happened"), page.cause.occurred_at),
        (_("known"), page.cause.known_at),
        (_("recorded"), page.cause.recorded_at),
    ):
        if at:
            click.echo(f"    {term}: {wording.moment(at)}")
    click.echo(f"  {_('clause')}: {wording.clause_title(row.clause)}  [{row.clause_id}]")
    for line in wording.reading(page.clause, wording.roles()):
        click.echo(f"    {line.term}: {line.text}")
    click.echo(f"  {_('clock')}: {page.count.limit}")
    for said in (page.count.start, page.count.calendar):
        if said:
            click.echo(f"    {said}")
    for counted in page.count.lines:
        click.echo(f"    {'+' if counted.counts else '-'} {counted.when}  {counted.said}")
    if page.count.provisional:
        click.echo(f"    {_('provisional: the calendar of that year is not published yet')}")
    for deadline in page.deadlines:
        click.echo(f"  {'>' if deadline.rules else ' '} {wording.due_moment(deadline.at)}  {deadline.words}")
    for move in page.moves:
        entry = f"  #{move.entry}" if move.entry is not None else ""
        ends = f"{wording.due_moment(move.row.old)} → {wording.due_moment(move.row.new)}"
        moved = _("moved %(at)s") % {"at": wording.moment(move.row.at)}
        click.echo(f"  {moved}: {ends}, {move.why}{entry}")
    for field, bar in page.withheld:
        click.echo(f"  {_('withheld')}: {field}: {bar}")
    for rung in page.rungs:
        said = _("rung %(at)s") if rung.rung_at else _("at %(at)s")
        when = said % {"at": wording.moment(rung.rung_at or rung.at)}
        who = _("nobody there") if rung.skipped else ", ".join(rung.posts)
        click.echo(f"  {_('escalation')}: {rung.words}  {when}  {who}".rstrip())
    if page.done:
        by = {"desk": page.done.desk, "post": page.done.post}
        click.echo("  " + _("done by %(desk)s, %(post)s") % by)
        for term, value in page.done.carried:
            click.echo(f"    {term}: {value}")
    click.echo(f"  {_('ledger')}: {', '.join(f'#{entry.index}' for entry in page.entries) or '-'}")


@group.command("perform")
@click.argument("duty", type=int)
@click.option(
    "--field", "fields", multiple=True, metavar="NAME=VALUE", help="One field that is asked for; repeat it."
)
@click.pass_context
def perform(ctx: click.Context, duty: int, fields: tuple[str, ...]) -> None:
    """Deliver what a duty asks for; see `show` for its fields. Amounts are whole fen."""
    carried = dict(_pair(text) for text in fields)
    done = actions.perform(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, carried=carried)
    click.echo(f"{done['duty']}  {str(wording.DUTY_STATES.get(done['state'], done['state'])).lower()}")
    for pk in done["opened"]:
        click.echo(f"{_('opened')}: {pk}")


@group.command("accept")
@click.argument("duty", type=int)
@click.pass_context
def accept(ctx: click.Context, duty: int) -> None:
    """Accept what was delivered. Final."""
    _told(actions.accept(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty))


@group.command("send-back")
@click.argument("duty", type=int)
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def send_back(ctx: click.Context, duty: int, reason: str) -> None:
    """Send a delivery back; the time that it lay here does not count."""
    _told(actions.send_back(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, reason=reason))


@group.command("excuse")
@click.argument("duty", type=int)
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def excuse(ctx: click.Context, duty: int, reason: str) -> None:
    """Excuse a duty that is owed to the own side. Final."""
    _told(actions.excuse(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, reason=reason))


@group.command("give-up")
@click.argument("duty", type=int)
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def give_up(ctx: click.Context, duty: int, reason: str) -> None:
    """Give a duty up as not met. Final."""
    _told(actions.give_up(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, reason=reason))


@group.command("suspend")
@click.argument("duty", type=int)
@click.option("--ground", required=True, help="A ground that the clause names; see `show`.")
@click.pass_context
def suspend(ctx: click.Context, duty: int, ground: str) -> None:
    """Stop a duty's clock on a ground that its clause names."""
    _told(actions.suspend(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, ground=ground))


@group.command("resume")
@click.argument("duty", type=int)
@click.pass_context
def resume(ctx: click.Context, duty: int) -> None:
    """Let a suspended duty's clock run on."""
    _told(actions.resume(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty))


@group.command("date")
@click.argument("duty", type=int)
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def name_date(ctx: click.Context, duty: int, day: datetime, reason: str) -> None:
    """Name another day for a delivery; it moves when both sides have named the same DAY (2026-08-31)."""
    on: date = day.date()
    done = actions.propose_date(by=ctx.obj.acting(), key=ctx.obj.key(), duty=duty, on=on, reason=reason)
    said = _("agreed") if done["agreed"] else _("proposed; the other side has not named this day")
    click.echo(f"{done['duty']}  {said}  " + _("due %(due)s") % {"due": _wall(done["due_at"])})


@group.command("conflicts")
@click.pass_context
def list_conflicts(ctx: click.Context) -> None:
    """List the clauses that exclude each other on errands of the own side, latest first."""
    rows = list(conflicts.seen_by(ctx.obj.acting())[:SHOWN])
    standing = conflicts.standing(rows)
    for row in rows:
        state = row.ruling_id or (
            _("waits for a decision") if len(standing[row.pk]) == 2 else _("nothing to decide")
        )
        click.echo(f"{row.pk}  {row.thread}  {row.bound_desk_id} → {row.owed_desk_id}  {state}")
        click.echo(f"    {row.one_id} | {row.other_id}")
    if not rows:
        click.echo(_("No conflicts."))


@group.command("rule")
@click.argument("conflict", type=int)
@click.argument("clause")
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def rule(ctx: click.Context, conflict: int, clause: str, reason: str) -> None:
    """Say for the own coordination office which CLAUSE of a CONFLICT shall rule."""
    done = actions.settle_conflict(
        by=ctx.obj.acting(), key=ctx.obj.key(), conflict=conflict, clause=clause, reason=reason
    )
    settled = _("settled: %(ruling)s") % {"ruling": done["ruling"]}
    click.echo(settled if done["settled"] else _("said; the other office has not said the same yet"))


def _head(row: Duty) -> None:
    state = wording.DUTY_STATES[wording.duty_state(row, clock.now())]
    turn = _("round %(n)d") % {"n": row.round}
    click.echo(f"{row.pk}  {wording.duty_words(row)}  {state}  {turn}  {row.thread}")
    click.echo(f"  {wording.desk_name(row.bound_desk)} → {wording.desk_name(row.owed_desk)}")
    click.echo("  " + _("due %(due)s") % {"due": wording.due_moment(row.due_at)})


def _told(done: dict[str, Any]) -> None:
    state = str(wording.DUTY_STATES.get(done["state"], done["state"])).lower()
    click.echo(f"{done['duty']}  {state}  " + _("due %(due)s") % {"due": _wall(done["due_at"])})


def _wall(iso: str) -> str:
    return wording.due_moment(datetime.fromisoformat(iso))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(_("--field %(text)r: write it as NAME=VALUE") % {"text": text})
    return name, value


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)

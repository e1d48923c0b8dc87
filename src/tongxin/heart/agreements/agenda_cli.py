"""Command line of the leaders' agenda: what stands on it, one item, and what the meeting resolved."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click
from django.utils.translation import gettext as _

from tongxin.heart.agreements import actions, agenda, api_agenda, wording
from tongxin.heart.agreements.models import Resolution
from tongxin.shared import clock

SHOWN = 200
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def group() -> None:
    """List what stands on the agenda of the leaders' meeting; show an item; record what the meeting resolved.

    ITEM is the number of an item as `list` prints it.
    """


@group.command("list")
@click.option("--off", is_flag=True, help="What was resolved or closed, instead of what stands.")
@click.option("--on", "day", type=DAY, help="The agenda of a meeting's day, instead of what stands now.")
@click.pass_context
def list_items(ctx: click.Context, off: bool, day: datetime | None) -> None:
    """List the items that concern the own desk, oldest first; times are Beijing time."""
    reader, now = ctx.obj.acting(), clock.now()
    rows, today = agenda.seen_by(reader), clock.beijing(now).date()
    if day is not None:
        rows = agenda.of_day(rows, day.date())
    else:
        rows = agenda.off(rows, today) if off else agenda.standing(rows, today)
    shown = list(agenda.with_names(rows)[: SHOWN + 1])
    for line in agenda.lines(reader, shown[:SHOWN], now):
        duty = line.duty
        who = f"{wording.desk_name(duty.bound_desk)} → {wording.desk_name(duty.owed_desk)}"
        late = "  " + _late(line) if line.late else ""
        click.echo(f"{line.item.pk}  {line.state_words}  {wording.due_moment(line.deadline)}{late}")
        click.echo(f"    {wording.duty_words(duty)} · {who}  {duty.thread}  [{duty.clause_id}]{_marks(line)}")
        since = {"meeting": line.meeting, "at": wording.moment(line.item.put_at)}
        click.echo("    " + _("%(meeting)s, since %(at)s") % since)
    if not shown:
        click.echo(_("Nothing on the agenda."))
    if len(shown) > SHOWN:
        click.echo(_("The first %(n)d are shown.") % {"n": SHOWN}, err=True)


@group.command("show")
@click.argument("item", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON, as the API tells it.")
@click.pass_context
def show(ctx: click.Context, item: int, as_json: bool) -> None:
    """Show an item: what is owed, how late, what rang before, what meetings have resolved."""
    reader = ctx.obj.acting()
    line = agenda.lines(reader, [agenda.one(reader, item)], clock.now())[0]
    if as_json:
        click.echo(json.dumps(api_agenda.as_json(line), ensure_ascii=False, indent=2, default=str))
        return
    duty = line.duty
    click.echo(f"{item}  {line.state_words}  {line.meeting}{_marks(line)}")
    click.echo(f"  {wording.duty_words(duty)}  {duty.thread}  " + _("duty %(id)s") % {"id": duty.pk})
    click.echo(f"  {wording.desk_name(duty.bound_desk)} → {wording.desk_name(duty.owed_desk)}")
    click.echo(f"  {_('clause')}: {wording.clause_title(duty.clause)}  [{duty.clause_id}]")
    late = ", " + _late(line) if line.late else ""
    click.echo("  " + _("due %(due)s") % {"due": wording.due_moment(line.deadline)} + late)
    click.echo("  " + _("on the agenda since %(at)s") % {"at": wording.moment(line.item.put_at)})
    for rung in line.rungs:
        who = ", ".join(rung.posts) or _("nobody there")
        click.echo(f"  {_('rung')}: {rung.words}  {wording.moment(rung.at)}  {who}")
    for said in line.said:
        until = f" {said.row.by_day}" if said.row.by_day else ""
        met = _("meeting of %(day)s") % {"day": said.row.met_on}
        click.echo(f"  {met}: {said.kind}{until}  ({said.office})")
        click.echo(f"    {said.row.text}")


@group.command("settle")
@click.argument("item", type=int)
@click.option("--kind", required=True, type=click.Choice(Resolution.Kind.values), help="What was resolved.")
@click.option("--met-on", required=True, type=DAY, help="The day of the meeting (2026-08-31).")
@click.option("--by-day", type=DAY, help="With dated: the day by which it shall be done.")
@click.option("--text", required=True, help="The words of the resolution.")
@click.pass_context
def settle(
    ctx: click.Context, item: int, kind: str, met_on: datetime, by_day: datetime | None, text: str
) -> None:
    """Record what the leaders' meeting resolved on an item. Final; the duty's due and score do not move with it."""
    done = actions.settle_agenda_item(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        item=item,
        kind=kind,
        met_on=met_on.date(),
        text=text,
        by_day=by_day.date() if by_day else None,
    )
    kind = agenda.KINDS.get(done["kind"], done["kind"])
    click.echo(f"{done['item']}  {kind}  " + _("resolution %(id)s") % {"id": done["resolution"]})


def _late(line: agenda.Line) -> str:
    return _("late %(length)s") % {"length": wording.length(_minutes(line.late or timedelta()))}


def _minutes(length: timedelta) -> timedelta:
    return length - length % timedelta(minutes=1)


def _marks(line: agenda.Line) -> str:
    marks = [
        *([_("illustrative")] if line.duty.illustrative else []),
        *([_("drill")] if line.duty.drill else []),
    ]
    return f"  ({', '.join(marks)})" if marks else ""

"""Command line of the desk's day: its lists, whose table a case lies on, one act for several cases."""

from __future__ import annotations

from typing import Any

import click
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, bulk, inbox, screens_inbox, views, words
from tongxin.heart.region import colleagues
from tongxin.shared.errors import NotFound

DOES = [name for name in bulk.ACTS if name != "export"]


@click.command("inbox")
@click.argument("tab", type=click.Choice(list(inbox.TABS)), default="hands")
@click.option("--procedure", default="", help="Of one procedure only.")
@click.option("--state", default="", help="In one state only, such as accepted.")
@click.option("--side", type=click.Choice(list(inbox.SIDES)), help="Accepted here, or elsewhere.")
@click.option("--find", "q", default="", help="Part of the number or of the item's title.")
@click.option("--after", default="", help="The key that the page before ended with.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.pass_context
def show_inbox(ctx: click.Context, /, tab: str, limit: int, **given: str | None) -> None:
    """Show a list of the desk's day, what is due first on top; without TAB what is in hand. Times are Beijing time."""
    reader = ctx.obj.acting()
    page = inbox.page(reader, views.asked({"tab": tab, **given}), limit)
    for line in page.lines:
        due = wording.due_moment(line.due) if line.due else "-"
        whose = line.colleague or "-"
        click.echo(
            f"{line.case.number}  {words.state_of(line.case)}  {due}  {screens_inbox.why(line)}  {whose}"
        )
    if not page.lines:
        click.echo("Nothing here.")
    if page.after:
        click.echo(f"More: --after {page.after}", err=True)


@click.command("counts")
@click.pass_context
def show_counts(ctx: click.Context) -> None:
    """Count the lists of the desk's day."""
    for tab, n in inbox.counts(ctx.obj.acting()).items():
        click.echo(f"{tab:<9} {f'{inbox.MOST}+' if n > inbox.MOST else n}")


@click.command("give")
@click.argument("number")
@click.argument("to")
@click.pass_context
def give(ctx: click.Context, number: str, to: str) -> None:
    """Give case NUMBER to the colleague with the user name TO, who acts at this desk today."""
    by = ctx.obj.acting()
    actions.give(by=by, key=ctx.obj.key(), number=number, to=_person(by.desk, to))
    click.echo(f"{number} is given to {to}")


@click.command("put-back")
@click.argument("number")
@click.pass_context
def put_back(ctx: click.Context, number: str) -> None:
    """Put a case back: it is the desk's, and nobody's in particular."""
    actions.put_back(by=ctx.obj.acting(), key=ctx.obj.key(), number=number)
    click.echo(f"{number} is put back")


@click.command("bulk")
@click.argument("act", type=click.Choice(DOES))
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@click.option("--dry-run", is_flag=True, help="Say what would happen to each, and do nothing.")
@click.option("--to-desk", default="", help="offer: to which desk, such as bj-tongzhou/service_centre.")
@click.option("--to", "to", default="", help="give: the user name of a colleague.")
@click.option("--ground", default="", help="ask: a ground of the procedure, such as papers_missing.")
@click.option("--missing", multiple=True, help="ask: a paper that is missing; once a paper.")
@click.option("--facts", default="", help="ask: what else is asked for.")
@click.option("--reason", default="", help="return: a reason that the clause lists, such as not_competent.")
@click.option("--remark", default="", help="return: what the other office needs in order to go on.")
@click.pass_context
def act_on_several(
    ctx: click.Context, /, act: str, numbers: tuple[str, ...], dry_run: bool, to: str, **given: Any
) -> None:
    """Do one act for several cases, each as an act of its own; `-` stands before those that are left out."""
    by = ctx.obj.acting()
    asked = given | {"missing": list(given["missing"]), "to": _person(by.desk, to) if to else None}
    if dry_run:
        found = bulk.chosen(by, numbers, people=act == "give")
        for each in bulk.judged(found, numbers, act, asked):
            click.echo(f"{'+' if each.yes else '-'} {each.number}  {each.says}")
        return
    row = actions.run(
        by=by, key=ctx.obj.key(), name=act, given=asked, cases=[(number, "") for number in numbers]
    )
    for number, _mark in row.cases:
        one = row.results[number]
        click.echo(f"{'+' if one['done'] else '-'} {number}  {one['what']}".rstrip())
    if not all(one["done"] for one in row.results.values()):
        ctx.exit(1)


def _person(desk: str, username: str) -> int:
    found = next((each.person.pk for each in colleagues.at(desk) if each.person.username == username), None)
    if found is None:
        raise NotFound(
            "no_such_colleague", _("%(name)s does not act at this desk today.") % {"name": username}
        )
    return found


COMMANDS = (show_inbox, show_counts, give, put_back, act_on_several)

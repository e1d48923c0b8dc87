"""Command line of agreements: list and show the register, check and compare files, explain why duties stand."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click
from django.utils.translation import gettext as _

from tongxin.heart.agreements import (
    explain,
    files_cli,
    instruments_cli,
    queries,
    readings,
    rulebook,
    signers,
    wording,
)
from tongxin.heart.agreements import register as the_register
from tongxin.shared import clock
from tongxin.shared.named import pick


@click.group()
def group() -> None:
    """Read the agreement register, check instrument files, and ask why a desk owes what it owes.

    Anyone may list, show, check, compare and export. With the token of a party's office `show`, `export` and `diff`
    find what is proposed to it and not signed yet. `propose`, `waiting`, `sign`, `refuse`, `leave`, `milestone` and
    `explain` need a token: they act or answer for its office.
    """


for command in (*files_cli.COMMANDS, *instruments_cli.COMMANDS):
    group.add_command(command)


@group.command("list")
@click.option("--field", default="", help="Only this field, such as ecology.")
@click.option("--party", default="", help="Only instruments of this party, such as tj-baodi.")
@click.option("--kind", default="", help="Only law, agreement, plan or decision.")
def list_agreements(field: str, party: str, kind: str) -> None:
    """List the register: of each instrument the version in force, else its newest one."""
    for row in the_register.rows(clock.now(), field=field, party=party, kind=kind):
        version = row.version
        title = pick(version.instrument.title_zh, version.instrument.title_en)
        unpublished = version.provenance.get("terms") == "unpublished"
        marks = (
            f"  [{_('illustrative')}]"
            if version.illustrative
            else f"  [{_('terms not published')}]"
            if unpublished
            else ""
        )
        until = version.in_force_until or ""
        click.echo(f"{version.id}  {version.in_force_from}–{until}  {title}{marks}")
        click.echo(f"    {', '.join(str(p) for p in row.parties)}")


@group.command()
@click.argument("agreement")
@click.option("--source", is_flag=True, help="Print the file as it was read, and nothing else.")
@click.pass_context
def show(ctx: click.Context, agreement: str, source: bool) -> None:
    """Show one version: its clauses as signed and as the machine reads them.

    AGREEMENT is `id@number`, or `id` for the newest version. What waits for signatures is shown with the token of a
    party's office.
    """
    version = queries.version(agreement, ctx.obj.reader())
    if source:
        click.echo(version.source_text, nl=False)
        return
    names = wording.party_names(version.parties)
    roles = wording.roles()
    click.echo(f"{version.id}  {pick(version.instrument.title_zh, version.instrument.title_en)}")
    click.echo(f"{', '.join(str(names[p]) for p in version.parties)}")
    click.echo(f"{version.in_force_from}–{version.in_force_until or ''}  sha256:{version.canonical_hash}")
    if version.illustrative:
        click.echo(f"[{_('illustrative terms')}]")
    if version.state in signers.UNSIGNED:
        click.echo(f"[{_('proposed, not signed by every party: it binds nobody yet')}]")
    for clause in version.clauses.order_by("ordinal"):
        place = f"{version.source_file}:{clause.first_line}-{clause.last_line}"
        kind = str(wording.KINDS[clause.kind]).lower()
        click.echo(f"\n{clause.ordinal}. {pick(clause.title_zh, clause.title_en)}  ({kind}, {place})")
        click.echo(f"   {pick(clause.text_zh, clause.text_en)}")
        for line in readings.reading(rulebook.read_clause(clause), roles):
            click.echo(f"   {line.term}: {line.text}")


@group.command("explain")
@click.argument("matter")
@click.option("--json", "as_json", is_flag=True, help="As JSON, as the API tells it.")
@click.pass_context
def explain_matter(ctx: click.Context, matter: str, as_json: bool) -> None:
    """Say why the duties of a matter stand: every clause that was looked at, why it did or did not bind, its duties.

    MATTER is the number of an incident, a period or a task, such as M-2026-000001. Needs an office token. Of each
    duty its clock is told: the limit, where it started, which days and hours counted.
    """
    reader = ctx.obj.acting()
    found = explain.explain(reader, queries.matter(reader, matter))
    if as_json:
        click.echo(json.dumps([explain.as_json(reason) for reason in found], ensure_ascii=False, indent=2))
        return
    for reason in found:
        click.echo(f"{'+' if reason.bound else '-'} {reason.clause.id}")
        click.echo(f"    {reason}")
        for duty in reason.duties:
            _clock(explain.duty_json(duty))


def _clock(told: dict[str, Any]) -> None:
    """Print a duty with its clock."""
    names = wording.desk_names([told["bound_desk"], told["owed_desk"]])
    pair = " → ".join(str(names.get(told[side], told[side])) for side in ("bound_desk", "owed_desk"))
    head = _("duty %(id)s  %(what)s  %(desks)s  round %(round)s")
    click.echo(
        "    " + head % {"id": told["id"], "what": told["what"], "desks": pair, "round": told["round"]}
    )
    state = wording.DUTY_STATES.get(told["state"], told["state"])
    click.echo(f"      {state}  " + _("due %(due)s") % {"due": _wall(told["due_at"])})
    for said in (told["limit"], told["starts"], told["calendar"]):
        if said:
            click.echo(f"      {said}")
    for line in told["counted"]:
        days = line["from"] if line["from"] == line["to"] else f"{line['from']} – {line['to']}"
        click.echo(f"      {'+' if line['counts'] else '-'} {days}  {line['said']}")
    if told["needed_by"]:
        click.echo("      " + _("needed by %(at)s") % {"at": _wall(told["needed_by"])})


def _wall(iso: str) -> str:
    return wording.due_moment(datetime.fromisoformat(iso))

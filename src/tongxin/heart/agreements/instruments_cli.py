"""Command line of signing: propose a file, see what waits, sign, refuse, leave, report a milestone."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongxin.heart.agreements import actions, instrument_pages, queries, waiting, withdrawing
from tongxin.heart.exchange.acts import new_key
from tongxin.shared import clock, reading

WAITING = {"text": gettext_lazy("text"), "ending": gettext_lazy("ending"), "law": gettext_lazy("law")}
KEY = click.option("--key", default="", help="Idempotency key; without it each call is a new command.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY
@click.pass_context
def propose(ctx: click.Context, file: Path, key: str) -> None:
    """Put a file before its parties: it is kept as a draft, and proposed when it has no fault.

    Prints the version and the hash that every party signs. Needs the token of a party's coordination office.
    """
    by = ctx.obj.acting()
    text = reading.decoded(file.read_bytes(), file.name)
    begun = key or new_key()
    made = actions.draft(by=by, key=f"{begun}:draft"[:80], text=text, file=file.name)
    if made["faults"]:
        for fault in made["faults"]:
            click.echo(fault, err=True)
        click.echo(_("draft %(draft)s is kept; it was not proposed.") % {"draft": made["draft"]}, err=True)
        ctx.exit(1)
    done = actions.propose(by=by, key=f"{begun}:propose"[:80], draft=made["draft"])
    click.echo(f"{done['version']}  {done['hash']}")


@click.command("waiting")
@click.pass_context
def list_waiting(ctx: click.Context) -> None:
    """List what waits for a signature of the token's office: version, kind, hash."""
    for item in waiting.waiting_for(ctx.obj.acting()):
        click.echo(f"{item.version.id}  {WAITING.get(item.kind, item.kind)}  {item.canonical_hash}")


@click.command()
@click.argument("version")
@click.option("--hash", "canonical_hash", required=True, help="The hash of the text that you have read.")
@click.option("--ending", is_flag=True, help="Sign the ending that is proposed instead of the text.")
@KEY
@click.pass_context
def sign(ctx: click.Context, version: str, canonical_hash: str, ending: bool, key: str) -> None:
    """Sign a version, `id@number`, for the party of the token's office, and print who is missing.

    Read it first: `show` prints it with its hash. Where a party needs two persons, they sign on screen: a token is no
    person.
    """
    by = ctx.obj.acting()
    act = actions.sign_ending if ending else actions.sign
    canonical_hash = canonical_hash.removeprefix("sha256:")  # as `show` prints it
    act(by=by, key=key or new_key(), version=version, canonical_hash=canonical_hash)
    row = queries.version(version, by)
    for each in instrument_pages.side_rows(row, canonical_hash, clock.now()):
        lacking = _("missing: %(who)s") % {"who": each.missing}
        click.echo(f"{each.side.party}  {_('signed') if each.side.complete else lacking}")


@click.command()
@click.argument("version")
@click.option("--reason", required=True, help="Why it is not signed.")
@KEY
@click.pass_context
def refuse(ctx: click.Context, version: str, reason: str, key: str) -> None:
    """Do not sign a version: it goes back to its draft with the reason."""
    done = actions.refuse_to_sign(by=ctx.obj.acting(), key=key or new_key(), version=version, reason=reason)
    click.echo(_("%(version)s is a draft again") % {"version": done["version"]})


@click.command()
@click.argument("instrument")
@click.argument("party")
@KEY
@click.pass_context
def leave(ctx: click.Context, instrument: str, party: str, key: str) -> None:
    """Give notice that PARTY leaves INSTRUMENT (its id without a version); prints from when."""
    done = actions.leave(by=ctx.obj.acting(), key=key or new_key(), instrument=instrument, party=party)
    said = {"party": party, "instrument": instrument, "on": done["ends_at"]}
    click.echo(_("%(party)s leaves %(instrument)s on %(on)s") % said)


@click.command()
@click.argument("instrument")
@click.argument("milestone")
@KEY
@click.pass_context
def milestone(ctx: click.Context, instrument: str, milestone: str, key: str) -> None:
    """Report that a milestone of INSTRUMENT (its id without a version) was reached."""
    done = actions.report_milestone(
        by=ctx.obj.acting(), key=key or new_key(), instrument=instrument, milestone=milestone
    )
    count = len(done["duties"])
    said = ngettext("%(n)d duty begins to count", "%(n)d duties begin to count", count) % {"n": count}
    click.echo(f"{done['matter']}  {said}")


@click.command()
@click.argument("matter")
@click.option("--reason", required=True, help="Why it was told by mistake.")
@KEY
@click.pass_context
def withdraw(ctx: click.Context, matter: str, reason: str, key: str) -> None:
    """Take back what the own office told by mistake: the milestone, or the result, of MATTER (M-2026-000001)."""
    by = ctx.obj.acting()
    event = withdrawing.event_of(by, matter)
    done = actions.withdraw(event, by=by, key=key or new_key(), reason=reason)
    count = len(done["voided"])
    said = ngettext("withdrawn; %(n)d duty is void", "withdrawn; %(n)d duties are void", count) % {"n": count}
    click.echo(f"{matter}  {said}")


COMMANDS = (propose, list_waiting, sign, refuse, leave, milestone, withdraw)

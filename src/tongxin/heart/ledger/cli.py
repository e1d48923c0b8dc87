"""Commands of the ledger: anybody who can run them may read hashes and codes; payloads need an office token."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongxin.heart.ledger import actions, extracts, queries, watch
from tongxin.heart.ledger.sights import Looker
from tongxin.heart.ledger.verifier import tongxin_verify
from tongxin.heart.ledger.verify import Report, verify_log
from tongxin.shared import clock

SHOWN_AT_MOST = 100


@click.group(name="ledger")
def group() -> None:
    """Show, export and verify the ledger.

    The ledger is one append-only log: every act is one entry, a Merkle tree (RFC 6962) stands over the entries,
    and the node signs its head as a checkpoint. Nobody has to trust this server: take an extract or the whole
    log, and verify it elsewhere with the one file that `tongxin ledger verifier` gives.
    """


@group.command()
@click.option(
    "--extract",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="An extract or a whole export to verify instead of this installation's own log.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FINGERPRINT",
    help="With --extract: the node's key must be this one.",
)
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False),
    help="With --extract: a checkpoint kept from earlier, which the file must continue.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="How many processes read a long log at once; by default one for each processor.",
)
@click.option("--keep", is_flag=True, help="Keep the result for the ledger's page to show.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for machines.")
@click.pass_context
def verify(
    ctx: click.Context,
    file: str | None,
    keys: tuple[str, ...],
    checkpoint: str | None,
    processes: int | None,
    keep: bool,
    as_json: bool,
) -> None:
    """Recompute everything and name what does not hold.

    Without --extract: the live log, from the first entry to the last, with its payloads, stored hashes, head and
    checkpoints; prints at what speed. Ends with status 0 when all holds, 1 when something does not.
    """
    if file is None:
        if keys or checkpoint:
            raise click.UsageError("--key and --checkpoint go with --extract.")
        ctx.exit(_verify_live(processes or os.cpu_count() or 1, keep, as_json))

    options = [file, *(word for key in keys for word in ("--key", key)), "--lang", _language()]
    options += ["--checkpoint", checkpoint] if checkpoint else []
    status = tongxin_verify.main([*options, *(["--json"] if as_json else [])])
    ctx.exit(min(status, 2))


@group.command()
def head() -> None:
    """Print size, root and last checkpoint of the log."""
    now = queries.head()
    if now is None:
        click.echo("The log has no entries yet.")
        return
    signed = queries.latest_checkpoint()
    lines = {
        "node": now.node,
        "hash": now.algorithm,
        "size": str(now.size),
        "root": now.root.hex(),
        "last entry": clock.iso(now.at) if now.at else "-",
        "node key": now.key_id,
        "checkpoint": f"{signed.size} entries, {clock.iso(signed.at)}" if signed else "none yet",
    }
    for name, value in lines.items():
        click.echo(f"{name:<11} {value}")


@group.command()
@click.argument("index", type=click.IntRange(min=0))
@click.option("--proof", is_flag=True, help="Also print the inclusion proof to the present head.")
@click.pass_context
def show(ctx: click.Context, index: int, proof: bool) -> None:
    """Print entry INDEX: its exact bytes, its leaf hash and, with an office token that may see it, its payload."""
    found = queries.entry(index)
    line = queries.lines([found], visible_to=_looker(ctx))[0]
    out: dict[str, Any] = {
        "index": found.index,
        "body": bytes(found.body).decode(errors="replace"),
        "leaf": bytes(found.leaf).hex(),
        "payload_state": line.state,
        "payload": line.payload,
    }
    if proof:
        proven = queries.inclusion_proof(index)
        out["proof"] = {
            "size": proven.size,
            "root": proven.root.hex(),
            "path": [step.hex() for step in proven.path],
        }
    click.echo(json.dumps(out, ensure_ascii=False, indent=2))


@group.command()
@click.option(
    "--subject", "subjects", multiple=True, metavar="CODE", help="A thread, such as case:WT-2026-000001."
)
@click.option(
    "--since", type=click.IntRange(min=1), help="Size of a checkpoint you keep: prove the way from there."
)
@click.option("--whole", is_flag=True, help="The whole log instead, as JSON lines without payloads.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File; else standard output."
)
@click.pass_context
def extract(
    ctx: click.Context, subjects: tuple[str, ...], since: int | None, whole: bool, output: Path | None
) -> None:
    """Write an extract with its proofs: the token's own side, or the threads named by --subject.

    Payloads are in it as far as the token's post may see them; everything else is there as hashes. Without a
    token, name a subject or ask for the whole log.
    """
    if whole:
        _write(extracts.export_lines(), output)
        return
    looker = _looker(ctx)
    if looker is None and not subjects:
        raise click.UsageError("Name a --subject, give a --token, or ask for the --whole log.")
    actions.checkpoint()
    side = looker.jurisdiction if looker is not None and not subjects else ""
    found = extracts.extract(subjects=subjects, jurisdiction=side, visible_to=looker, since=since)
    _write([extracts.as_file(found)], output)


@group.command()
@click.option("--new", is_flag=True, help="First sign one if the log grew since the last.")
def checkpoint(new: bool) -> None:
    """Print the last checkpoint as text: keep it, and compare a later log with it."""
    if new:
        actions.checkpoint()
    signed = queries.latest_checkpoint()
    if signed is None:
        raise click.ClickException("The log has no checkpoint yet; sign one with --new.")
    click.echo(queries.checkpoint_note(signed), nl=False)


@group.command()
def verifier() -> None:
    """Print the single-file verifier (Python 3.8 or newer, nothing to install) to standard output."""
    click.echo(extracts.verifier_source(), nl=False)


def _write(blocks: Iterable[bytes], output: Path | None) -> None:
    """Write the blocks as they come, to a file or to standard output."""
    if output is None:
        for block in blocks:
            click.echo(block, nl=False)
        return
    with output.open("wb") as file:
        for block in blocks:
            file.write(block)
        click.echo(f"{output}: {file.tell():,} bytes", err=True)


def _verify_live(processes: int, keep: bool, as_json: bool) -> int:
    report = verify_log(processes)
    if keep and report.size:
        watch.keep(report)
    if as_json:
        click.echo(json.dumps(_as_dict(report), ensure_ascii=False, indent=2))
    else:
        _tell(report)
    return 0 if report.holds else 1


def _tell(report: Report) -> None:
    counted = {"size": f"{report.size:,}", "checkpoints": f"{report.checkpoints:,}"}
    click.echo(_("Entries: %(size)s; checkpoints: %(checkpoints)s.") % counted)
    click.echo(f"root {report.root.hex()}")
    if report.size:
        click.echo(_speed(report))
    for finding in report.findings[:SHOWN_AT_MOST]:
        sign = "✗" if finding.fault else "·"
        detail = f" ({finding.detail})" if finding.detail else ""
        click.echo(f"{sign} [{finding.kind}] {finding.place}: {finding.text}{detail}")
    if len(report.findings) > SHOWN_AT_MOST:
        click.echo(f"… +{len(report.findings) - SHOWN_AT_MOST}")
    click.echo("✓ " + _("It holds.") if report.holds else "✗ " + _("It does not hold."))


def _speed(report: Report) -> str:
    """Return which checks ran at what speed."""
    told = {name: f"{report.rate(name):,}" for name in ("bytes", "fields", "all")}
    return _(
        "Bytes and tree: %(bytes)s entries/s; fields and payloads: %(fields)s entries/s; all in all: %(all)s entries/s"
        " in %(seconds)s s; processes: %(processes)s."
    ) % {**told, "seconds": f"{report.seconds['all']:.2f}", "processes": report.processes}


def _as_dict(report: Report) -> dict[str, Any]:
    findings = [
        {"kind": f.kind, "from": f.start, "until": f.end, "text": f.text, "detail": f.detail}
        for f in report.findings
    ]
    return {
        "holds": report.holds,
        "size": report.size,
        "root": report.root.hex(),
        "checkpoints": report.checkpoints,
        "findings": findings,
        "entries_a_second": {
            "bytes_and_tree": report.rate("bytes"),
            "fields_and_payloads": report.rate("fields"),
            "all": report.rate("all"),
        },
        "seconds": round(report.seconds.get("all", 0.0), 3),
        "processes": report.processes,
    }


def _looker(ctx: click.Context) -> Looker | None:
    """Return who acts by the token given to the root command, None without one."""
    session = ctx.find_root().obj
    if not getattr(session, "token", ""):
        return None
    found: Looker = session.acting()
    return found


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"

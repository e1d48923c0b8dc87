"""What the commands say of files: which are passed over, which have one name, what was not read, what is kept."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click
from django.utils.translation import gettext, ngettext

from tongxin.petals.evidence.engine import batch, documents, folders, kinds
from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.reasons_cli import said
from tongxin.shared.blocks import NoCluster, each
from tongxin.shared.phrases import phrase

INTERRUPTED = 130  # exit status after Ctrl-C
NAMES = re.compile('[^\\s/!：:"]*[\udc80-\udcff][^\\s/!：:"]*')  # parts of paths that an old system wrote
SHOWN = 6  # names that are told of many
AGAIN = frozenset({"no_file", "too_long", "worker_lost"})  # troubles that another try may not meet


def found(files: tuple[Path, ...], *own: Path) -> list[Path]:
    """Return the bulletins of files and folders; what is passed over is said, and where there is none at all."""
    for line in folders.skipped(files, own):
        click.echo(printable(f"tongxin: {said(line)}"), err=True)
    found = documents.files(list(files))
    if not found:
        raise click.ClickException(
            gettext(
                "No bulletin in {folders}: looked for txt, html, docx, pdf and zip in it and below."
            ).format(folders=", ".join(map(str, files)))
        )
    return found


def apart(found: list[Path]) -> dict[str, str]:
    """Return what bulletins are called whose names are the same; that there are such is said."""
    docs = folders.apart(found)
    if docs:
        some = ", ".join(list(docs.values())[:SHOWN]) + (" …" if len(docs) > SHOWN else "")
        click.echo(
            ngettext(
                "{n} bulletin has the name of another: doc tells it by its folder ({some}).",
                "{n} bulletins have the name of another: doc tells them by their folders ({some}).",
                len(docs),
            ).format(n=len(docs), some=some),
            err=True,
        )
    return docs


def of(path: Path, docs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what the bulletins of one file are called, if not by their stem."""
    if not docs:
        return ()
    return tuple((n, d) for n, d in docs.items() if n == str(path) or n.startswith(f"{path}!"))


def run(jobs: list[batch.Job], processes: int, cluster: str = "") -> Generator[batch.Done, None, None]:
    """Read files here, in processes or on a cluster. Raises NoCluster."""
    yield from each(batch.read, jobs, processes=processes, cluster=cluster, lost=batch.lost)


def stop(answers: Generator[batch.Done, None, None]) -> None:
    """End the processes that still read."""
    with suppress(KeyboardInterrupt, StopIteration):
        answers.throw(KeyboardInterrupt())


def interrupted(ctx: click.Context, count: int, total: int, table: Path | None = None) -> NoReturn:
    """Say what was read when Ctrl-C was pressed, and how it goes on; leave with 130."""
    told = gettext("Interrupted: {n} of {all} read.").format(n=count, all=total)
    click.echo(f"\ntongxin: {told}{_kept(table)}", err=True)
    ctx.exit(INTERRUPTED)


def lost(error: NoCluster, count: int, total: int, table: Path | None = None) -> NoReturn:
    """Say that the cluster cannot be used, or was lost, what was read until then, and how it goes on; leave with 1."""
    told = said(error.told)
    if count:
        told += "\n  " + gettext("Before that, {n} of {all} were read.").format(n=count, all=total)
    raise click.ClickException(told + (_kept(table) if count else ""))


def _kept(table: Path | None) -> str:
    if table is None:
        return ""
    return "\n  " + gettext("{table} and its journal are kept; go on with --resume.").format(table=table)


def say(troubles: Sequence[Unreadable]) -> bool:
    """Say what could not be read of a file; return whether there was such."""
    for trouble in troubles:
        line = phrase("{what} {todo}", what=trouble.what, todo=trouble.todo)
        click.echo(printable(f"tongxin: {said(line)}"), err=True)
    return bool(troubles)


def in_vain(troubles: Sequence[Unreadable]) -> bool:
    """Whether reading a file again helps nothing: it is empty, a picture, broken …"""
    return bool(troubles) and all(t.code not in AGAIN for t in troubles)


def not_whole(failed: int, total: int, table: Path | None = None, vain: int = 0) -> None:
    """Say of how many files something could not be read, and what is kept of the others.

    `vain`: how many of them stay so however often they are read.
    """
    if not failed or (total == 1 and table is None):
        return
    told = ngettext(
        "{n} of {all} files could not be read whole.", "{n} of {all} files could not be read whole.", failed
    ).format(n=failed, all=total)
    if table is not None:
        kept = (
            gettext("{table} has the others; its journal is kept: --resume tries these again.")
            if failed > vain
            else gettext("{table} has the others; its journal is kept.")
        )
        told += "\n  " + kept.format(table=table)
        if vain:
            told += "\n  " + ngettext(
                "Trying again helps nothing for {n} of them (empty, a picture, broken …):"
                " mend or replace it, then --resume reads it.",
                "Trying again helps nothing for {n} of them (empty, pictures, broken …):"
                " mend or replace them, then --resume reads them.",
                vain,
            ).format(n=vain)
    click.echo(f"tongxin: {told}", err=True)


def mark(path: str) -> str:
    """Return what tells a file from another and from what it was before: path, size, time."""
    try:
        found = os.stat(path)
    except OSError:
        return path
    return f"{path}|{found.st_size}|{found.st_mtime_ns}"


def printable(text: str) -> str:
    """Return a text without what no terminal can write: halves of characters, names of files in GBK."""
    text = NAMES.sub(lambda m: kinds.readable(m[0]), text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

"""What the engine's commands print, in the reader's language: sentences, refusals instead of tracebacks, columns."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click
from django.conf import settings
from django.utils.translation import get_language, gettext

from tongxin.petals.ecology.engine import VERSION
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.phrases import in_words
from tongxin.shared.errors import Refused
from tongxin.shared.phrases import phrase

FILE = click.Path(path_type=Path)


def language() -> str:
    """Return the language of messages: zh or en."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def said(text: str) -> str:
    """Return a sentence of the engine in the reader's language."""
    return in_words(text, gettext, language())


def say(text: str = "", *, err: bool = False) -> None:
    """Print a sentence in the reader's language."""
    click.echo(said(text), err=err)


def padded(text: str, columns: int) -> str:
    """Return a text filled up to so many columns of a terminal; a Chinese sign takes two."""
    wide = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(0, columns - wide)


def as_json(data: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def written(path: Path, text: str) -> None:
    """Write a text file. Raises Fault where it cannot be written."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> Fault:
    """Return the fault of a file that cannot be written."""
    why = error.strerror or type(error).__name__
    return Fault(
        "unwritable",
        phrase("{path} cannot be written: {why}.", path=path, why=why),
        mend=phrase("Give a file in a folder that is there and that you may write in."),
    )


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a fault of an input be a refusal: what is wrong, that nothing was computed, what to write instead."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from tongxin.shared.blocks import Cancelled, NoCluster

        _keep_kernels()
        try:
            return command(*args, **kwargs)
        except Fault as fault:
            kept = (
                phrase("No file was written.")
                if fault.code == "unwritable"
                else phrase("Nothing was computed.")
            )
            mend = fault.mend or phrase("Mend it and run again.")
            what = f"{said(fault.where)}: {said(fault.what)}" if fault.where else said(fault.what)
            raise Refused(fault.code, what, kept=said(kept), todo=said(mend)) from None
        except NoCluster as fault:
            raise Refused("no_cluster", said(fault.told), kept=gettext("Nothing was computed.")) from None
        except Cancelled:
            raise Refused("cancelled", gettext("The computation was stopped.")) from None

    return run


def _keep_kernels() -> None:
    """Keep the compiled kernels in the data folder, where it can be written; else they are compiled anew."""
    folder = Path(settings.DATA) / f"numba-{VERSION}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    os.environ.setdefault("NUMBA_CACHE_DIR", str(folder))

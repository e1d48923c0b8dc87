"""Command line of the case file."""

from __future__ import annotations

from pathlib import Path

import click

from tongxin.heart.cases import actions


@click.command("file-get")
@click.argument("number")
@click.option(
    "--language", type=click.Choice(sorted(actions.FILE_LANGUAGES)), default="zh", show_default=True
)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to; default NUMBER.pdf, here.")
@click.pass_context
def get(ctx: click.Context, number: str, language: str, output: Path | None) -> None:
    """Save the case file as a PDF: what the desk may see. That it was made is an entry in the ledger.

    A file that is there already is left alone.
    """
    target = output or Path(f"{number}.pdf")
    if target.exists():
        raise click.BadParameter(f"{target} is there already", param_hint="--output")
    _file, content = actions.export_file(
        by=ctx.obj.acting(), key=ctx.obj.key(), number=number, language=language
    )
    try:
        with target.open("xb") as saved:
            saved.write(content)
    except FileExistsError:
        raise click.BadParameter(f"{target} is there already", param_hint="--output") from None
    click.echo(str(target))

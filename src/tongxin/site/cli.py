"""The command line: the same actions and queries as the screens and the API, with the authority of an office token."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.utils.translation import gettext_lazy

from tongxin.site.manual_cli import (
    DESCRIPTION,
    ENVIRONMENT,
    EXIT_STATUS,
    FILES,
    NAME,
    ROOMS,
    SECTIONS,
    STANDS_ALONE,
    SYNOPSIS,
    Page,
    chinese,
    listed,
    paragraph,
    said,
)

if TYPE_CHECKING:
    from tongxin.heart.region.acting import Acting
    from tongxin.shared.errors import Invalid, Refused

OWN = "tongxin.site.commands"
AGAIN = gettext_lazy("Look how it stands now: %(group)s list, or show.")
# What refusals say to one at a screen, by how it begins, and to one at a command line.
SCREEN_WORDS = (
    ("Reload the page", AGAIN),
    ("Load the page again", AGAIN),
    (
        "Mend the marked fields",
        gettext_lazy("Mend these and run the command again; --help tells what each takes."),
    ),
    ("Look in the register.", gettext_lazy("See what there is: tongxin agreements list.")),
    ("Look at the instrument's versions", gettext_lazy("See which one stands: tongxin agreements show ID.")),
    ("See on the agreement's page", gettext_lazy("See what must come first: tongxin agreements show ID.")),
    (
        "Open it anew, read it",
        gettext_lazy("Read it with tongxin agreements show ID@NUMBER and sign the hash that it prints."),
    ),
    (
        "Change to a post that may",
        gettext_lazy("Use the token of a post that may, or ask your administrator."),
    ),
    (
        "Excuse or give up a single duty",
        gettext_lazy("Excuse or give up a single duty: tongxin duties excuse, or give-up."),
    ),
    ("Choose one of the list", gettext_lazy("See which there are: %(group)s --help.")),
)


@dataclass
class Session:
    """Who acts on this command line; the object every command finds in its context."""

    token: str = ""
    given_key: str = ""

    def acting(self) -> Acting:
        """Return the post the token acts in. Raises Refused when there is none, TokenRefused when it is not valid."""
        from tongxin.heart.region.tokens import acting_from_token
        from tongxin.shared.errors import Refused

        if not self.token:
            raise Refused(
                "no_token",
                "This command acts for an office and needs its token.",
                todo="Put it into TONGXIN_TOKEN or give --token. Administrators issue tokens at /people/tokens/.",
            )
        return acting_from_token(self.token.strip(), via="cli")

    def reader(self) -> Acting | None:
        """Return who reads what anyone may read: the post of the token, or None without one. Raises TokenRefused."""
        return self.acting() if self.token.strip() else None

    def key(self) -> str:
        """Return the idempotency key given with --key, or a fresh one."""
        from tongxin.heart.exchange.acts import new_key

        return self.given_key or new_key()


class PageContext(click.Context):
    """A context whose help is such a page."""

    formatter_class = Page


class Manual(click.Group):
    """The root: finds commands where they are, and prints help like a page of the manual."""

    context_class = PageContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands of this installation."""
        return [n for _title, names in SECTIONS for n in names if n not in ROOMS or find_spec(ROOMS[n][0])]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command; a room's own is imported when it is asked for."""
        if name in ROOMS:
            if find_spec(ROOMS[name][0]) is None:
                return None
            if "--help" in sys.argv or name in STANDS_ALONE:
                os.environ.setdefault(
                    "TONGXIN_MODE", "demo"
                )  # help, and what needs no house, need no secrets
            set_up()
            group: click.Command = import_module(ROOMS[name][0]).group
            return in_language(group)
        return (
            getattr(import_module(OWN), name.replace("-", "_"), None)
            if name in self.list_commands(ctx)
            else None
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of one that there is not the nearest is named."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                args[0], possibilities=self.list_commands(ctx), ctx=ctx
            ) from error

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the page, in the language of messages; nothing of the programme is started for it."""
        paragraph(formatter, said("NAME"), said(NAME))
        paragraph(formatter, said("SYNOPSIS"), SYNOPSIS)
        paragraph(formatter, said("DESCRIPTION"), said(DESCRIPTION))
        with formatter.section(said("COMMANDS")):
            known = set(self.list_commands(ctx))
            for title, names in SECTIONS:
                here = [(name, said(self._line(ctx, name))) for name in names if name in known]
                if here:
                    with formatter.section(said(title)):
                        formatter.write_dl(here)
            formatter.write_text(said("tongxin COMMAND --help tells more about each."))
        options = [_told_of(p, said).get_help_record(ctx) for p in self.get_params(ctx)]
        listed(formatter, said("OPTIONS"), [record for record in options if record])
        for title, lines in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES), ("EXIT STATUS", EXIT_STATUS)):
            listed(formatter, said(title), [(name, said(text)) for name, text in lines])
        paragraph(formatter, said("SEE ALSO"), "README.md, docs/operate.md, docs/openapi.json")

    def _line(self, ctx: click.Context, name: str) -> str:
        if name in ROOMS:
            return ROOMS[name][1]
        command = self.get_command(ctx, name)
        return command.get_short_help_str(100) if command else ""


def in_language(command: click.Command) -> click.Command:
    """Return a command with its help, its options' and its subcommands' in the language of messages."""
    from django.utils.translation import gettext

    told = copy.copy(command)
    told.help = gettext(inspect.cleandoc(command.help)) if command.help else command.help
    told.params = [_told_of(param, gettext) for param in command.params]
    if isinstance(told, click.Group) and isinstance(command, click.Group):
        told.commands = {name: in_language(each) for name, each in command.commands.items()}
    return told


def _told_of(param: click.Parameter, tell: Callable[[str], str]) -> click.Parameter:
    """Return a parameter with its help as `tell` says it."""
    if not isinstance(param, click.Option) or not param.help:
        return param
    told = copy.copy(param)
    told.help = tell(param.help)
    return told


def _take_mode(mode: str | None) -> str | None:
    """Set the mode while the line is read: a room's command is found, and Django set up, before `root` runs."""
    if mode:
        os.environ["TONGXIN_MODE"] = mode
    return mode


@click.group(cls=Manual, context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]})
@click.option(
    "--mode",
    type=click.Choice(["demo", "run", "test"]),
    callback=lambda _ctx, _param, value: _take_mode(value),
    help="Instead of TONGXIN_MODE.",
)
@click.option(
    "--token", envvar="TONGXIN_TOKEN", default="", show_envvar=True, help="The office token to act with."
)
@click.option(
    "--key", default="", help="Idempotency key of the command; the same again has no second effect."
)
@click.version_option(package_name=None, version="0.1.0", prog_name="tongxin")
@click.pass_context
def root(ctx: click.Context, mode: str | None, token: str, key: str) -> None:
    """Turn cooperation agreements into running services."""
    from tongxin.shared import readers

    ctx.with_resource(readers.nobody())
    ctx.obj = Session(token=token, given_key=key)


def set_up() -> None:
    """Bring Django up and choose the language of messages."""
    import django
    from django.apps import apps
    from django.utils import translation

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.site.settings")
        django.setup()
        translation.activate("zh-hans" if chinese() else "en")


def main(args: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; a refusal is told in three parts, never as a traceback."""
    words_of_click()
    try:
        answer = root.main(
            args=list(args) if args is not None else None, prog_name="tongxin", standalone_mode=False
        )
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        parts = _told(error, args if args is not None else sys.argv[1:])
        if parts is None:
            raise
        for line in parts:
            click.echo(line, err=True)
        return 2
    return answer if isinstance(answer, int) else 0


def words_of_click() -> None:
    """Let the words that click itself brings (usage, options, what was not understood) be Chinese with the others."""
    if chinese():
        os.environ["LANGUAGE"] = "zh"  # what gettext reads first
        gettext.bindtextdomain("click", str(Path(__file__).parent / "locale"))
        gettext.textdomain("click")


def _command(args: Sequence[str]) -> tuple[list[str], click.Command]:
    """Return the command that a line names, and the words that name it; the root where nothing was set up."""
    from django.apps import apps

    found: click.Command = root
    path: list[str] = []
    for word in args if apps.ready else ():
        below = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
        if below is not None:
            path, found = [*path, word], below
    return path, found


def _todo(error: Refused, path: Sequence[str]) -> str:
    """Return what to do, as one who has no screen does it."""
    from django.utils.translation import override

    with override("en"):
        said = str(error.todo)
    for begins, instead in SCREEN_WORDS:
        if said.startswith(begins):
            group = f"{NAME.partition(' ')[0]} {path[0]}" if path else "tongxin COMMAND"
            return str(instead) % {"group": group}
    return str(error.todo)


def _fields(error: Invalid, command: click.Command) -> list[str]:
    """Return what is wrong with each option, by the name that the command line has for it."""
    named = {p.name: p.opts[0] if isinstance(p, click.Option) else p.make_metavar(click.Context(command))
             for p in command.params}  # fmt: skip
    pairs = next((p.opts[0] for p in command.params if p.metavar == "NAME=VALUE"), "")

    def name(field: str) -> str:
        return named.get(field) or (f"{pairs} {field}=…" if pairs else field)

    return [f"  {name(field)}: {text}" for field, texts in error.fields.items() for text in texts]


def _told(error: Exception, args: Sequence[str]) -> list[str] | None:
    """Return an expected error in three parts, or None when it is a fault of ours."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from tongxin.shared.errors import Invalid, Refused

    if isinstance(error, Refused):
        if not settings.configured:
            settings.configure(
                USE_I18N=False
            )  # refused before the settings were read: the words alone are needed
        what = [f"tongxin: {error.what}"]
        path, command = _command(args)
        if isinstance(error, Invalid):
            what += _fields(error, command)
        return [*what, *(f"  {part}" for part in (error.kept, _todo(error, path)) if str(part))]
    if isinstance(error, ImproperlyConfigured):
        return [
            f"tongxin: the settings are not complete: {error}.",
            "  Nothing was changed.",
            "  In the demonstration: tongxin --mode demo …. Else see tongxin --help, under ENVIRONMENT.",
        ]
    if isinstance(error, DatabaseError):
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        return [
            f"tongxin: the database does not answer as it should: {first}",
            "  What was confirmed before is kept; this command was not carried out.",
            "  Check TONGXIN_DATABASE_URL and TONGXIN_DATA; on a new database: tongxin migrate.",
        ]
    return None


if __name__ == "__main__":
    sys.exit(main())

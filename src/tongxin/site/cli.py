"""The command line: the same actions and queries as the screens and the API, with the authority of an office token."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from tongxin.heart.region.acting import Acting
    from tongxin.shared.errors import Invalid, Refused

NAME = "tongxin - turns the cooperation agreements of neighbouring governments into running services"
SYNOPSIS = "tongxin [--mode MODE] [--token TOKEN] [--key KEY] COMMAND [ARGUMENT ...]"
DESCRIPTION = (
    "Starts and keeps an installation, and does on the command line what the screens and the API do. A command that "
    "acts does so in the post of an office token: it sees and may do what that post may, and each act is one entry "
    "of the ledger. Commands of the operator (demo, run, worker, migrate, region, people, token issue, node) need no "
    "token: who can run them holds the machine."
)
SECTIONS = (
    ("Starting and keeping", ("demo", "run", "worker", "migrate", "health", "openapi")),
    ("The region, people and tokens", ("region", "people", "token", "whoami")),
    (
        "Acting and looking, with a token",
        ("desk", "duties", "agenda", "incidents", "cases", "results", "may", "search"),
    ),
    ("What was agreed: read by anyone, proposed and signed with a token", ("agreements",)),
    ("What leaves the house", ("outbox", "subscriptions", "node")),
    ("Verifying and reckoning, by anyone", ("ledger", "clock", "scores")),
)
# Rooms bring their own groups: where it is, and one line for this page.
ROOMS = {
    "desk": ("tongxin.site.board_cli", "What my office has to do now."),
    "duties": ("tongxin.heart.agreements.duties_cli", "What the desk owes, is owed, why, and does about it."),
    "agenda": (
        "tongxin.heart.agreements.agenda_cli",
        "What stands on the agenda of the leaders' meeting, and what it resolved.",
    ),
    "incidents": ("tongxin.petals.ecology.cli", "Report incidents, tell, confirm; list and show them."),
    "agreements": (
        "tongxin.heart.agreements.cli",
        "List, show, check, propose and sign agreements; explain why duties stand.",
    ),
    "cases": ("tongxin.heart.cases.cli", "File, hand over, take over and decide cases; their papers."),
    "may": ("tongxin.heart.agreements.may_cli", "Whether a desk may see or do something, and on what basis."),
    "search": ("tongxin.site.finding.cli", "Search what the desk may see; write the index anew."),
    "results": ("tongxin.petals.services.cli", "Record that a result issued elsewhere was presented."),
    "outbox": (
        "tongxin.connectors.outbox_cli",
        "List, replay and send what goes to outside systems; catch it.",
    ),
    "subscriptions": (
        "tongxin.heart.exchange.subscriptions_cli",
        "Send the rings of a desk outside as well.",
    ),
    "node": (
        "tongxin.site.node_cli",
        "This node and its peers: fingerprints, lines, which desks work where; notes between desks.",
    ),
    "scores": ("tongxin.heart.measures.cli", "How clauses are kept; frozen months and what was restated."),
    "ledger": ("tongxin.heart.ledger.cli", "Show, export and verify the ledger."),
    "clock": (
        "tongxin.heart.agreements.clock_cli",
        "Working calendars; when a time limit runs out, and why.",
    ),
}
OWN = "tongxin.site.commands"
ENVIRONMENT = (
    ("TONGXIN_MODE", "demo, run (default) or test. `demo` and `run` set it themselves."),
    ("TONGXIN_DATA", "Data folder; default var/MODE beside the programme."),
    (
        "TONGXIN_DATABASE_URL",
        "postgresql://user:password@host/name; default an SQLite file in the data folder.",
    ),
    ("TONGXIN_SECRET_KEY", "At least 32 random characters. Needed by run."),
    ("TONGXIN_HOSTS", "Host names of the server, comma-separated. Needed by run."),
    ("TONGXIN_ORIGIN", "The address people use, https://…; default http://localhost:PORT."),
    ("TONGXIN_BIND, TONGXIN_PORT", "Where the server listens; default 127.0.0.1 and 8000."),
    (
        "TONGXIN_PROCESSES, TONGXIN_THREADS",
        "Server processes (PostgreSQL only; default 2) and threads in each (8).",
    ),
    ("TONGXIN_PROXIES", "How many proxies in front write X-Forwarded-For; default 0."),
    ("TONGXIN_REQUIRE_MFA", "1: nobody acts without a second factor. Default 1 in run, 0 in demo."),
    ("TONGXIN_REGION", "Folder of the region pack; default regions/jingjinji."),
    ("TONGXIN_NODE", "Name of this node in the ledger and on lines to other nodes; default main."),
    ("TONGXIN_NODE_KEY", "File of the node's signing key; default keys/node-ed25519.pem in the data folder."),
    (
        "TONGXIN_NODE_CA",
        "File of the authorities by which certificates of peers are checked; default the system's.",
    ),
    ("TONGXIN_TICKER, TONGXIN_TICKER_SECONDS", "thread, worker or off; and how often it looks (15)."),
    ("TONGXIN_VERIFY_HOURS", "How often the server recomputes its own ledger (24); 0 for never."),
    ("TONGXIN_SCORES_FREEZE_DAY", "Day of the next month on which a month's scores are frozen; default 5."),
    (
        "TONGXIN_PAPER_MB, TONGXIN_UPLOAD_MB",
        "The largest paper that is taken in (20), and the largest request (80), in MB.",
    ),
    ("TONGXIN_TILE_URL, TONGXIN_TILE_CRS", "The operator's own map tiles; gcj02 where they are shifted."),
    ("TONGXIN_MAP_APPROVAL", "Approval number of the map; without it public pages show the table."),
    (
        "TONGXIN_SMTP_URL, TONGXIN_MAIL_FROM",
        "The mail server, smtp://… or smtps://…, and the sender of mails.",
    ),
    (
        "TONGXIN_WEBHOOK_NETWORKS",
        "Networks that webhooks may call although they are not public, comma-separated.",
    ),
    ("TONGXIN_WEBHOOK_SECRET", "The secret with which `outbox catch` verifies, instead of --secret."),
    ("TONGXIN_TOKEN", "The office token, instead of --token, which others on the machine can see."),
    ("LANG", "zh… for messages in Chinese, else English."),
)
FILES = (
    ("var/MODE/tongxin.sqlite3", "The database, unless TONGXIN_DATABASE_URL names another."),
    ("var/MODE/keys/", "The node's signing key. Keep it, and keep it to yourself."),
    ("var/MODE/papers/", "The papers of cases, each under the hash of its content. Back them up."),
    ("var/MODE/map/", "Map layers drawn from the boundaries; made anew by `region load`."),
    ("regions/NAME/", "A region pack: everything the programme knows about places, offices and agreements."),
)
EXIT_STATUS = (
    ("0", "Done."),
    ("1", "A check found something: a ledger that does not verify, a fault in a file, a sick server."),
    (
        "2",
        "Refused, or the command was not understood; what happened, what was kept and what to do is on stderr.",
    ),
    ("130", "Ended by Ctrl-C."),
)

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


class Page(click.HelpFormatter):
    """Headings as a page of the manual has them."""

    def write_heading(self, heading: str) -> None:
        """Write a heading without a colon."""
        self.write(f"{'':>{self.current_indent}}{heading}\n")


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
            if "--help" in sys.argv:
                os.environ.setdefault("TONGXIN_MODE", "demo")  # help needs no secrets
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
        """Write the page."""
        _paragraph(formatter, "NAME", NAME)
        _paragraph(formatter, "SYNOPSIS", SYNOPSIS)
        _paragraph(formatter, "DESCRIPTION", DESCRIPTION)
        with formatter.section("COMMANDS"):
            known = set(self.list_commands(ctx))
            for title, names in SECTIONS:
                here = [(name, self._line(ctx, name)) for name in names if name in known]
                if here:
                    with formatter.section(title):
                        formatter.write_dl(here)
            formatter.write_text("tongxin COMMAND --help tells more about each.")
        options = [p.get_help_record(ctx) for p in self.get_params(ctx)]
        _list(formatter, "OPTIONS", [record for record in options if record])
        _list(formatter, "ENVIRONMENT", ENVIRONMENT)
        _list(formatter, "FILES", FILES)
        _list(formatter, "EXIT STATUS", EXIT_STATUS)
        _paragraph(formatter, "SEE ALSO", "README.md, docs/operate.md, docs/openapi.json")

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
    told.params = [_told_of(param) for param in command.params]
    if isinstance(told, click.Group) and isinstance(command, click.Group):
        told.commands = {name: in_language(each) for name, each in command.commands.items()}
    return told


def _told_of(param: click.Parameter) -> click.Parameter:
    from django.utils.translation import gettext

    if not isinstance(param, click.Option) or not param.help:
        return param
    told = copy.copy(param)
    told.help = gettext(param.help)
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


def chinese() -> bool:
    """Whether messages are in Chinese here."""
    return os.environ.get("LANG", "").startswith("zh")


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


def _paragraph(formatter: click.HelpFormatter, title: str, text: str) -> None:
    with formatter.section(title):
        formatter.write_text(text)


def _list(formatter: click.HelpFormatter, title: str, rows: Sequence[tuple[str, str]]) -> None:
    with formatter.section(title):
        formatter.write_dl(list(rows), col_max=26)


if __name__ == "__main__":
    sys.exit(main())

"""The page that `tongxin --help` prints, like one of the manual: its words, in the language of messages, and its form.

Nothing of the programme is started for it: the catalogue is read without Django.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from unicodedata import east_asian_width

import click

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
    ("Verifying and reckoning, by anyone", ("ledger", "clock", "scores", "spill", "water")),
    ("Reading public text, by anyone", ("evidence",)),
)
STANDS_ALONE = ("evidence", "spill", "water")  # read files, ask no database
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
    "evidence": (
        "tongxin.petals.evidence.cli",
        "Repair damaged bulletins, read their figures as facts, set facts side by side.",
    ),
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
    "spill": (
        "tongxin.petals.ecology.spill_cli",
        "Forecast a spill in a river, update it by samples, search upstream, calibrate.",
    ),
    "water": ("tongxin.petals.ecology.water_cli", "Classify measured waters by GB 3838-2002."),
    "scores": ("tongxin.heart.measures.cli", "How clauses are kept; frozen months and what was restated."),
    "ledger": ("tongxin.heart.ledger.cli", "Show, export and verify the ledger."),
    "clock": (
        "tongxin.heart.agreements.clock_cli",
        "Working calendars; when a time limit runs out, and why.",
    ),
}
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
    (
        "TONGXIN_UPLOADS_LEFT_MB",
        "How much of what strangers sent may lie here in no case (10000); above it files are refused.",
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

PIECE = re.compile(r"[\u2e80-\uffef]| +|[^\u2e80-\uffef ]+")  # a Chinese sign, blanks, or a word
NOT_FIRST = "，。；：、）》”"  # of a line


class Page(click.HelpFormatter):
    """Headings as a page of the manual has them."""

    def write_heading(self, heading: str) -> None:
        """Write a heading without a colon."""
        self.write(f"{'':>{self.current_indent}}{heading}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph; a Chinese sign takes two columns and may end a line."""
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{'':>{self.current_indent}}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean beside them; below them where a name is long."""
        rows = list(rows)
        first = min(max((len(name) for name, _text in rows), default=0), col_max) + col_spacing
        left, room = self.current_indent + first, self.width - self.current_indent - first
        for name, text in rows:
            head = f"{'':>{self.current_indent}}{name}"
            if len(name) > first - col_spacing:
                self.write(f"{head}\n")
                head = ""
            for line in wrapped(text, max(room, 20)) or [""]:
                self.write(f"{head:<{left}}{line}".rstrip() + "\n")
                head = ""


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text in lines of at most so many columns: broken at blanks, and beside any Chinese sign."""
    lines, line, used = [], "", 0
    for piece in PIECE.findall(" ".join(text.split())):
        wide = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in piece)
        if used + wide > columns and line.strip() and piece not in NOT_FIRST:
            lines.append(line.rstrip())
            line, used = "", 0
            piece, wide = (piece, wide) if piece.strip() else ("", 0)
        line, used = line + piece, used + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def chinese() -> bool:
    """Whether messages are in Chinese here."""
    return os.environ.get("LANG", "").startswith("zh")


def said(text: str) -> str:
    """Return a text of the manual page in the language of messages, without bringing Django up."""
    if not chinese() or not text:
        return text
    folder = str(Path(__file__).parent / "locale")
    return gettext.translation("django", folder, languages=["zh_Hans"], fallback=True).gettext(text)


def paragraph(formatter: click.HelpFormatter, title: str, text: str) -> None:
    """Write a heading with a paragraph below it."""
    with formatter.section(title):
        formatter.write_text(text)


def listed(formatter: click.HelpFormatter, title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Write a heading with names and what they mean."""
    with formatter.section(title):
        formatter.write_dl(list(rows), col_max=26)

"""Papers of a case for whoever may see what its applicant gave: which there are, what they are called, whose they were.

Who may see them: the accepting desk, the holder, a desk that the case is offered to, and one that held it (queries).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from django.core import signing
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import papers_types, queries
from tongxin.heart.cases.models import Case, Fetch, Paper
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, NotAllowed, NotFound

LONGEST_TITLE = 100
REMEMBERED = 24 * 3600  # seconds that a form which came back remembers what was uploaded with it
IDENTIFYING = ("credit_code", "id_number")  # fields of an application that name one applicant and no other
_SALT = "cases.paper.arrived"
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_RESERVED = re.compile(r'[<>:"|?*]')


class SamePaper(Conflict):
    """The very file is there already as a paper of this kind; a form says so at the paper's field."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            "same_paper",
            _("This very file is there already as this paper."),
            todo=_("Nothing is to be done; or choose another file."),
        )
        self.kind = kind


@dataclass(frozen=True)
class Arrived:
    """A file that was taken in and judged, and belongs to no case yet."""

    kind: str
    title: str
    sha256: str
    size: int
    type: str

    @property
    def remembered(self) -> str:
        """What a form carries instead of the file, sealed, so that nobody need choose the file again."""
        return signing.dumps(asdict(self), salt=_SALT)


@dataclass(frozen=True)
class Line:
    """One kind of paper of the procedure, with the files of it that the case has, newest first."""

    kind: PaperKind
    files: list[Paper]
    handed_in: bool

    @property
    def current(self) -> list[Paper]:
        """The files that stand."""
        return [file for file in self.files if file.replaced_by_id is None]

    @property
    def names(self) -> list[tuple[Paper, str]]:
        """The files with the names under which they are handed out."""
        return [(file, file_name(file)) for file in self.files]

    @property
    def seen_only(self) -> bool:
        """Whether the paper was seen as an original at the window and no file of it is kept."""
        return self.handed_in and not self.current


def recalled(sealed: str) -> Arrived | None:
    """Return what a form remembers, or None when it is too old or was not sealed here."""
    try:
        return Arrived(**signing.loads(sealed, salt=_SALT, max_age=REMEMBERED))
    except signing.BadSignature:
        return None


def may_open(desk: str, row: Case) -> bool:
    """Whether a desk may see the papers of a case."""
    return queries.sees_applicant(desk, row)


def of_case(reader: Acting, number: str) -> tuple[Case, list[Paper]]:
    """Return a case and its files, newest first. Raises NotFound without a part in it, NotAllowed with too little."""
    row = queries.case(reader, number)
    if not may_open(reader.desk, row):
        raise NotAllowed(
            "papers_not_shared",
            _("The papers of this case are not shared with your office."),
            todo=_("Ask the office that holds the case."),
        )
    return row, files_of(row)


def files_of(row: Case) -> list[Paper]:
    """Return the files of a case, newest first."""
    rows = row.files.select_related("desk__jurisdiction", "desk__group", "desk__role", "reused_from", "fetch")
    return list(rows.order_by("-at", "-id"))


def coming(file: Paper) -> Fetch | None:
    """Return how far a content has come that another node still has to hand over; None for one that is there."""
    return getattr(file, "fetch", None)


def one(reader: Acting, number: str, paper: str | UUID) -> Paper:
    """Return one file of a case as its reader may see it, or raise as `of_case` does."""
    row, files = of_case(reader, number)
    for file in files:
        if str(file.id) == str(paper):
            file.case = row
            return file
    raise NotFound("no_such_paper", _("There is no such paper in this case."))


def lines(row: Case, form: ProcedureFile, files: Iterable[Paper]) -> list[Line]:
    """Return the procedure's papers in its order, each with its files: those that stand first."""
    files = sorted(files, key=lambda file: file.replaced_by_id is not None)
    return [
        Line(kind, [file for file in files if file.kind == kind.id], kind.id in row.papers)
        for kind in form.papers
    ]


def reusable(reader: Acting, row: Case) -> list[Paper]:
    """Return papers of other cases of the same applicant that the reader's desk took in, newest first.

    The same applicant: one of the fields that identify is the same in both. A name alone is not enough.
    """
    known = {name: row.applicant.get(name, "") for name in IDENTIFYING if row.applicant.get(name)}
    if not known or row.accepting_desk_id != reader.desk:
        return []
    name, value = next(iter(known.items()))
    cases = Case.objects.filter(accepting_desk_id=reader.desk, **{f"applicant__{name}": value})
    rows = Paper.objects.read_by(reader.desk).filter(
        case__in=cases.exclude(number=row.number), replaced_by__isnull=True, fetch__isnull=True
    )
    there = set(row.files.values_list("sha256", flat=True))
    kinds = {kind["id"] for kind in row.procedure.body["papers"]}
    found = rows.filter(kind__in=kinds).exclude(sha256__in=there).select_related("case__procedure")
    return list(found.order_by("-at", "-id")[:100])


def title_of(name: str) -> str:
    """Return what a file is called from the name its sender gave it: one line, no path, no ending, nothing hidden.

    Signs that turn the order of the letters round or cannot be seen are left out: `a<RTL>fdp.exe` is no `aexe.pdf`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in "\u2028\u2029"
    )
    return _RESERVED.sub("_", _ENDING.sub("", shown.strip())).strip(" .")[:LONGEST_TITLE]


def file_name(file: Paper) -> str:
    """Return the name that a file is handed out under; its ending says what it is, not what was claimed."""
    return f"{file.title or file.kind}.{papers_types.ENDINGS[file.type]}"


def answer(file: Paper, content: BinaryIO) -> FileResponse:
    """Return a paper as an answer: to be saved, never to be shown or run in the page."""
    response = FileResponse(content)
    for name, value in headers(
        file
    ).items():  # FileResponse writes some of its own, from the path of the content
        response[name] = value
    return response


def headers(file: Paper) -> dict[str, str]:
    """Return the headers with which a paper is handed out."""
    name = file_name(file)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return {
        "Content-Type": papers_types.MIME[file.type],
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def summary(file: Paper) -> dict[str, Any]:
    """Return a file as the ledger's payload tells it."""
    return {
        "paper": str(file.id),
        "kind": file.kind,
        "title": file.title,
        "sha256": file.sha256,
        "size": file.size,
        "type": file.type,
        "given_by": file.given_by,
    }

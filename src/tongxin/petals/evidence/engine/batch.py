"""The work on one file as a function of plain data, so that it can run in another process or on another machine."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from tongxin.petals.evidence.engine.api import as_json, read_document
from tongxin.petals.evidence.engine.documents import Document, Told, document, load_bytes, parts, told_beside
from tongxin.petals.evidence.engine.likeness import prints
from tongxin.petals.evidence.engine.limits import LIMITS, Unreadable
from tongxin.petals.evidence.engine.time_limit import time_limit
from tongxin.shared.phrases import phrase


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read, what is told of it, the folder of one's own tables, the seconds for one bulletin."""

    path: str
    words: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    seconds: float = LIMITS.seconds
    docs: tuple[
        tuple[str, str], ...
    ] = ()  # of its bulletins whose stem is another's too: name, what it is called
    skip: tuple[str, ...] = ()  # bulletins of an archive that are read already


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a file: rows of its table, readings as plain data, or why it was not read."""

    path: str
    rows: list[dict[str, str]]
    readings: list[dict[str, object]]
    prints: list[frozenset[int]]
    troubles: list[Unreadable] = field(default_factory=list)

    @property
    def trouble(self) -> str:
        """What could not be read, and what to do; empty where all was."""
        return "\n".join(map(str, self.troubles))

    @property
    def code(self) -> str:
        """The code of the first trouble, for machines."""
        return self.troubles[0].code if self.troubles else ""


def read(job: Job) -> Done:
    """Read one file; what cannot be read says why and breaks nothing else."""
    told = Told(job.title, job.publisher, date.fromisoformat(job.published) if job.published else None)
    words = Path(job.words) if job.words else None
    done = Done(job.path, [], [], [])

    def take(found: Document) -> None:
        reading = read_document(found, words)
        rows, plain, marks = [f.row() for f in reading.facts], as_json(reading), prints(found.repaired.text)
        done.rows.extend(rows)
        done.readings.append(plain)
        done.prints.append(marks)

    troubles = each_document(Path(job.path), told, take, job.seconds, dict(job.docs), job.skip)
    return Done(job.path, done.rows, done.readings, done.prints, troubles)


def lost(job: Job) -> Done:
    """Return what is said of a file whose process the system ended while it was read."""
    told = Unreadable(
        "worker_lost",
        phrase(
            "{path}: the process that read it was ended twice, perhaps for want of memory.", path=job.path
        ),
        phrase("Nothing of it was kept. Read it alone, or split it into bulletins."),
    )
    return Done(job.path, [], [], [], [told])


def each_document(
    path: Path,
    told: Told,
    work: Callable[[Document], None],
    seconds: float = LIMITS.seconds,
    docs: Mapping[str, str] = MappingProxyType({}),
    skip: Container[str] = (),
) -> list[Unreadable]:
    """Do the work on each bulletin of a file, each within its time; return what could not be read, and why.

    `skip`: names of bulletins in an archive that were read before.
    `told` goes before what an index beside the file says. `docs`: what its bulletins are called, if not by their stem.
    """
    troubles: list[Unreadable] = []
    try:
        told = told.before(told_beside(path))
        for part in parts(str(path), load_bytes(path)):
            if part.name in skip:
                continue
            try:
                with time_limit(part.name, seconds):
                    work(document(part.name, part.data(), told, doc=docs.get(part.name, "")))
            except Unreadable as error:
                troubles.append(error)
    except Unreadable as error:
        troubles.append(error)
    return troubles

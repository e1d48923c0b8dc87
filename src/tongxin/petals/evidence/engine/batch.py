"""The work on one file as a function of plain data, so that it can run in another process or on another machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tongxin.petals.evidence.engine.api import as_json, read_document
from tongxin.petals.evidence.engine.documents import Told, load, told_beside
from tongxin.petals.evidence.engine.likeness import prints
from tongxin.petals.evidence.engine.limits import Unreadable


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read, what is told of it, and the folder of one's own tables."""

    path: str
    words: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a file: rows of its table, readings as plain data, or why it was not read."""

    path: str
    rows: list[dict[str, str]]
    readings: list[dict[str, object]]
    prints: list[frozenset[int]]
    trouble: str = ""
    code: str = ""


def read(job: Job) -> Done:
    """Read one file; what cannot be read says why and breaks nothing else."""
    path = Path(job.path)
    beside = told_beside(path)
    told = Told(
        job.title or beside.title,
        job.publisher or beside.publisher,
        date.fromisoformat(job.published) if job.published else beside.published,
    )
    words = Path(job.words) if job.words else None
    done = Done(job.path, [], [], [])
    try:
        for document in load(path, told):
            reading = read_document(document, words)
            done.rows.extend(fact.row() for fact in reading.facts)
            done.readings.append(as_json(reading))
            done.prints.append(prints(document.repaired.text))
    except Unreadable as error:
        return Done(job.path, done.rows, done.readings, done.prints, f"{error.what} {error.todo}", error.code)
    return done

"""The contents of papers as files in the data folder, each under the SHA-256 of its bytes.

A content is written under a temporary name, synced, judged and only then given its name; the row that refers to it is
committed afterwards. A death in between leaves a file that nothing refers to, which `sweep` takes away two days later.
Nothing a sender says, such as a file's name, is ever part of a path.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import Draft, Paper
from tongxin.shared import clock, faults

PIECE = 64 * 1024
BATCH = 500  # contents looked up at once
ORPHAN_AFTER = timedelta(days=2)  # longer than a form remembers what was uploaded with it (papers.REMEMBERED)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Unfit(ValueError):
    """A file that is not taken; `why` is told to whoever sent it, in the reader's language."""

    def __init__(self, why: Any) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class Content:
    """A content that is kept: its hash, its length in bytes, and what `judge` found it to be."""

    sha256: str
    size: int
    type: str


def folder() -> Path:
    """Return the folder of the contents, made when it is not there."""
    return _made(settings.DATA / "papers")


def path_of(sha256: str) -> Path:
    """Return where a content lies. Raises ValueError for what is no SHA-256 in hexadecimal digits."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return folder() / sha256[:2] / sha256


def keep(pieces: Iterable[bytes], *, most: int, judge: Callable[[Path, int], str]) -> Content:
    """Write a content and return it; the same bytes twice are one file.

    `pieces` is read no further than one piece past `most` bytes. `judge(path, size)` says what type it is, or raises
    Unfit; then nothing stays.
    """
    arriving = _made(folder() / "arriving") / f"{secrets.token_hex(16)}.part"
    try:
        sha256, size = _written(arriving, pieces, most)
        found = judge(arriving, size)
        place = path_of(sha256)
        _made(place.parent)
        with _alone(fcntl.LOCK_SH):
            os.replace(arriving, place)
            _touch(place)
        for made in (place.parent, folder()):
            _synced(made)
    finally:
        arriving.unlink(missing_ok=True)
    faults.reached("papers:file kept")
    return Content(sha256, size, found)


def still_there(sha256: str) -> bool:
    """Tell whether a content is kept, and put off its sweeping: a row for it is about to be committed."""
    place = path_of(sha256)
    with _alone(fcntl.LOCK_SH):
        if not place.is_file():
            return False
        _touch(place)
    return True


def came(sha256: str, node: str) -> int:
    """Return how many bytes of a content have come from another node so far."""
    try:
        return _coming(sha256, node).stat().st_size
    except FileNotFoundError:
        return 0


def add(sha256: str, node: str, offset: int, piece: bytes) -> None:
    """Write the next piece of a content that comes from another node; one that is there already is left out."""
    part = _coming(sha256, node)
    with _alone(fcntl.LOCK_EX):
        if came(sha256, node) != offset:
            return
        with part.open("ab") as file:
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600)
        _touch(part)


def arrived(sha256: str, node: str, judge: Callable[[Path, int], str]) -> None:
    """Give a content that has come whole its name. Raises Unfit where its bytes or its type are not what was told."""
    part, place = _coming(sha256, node), path_of(sha256)
    with part.open("rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    try:
        if not same:
            raise Unfit(_("The bytes that came are not those that were named."))
        judge(part, part.stat().st_size)
    except Unfit:
        part.unlink(missing_ok=True)
        raise
    _made(place.parent)
    with _alone(fcntl.LOCK_SH):
        os.replace(part, place)
        _touch(place)
    for made in (place.parent, folder()):
        _synced(made)
    faults.reached("papers:file kept")


def opened(sha256: str) -> BinaryIO | None:
    """Return a content open at its beginning, or None when it is not there or its bytes are no longer those it had."""
    try:
        file = path_of(sha256).open("rb")
    except FileNotFoundError:
        return None
    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
        file.close()
        return None
    file.seek(0)
    return file


def sweep() -> int:
    """Take away what nothing refers to any more or never did; a job of the ticker. Returns how many files."""
    before = (clock.now() - ORPHAN_AFTER).timestamp()
    gone, contents, kept_by_drafts = 0, [], drafted()
    for path in _old(before):
        if path.suffix != ".part" and _SHA256.fullmatch(path.name):
            contents.append(path)
        else:
            path.unlink(missing_ok=True)
            gone += 1
    for at in range(0, len(contents), BATCH):
        batch = {path.name: path for path in contents[at : at + BATCH]}
        kept = set(
            Paper.objects.read_as("cases.papers")
            .filter(sha256__in=list(batch))
            .values_list("sha256", flat=True)
        )
        kept |= kept_by_drafts
        gone += sum(_taken_away(path, before) for name, path in batch.items() if name not in kept)
    return gone


def _coming(sha256: str, node: str) -> Path:
    """Return where a content from another node grows until it is whole: what one node has sent counts for no other."""
    return _made(folder() / "arriving") / f"{path_of(sha256).name}.{node}.part"


def drafted() -> set[str]:
    """Return the contents that drafts of applications keep."""
    rows = Draft.objects.filter(until__gt=clock.now()).values_list("files", flat=True)
    return {each for files in rows for each in files}


def take_away(sha256: str, before: datetime) -> bool:
    """Take a content away that nothing refers to, unless somebody has touched it since; tell whether it is gone."""
    path = path_of(sha256)
    return path.is_file() and _taken_away(path, before.timestamp())


def _taken_away(path: Path, before: float) -> bool:
    """Take a content away, unless somebody has touched it while it was looked up."""
    with _alone(fcntl.LOCK_EX):
        if _time_of(path) >= before:
            return False
        path.unlink()
        return True


def _old(before: float) -> Iterator[Path]:
    """Yield files of the store, and of uploads that were cut off, that nobody has touched since."""
    for place in (folder(), settings.FILE_UPLOAD_TEMP_DIR):
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and path.name != ".lock" and _time_of(path) < before:
                yield path


def _time_of(path: Path) -> float:
    """Return when a file was touched last; one that has gone meanwhile counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _written(path: Path, pieces: Iterable[bytes], most: int) -> tuple[str, int]:
    """Write the pieces durably; return their hash and length, or raise Unfit when they are too many or none."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        path.chmod(0o600)
        for piece in pieces:
            size += len(piece)
            if size > most:
                raise Unfit(_("The file is larger than %(n)s MB.") % {"n": f"{most / 2**20:.3g}"})
            digest.update(piece)
            file.write(piece)
        if not size:
            raise Unfit(_("The file is empty."))
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


@contextmanager
def _alone(how: int) -> Iterator[None]:
    """Hold the lock of the store: shared to touch a content, exclusive to take one away."""
    handle = os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _touch(path: Path) -> None:
    """Set the file's time to now, by the house's clock, which `sweep` reads."""
    at = clock.now().timestamp()
    os.utime(path, (at, at))


def _made(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _synced(path: Path) -> None:
    """Sync a folder, so that the names in it outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Takes files out of a zip, one at a time and within limits; what it holds besides can be told by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tongxin.petals.evidence.engine.kinds import KINDS, ending, is_hidden
from tongxin.petals.evidence.engine.limits import LIMITS, Limits, Unreadable, check_size
from tongxin.shared.phrases import phrase


@dataclass(frozen=True, slots=True)
class Part:
    """A file to be read: its name, of one in an archive behind `!`, and what gives its bytes (raises Unreadable)."""

    name: str
    data: Callable[[], bytes]


def parts(name: str, data: bytes, limits: Limits = LIMITS) -> Iterator[Part]:
    """Return the bulletins in an archive. Raises Unreadable for a bomb, for what is none, and where it has none."""
    found = list(members(name, data, is_part, limits))
    if not found:
        raise Unreadable(
            "zip_nothing",
            phrase("{name}: no bulletin in the archive.", name=name),
            phrase("Read are txt, md, html, mht, docx, PDF with text, and zip of them."),
        )
    for part in found:
        yield Part(f"{name}!{part.name}", part.data)


def members(name: str, data: bytes, wanted: Callable[[str], bool], limits: Limits = LIMITS) -> Iterator[Part]:
    """Return the files of an archive that are wanted. Raises Unreadable for a bomb, or for what is no archive."""
    check_size(name, len(data), limits.archive)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        listed = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(
            "zip_broken", phrase("{name}: the archive is broken.", name=name), phrase("Pack it again.")
        ) from error
    if len(listed) > limits.members:
        raise Unreadable(
            "zip_members",
            phrase("{name}: {n} files, more than {limit}.", name=name, n=len(listed), limit=limits.members),
            phrase("Split the archive."),
        )
    chosen = [i for i in listed if wanted(name_of(i))]
    total = sum(i.file_size for i in chosen)
    if total > limits.unpacked or any(
        i.file_size > limits.ratio * max(1024, i.compress_size) for i in chosen
    ):
        raise Unreadable(
            "zip_bomb",
            phrase(
                "{name}: unpacked it would be {size} MB, or a file in it grows more than {ratio} times.",
                name=name,
                size=f"{total / 1048576:.0f}",
                ratio=limits.ratio,
            ),
            phrase("Nothing was unpacked. Give the bulletins themselves."),
        )
    for info in chosen:
        yield Part(name_of(info), partial(_unpack, name, archive, info, limits))


def is_part(name: str) -> bool:
    """Whether a file in an archive is read: by its ending."""
    return ending(name) in KINDS and ending(name) != ".zip" and not is_hidden(name)


def names(path: Path) -> list[str]:
    """Return the names of the files in an archive on disk; none where it is broken: reading it says so."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name_of(i) for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return []


def name_of(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark for UTF-8 it is UTF-8 all the same, or GBK."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return info.filename


def _unpack(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    member = name_of(info)
    if info.flag_bits & 1:
        raise Unreadable(
            "zip_locked",
            phrase("{name}: {member} is locked with a password.", name=name, member=member),
            phrase("Pack it again without a password."),
        )
    try:
        with archive.open(info) as stream:
            data = stream.read(min(info.file_size, limits.file) + 1)
    except Exception as error:
        raise Unreadable(
            "zip_member",
            phrase("{name}: {member} cannot be unpacked.", name=name, member=member),
            phrase("Pack it again."),
        ) from error
    check_size(f"{name}: {member}", len(data), limits.file)
    return data

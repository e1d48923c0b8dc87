"""What is taken in: how large, how many, how long it may take, and what is said when a file is not."""

from __future__ import annotations

from dataclasses import dataclass

from tongxin.shared.phrases import phrase


class Unreadable(Exception):
    """A file that is not read: what it is, and what to do. `code` is stable, for machines."""

    def __init__(self, code: str, what: str, todo: str) -> None:
        super().__init__(f"{what} {todo}")
        self.code = code
        self.what = what
        self.todo = todo

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str, str, str]]:
        """Go to another process whole."""
        return Unreadable, (self.code, self.what, self.todo)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a file, bytes and members of an archive, how far a member may shrink, pages of a PDF, bytes that one
    stream of a PDF may grow to, seconds for one bulletin."""

    file: int = 32 * 1024 * 1024
    archive: int = 200 * 1024 * 1024
    unpacked: int = 200 * 1024 * 1024
    members: int = 5000
    ratio: int = 200
    pages: int = 2000
    stream: int = 100 * 1024 * 1024
    seconds: float = 120.0


LIMITS = Limits()


def check_size(name: str, size: int, limit: int) -> None:
    """Raise Unreadable where a file is larger than its limit."""
    if size > limit:
        raise Unreadable(
            "too_large",
            phrase(
                "{name}: {size} MB, more than the {limit} MB that are read at once.",
                name=name,
                size=f"{size / 1048576:.0f}",
                limit=f"{limit / 1048576:.0f}",
            ),
            phrase("Split it into bulletins, one file each."),
        )

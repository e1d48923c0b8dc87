"""What lies in folders: which files are passed over and why; names that tell bulletins of one name apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tongxin.petals.evidence.engine import archives, kinds
from tongxin.petals.evidence.engine.documents import INDEX, files, is_bulletin, stem
from tongxin.shared.phrases import phrase

LINES = 10  # files passed over that are named one by one; more are counted by ending


def skipped(paths: Iterable[Path], own: Iterable[Path] = ()) -> Iterator[str]:
    """Give a line for each file of folders and archives that is not read, with what to do; beyond ten counts.

    `own`: what the run itself writes. Files that a system keeps for itself and `index.csv` are not told.
    """
    ours = {p.absolute() for p in own}
    given = list(paths)
    found = [
        p
        for folder in given
        if folder.is_dir()
        for p in sorted(folder.rglob("*"))
        if not is_bulletin(p) and not p.is_dir() and p.name != INDEX and not kinds.is_hidden(p.name)
    ]
    found = [p for p in found if p.absolute() not in ours]
    broken = [p for p in found if p.is_symlink() and not p.exists()]
    for path in broken[:LINES]:
        yield phrase("{path}: the link leads nowhere. Mend it, or take it away.", path=path)
    if len(broken) > LINES:
        yield phrase("{n} more links lead nowhere.", n=len(broken) - LINES)
    others = [str(p) for p in found if p not in set(broken)] + list(_in_archives(given))
    if len(others) <= LINES:
        for name in others:
            yield phrase("{path}: not read. {todo}", path=name, todo=kinds.todo(kinds.ending(name)))
        return
    counts: dict[str, int] = defaultdict(int)
    for name in others:
        counts[kinds.ending(name)] += 1
    for ending, count in sorted(counts.items()):
        shown = ending or phrase("no ending")
        yield phrase("{ending}: {n} not read. {todo}", ending=shown, n=count, todo=kinds.todo(ending))


def _in_archives(given: list[Path]) -> Iterator[str]:
    """Give the names of files in archives that are not read."""
    for path in files(given):
        if path.suffix.lower() == ".zip":
            for name in archives.names(path):
                if (
                    not archives.is_part(name)
                    and not kinds.is_hidden(name)
                    and PurePosixPath(name).name != INDEX
                ):
                    yield f"{path}!{name}"


def apart(paths: Iterable[Path]) -> dict[str, str]:
    """Return for each bulletin whose stem another has too the shortest path that tells them apart: a/note, b/note.

    Keys are names as `documents.parts` gives them: paths, of archives with `!` and the name inside.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for path in dict.fromkeys(paths):
        for name in _parts(path):
            same[stem(name)].append(name)
    return {
        name: told
        for names in same.values()
        if len(names) > 1
        for name, told in zip(names, _tails(names), strict=True)
    }


def _parts(path: Path) -> list[str]:
    if path.suffix.lower() != ".zip":
        return [str(path)]
    return [f"{path}!{name}" for name in archives.names(path) if archives.is_part(name)]


def _tails(names: list[str]) -> list[str]:
    """Return the ends of paths, as short as they can be and all different; with the ending where it alone differs."""
    whole = [PurePosixPath(n.replace("\\", "/").replace("!", "/")).parts for n in names]
    bare = [(*parts[:-1], stem(name)) for parts, name in zip(whole, names, strict=True)]
    for paths in (bare, whole):
        for length in range(1, max(map(len, paths)) + 1):
            tails = ["/".join(p.strip("/") for p in parts[-length:]) for parts in paths]
            if len(set(tails)) == len(tails):
                return tails
    return names

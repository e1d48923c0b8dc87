"""What lies in folders: which files are passed over and why; names that tell bulletins of one name apart."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tongxin.petals.evidence.engine import containers
from tongxin.petals.evidence.engine.documents import INDEX, is_bulletin, stem
from tongxin.shared.phrases import phrase

LINES = 10  # files passed over that are named one by one; more are counted by ending
WORD = (".doc", ".wps", ".rtf", ".odt", ".ofd", ".dot", ".docm")
SHEETS = (".xls", ".xlsx", ".xlsm", ".et", ".ods", ".csv", ".tsv", ".ppt", ".pptx", ".dps")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".heic")
PACKED = (".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")
ENDINGS = (
    (WORD, phrase("Save it as docx.")),
    (SHEETS, phrase("Copy its text into a docx.")),
    (PICTURES, phrase("It is a picture: give its text.")),
    (PACKED, phrase("Unpack it, or pack it as zip.")),
    ((".mht", ".mhtml"), phrase("Save the page as html.")),
)
OTHER = phrase("Read are txt, md, html, docx, PDF with text, and zip of them.")


def skipped(paths: Iterable[Path], own: Iterable[Path] = ()) -> Iterator[str]:
    """Give a line for each file of the folders that is not read, with what to do; beyond ten a count by ending.

    `own`: what the run itself writes. Hidden files and `index.csv` are not told.
    """
    ours = {p.absolute() for p in own}
    found = [
        p
        for folder in paths
        if folder.is_dir()
        for p in sorted(folder.rglob("*"))
        if not is_bulletin(p) and not p.is_dir() and p.name != INDEX and not p.name.startswith(".")
    ]
    found = [p for p in found if p.absolute() not in ours]
    broken = [p for p in found if p.is_symlink() and not p.exists()]
    for path in broken[:LINES]:
        yield phrase("{path}: the link leads nowhere. Mend it, or take it away.", path=path)
    if len(broken) > LINES:
        yield phrase("{n} more links lead nowhere.", n=len(broken) - LINES)
    others = [p for p in found if p not in set(broken)]
    if len(others) <= LINES:
        for path in others:
            yield phrase("{path}: not read. {todo}", path=path, todo=_todo(path.suffix.lower()))
        return
    counts: dict[str, int] = defaultdict(int)
    for path in others:
        counts[path.suffix.lower()] += 1
    for ending, count in sorted(counts.items()):
        shown = ending or phrase("no ending")
        yield phrase("{ending}: {n} not read. {todo}", ending=shown, n=count, todo=_todo(ending))


def _todo(ending: str) -> str:
    return next((todo for endings, todo in ENDINGS if ending in endings), OTHER)


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
    try:
        with zipfile.ZipFile(path) as archive:
            listed = [containers.name_of(i) for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return []
    return [f"{path}!{name}" for name in listed if containers.is_part(name)]


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

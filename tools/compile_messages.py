"""Compiles every .po under src/ to the .mo that Django reads; msgfmt may be missing, Babel is not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def compile_catalogue(source: Path, target: Path) -> None:
    """Writes `target` in one step, so that a reader never meets half a file. Fuzzy entries are left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as lines:
        catalogue = read_po(lines, abort_invalid=True)
    unfinished = target.with_suffix(f".{os.getpid()}.part")
    with unfinished.open("wb") as compiled:
        write_mo(compiled, catalogue)
    unfinished.replace(target)


def main() -> int:
    stale = [
        (source, target)
        for source in sorted(ROOT.glob("src/**/locale/*/LC_MESSAGES/*.po"))
        if not (target := source.with_suffix(".mo")).exists()
        or target.stat().st_mtime < source.stat().st_mtime
    ]
    for source, target in stale:
        try:
            compile_catalogue(source, target)
        except Exception as problem:
            print(f"{source.relative_to(ROOT)}: {problem}", file=sys.stderr)
            return 1
    if stale:
        print(f"· compiled {len(stale)} message catalogues", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

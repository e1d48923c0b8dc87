"""Where the packs that the tests read lie, and the first of them as it is read."""

from functools import cache
from pathlib import Path

from tongxin.heart.region import pack

ROOT = Path(__file__).resolve().parents[5]
JINGJINJI = ROOT / "regions" / "jingjinji"
TWINVALE = ROOT / "tests" / "regions" / "twinvale"


@cache
def jingjinji() -> pack.Pack:
    """Read the pack of the product; once a process, nobody changes it."""
    return pack.read(JINGJINJI)

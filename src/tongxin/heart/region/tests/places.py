"""Where the packs that the tests read lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
JINGJINJI = ROOT / "regions" / "jingjinji"
TWINVALE = ROOT / "tests" / "regions" / "twinvale"

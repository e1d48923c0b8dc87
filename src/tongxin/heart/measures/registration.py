"""What measures tell the other rooms when Django starts."""

from __future__ import annotations

from tongxin.heart.agreements import keeping
from tongxin.heart.ledger import sights
from tongxin.heart.ledger.sights import Looker
from tongxin.heart.measures import frozen


def register_all() -> None:
    """Register everything once, when Django starts."""
    keeping.freezer(frozen.lines)
    sights.register("scores", may_see)


def may_see(looker: Looker, subject: str) -> bool:
    """Whether the looker may see what an entry about frozen scores says: counts of rows and hashes, so everyone may."""
    return True

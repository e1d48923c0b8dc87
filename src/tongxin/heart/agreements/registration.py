"""What agreements tell the other rooms when Django starts."""

from __future__ import annotations

from tongxin.heart.agreements import own_words, sights
from tongxin.heart.ledger import sights as ledger_sights


def register_all() -> None:
    """Register everything once, when Django starts."""
    own_words.register_all()
    ledger_sights.register("matter", sights.may_see)

"""What agreements tell the other rooms when Django starts."""

from __future__ import annotations

from tongxin.heart.agreements import bell_words, lines_matters, own_words, ring_words, sights, threads
from tongxin.heart.ledger import sights as ledger_sights


def register_all() -> None:
    """Register everything once, when Django starts."""
    own_words.register_all()
    ring_words.register_all()
    bell_words.register_all()
    lines_matters.register_all()
    ledger_sights.register("matter", sights.may_see)
    ledger_sights.register("node", lines_matters.may_see)
    ledger_sights.register("instrument", sights.may_see_instrument)
    for kind in ("period", "task"):
        threads.register(kind, threads.by_instrument)

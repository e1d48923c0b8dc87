"""What cases tell the other rooms when Django starts."""

from __future__ import annotations

from tongxin.heart.agreements import vocabulary
from tongxin.heart.cases import sights
from tongxin.heart.ledger import sights as ledger_sights


def register_all() -> None:
    """Register everything once, when Django starts."""
    ledger_sights.register("case", sights.may_see)
    vocabulary.register_procedures(sights.procedure_titles)

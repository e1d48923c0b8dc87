"""Outcomes of cases as scores tell them: by the month of the first decision on the region's wall."""

from __future__ import annotations

from tongxin.heart.agreements import keeping, periods
from tongxin.heart.cases import outcomes
from tongxin.heart.cases.outcomes import Outcomes, total
from tongxin.heart.measures.scores import Which

__all__ = ["Outcomes", "told", "total"]


def told(wanted: Which) -> list[Outcomes]:
    """Return the outcomes of the months that are asked for; of illustrative items in the demonstration only."""
    begins = periods.named(wanted.since, zone=wanted.wall).begins
    ends = periods.named(wanted.until, zone=wanted.wall).ends if wanted.until else None
    found = outcomes.outcomes(begins, ends, desk=wanted.desk, party=wanted.party)
    return [each for each in found if keeping.scores_shown(each.illustrative)]

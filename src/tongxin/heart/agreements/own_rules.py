"""The rule that the heart itself brings: a warning that went out without a clause is reviewed within a day (HEART §3).

It stands in the register like any instrument, so that its duties have a clause to point to; it binds nobody by events
and is pinned by no matter: its duties follow the act of warning.
"""

from __future__ import annotations

from tongxin.heart.agreements.actions.instruments import load_instrument
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Clause
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Jurisdiction

REVIEW = "own-warnings@1/review"
FILE = "own-warnings.yaml"
TEXT = """\
agreement: own-warnings
kind: decision
version: 1
field: delivery
title: {{zh: 无条款依据的警报及其复核, en: Warnings without a clause and their review}}
parties: [{parties}]
in_force: {{from: 2000-01-01}}
provenance: {{known_from: {{zh: 本平台自带规则, en: a rule of this platform}}, terms: illustrative}}
clauses:
  - id: review
    kind: deliver
    title: {{zh: 一日内复核, en: Reviewed within a day}}
    text:
      zh: 没有条款可依时，警报按法律或者紧急需要发出，标明依据；发出单位一方的协同办自送达起一日内复核。
      en: >-
        Where no clause allows it, a warning goes out by law or by necessity and is marked so; the coordination office
        of its sender reviews it within a day of delivery.
    what: {{zh: 对警报的复核意见, en: the review of a warning}}
    from: {{role: coordination_office, of: each_party}}
    to: {{role: coordination_office, of: other_parties}}
    due: {{milestone: warned, within: P1D}}
"""  # not ui


def review_clause() -> Clause:
    """Return the clause of the review; enter its rule in the register when it is not there yet."""
    found = Clause.objects.select_related("version__instrument").filter(id=REVIEW).first()
    if found is not None:
        return found
    top = Jurisdiction.objects.filter(parent__isnull=True).order_by("id").values_list("id", flat=True)
    load_instrument(
        read_text(TEXT.format(parties=", ".join(top)), FILE, known_words()), by=SYSTEM, binds=False
    )
    return Clause.objects.select_related("version__instrument").get(id=REVIEW)

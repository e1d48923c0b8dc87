"""In which cases a desk has a part, with all that lists of cases are narrowed and ordered by."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.heart.cases.models.cases import Case
from tongxin.shared.guarded import Guarded

OPEN_STATES = (Case.State.FILED, Case.State.ACCEPTED, Case.State.IN_HAND, Case.State.SUSPENDED)


def _copied(to: str) -> Any:
    """Return a column that repeats one of the case: nothing hangs on it, and no index is its own."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )


class CasePart(models.Model):
    """One desk's part in one case: it accepted it, was offered it, or reviews it.

    Nobody writes these rows: the database keeps them beside `Case` and `Offer` by triggers (`kept_parts`), so that
    no way to write a case can forget them. They say where to look; what a desk sees there the judge says (`sights`).
    """

    desk = models.ForeignKey(
        "region.Desk",
        on_delete=models.DO_NOTHING,
        db_index=False,
        db_constraint=False,
        related_name="case_parts",
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, db_index=False, related_name="parts")
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # the promise
    state = models.CharField(max_length=14)
    open = models.BooleanField()  # one of OPEN_STATES
    holder = _copied("region.Desk")
    frozen = models.BooleanField()
    procedure = _copied("cases.Procedure")
    accepting_desk = _copied("region.Desk")
    competent_desk = _copied("region.Desk")

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "desk"], name="one_part_a_case_and_desk")]
        indexes = [  # each holds what a list narrows by, so that the rows themselves are not read
            models.Index(
                fields=[
                    "desk", "-filed_at", "-case", "state", "procedure", "accepting_desk", "competent_desk",
                ],
                name="case_parts_by_time",
            ),
            models.Index(
                fields=["desk", "due_at", "case", "state", "procedure", "accepting_desk", "competent_desk"],
                name="case_parts_by_due",
            ),
            models.Index(fields=["desk", "case", "state"], name="case_parts_by_number"),
            models.Index(fields=["desk", "state", "case"], name="case_parts_by_state"),
            models.Index(fields=["desk", "holder", "case", "state"], name="case_parts_by_holder"),
            models.Index(
                fields=["desk", "procedure", "accepting_desk", "competent_desk"], name="case_parts_kinds"
            ),
            models.Index(
                fields=["desk", "-filed_at", "-case", "frozen", "holder", "due_at", "state"],
                condition=Q(open=True),
                name="case_parts_open",
            ),
            models.Index(
                fields=["desk", "due_at", "case", "frozen", "holder", "filed_at", "state"],
                condition=Q(open=True),
                name="case_parts_open_due",
            ),
        ]  # fmt: skip

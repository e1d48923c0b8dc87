"""A handle clause may ask the holder to report progress: each report opens the next, a decision ends them."""

from __future__ import annotations

import pytest

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases.tests.conftest import APPLICATION

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_holder_reports_progress_until_the_case_is_decided(house, at, taken):
    from tongxin.heart.cases import actions

    number, epoch = taken
    first = Duty.objects.get(thread=f"case:{number}", subject="progress:1")
    assert (first.bound_desk_id, first.state) == ("bj-tongzhou/service_centre", "open")
    clerk = at("bj-tongzhou", "window_clerk")
    done = agreements.perform(by=clerk, key="p1", duty=first.pk, carried={"remark": "示例：现场核查已安排"})
    first.refresh_from_db()
    assert first.state == "met"
    [following] = done["opened"]
    assert Duty.objects.get(pk=following).subject == "progress:2"
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d", number=number, epoch=epoch, outcome="granted", reason=""
    )
    assert Duty.objects.get(pk=following).state == "void"


@pytest.fixture
def taken(house, at):
    """A case that Tongzhou has taken over, under a clause that asks for a report every two days."""
    from tongxin.heart.cases import actions

    row = Clause.objects.get(pk="tongwulang-one-window@1/accept-here-decide-there")
    row.body = row.body | {"progress": {"within": "P2D", "clock": "days"}}
    row.save(update_fields=["body"])
    type(row.version).objects.filter(pk=row.version_id).update(canonical_hash="p" * 64)
    clerk = at("tj-wuqing", "window_clerk")
    filed = actions.file_case(by=clerk, key="f", **APPLICATION)
    number = filed["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    done = actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    return number, done["epoch"]

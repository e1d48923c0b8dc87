"""A result issued on one side is presented on another: who must accept it, by when, and who is told nothing."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.petals.services import actions
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)
APPROVER = ("tongzhou-approver", "bj-tongzhou-authority/approver")


def present(house, who=APPROVER, key="p", **more):
    given = {"kind": "lab_test", "what": "ALT", "issued_by": "he-langfang", "reference": "LF-1"} | more
    return actions.present_result(by=house.acting(*who), key=key, **given)


def test_the_side_where_it_is_presented_must_accept_it_within_a_working_day(house):
    done = present(house)
    (duty,) = Duty.objects.filter(pk__in=done["duties"])
    assert duty.clause_id == "lab-results-recognised@1/accept-lab-tests"
    assert (duty.bound_desk_id, duty.owed_desk_id) == ("bj/competent_authority", "he/competent_authority")
    assert clock.beijing(duty.due_at).date() == clock.beijing(clock.now()).date() + timedelta(days=1)
    assert duty.illustrative


def test_it_is_refused_for_a_listed_reason_only(house):
    (pk,) = present(house)["duties"]
    by = house.acting("beijing-coordinator", desk="bj/coordination_office")
    at_desk = type(by)(by.post, "bj/competent_authority", "bj", by.capabilities)
    with pytest.raises(Invalid) as refused:
        agreements.perform(by=at_desk, key="a", duty=pk, carried={"outcome": "refused", "reason": "dislike"})
    assert "reason" in refused.value.fields
    done = agreements.perform(
        by=at_desk, key="b", duty=pk, carried={"outcome": "refused", "reason": "quality_doubtful"}
    )
    assert done["state"] == "met"


@pytest.mark.parametrize(
    ("more", "duties"),
    [({"issued_by": "bj-chaoyang"}, 0), ({"kind": "imaging"}, 0), ({"kind": "service_result"}, 1)],
)
def test_other_results_call_up_other_clauses_or_none(house, more, duties):
    assert len(present(house, **more)["duties"]) == duties


def test_what_is_not_known_is_refused_before_anything_is_kept(house):
    size = house.size()
    with pytest.raises(Invalid) as refused:
        present(house, issued_by="atlantis")
    assert "issued_by" in refused.value.fields
    with pytest.raises(Invalid):
        present(house, kind="horoscope")
    with pytest.raises(NotAllowed):
        present(house, who=("auditor",))
    assert house.size() == size


def test_the_same_on_the_command_line(house):
    from tongxin.site.cli import Session, root

    token = house.token(*APPROVER)
    words = ["--kind", "lab_test", "--what", "ALT", "--issued-by", "he-langfang", "--reference", "LF-2"]
    done = CliRunner().invoke(
        root, ["--token", token, "results", "present", *words], obj=Session(token=token)
    )
    assert done.output == "M-2026-000001: 1 duties\n"

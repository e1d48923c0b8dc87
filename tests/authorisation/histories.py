"""Cases with every history that decides who may see or do what, for the tables `sights.csv` and `acts.csv`.

All are taken in at Wuqing's window for Tongzhou to decide. What their applicants gave is one mark for each grade of
fields, so that a page is asked for the marks and not for words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.support.world import House

WUQING, TONGZHOU, LANGFANG = (
    f"{place}/service_centre" for place in ("tj-wuqing", "bj-tongzhou", "he-langfang")
)
PAPERS = ["application_form", "business_licence", "floor_plan", "safety_rules"]
# Who stands in which column of the tables: login and post.
WHO = {
    "wuqing": ("wuqing-clerk", "tj-wuqing-services/window_clerk"),
    "wuqing_approver": ("wuqing-approver", "tj-wuqing-services/approver"),
    "wuqing_reader": ("reader-tj-wuqing-services", "tj-wuqing-services/reader"),
    "tongzhou": ("tongzhou-clerk", "bj-tongzhou-services/window_clerk"),
    "tongzhou_approver": ("tongzhou-approver", "bj-tongzhou-services/approver"),
    "langfang": ("langfang-clerk", "he-langfang-services/window_clerk"),
    "langfang_approver": ("langfang-approver", "he-langfang-services/approver"),
    "baodi": ("baodi-clerk", "tj-baodi-services/window_clerk"),
    "wuqing_office": ("wuqing-coordinator", "tj-wuqing-coordination/coordinator"),
    "tongzhou_office": ("tongzhou-coordinator", "bj-tongzhou-coordination/coordinator"),
    "wuqing_ecology": ("wuqing-duty", "tj-wuqing-ecology/duty_officer"),
    "auditor": ("auditor", ""),
}
FIELDS = {  # by grade: the field that is looked for, and the beginning of its mark
    "open": ("business_kind", "KAIFA"),
    "internal": ("staff_count", "90618"),
    "personal": ("premises", "GEREN"),
    "sensitive": ("representative_id", "9900002000010199"),
}


@dataclass
class Histories:
    """The cases by the name of their history, with their offers, papers and disputes."""

    house: House
    cases: dict[str, str] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    disputes: dict[str, int] = field(default_factory=dict)
    _n: int = 0

    def acting(self, who: str) -> Any:
        """Who stands in a column, acting."""
        return self.house.acting(*WHO[who])

    def key(self) -> str:
        """A key of its own for each act."""
        self._n += 1
        return f"history-{self._n}"

    def mark(self, name: str, grade: str) -> str:
        """What the applicant gave for a field of a grade; short enough for every field, and one's own."""
        return f"{FIELDS[grade][1]}{list(self.cases).index(name):02d}"


def build(house: House) -> Histories:
    """Act all of them out."""
    made = Histories(house)
    for name, act in STORIES.items():
        act(made, name)
    return made


def _filed(made: Histories, name: str) -> str:
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.tests import corpus

    made.cases[name] = ""
    given = {"applicant_name": "示例店", "credit_code": "91120000MA0TEST001"}
    given |= {FIELDS[grade][0]: made.mark(name, grade) for grade in FIELDS}
    clerk = made.acting("wuqing")
    number: str = actions.file_case(
        by=clerk, key=made.key(), procedure="food-business-licence", decide_at="bj-tongzhou",
        applicant=given, papers=PAPERS,
    )["case"]  # fmt: skip
    made.cases[name] = number
    made.papers[name] = actions.add_paper(
        by=clerk, key=made.key(), number=number, kind="floor_plan", name=f"{name}.pdf",
        pieces=[corpus.pdf(name.encode())],
    )["paper"]  # fmt: skip
    return number


def _accepted(made: Histories, name: str) -> str:
    from tongxin.heart.cases import actions

    number = _filed(made, name)
    actions.accept_case(by=made.acting("wuqing"), key=made.key(), number=number)
    return number


def _offered(
    made: Histories, name: str, *, offerer: str = "wuqing", to: str = TONGZHOU, epoch: int = 0
) -> str:
    from tongxin.heart.cases import actions

    number = made.cases.get(name) or _accepted(made, name)
    done = actions.offer(by=made.acting(offerer), key=made.key(), number=number, to_desk=to, epoch=epoch)
    made.offers[name] = done["offer"]
    return number


def _taken(made: Histories, name: str, *, by: str = "tongzhou", **offer: Any) -> str:
    from tongxin.heart.cases import actions

    number = _offered(made, name, **offer)
    actions.take_over(by=made.acting(by), key=made.key(), offer_id=made.offers[name])
    return number


def _returned(made: Histories, name: str, *, by: str = "tongzhou", **offer: Any) -> str:
    from tongxin.heart.cases import actions

    number = _offered(made, name, **offer)
    actions.return_over(
        by=made.acting(by), key=made.key(), offer_id=made.offers[name], reason="not_competent"
    )
    return number


def _recalled(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    _offered(made, name)
    actions.recall(by=made.acting("wuqing"), key=made.key(), offer_id=made.offers[name])


def _passed_on(made: Histories, name: str) -> None:
    _taken(made, name, by="langfang", to=LANGFANG)
    _taken(made, name, offerer="langfang", epoch=1)


def _returned_elsewhere(made: Histories, name: str) -> None:
    _returned(made, name, by="langfang", to=LANGFANG)
    _taken(made, name)


def _suspended(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    number = _taken(made, name)
    actions.suspend(by=made.acting("tongzhou"), key=made.key(), number=number, epoch=1, ground="inspection")


def _refused(made: Histories, name: str) -> str:
    from tongxin.heart.cases import actions

    number = _taken(made, name)
    actions.decide(
        by=made.acting("tongzhou_approver"), key=made.key(), number=number, epoch=1, outcome="refused", reason="LIYOU"
    )  # fmt: skip
    return number


def _closed(made: Histories, name: str) -> str:
    from tongxin.heart.cases import actions

    number = _refused(made, name)
    actions.close(by=made.acting("wuqing"), key=made.key(), number=number)
    return number


def _long_closed(made: Histories, name: str) -> None:
    from tongxin.heart.cases.models import Case

    number = _closed(made, name)
    Case.objects.filter(number=number).update(ended_at=made.house.clock.at - timedelta(days=31))


def _not_accepted(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    actions.not_accept(
        by=made.acting("wuqing"), key=made.key(), number=_filed(made, name), ground="not_competent", remark="LIYOU"
    )  # fmt: skip


def _withdrawn(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    number = _taken(made, name)
    actions.withdraw(by=made.acting("wuqing"), key=made.key(), number=number, reason="示例")


def _void(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    actions.void(by=made.acting("wuqing"), key=made.key(), number=_filed(made, name), reason="示例")


def _consent_over(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    number, clerk = _taken(made, name), made.acting("wuqing")
    given = actions.give_consent(
        by=clerk, key=made.key(), number=number, who="applicant", fields=["premises", "representative_id"]
    )
    actions.withdraw_consent(by=clerk, key=made.key(), consent=given["consent"])


def _reviewed(made: Histories, name: str) -> None:
    from tongxin.heart.cases import actions

    number = _refused(made, name)
    done = actions.review(by=made.acting("wuqing"), key=made.key(), number=number, reason="示例")
    made.cases["the_review"] = done["case"]


def _disputed(made: Histories, name: str) -> None:
    from tongxin.heart.cases.models import Dispute

    for _n in range(4):
        number = _returned(made, name)
    made.disputes[name] = Dispute.objects.get(case=number).pk


def _erased(made: Histories, name: str) -> None:
    from tongxin.heart.cases import erasing
    from tongxin.heart.cases.models import Case

    number = _closed(made, name)
    now = made.house.clock.at
    Case.objects.filter(number=number).update(ended_at=now - timedelta(days=31), keep_until=now)
    erasing.erase_due(now)


STORIES: dict[str, Callable[[Histories, str], object]] = {
    "filed": _filed,
    "accepted": _accepted,
    "offered": _offered,
    "returned": _returned,
    "recalled": _recalled,
    "in_hand": _taken,
    "passed_on": _passed_on,
    "returned_elsewhere": _returned_elsewhere,
    "suspended": _suspended,
    "refused": _refused,
    "closed": _closed,
    "long_closed": _long_closed,
    "not_accepted": _not_accepted,
    "withdrawn": _withdrawn,
    "void": _void,
    "consent_over": _consent_over,
    "reviewed": _reviewed,
    "disputed": _disputed,
    "erased": _erased,
}

"""Who sees which grade of what, and who may do what, in every history of a case: `sights.csv` and `acts.csv`, by hand.

A cell of `sights.csv` names what its column may see: c the case and its story, o i p s what the applicant gave by its
grade (open, internal, personal, sensitive), f the files, r the ledger's record of the filing; `-` means that there is
no such case. It is asked on every way there is. A cell of `acts.csv` names who may do it, by the signs in `SIGNS`.
One scene for all; how many cells there are is printed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.authorisation.histories import FIELDS, LANGFANG, TONGZHOU, WHO, Histories, build
from tests.authorisation.scene import _reader, table
from tests.support import snapshots
from tests.support.world import BEGINS, House, MovedClock
from tongxin.shared.errors import NotFound, Refused

pytestmark = pytest.mark.once(
    "who may do what is asked of seats and clauses; operations.csv is tried on both"
)
SIGHTS, ACTS = table("sights.csv"), table("acts.csv")
READERS = [name for name in SIGHTS[0] if name != "history"]
NAMES = [name for name in ACTS[0] if name != "history"]
SIGNS = {
    "w": "wuqing", "W": "wuqing_approver", "r": "wuqing_reader", "t": "tongzhou", "T": "tongzhou_approver",
    "l": "langfang", "b": "baodi", "o": "wuqing_office", "O": "tongzhou_office",
}  # fmt: skip
GRADES = dict(zip("oips", FIELDS, strict=True))


@pytest.fixture(scope="module")
def made(loaded: tuple[Any, Any], django_db_blocker: Any) -> Iterator[Histories]:
    from tongxin.shared import clock

    empty, full = loaded
    patch = pytest.MonkeyPatch()
    moved = MovedClock(clock._held, BEGINS)
    patch.setattr(clock, "_held", moved)
    with django_db_blocker.unblock():
        snapshots.restore(full)
        _reader("tj-wuqing-services")
        yield build(House(moved))
        snapshots.later(empty)
    patch.undo()


# --- what is seen, on each way ------------------------------------------------------------------------------------------


class Way:
    """One way to a case for one reader: returns what it shows, as the letters of a cell."""

    letters = "coips"

    def __init__(self, made: Histories, who: str) -> None:
        self.made, self.who = made, who

    def shows(self, history: str) -> str:
        raise NotImplementedError

    def marks(self, history: str, text: str) -> str:
        origin = "reviewed" if history == "the_review" else history
        return "".join(sign for sign, grade in GRADES.items() if self.made.mark(origin, grade) in text)


class Page(Way):
    """The case's page."""

    def __init__(self, made: Histories, who: str) -> None:
        super().__init__(made, who)
        self.client = made.house.client(*WHO[who])

    def shows(self, history: str) -> str:
        answer = self.client.get(f"/cases/{self.made.cases[history]}/")
        assert answer.status_code in {200, 404}
        return "" if answer.status_code == 404 else "c" + self.marks(history, answer.content.decode())


class Api(Way):
    """The API, with a token of the post."""

    def __init__(self, made: Histories, who: str) -> None:
        from django.test import Client

        super().__init__(made, who)
        self.client = Client(headers={"Authorization": f"Bearer {made.house.token(*WHO[who])}"})

    def shows(self, history: str) -> str:
        answer = self.client.get(f"/api/v1/cases/{self.made.cases[history]}")
        assert answer.status_code in {200, 404}
        return "" if answer.status_code == 404 else "c" + self.marks(history, answer.content.decode())


class Files(Way):
    """A paper handed out, and the list of papers."""

    letters = "f"

    def __init__(self, made: Histories, who: str) -> None:
        super().__init__(made, who)
        self.client = made.house.client(*WHO[who])

    def shows(self, history: str) -> str:
        paper = self.made.papers.get(history)
        if paper is None:
            return ""
        answer = self.client.get(f"/cases/{self.made.cases[history]}/papers/{paper}/")
        assert answer.status_code in {200, 403, 404}
        return "f" if answer.status_code == 200 else ""


class Record(Api):
    """The ledger's payload of the filing, over the API."""

    letters = "r"

    def __init__(self, made: Histories, who: str) -> None:
        from tongxin.heart.ledger.models import Entry

        super().__init__(made, who)
        self.entries = dict(Entry.objects.filter(act="cases.case.filed").values_list("subject", "pk"))

    def shows(self, history: str) -> str:
        entry = self.entries.get(f"case:{self.made.cases[history]}")
        if entry is None:
            return ""
        answer = self.client.get(f"/api/v1/ledger/entries/{entry}/payload")
        assert answer.status_code in {200, 403, 404}
        return "r" if answer.status_code == 200 else ""


class CaseFilePages(Way):
    """The case file that is handed out as a PDF."""

    def shows(self, history: str) -> str:
        from tongxin.heart.cases import casefile

        try:
            found = casefile.of(self.made.acting(self.who), self.made.cases[history])
        except NotFound:
            return ""
        return "c" + self.marks(history, json.dumps([s.rows for s in found.sections], ensure_ascii=False))


class Searched(Way):
    """The search for what the applicant gave, and the list of cases. Nobody searches sensitive fields."""

    letters = "coip"

    def __init__(self, made: Histories, who: str) -> None:
        from tongxin.heart.cases import queries

        super().__init__(made, who)
        from tongxin.heart.cases import registration

        acting = made.acting(who)
        listed = {row.number for row in queries.in_order(acting, queries.listed(acting))}
        self.found = {"c": listed}
        for sign, grade in GRADES.items():
            hits = registration.found(acting, FIELDS[grade][1], 100)
            self.found[sign] = {hit.title for hit in hits}

    def shows(self, history: str) -> str:
        number = self.made.cases[history]
        return "".join(sign for sign in self.letters if number in self.found[sign])


class Asked(Way):
    """The judge, as `tongxin may` asks it."""

    letters = "coipsf"

    def shows(self, history: str) -> str:
        from tongxin.heart.agreements import judge

        desk = self.made.acting(self.who).desk
        subject = judge.known(f"case:{self.made.cases[history]}")
        assert subject is not None
        names = [FIELDS[grade][0] for grade in FIELDS]
        answers = judge.seen(desk, subject, [*names, "papers"])
        seen = "".join(s for s, n in zip("oips", names, strict=True) if answers[n].yes)
        return ("c" if judge.may(desk, "see", subject).yes else "") + seen + "f" * answers["papers"].yes


WAYS: dict[str, Callable[[Histories, str], Way]] = {
    "page": Page, "api": Api, "files": Files, "record": Record, "case file": CaseFilePages, "search": Searched, "judge": Asked,
}  # fmt: skip
POST_MATTERS = {"page", "judge"}  # what else is read asks for the desk alone: one post of it is enough
# What is no more, or never was, is not shown to whoever may see it; the judge alone speaks of rights.
NOT_THERE = {("judge", "erased"), ("judge", "the_review")}


@pytest.mark.parametrize("name", WAYS)
def test_each_way_shows_what_the_table_says(made: Histories, name: str, capsys: Any) -> None:
    wrong, cells = [], 0
    for who in READERS if name in POST_MATTERS else [who for who in READERS if who != "wuqing_reader"]:
        way = WAYS[name](made, who)
        for row in SIGHTS:
            if (name, row["history"]) in NOT_THERE:
                continue
            wanted = "".join(sign for sign in row[who].strip("-") if sign in way.letters)
            got = way.shows(row["history"])
            cells += len(way.letters)
            if got != wanted:
                wrong.append(f"{row['history']} for {who}: {wanted or '-'} wanted, {got or '-'} shown")
    with capsys.disabled():
        print(f"\n  {name}: {cells} cells", end="")
    assert not wrong, "\n".join(wrong)


# --- what may be done ---------------------------------------------------------------------------------------------------


def _try(made: Histories, history: str, name: str, by: Any) -> None:
    """Do the act, as far as the case's state allows anybody to; raises Refused."""
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import Case
    from tongxin.heart.cases.tests import corpus

    number = made.cases[history]
    epoch = Case.objects.values_list("epoch", flat=True).get(pk=number)
    key, word, offer = made.key(), "示例", made.offers.get(history, "00000000-0000-4000-8000-000000000000")
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: actions.accept_case(by=by, key=key, number=number),
        "not_accept": lambda: actions.not_accept(by=by, key=key, number=number, ground="not_competent"),
        "void": lambda: actions.void(by=by, key=key, number=number, reason=word),
        "withdraw": lambda: actions.withdraw(by=by, key=key, number=number, reason=word),
        "offer": lambda: actions.offer(
            by=by, key=key, number=number, epoch=epoch, to_desk=LANGFANG if by.desk == TONGZHOU else TONGZHOU
        ),
        "recall": lambda: actions.recall(by=by, key=key, offer_id=offer),
        "take_over": lambda: actions.take_over(by=by, key=key, offer_id=offer),
        "return": lambda: actions.return_over(by=by, key=key, offer_id=offer, reason="not_competent"),
        "suspend": lambda: actions.suspend(by=by, key=key, number=number, epoch=epoch, ground="inspection"),
        "resume": lambda: actions.resume(by=by, key=key, number=number, epoch=epoch, ended=True),
        "decide": lambda: actions.decide(
            by=by, key=key, number=number, epoch=epoch, outcome="granted", reason=""
        ),
        "supersede": lambda: actions.supersede(
            by=by, key=key, number=number, epoch=epoch, outcome="granted", reason=word
        ),
        "close": lambda: actions.close(by=by, key=key, number=number),
        "review": lambda: actions.review(by=by, key=key, number=number, reason=word),
        "conclude": lambda: actions.conclude(
            by=by, key=key, number=number, epoch=epoch, outcome="upheld", reason=word
        ),
        "paper": lambda: actions.add_paper(
            by=by, key=key, number=number, kind="floor_plan", name="b.pdf", pieces=[corpus.pdf(b"more")]
        ),
        "open_paper": lambda: actions.hand_out(
            by=by, key=key, number=number, paper=made.papers.get(history, offer)
        )[1].close(),
        "consent": lambda: actions.give_consent(
            by=by, key=key, number=number, who="applicant", fields=["premises"]
        ),
        "name": lambda: actions.name_holder(
            by=by, key=key, dispute=made.disputes.get(history, 0), holder=TONGZHOU, reason=word
        ),
    }
    acts[name]()


@pytest.mark.parametrize("half", [0, 1])
def test_each_act_is_for_whom_the_table_says(made: Histories, cell: Any, half: int, capsys: Any) -> None:
    wrong, cells = [], 0
    who = {sign: made.acting(name) for sign, name in SIGNS.items()}
    for row in ACTS[half::2]:
        for name in NAMES:
            for sign, acting in who.items():
                with cell():
                    try:
                        _try(made, row["history"], name, acting)
                        done = True
                    except Refused:
                        done = False
                cells += 1
                if done != (sign in row[name]):
                    said = "was done" if done else "was refused"
                    wrong.append(f"{name} {row['history']} by {SIGNS[sign]} {said}")
    with capsys.disabled():
        print(f"\n  acts: {cells} cells", end="")
    assert not wrong, "\n".join(wrong)


def test_a_page_offers_what_its_reader_may_do_and_nothing_else(made: Histories) -> None:
    from dataclasses import fields

    from tongxin.heart.cases import queries

    wrong = []
    offered = {each.name for each in fields(queries.Possible)} & set(NAMES)
    assert len(offered) == 14
    for row in ACTS:
        for sign, name in SIGNS.items():
            acting = made.acting(name)
            wanted = {act for act in offered if sign in row[act]}
            try:
                case = queries.case(acting, made.cases[row["history"]])
                got = set(queries.possible(acting, case).names)
            except NotFound:
                got = set()
            if got != wanted:
                wrong.append(f"{row['history']} for {name}: {sorted(wanted)} wanted, {sorted(got)} offered")
    assert not wrong, "\n".join(wrong)


def test_the_tables_say_it_of_every_history_and_of_enough_cells() -> None:
    from tests.authorisation.histories import STORIES

    for rows in (SIGHTS, ACTS):
        assert {row["history"] for row in rows} == {*STORIES, "the_review"}
    by_hand = len(SIGHTS) * len(READERS) * len("coipsfr") + len(ACTS) * len(NAMES) * len(SIGNS)
    assert by_hand >= 1500

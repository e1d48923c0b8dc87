"""Stories of papers: given as files at filing and later, replaced, reused with consent, opened by whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tongxin.heart.cases import actions, papers, papers_store
from tongxin.heart.cases.models import Case, Paper
from tongxin.heart.cases.procedures import PaperKind
from tongxin.heart.cases.tests import corpus
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared import faults
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_english")]

PLAN = PaperKind.model_validate({"id": "floor_plan", "name": {"zh": "平面图", "en": "Floor plan"}})


@pytest.fixture
def number(clerk) -> str:
    done = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=done)
    return done


def add(by, number, key="p", content=None, **more):
    given = {"kind": "floor_plan", "name": "平面图.pdf"} | more
    return actions.add_paper(by=by, key=key, number=number, pieces=[content or corpus.pdf()], **given)[
        "paper"
    ]


def offer(clerk, number, key="o"):
    return actions.offer(by=clerk, key=key, number=number, to_desk="bj-tongzhou/service_centre", epoch=0)[
        "offer"
    ]


def read(by, number, paper, key="r") -> bytes:
    _file, content = actions.hand_out(by=by, key=key, number=number, paper=paper)
    with content:
        return content.read()


def acts(number):
    return list(
        Entry.objects.filter(subject__startswith=f"case:{number}/paper")
        .order_by("index")
        .values_list("act", flat=True)
    )


def test_a_paper_given_as_a_file_need_not_be_ticked(clerk):
    arrived = actions.take_in(PLAN, "../图纸.PDF", [corpus.pdf()])
    seen = ["application_form", "business_licence", "safety_rules"]
    number = actions.file_case(by=clerk, key="f", **(APPLICATION | {"papers": seen}), files=[arrived])["case"]
    case, files = papers.of_case(clerk, number)
    assert case.papers == ["application_form", "business_licence", "floor_plan", "safety_rules"]
    (file,) = files
    assert (file.title, file.type, file.given_by, file.post) == ("图纸", "pdf", "applicant", clerk.post)
    assert papers.file_name(file) == "图纸.pdf"
    assert read(clerk, number, file.id) == corpus.pdf()


def test_a_paper_is_added_replaced_and_the_old_one_stays_listed(clerk, number, hand):
    first = add(clerk, number)
    hand.move_by(timedelta(minutes=1))
    second = add(clerk, number, "p2", corpus.png(), name="scan.exe", replaces=first)
    _case, files = papers.of_case(clerk, number)
    assert [(str(f.id), str(f.replaced_by_id)) for f in files] == [(second, "None"), (first, second)]
    assert papers.file_name(papers.one(clerk, number, second)) == "scan.png"
    assert acts(number) == ["cases.paper.added", "cases.paper.replaced"]
    with pytest.raises(Conflict) as refused:
        add(clerk, number, "p3", corpus.jpeg(), replaces=first)
    assert refused.value.code == "replaced_already"


def test_the_same_command_twice_is_one_paper_and_the_same_file_twice_is_refused(clerk, number):
    assert add(clerk, number) == add(clerk, number)
    with pytest.raises(Conflict) as refused:
        add(clerk, number, "other-key")
    assert refused.value.code == "same_paper"
    add(clerk, number, "as-another-kind", kind="proxy")
    assert Paper.objects.count() == 2
    assert len(set(Paper.objects.values_list("sha256", flat=True))) == 1


def test_what_is_not_taken_is_told_at_its_field_and_enters_nothing(clerk, number):
    size = Entry.objects.count()
    for content, more, field, why in (
        (b"<html>", {}, "file", "Web pages, drawings in SVG"),
        (b"", {}, "file", "The file is empty."),
        (corpus.bomb(), {}, "file", "The archive is a bomb"),
        (corpus.pdf(), {"kind": "birth_certificate"}, "kind", "Choose one of the papers"),
        (corpus.pdf(), {"given_by": "nobody"}, "given_by", "Choose who gave it."),
    ):
        with pytest.raises(Invalid) as refused:
            actions.add_paper(
                by=clerk,
                key="p",
                number=number,
                name="a.pdf",
                pieces=[content],
                **({"kind": "floor_plan"} | more),
            )
        assert str(refused.value.fields[field][0]).startswith(why)
    assert (Entry.objects.count(), Paper.objects.count()) == (size, 0)


def test_a_procedure_may_take_less(clerk, number):
    case = Case.objects.get(number=number)
    body = case.procedure.body
    body["papers"][2] |= {"types": ["pdf"], "max_mb": 1}
    case.procedure.save()
    with pytest.raises(Invalid) as refused:
        add(clerk, number, content=corpus.png())
    assert str(refused.value.fields["file"][0]) == "This is a PNG file; taken here: PDF."
    with pytest.raises(Invalid) as refused:
        add(clerk, number, content=corpus.pdf(b"%" * 2**20))
    assert str(refused.value.fields["file"][0]) == "The file is larger than 1 MB."


def test_who_may_add_a_paper(clerk, taker, number, at):
    with pytest.raises(NotFound):
        add(taker, number)
    made = offer(clerk, number)
    for by in (clerk, taker):
        with pytest.raises((Conflict, NotAllowed)):
            add(by, number)
    actions.take_over(by=taker, key="t", offer_id=made)
    add(taker, number, content=corpus.png(), given_by="desk")
    add(clerk, number, "later")  # the applicant's contact takes in what is brought to it
    ring = Notification.objects.get(kind="paper_added")
    assert ring.desk_id == "bj-tongzhou/service_centre"
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d", number=number, epoch=1, outcome="granted", reason=""
    )
    with pytest.raises(Conflict) as refused:
        add(taker, number, "after", corpus.jpeg())
    assert refused.value.code == "wrong_state"


def test_who_may_open_a_paper_and_whose_opening_is_an_entry(clerk, taker, number, at):
    paper = add(clerk, number)
    baodi = at("tj-baodi", "window_clerk")
    for stranger in (taker, baodi):
        with pytest.raises(NotFound):
            read(stranger, number, paper)
    made = offer(clerk, number)
    read(clerk, number, paper)
    assert acts(number) == ["cases.paper.added"]
    assert read(taker, number, paper, "asked to take over") == corpus.pdf()
    assert acts(number)[1:] == ["cases.paper.opened"]
    actions.return_over(by=taker, key="back", offer_id=made, reason="not_competent")
    with pytest.raises(NotAllowed) as refused:
        read(taker, number, paper, "after")
    assert refused.value.code == "papers_not_shared"
    assert acts(number)[1:] == ["cases.paper.opened"]


def test_a_former_holder_sees_the_papers_and_leaves_an_entry(clerk, taker, number):
    paper = add(clerk, number)
    actions.take_over(by=taker, key="t", offer_id=offer(clerk, number))
    read(taker, number, paper)
    assert acts(number) == ["cases.paper.added"]
    back = actions.offer(by=taker, key="back", number=number, to_desk="tj-wuqing/service_centre", epoch=1)[
        "offer"
    ]
    actions.take_over(by=clerk, key="again", offer_id=back)
    read(taker, number, paper, "as former holder")
    assert acts(number) == ["cases.paper.added", "cases.paper.opened"]


def test_a_paper_of_an_earlier_case_is_used_again_with_consent_only(clerk, number, hand):
    earlier = add(clerk, number)
    later = actions.file_case(by=clerk, key="f2", **APPLICATION)["case"]
    given = {"by": clerk, "number": later, "paper": earlier}
    consent = {
        "consent_by": "示例负责人",
        "consent_how": "written, at the window",
        "consent_on": date(2026, 2, 12),
    }
    for wrong in ({"consent_by": " "}, {"consent_how": ""}, {"consent_on": date(2026, 2, 13)}):
        with pytest.raises(Invalid) as refused:
            actions.reuse_paper(key="u", **given, **(consent | wrong))
        assert list(refused.value.fields) == list(wrong)
    paper = actions.reuse_paper(key="u", **given, **consent)["paper"]
    file = papers.one(clerk, later, paper)
    assert (str(file.reused_from_id), file.consent["by"], file.consent["on"]) == (
        earlier,
        "示例负责人",
        "2026-02-12",
    )
    assert file.consent["to"] == f"case:{number}/paper:{earlier}"
    assert read(clerk, later, paper) == corpus.pdf()
    assert papers.reusable(clerk, Case.objects.get(number=later)) == []


def test_a_paper_of_somebody_else_or_of_another_office_is_not_reused(clerk, number, at):
    paper = add(clerk, number)
    consent = {"consent_by": "a", "consent_how": "b", "consent_on": date(2026, 2, 12)}
    other = APPLICATION | {"applicant": APPLICATION["applicant"] | {"credit_code": "91110112SHILI00002"}}
    strange = actions.file_case(by=clerk, key="f2", **other)["case"]
    baodi = at("he-langfang", "window_clerk")
    elsewhere = actions.file_case(by=baodi, key="f3", **APPLICATION)["case"]
    for by, case in ((clerk, strange), (baodi, elsewhere)):
        with pytest.raises(Invalid) as refused:
            actions.reuse_paper(by=by, key="u", number=case, paper=paper, **consent)
        assert refused.value.code == "not_reusable"


def test_a_death_between_file_and_row_leaves_a_file_that_is_swept_and_no_more(clerk, number, hand):
    class Dead(Exception):
        pass

    def die(point):
        if point == "papers:file kept":
            raise Dead

    faults.listen(die)
    try:
        with pytest.raises(Dead):
            add(clerk, number)
    finally:
        faults.listen(None)
    left = [p.name for p in papers_store.folder().rglob("*") if p.is_file() and p.name != ".lock"]
    assert len(left) == 1
    assert Paper.objects.count() == 0
    assert papers_store.sweep() == 0  # somebody may be about to commit its row
    hand.move_by(timedelta(days=3))
    assert papers_store.sweep() == 1
    paper = add(clerk, number)
    hand.move_by(timedelta(days=3))
    assert papers_store.sweep() == 0
    assert read(clerk, number, paper) == corpus.pdf()


def test_a_file_that_was_swept_before_its_form_came_back_is_asked_for_again(clerk, number):
    arrived = actions.take_in(PLAN, "plan.pdf", [corpus.pdf()])
    assert papers.recalled(arrived.remembered) == arrived
    assert papers.recalled(arrived.remembered + "x") is None
    papers_store.path_of(arrived.sha256).unlink()
    with pytest.raises(Conflict) as refused:
        actions.file_case(by=clerk, key="f9", **APPLICATION, files=[arrived])
    assert refused.value.code == "content_gone"


def test_a_lost_content_is_told_and_not_entered_as_opened(clerk, taker, number):
    paper = add(clerk, number)
    offer(clerk, number)
    papers_store.path_of(Paper.objects.get(id=paper).sha256).unlink()
    with pytest.raises(NotFound) as refused:
        read(taker, number, paper)
    assert refused.value.code == "content_lost"
    assert acts(number) == ["cases.paper.added"]

"""The window's page: a result issued elsewhere is presented, and who then sees what."""

import re

import pytest

from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)
EN = {"accept-language": "en"}
CLERK = ("tongzhou-clerk", "bj-tongzhou-services/window_clerk")
GIVEN = {
    "kind": "lab_test",
    "what": "ALT",
    "issued_by": "he-langfang",
    "reference": "LF-2026-0001",
    "key": "k",
}


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_window_clerk_finds_the_form_and_records_a_result_once(house):
    client = house.client(*CLERK, headers=EN)
    for page in ("/cases/", "/services/", "/services/results/"):
        assert "/services/results/new/" in client.get(page).content.decode(), page
    assert "No result yet" in text(client.get("/services/results/"))
    shown = text(client.get("/services/results/new/"))
    assert "no name and no finding of a person" in shown
    sent = client.post("/services/results/new/", GIVEN)
    again = client.post("/services/results/new/", GIVEN)
    matter = Matter.objects.get(kind="result")
    assert sent.url == again.url == f"/matters/{matter.number}/"
    page = text(client.get(sent.url))
    assert "1 duty follows" in page
    assert "Laboratory test · ALT" in page
    assert "Number there LF-2026-0001" in page
    assert "Issued by Langfang" in page
    listed = text(client.get("/services/results/"))
    assert matter.number in listed
    duty = Duty.objects.get(matter=matter)
    assert duty.bound_desk_id == "bj/competent_authority"


def test_what_is_missing_is_told_and_what_was_typed_stays(house):
    client = house.client(*CLERK, headers=EN)
    before = house.size()
    answer = client.post("/services/results/new/", GIVEN | {"what": "", "issued_by": "atlantis"})
    assert answer.status_code == 422
    assert "LF-2026-0001" in answer.content.decode()
    assert house.size() == before
    assert not Matter.objects.filter(kind="result").exists()


def test_where_no_clause_recognises_it_the_page_says_so_and_a_drill_says_it_is_one(house):
    client = house.client(*CLERK, headers=EN)
    sent = client.post("/services/results/new/", GIVEN | {"kind": "imaging", "drill": "on"})
    page = text(client.get(sent.url))
    assert "No clause in force makes a duty of it." in page
    assert "Drill: nothing of this is real." in page
    assert "Drill" in text(client.get("/services/results/"))


def test_in_chinese_and_only_for_who_may(house):
    assert "出示结果" in house.client(*CLERK).get("/services/results/new/").content.decode()
    assert "/services/results/new/" not in house.client(headers=EN).get("/services/").content.decode()
    auditor = house.client("auditor", headers=EN)
    assert auditor.get("/services/results/new/").status_code == 403
    assert "/services/results/new/" not in auditor.get("/services/results/").content.decode()

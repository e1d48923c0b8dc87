"""Texts that are written on: whose unsigned clauses are known, half-written ones, lists that are read once."""

from __future__ import annotations

import pytest

from tongxin.heart.agreements import actions, editing, overlaps
from tongxin.heart.agreements.drafts import check
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import BAODI, LANGFANG, POSTS, TONGZHOU, acting, proposed, stands

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_first_version_stands(house):
    stands(house)


SECRET = texts.water(1).replace("agreement: river-watch", "agreement: between-two")
OTHER = (
    texts.water(1, parties="bj-tongzhou, he-langfang-sanhe")
    .replace("agreement: river-watch", "agreement: mine")
    .replace("receipt: {within: PT30M}", "yields_to: [between-two/notify-downstreem]")
)


def client(house, who):
    place = POSTS[who].partition("-coordination/")[0]
    return house.client(who, POSTS[who], f"{place}/coordination_office")


def test_what_two_write_among_themselves_is_known_to_them_alone(house):
    proposed(house, SECRET)
    key = "between-two/notify-downstream"
    for who, sees in ((BAODI, True), (LANGFANG, True), (TONGZHOU, False)):
        assert (key in known_words(acting(house, who)).register) == sees
    assert key not in known_words().register
    assert "river-watch/notify-downstream" in known_words().register  # signed: everybody's
    stranger = known_words(acting(house, TONGZHOU))
    told = check(OTHER, known=stranger).faults
    assert [f.nearest for f in told if "notify-downstreem" in f.reason] == ["mine/notify-downstream"]
    exact = check(OTHER.replace("downstreem", "downstream"), known=stranger)
    assert any("between-two/notify-downstream" in fault.reason for fault in exact.faults)
    read = check(SECRET.replace("agreement: between-two", "agreement: again"), known=stranger).read
    assert "between-two" not in str(overlaps.warnings(list(read.standing().values()), stranger))


def test_the_api_and_the_editor_tell_no_stranger_of_an_unsigned_clause(house):
    proposed(house, SECRET)
    text = OTHER.replace("[between-two/notify-downstreem]", "[between-two/notify-downstream]")
    wrote = client(house, TONGZHOU)
    answer = wrote.post("/agreements/check/", {"text": text, "base": text, "do": "text"}).json()
    assert 'class="faults"' in answer["check"]
    own = client(house, BAODI).post("/agreements/check/", {"text": text, "base": text, "do": "text"}).json()
    assert 'class="faults"' not in own["check"]
    made = actions.draft(by=acting(house, TONGZHOU), key="d", text=text, file="w.yaml")
    assert any("between-two/notify-downstream" in fault for fault in made["faults"])


@pytest.mark.parametrize("clauses", ["hello", "{a: 1}", "true", "5", "[a, 1]", ""])
def test_a_clause_is_put_into_a_list_only(house, clauses):
    head = texts.water(2).partition("clauses:")[0]
    text = f"{head}clauses: {clauses}\n"
    assert editing.clause_ids(text) == []
    page = client(house, BAODI).post(
        "/agreements/new/", {"text": text, "base": text, "do": "add", "kind": "notify", "key": "a"}
    )
    assert page.status_code == 200
    added = "kind: notify" in editing.with_clause(text, "  - id: notify\n    kind: notify\n")
    assert added == (clauses in {"", "[a, 1]"})


def test_drafts_are_read_with_one_register(house, django_assert_max_num_queries):
    office = client(house, BAODI)
    for n in range(6):
        actions.draft(by=acting(house, BAODI), key=f"d{n}", text=texts.water(2), file=f"{n}.yaml")
    with django_assert_max_num_queries(90) as asked:
        assert office.get("/agreements/drafts/").content.decode().count(".yaml") == 0
    registers = [q for q in asked.captured_queries if '"agreements_clause"' in q["sql"]]
    assert len(registers) <= 2
    assert len([q for q in asked.captured_queries if "region_groupmember" in q["sql"]]) <= 6


def test_very_much_text_is_not_read_for_the_overview(house):
    long = texts.water(2) + "# " + "x" * 210_000 + "\n"
    actions.draft(by=acting(house, BAODI), key="d", text=long, file="long.yaml")
    page = client(house, BAODI).get("/agreements/drafts/", headers={"accept-language": "en"}).content.decode()
    assert "river-watch" in page


def test_the_api_tells_how_a_version_stands_by_its_instants(house):
    InstrumentVersion.objects.filter(id="river-watch@1").update(state="ratified")
    found = client(house, BAODI).get("/api/v1/agreements/river-watch@1").json()
    assert found["state"] == "in_force"

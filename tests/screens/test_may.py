"""The judge asked in the open: on the command line, through the API, and why a page is seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screens import acts

WUQING, TONGZHOU, BAODI = (f"{p}/service_centre" for p in ("tj-wuqing", "bj-tongzhou", "tj-baodi"))


def line(house: Any, who: tuple[str, str], *words: str) -> tuple[int, str]:
    from click.testing import CliRunner

    from tongxin.site import cli

    done = CliRunner().invoke(cli.root, ["may", *words], env={"TONGXIN_TOKEN": house.token(*who)})
    return done.exit_code, done.output or str(done.exception)


CLERK = ("wuqing-clerk", "tj-wuqing-services/window_clerk")
OTHER = ("baodi-clerk", "tj-baodi-services/window_clerk")


@pytest.mark.usefixtures("in_english")
def test_the_command_line_tells_the_basis_in_words(house):
    number, _offer = acts.offered(house)
    code, said = line(house, CLERK, TONGZHOU, "see", f"case:{number}", "--field", "premises")
    assert code == 0
    assert "yes    Part in the case: the case is offered to this desk" in said
    assert "clause tongwulang-one-window@1/accept-here-decide-there" in said
    assert "rules  " in said
    assert line(house, CLERK, BAODI, "see", f"case:{number}")[1].startswith("no ")
    assert line(house, CLERK, TONGZHOU, "answer", f"case:{number}")[1].startswith("yes")
    assert line(house, CLERK, TONGZHOU, "act", f"case:{number}")[1].startswith("no ")
    assert line(house, CLERK, WUQING, "act", f"case:{number}")[1].startswith("no "), "frozen by the offer"


@pytest.mark.usefixtures("in_english")
def test_whoever_has_no_part_learns_nothing(house):
    number, _offer = acts.offered(house)
    refused = line(house, OTHER, TONGZHOU, "see", f"case:{number}")
    missing = line(house, OTHER, TONGZHOU, "see", "case:WUQING-2020-000001")
    assert refused == missing
    assert refused[0] != 0


def test_the_api_tells_the_answer_and_its_number(house, client):
    from tongxin.heart.region import rules

    number, _offer = acts.offered(house)
    head = {"Authorization": f"Bearer {house.token(*CLERK)}"}
    asked = {"desk": TONGZHOU, "subject": f"case:{number}", "field": "credit_code"}
    told = client.get("/api/v1/may", asked, headers=head).json()
    assert (told["yes"], told["basis"], told["part"], told["grade"]) == (True, "case", "offered", "personal")
    assert told["rules"] == rules.read().number
    told = client.get("/api/v1/may", asked | {"desk": BAODI}, headers=head).json()
    assert (told["yes"], told["basis"], told["why_not"]) == (False, "", "no_basis")
    for wrong in ({"field": "nothing"}, {"subject": "case:x"}, {"desk": "nobody/here"}, {"subject": "x"}):
        assert client.get("/api/v1/may", asked | wrong, headers=head).status_code == 404
    assert client.get("/api/v1/may", asked | {"action": "steal"}, headers=head).status_code == 422
    other = {"Authorization": f"Bearer {house.token(*OTHER)}"}
    assert client.get("/api/v1/may", asked, headers=other).status_code == 404


def test_the_page_of_a_case_says_why_it_is_seen(house):
    number, _offer = acts.offered(house)
    page = (
        house.client("tongzhou-clerk", "bj-tongzhou-services/window_clerk")
        .get(f"/cases/{number}/", headers={"Accept-Language": "en"})
        .content.decode()
    )
    assert "Why do I see this?" in page
    assert "the case is offered to this desk, under" in page
    assert "/agreements/tongwulang-one-window@1/#accept-here-decide-there" in page

"""My office and home: what has to be done, by whom, until when, and who may see it."""

from __future__ import annotations

import json

import pytest

from tests.screens import acts


def board(house, place: str, **how):
    from tongxin.site import board_rows

    return board_rows.board(acts.clerk(house, place), **how)


def groups(found) -> dict[str, list[str]]:
    return {code: [row.text for row in rows] for code, rows in found.groups.items() if rows}


@pytest.mark.usefixtures("in_english")
def test_a_case_wanders_through_the_boards_of_both_offices(house):
    from tongxin.heart.cases import actions

    number = acts.filed(house)
    assert groups(board(house, "tj-wuqing")) == {"today": ["Accept the case"]}
    actions.accept_case(by=acts.clerk(house, "tj-wuqing"), key="a", number=number)
    assert groups(board(house, "tj-wuqing")) == {"later": ["Hand the case over"]}
    offer = actions.offer(
        by=acts.clerk(house, "tj-wuqing"),
        key="o",
        number=number,
        to_desk="bj-tongzhou/service_centre",
        epoch=0,
    )["offer"]
    assert groups(board(house, "tj-wuqing")) == {"waiting": ["Answer the offer of the case"]}
    assert groups(board(house, "bj-tongzhou")) == {"today": ["Answer the offer of the case"]}
    house.clock.move_by(hours=3, minutes=10)  # 13:10, due 14:00
    due = board(house, "bj-tongzhou")
    assert (len(due.groups["now"]), due.soon, due.overdue) == (1, 1, 0)
    house.clock.move_by(hours=1)
    assert board(house, "bj-tongzhou").overdue == 1
    assert board(house, "tj-wuqing").overdue == 0  # it is the other's lateness
    actions.take_over(by=acts.clerk(house, "bj-tongzhou"), key="t", offer_id=offer)
    assert groups(board(house, "bj-tongzhou")) == {
        "later": ["Decide the case"],
        "done": ["Answer the offer of the case"],
    }
    assert groups(board(house, "tj-wuqing")) == {"waiting": ["Decide the case"]}
    assert groups(board(house, "he-langfang")) == {}


@pytest.mark.usefixtures("in_english")
def test_a_post_that_may_not_act_is_offered_a_look_only(house):
    from tongxin.site import board_rows

    acts.filed(house)
    officer = house.acting("wuqing-clerk", "tj-wuqing-services/case_officer")
    (row,) = board_rows.board(officer).mine
    assert row.url
    assert row.action == ""


def test_a_coordination_office_sees_its_jurisdiction_without_a_way_into_the_case(house):
    from tongxin.site import board_rows

    number, _offer = acts.offered(house)
    reader = house.acting(
        "tongzhou-coordinator", "bj-tongzhou-coordination/coordinator", "bj-tongzhou/coordination_office"
    )
    assert not board_rows.board(reader).rows
    (row,) = board_rows.board(reader, scope="jurisdiction").rows
    assert (row.number, row.url) == (number, "")
    clerk = acts.clerk(house, "tj-wuqing")
    assert board_rows.board(clerk, scope="jurisdiction").mine == board_rows.board(clerk).mine


def test_the_board_says_why_the_chosen_row_is_due(house):
    acts.offered(house)
    client = house.client(*acts.CLERKS["bj-tongzhou"], headers={"accept-language": "en"})
    shown = client.get("/desk/").content.decode()
    assert "shall take it over, or return it with a reason" in shown
    assert "4 working hours" in shown
    assert "If nobody acts" in shown
    assert (
        client.get("/desk/", {"row": "duty-999999", "sort": "-what", "field": "ecology"}).status_code == 200
    )


def test_the_board_can_be_exported_and_that_is_an_entry(house):
    from tongxin.heart.ledger.models import Entry

    number, _offer = acts.offered(house)
    client = house.client(*acts.CLERKS["bj-tongzhou"], headers={"accept-language": "en"})
    response = client.post("/desk/export/", {"key": "x"})
    assert number in response.content.decode()
    assert Entry.objects.order_by("-index").values_list("act", flat=True)[0] == "site.board.exported"


def test_the_whole_region_is_for_coordinators_and_in_counts(house):
    number, _offer = acts.offered(house)
    coordinator = house.client(
        "wuqing-coordinator", "tj-wuqing-coordination/coordinator", headers={"accept-language": "en"}
    )
    shown = coordinator.get("/desk/", {"scope": "region"}).content.decode()
    assert "Tongzhou → Wuqing" in shown
    assert number not in shown
    clerk = house.client(*acts.CLERKS["he-langfang"], headers={"accept-language": "en"})
    assert "Tongzhou → Wuqing" not in clerk.get("/desk/", {"scope": "region"}).content.decode()


def test_home_counts_what_the_reader_may_see(house):
    acts.offered(house)
    acts.incident(house)
    house.clock.move_by(minutes=40)  # the notice was due after thirty

    def lead(user: str, post: str = "") -> str:
        client = house.client(user, post, headers={"accept-language": "en"})
        shown = client.get("/").content.decode()
        return shown[shown.index("<h1") : shown.index("</h1>")]

    assert "1 is late" in lead("langfang-duty")
    assert "1 is late" in lead("wuqing-duty")
    assert "nothing is late" in lead("baodi-duty")
    assert "1 duty</a> falls due" in lead(*acts.CLERKS["bj-tongzhou"])


def test_who_was_not_told_does_not_read_the_incident_on_home(house):
    made = acts.incident(house)
    shown = house.client("wuqing-duty", headers={"accept-language": "en"}).get("/").content.decode()
    assert made["matter"] in shown
    assert "Long River" not in shown
    own = house.client("langfang-duty", headers={"accept-language": "en"}).get("/").content.decode()
    assert "Long River" in own


def test_everybody_finds_where_to_hand_in_and_to_look_up_a_case_on_the_first_page(house, client):
    shown = client.get("/").content.decode()
    assert all(f'href="{address}"' in shown for address in ("/services/", "/track/"))


def test_everybody_sees_the_register_only(house, client, settings):
    acts.offered(house)
    shown = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "One window for Tongzhou, Wuqing and Langfang" in shown
    assert "Ties between places" not in shown
    settings.DEMO = True
    shown = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "Ties between places" in shown
    assert "Illustrative" in shown
    assert "data-map" not in shown


def test_the_map_is_for_staff_and_its_ties_are_the_readers(house, client):
    acts.offered(house)
    assert client.get("/map/ties.json").status_code == 404
    assert client.get("/map/jurisdictions.geojson").status_code == 404
    mine = house.client(*acts.CLERKS["tj-wuqing"]).get("/map/ties.json").json()["ties"]
    assert [(t["from"], t["to"], t["code"], t["n"], t["late"]) for t in mine] == [
        ("bj-tongzhou", "tj-wuqing", "services", 1, False)
    ]
    assert house.client("baodi-duty").get("/map/ties.json").json()["ties"] == []


def test_with_an_approval_number_the_demonstration_shows_everybody_the_map(house, client, settings):
    settings.DEMO, settings.MAP_APPROVAL = True, "GS(2026)0000"
    shown = client.get("/").content.decode()
    assert "data-map" in shown
    assert "GS(2026)0000" in shown
    assert client.get("/map/ties.json").status_code == 200


def test_the_outlines_are_kept_by_the_browser(house, data_folder):
    from tongxin.site import home

    folder = data_folder / "map"
    folder.mkdir(exist_ok=True)
    for name in home.LAYERS:
        if not (folder / f"{name}.geojson").exists():
            (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    client = house.client("baodi-duty")
    first = client.get("/map/jurisdictions.geojson")
    assert first.status_code == 200
    assert json.loads(first.content)["type"] == "FeatureCollection"
    again = client.get(
        "/map/jurisdictions.geojson", headers={"if-modified-since": first.headers["Last-Modified"]}
    )
    assert again.status_code == 304
    assert client.get("/map/secrets.geojson").status_code == 404


def test_the_flower_tells_no_share_under_five_duties(house, settings):
    from tongxin.heart.agreements import keeping
    from tongxin.heart.measures.queries import kept_by_field
    from tongxin.shared import clock
    from tongxin.site.home import petals

    settings.DEMO = True
    acts.taken_over(house)
    now = clock.now()
    found = {it.code: it for it in kept_by_field(now)}
    assert set(found) > {"ecology", "services"}  # fields without duties yet are there with their agreements
    assert found["services"].kept == keeping.kept(now, instrument="tongwulang-one-window")
    assert found["services"].kept.total
    states = {petal.code: petal for petal in petals(now, [])}
    assert states["services"].share is None
    assert states["services"].clauses


def test_one_window_says_where_to_hand_in_and_who_decides(house, client):
    shown = client.get("/services/", headers={"accept-language": "en"}).content.decode()
    assert "Food business licence (first issue)" in shown
    assert "Wuqing Government Service Centre" in shown
    assert "decided within 5 working days" in shown
    from tongxin.heart.cases import queries, windows
    from tongxin.petals.services.queries import items

    for item in items():  # the list names the windows that the form offers
        _row, read = queries.procedure(item.procedure.procedure)
        form = [desk.jurisdiction_id for desk in windows.taking(read)]
        assert [window.place.id for window in item.windows] == form
        assert form
    assert (
        "Nothing found"
        in client.get("/services/", {"q": "passport"}, headers={"accept-language": "en"}).content.decode()
    )


@pytest.mark.parametrize("first", ["", "langfang-duty"])
def test_the_mark_of_one_reader_is_not_remembered_for_another(house, settings, first):
    """Outside the demonstration a visitor sees no shares in the mark, whoever opened a page before."""
    from django.core.cache import cache

    settings.DEMO = False
    cache.clear()
    house.client(first).get("/agreements/")
    shown = [
        house.client(who).get("/agreements/").context["shell"].counts.petals for who in ("", "langfang-duty")
    ]
    assert [len(petals) for petals in shown] == [0, 6]

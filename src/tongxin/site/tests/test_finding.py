"""Notifications and search: a desk sees its own and nobody else's."""

from __future__ import annotations

import pytest

from tongxin.heart.exchange.models import Notification
from tongxin.shared import clock


@pytest.fixture
def ring(world):
    def do(desk, kind="offer", **params):
        number = Notification.objects.count()
        return Notification.objects.create(
            desk_id=desk, kind=kind, params=params, link="/account/", at=clock.now(), dedupe=str(number)
        )

    return do


@pytest.fixture
def officer(client, sign_in):
    client.cookies["django_language"] = "en"
    sign_in("duty")
    return client


def test_a_desk_sees_its_own_rings_worded(officer, ring):
    ring("a/ecology_bureau", "offer", case="WT-2026-000001")
    ring("a/ecology_bureau", "duty_confirm", due_at="2099-01-01T00:00:00+00:00")
    ring("a/ecology_bureau", "of_a_kind_nobody_knows")
    ring("b/ecology_bureau", "offer", case="WT-2026-000002")
    page = officer.get("/notifications/").content.decode()
    assert "WT-2026-000001" in page
    assert "There is something new." in page
    assert "WT-2026-000002" not in page


def test_reading_one_leads_to_its_thing_and_the_next_time_it_is_gone(officer, ring):
    row, other = ring("a/ecology_bureau", case="WT-1"), ring("b/ecology_bureau", case="WT-2")
    answer = officer.post("/notifications/read/", {"key": "k", "id": [row.pk, other.pk], "next": "/account/"})
    assert answer.url == "/account/"
    row.refresh_from_db()
    other.refresh_from_db()
    assert row.read_at is not None
    assert other.read_at is None, "another desk's ring is left alone"
    assert "WT-1" not in officer.get("/notifications/").content.decode()
    assert "WT-1" in officer.get("/notifications/?show=all").content.decode()
    assert officer.post("/notifications/read/", {"key": "k2", "id": "x", "next": "https://evil/"}).url == (
        "/notifications/"
    )


def test_a_ring_for_a_colleague_is_not_taken_from_under_them(officer, ring):
    theirs = ring("a/ecology_bureau")
    Notification.objects.filter(pk=theirs.pk).update(post_id="a-ecology_bureau/head")
    officer.post("/notifications/read/", {"id": str(theirs.pk)})
    assert Notification.objects.get(pk=theirs.pk).read_at is None


def test_residents_have_no_notifications(client, db):
    assert client.get("/notifications/").url.startswith("/account/login/")


@pytest.mark.parametrize("q", ["", "通报", "%", "'", "x" * 5000, "水 污染"])
def test_anybody_may_search_whatever_they_type(client, db, q):
    assert client.get("/search/", {"q": q}).status_code == 200

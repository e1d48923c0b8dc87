"""A tiny made-up world for the tests of the front: two districts, an office each, people and posts."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

PASSWORD = "a long enough sentence"


@pytest.fixture
def world(db):
    """Two districts (a, b): each with a coordination office and an ecology bureau, posts and people."""
    from tongxin.heart.region import models as m

    start = date(2020, 1, 1)
    calendar = m.WorkCalendar.objects.create(id="cal", name_zh="历", name_en="Calendar", version="1")
    roles = {
        r: m.OfficeRole.objects.create(id=r, name_zh=zh, name_en=r)
        for r, zh in [
            ("coordination_office", "协同办"),
            ("ecology_bureau", "生态环境局"),
            ("weather_bureau", "气象局"),
        ]
    }
    w = SimpleNamespace(start=start, roles=roles, places={}, offices={}, desks={}, posts={}, people={})
    for code, zh in [("a", "甲区"), ("b", "乙区")]:
        place = m.Jurisdiction.objects.create(
            id=code,
            name_zh=zh,
            name_en=code.upper(),
            short_zh=zh,
            short_en=code,
            level="district",
            valid_from=start,
        )
        w.places[code] = place
        for role in roles:
            desk = m.Desk.objects.create(id=f"{code}/{role}", jurisdiction=place, role=roles[role])
            w.desks[desk.id] = desk
            if role == "weather_bureau":
                continue  # nobody staffs it: it falls to the coordination office
            office = m.Office.objects.create(
                id=f"{code}-{role}", jurisdiction=place, name_zh=zh + roles[role].name_zh, name_en=role,
                short_zh=zh + roles[role].name_zh, short_en=role, calendar=calendar, valid_from=start,
            )  # fmt: skip
            w.offices[office.id] = office
            m.Mandate.objects.create(office=office, desk=desk, valid_from=start)
        for office, role, capabilities in [
            ("ecology_bureau", "duty_officer", ["report_incident", "confirm"]),
            ("ecology_bureau", "head", ["confirm"]),
            ("coordination_office", "admin", ["administer", "manage_roster"]),
        ]:
            post = m.Post.objects.create(
                id=f"{code}-{office}/{role}", office=w.offices[f"{code}-{office}"], role=role,
                name_zh=role, name_en=role, capabilities=capabilities,
            )  # fmt: skip
            w.posts[post.id] = post

    def person(name, *posts, administers=None):
        one = m.Person(username=name, display_name=name.title(), administers=administers)
        one.set_password(PASSWORD)
        one.save()
        for post in posts:
            m.PostHolding.objects.create(post=w.posts[post], person=one, valid_from=start)
        w.people[name] = one
        return one

    person("duty", "a-ecology_bureau/duty_officer")
    person("both", "a-ecology_bureau/duty_officer", "a-ecology_bureau/head")
    person("nobody")
    person("admin-a", "a-coordination_office/admin", administers=w.places["a"])
    person("admin-b", "b-coordination_office/admin", administers=w.places["b"])
    person("elsewhere", "b-ecology_bureau/duty_officer")
    return w


@pytest.fixture
def sign_in(client, world):
    """Log a person in through the form."""

    def do(name, password=PASSWORD, **more):
        return client.post("/account/login/", {"login": name, "password": password, **more})

    return do

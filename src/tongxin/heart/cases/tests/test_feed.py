"""The feed: every happening once, in the order of commits, whoever writes meanwhile; nothing of others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory

from tongxin.heart.cases import actions, api_feed, feed
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Invalid

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 6, 8
TONGZHOU = "bj-tongzhou/service_centre"


def read_on(reader, number, limit=3):
    """Read to the end from a number; return what came, and where it ended."""
    came = []
    while True:
        part = feed.after(reader, number, limit)
        assert part.next > number or not part.more
        came += [each.entry.index for each in part.happenings]
        number = part.next
        if not part.more:
            return came, number


def test_a_reader_that_polls_while_others_write_sees_every_row_once(house, at):
    clerk = at("tj-wuqing", "window_clerk")
    began = feed.size()

    def write(writer):
        try:
            for n in range(EACH):
                number = actions.file_case(by=clerk, key=f"f-{writer}-{n}", **APPLICATION)["case"]
                actions.accept_case(by=clerk, key=f"a-{writer}-{n}", number=number)
        finally:
            connections.close_all()

    came, number = [], began
    with ThreadPoolExecutor(WRITERS) as pool:
        running = [pool.submit(copy_context().run, write, writer) for writer in range(WRITERS)]
        while not all(each.done() for each in running):
            some, number = read_on(clerk, number)
            came += some
        for each in running:
            each.result()
    some, number = read_on(clerk, number)
    came += some
    written = Entry.objects.filter(subject__startswith="case:", index__gte=began).order_by("index")
    assert came == list(written.values_list("index", flat=True))
    assert len(came) == WRITERS * EACH * 2
    assert number == feed.size()


def test_of_others_only_the_numbers_are_skipped(house, at):
    clerk, taker = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    assert read_on(taker, 0) == ([], feed.size())
    before = feed.size()
    actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    came, _end = read_on(taker, before)
    assert came
    part = feed.after(taker, before, 1)
    assert (part.happenings[0].case, part.happenings[0].holder) == (number, clerk.desk)
    assert read_on(at("he-langfang", "window_clerk"), 0)[0] == []


def asked(by, after, mark=""):
    """What the API answers: its Status, and the mark that it sends."""
    request = RequestFactory().get("/", headers={"If-None-Match": mark})
    request.auth, answer = by, HttpResponse()
    return api_feed.case_feed(request, answer, after), answer["ETag"]


def test_a_number_beyond_the_log_is_refused_and_nothing_new_is_told_so(house, at):
    clerk = at("tj-wuqing", "window_clerk")
    with pytest.raises(Invalid) as refused:
        feed.after(clerk, feed.size() + 1, 10)
    assert refused.value.code == "feed_shorter"
    end = feed.size()
    first, mark = asked(clerk, end)
    assert (first.status_code, first.value["next"]) == (200, end)
    assert asked(clerk, end, mark)[0].status_code == 304
    actions.file_case(by=clerk, key="f", **APPLICATION)
    later, _mark = asked(clerk, end, mark)
    assert [each["act"] for each in later.value["happenings"]] == ["cases.case.filed"]

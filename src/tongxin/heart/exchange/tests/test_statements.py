"""Statements that are composed once say what Django's own would say, for every value, in both databases."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.transaction import TransactionManagementError, atomic
from django.test.utils import CaptureQueriesContext

from tongxin.heart.exchange.models import Channel, IdempotencyKey, Message
from tongxin.heart.ledger.models import Log
from tongxin.heart.region.models import Desk, Mandate, Person, valid_on
from tongxin.shared.statements import change, fixed, insert, insert_new, update

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 9, 22, 40, tzinfo=UTC)


@fixed
def _desks(ids: list[str], role: str) -> QuerySet[Desk]:
    return Desk.objects.select_related("jurisdiction", "role").filter(id__in=ids, role_id=role).order_by("id")


@fixed
def _mandates(on: date) -> QuerySet[Mandate, tuple[int, str]]:
    return Mandate.objects.filter(valid_on(on)).order_by("id").values_list("id", "desk_id")


@fixed
def _keys(at: datetime) -> QuerySet[IdempotencyKey]:
    return IdempotencyKey.objects.filter(at__gte=at, act__startswith="test.").order_by("key")


@fixed
def _message(number: uuid.UUID) -> QuerySet[Message]:
    return Message.objects.select_related("channel", "in_reply_to").filter(id=number)


@fixed
def _wrapped(text: str) -> QuerySet[Desk]:
    return Desk.objects.filter(id__icontains=text)


@fixed
def _locked() -> QuerySet[Log]:
    return Log.objects.select_for_update().filter(pk=1)


def key(name: str, **more) -> IdempotencyKey:
    return IdempotencyKey(scope="post", key=name, act="test.done", request_hash="0" * 64, at=AT, **more)


def test_rows_are_those_of_the_query_set(house):
    ids = ["tj-wuqing/service_centre", "bj-tongzhou/service_centre", "no-such/desk"]
    found = _desks(ids, "service_centre")
    assert found == list(Desk.objects.filter(id__in=ids).order_by("id"))
    with CaptureQueriesContext(connection) as asked:
        assert [(d.jurisdiction.id, d.role.id) for d in found] == [
            ("bj-tongzhou", "service_centre"),
            ("tj-wuqing", "service_centre"),
        ]
    assert len(asked) == 0
    assert _desks(ids[:1], "service_centre") == found[1:]
    assert _desks(ids, "ecology_bureau") == []
    assert _desks([], "service_centre") == []


@pytest.mark.parametrize("on", [date(2023, 1, 1), date(2026, 3, 9), date(2099, 1, 1)])
def test_a_day_may_stand_in_several_places(house, on):
    assert _mandates(on) == list(
        Mandate.objects.filter(valid_on(on)).order_by("id").values_list("id", "desk_id")
    )


@fixed
def _person(number: int, username: str) -> QuerySet[Any, Any]:
    named = Q(username=username)
    rows = Person.objects.select_related("administers").filter(pk=number)
    return rows.annotate(named=named, posts=Count("holdings"))


def test_numbers_of_rows_are_taken_and_annotations_given(house):
    person = house.person("wuqing-admin")
    (found,) = _person(person.pk, "wuqing-admin")
    assert found == person
    assert found.administers == person.administers
    assert (found.named, found.posts) == (True, person.holdings.count())
    assert [row.named for row in _person(person.pk, "somebody")] == [False]
    assert _person(2**31, "wuqing-admin") == []
    with pytest.raises(TypeError, match="bool"):
        _person(True, "wuqing-admin")


def test_words_json_instants_and_numbers_come_back_as_they_went(house):
    one = insert(key("a", result={"文": [1, None, {"b": True}]}))
    assert one.pk is not None
    assert insert_new([key("b"), key("a")]) == [True, False]
    assert [(k.pk, k.key, k.result, k.at) for k in _keys(AT)] == list(
        IdempotencyKey.objects.filter(act="test.done")
        .order_by("key")
        .values_list("pk", "key", "result", "at")
    )
    one.result = {"done": 1}
    update(one, "result")
    assert IdempotencyKey.objects.get(pk=one.pk).result == {"done": 1}
    assert change(one, {"act": "test.other"}, act="test.done")
    assert one.act == "test.other"
    assert not change(one, {"act": "test.third"}, act="test.done")
    assert one.act == "test.other"
    IdempotencyKey.objects.all().delete()
    with pytest.raises(LookupError):
        update(one, "result")


def test_objects_that_point_to_others(house):
    channel = Channel.objects.get_or_create(from_node="a", to_node="b")[0]
    desk = "tj-wuqing/service_centre"
    words = {
        "channel": channel,
        "kind": "note",
        "from_desk_id": desk,
        "to_desk_id": desk,
        "thread": "x",
        "basis": "",
    }
    first = insert(Message(id=uuid.uuid4(), seq=1, body={}, body_hash="", sent_at=AT, **words))
    second = insert(
        Message(id=uuid.uuid4(), seq=2, body={}, body_hash="", sent_at=AT, in_reply_to=first, **words)
    )
    assert not second._state.adding
    (found,) = _message(second.id)
    assert (found, found.channel, found.in_reply_to) == (second, channel, first)
    assert _message(first.id)[0].in_reply_to is None


def test_what_would_change_a_value_is_refused(house):
    with pytest.raises(TypeError, match="does not stand"):
        _wrapped("wuqing")


@fixed
def _same(text: str) -> QuerySet[Desk]:
    return Desk.objects.filter(id__iexact=text)


@fixed
def _none(text: str) -> QuerySet[Desk]:
    return Desk.objects.filter(id=text, id__in=[])


def test_what_would_be_read_otherwise_without_a_word_is_refused(house):
    if connection.vendor == "sqlite":  # where a look-up that escapes its value is another statement
        with pytest.raises(TypeError, match="does not stand"):
            _same("tj-wuqing/service_centre")
    assert _none("tj-wuqing/service_centre") == []
    assert _message(uuid.uuid4()) == []
    with pytest.raises(ValidationError):  # a word is no number, also where numbers were asked for before
        _message("no number")
    with pytest.raises(TypeError, match="NULL"):
        change(insert(key("a")), {"act": "test.other"}, act=None)


def test_rows_are_locked_inside_a_transaction_only(house):
    with atomic():
        _locked()
    with pytest.raises(TransactionManagementError):
        _locked()

"""The lists of cases beside their plain definition, over small houses made at random: who sees what, in which order."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases import kept_parts, listing, queries
from tongxin.heart.cases.models import Case, CasePart, Offer, Procedure
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = ("tj-wuqing", "bj-tongzhou", "he-langfang")
DESKS = [f"{place}/service_centre" for place in PLACES]
OPEN = {"filed", "accepted", "in_hand", "suspended"}
BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
SORTS = ("", *(sign + name for name in ("number", "filed", "due", "holder", "state") for sign in ("", "-")))
COLUMNS = {
    "number": "number",
    "filed": "filed_at",
    "due": "promise_due_at",
    "holder": "holder_id",
    "state": "state",
}


@pytest.fixture
def unsaved(house: Any) -> Iterator[None]:
    """Nothing that is written is kept, so that an offer needs no message and nothing is looked after at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reader(desk: str) -> Acting:
    return Acting("bench", desk, desk.partition("/")[0], frozenset())


def hour(dice: random.Random, count: int = 6) -> datetime:
    """Few of them, so that many stand at the same."""
    return BEGIN + timedelta(hours=dice.randrange(count))


def made(dice: random.Random, n: int, known: list[Procedure]) -> Case:
    before = list(Case.objects.all())
    row = Case(
        number=f"{dice.choice(['WUQING', 'TONGZHOU'])}-2026-{n:06d}",
        procedure=dice.choice(known),
        accepting_desk_id=dice.choice(DESKS),
        competent_desk_id=dice.choice(DESKS),
        holder_id=dice.choice(DESKS),
        state=dice.choice(Case.State.values),
        filed_at=hour(dice),
        promise_due_at=dice.choice([None, hour(dice, 3)]),
        reviews=dice.choice([None, None, dice.choice(before)]) if before else None,
    )
    row.save(force_insert=True)
    return row


def offered(dice: random.Random, case: Case, clause: Clause) -> Offer:
    return Offer.objects.create(
        case=case,
        message_id=uuid.uuid4(),
        clause=clause,
        from_desk_id=dice.choice(DESKS),
        to_desk_id=dice.choice(DESKS),
        epoch=0,
        state=dice.choice(["taken_over", "returned", "recalled"]),
        offered_at=hour(dice),
    )


def changed(dice: random.Random, case: Case) -> None:
    """Something of a case becomes something else, one field or the whole row written."""
    name, value = dice.choice(
        [
            ("state", dice.choice(Case.State.values)),
            ("holder_id", dice.choice(DESKS)),
            ("competent_desk_id", dice.choice(DESKS)),
            ("accepting_desk_id", dice.choice(DESKS)),
            ("promise_due_at", dice.choice([None, hour(dice, 3)])),
            ("frozen_by", dice.choice([None, *case.offers.all()])),
            ("reviews", None),
        ]
    )
    setattr(case, name, value)
    if dice.random() < 0.5:
        case.save()
    else:
        Case.objects.filter(pk=case.pk).update(**{name: value})


def random_house(dice: random.Random) -> None:
    """Cases, their offers, and what happens to them, in any order."""
    known, clause = list(Procedure.objects.order_by("id")[:2]), Clause.objects.order_by("id")[:1][0]
    for n in range(dice.randrange(4, 26)):
        case = made(dice, n, known)
        for _step in range(dice.randrange(5)):
            if dice.random() < 0.4:
                offered(dice, case, clause)
            else:
                changed(dice, Case.objects.get(pk=case.pk))
    if dice.random() < 0.5:
        Offer.objects.filter(pk__in=[o.pk for o in Offer.objects.all()[:2]]).exclude(
            pk__in=Case.objects.filter(frozen_by__isnull=False).values("frozen_by")
        ).delete()
    for case in Case.objects.filter(offers=None, reviewed_by=None)[: dice.randrange(2)]:
        Case.objects.filter(pk=case.pk).delete()


def has_part(desk: str, case: Case, offers: list[Offer]) -> bool:
    """The plain definition: accepted it, was offered it, or reviews it."""
    to = {o.to_desk_id for o in offers if o.case_id == case.number}
    return desk in {case.accepting_desk_id, *to} or (
        case.reviews_id is not None and case.competent_desk_id == desk
    )


def fits(desk: str, case: Case, stage: str, procedure: str, place: str, q: str) -> bool:
    at_stage = {
        "all": True,
        "open": case.state in OPEN,
        "mine": case.state in OPEN and case.holder_id == desk and case.frozen_by_id is None,
        "offered": case.state in OPEN and case.frozen_by_id is not None,
        "decided": case.state in {"decided", "closed"},
    }
    sides = {d.partition("/")[0] for d in (case.accepting_desk_id, case.competent_desk_id)}
    return (
        at_stage[stage]
        and (not procedure or case.procedure.name == procedure)
        and (not place or place in sides)
        and (not q or q.casefold() in case.number.casefold() or q in case.procedure.title_zh)
    )


def in_order(rows: list[Case], sort: str) -> list[str]:
    """By the key and then the number, both downwards with a minus; what has no key comes last."""
    name, down = COLUMNS.get(sort.removeprefix("-"), "filed_at"), sort.startswith("-") or not sort
    there = [row for row in rows if getattr(row, name) is not None]
    none = [row for row in rows if getattr(row, name) is None]
    there.sort(key=lambda row: (getattr(row, name), row.number), reverse=down)
    none.sort(key=lambda row: row.number, reverse=down)
    return [row.number for row in there + none]


@pytest.mark.parametrize("seed", range(12))
def test_every_list_is_what_its_plain_definition_says(unsaved, seed, monkeypatch):
    dice = random.Random(seed)
    random_house(dice)
    monkeypatch.setattr(listing, "COUNTED", dice.randrange(1, 8))
    cases = list(Case.objects.select_related("procedure"))
    offers = list(Offer.objects.all())
    for desk in (*DESKS, "tj-baodi/service_centre"):
        parts = [case for case in cases if has_part(desk, case, offers)]
        assert {row.case_id for row in CasePart.objects.filter(desk=desk)} == {c.number for c in parts}
        kinds = {(c.procedure_id, c.accepting_desk_id, c.competent_desk_id) for c in parts}
        assert listing.kinds(desk) == sorted(kinds)
        for _ask in range(14):
            asked = {
                "stage": dice.choice(queries.STAGES),
                "procedure": dice.choice(["", "", *{c.procedure.name for c in cases}]),
                "place": dice.choice(["", "", *PLACES]),
                "q": dice.choice(
                    ["", "", "wuqing", "00001", "3", cases[0].procedure.title_zh, cases[-1].number.lower()]
                ),
            }
            sort = dice.choice(SORTS)
            wanted = in_order([c for c in parts if fits(desk, c, **asked)], sort)
            found = queries.listed(reader(desk), **asked, sort=sort)
            assert [number for number, *_key in found] == wanted, (desk, asked, sort)
            total = found.total()
            assert (total.n, total.more) == (
                min(len(wanted), listing.COUNTED),
                len(wanted) > listing.COUNTED,
            )
            pages_meet_it(found, wanted, dice)


def pages_meet_it(found: listing.Listing, wanted: list[str], dice: random.Random) -> None:
    """By offset, and on from each line, the same is read."""
    start, n = dice.randrange(len(wanted) + 2), dice.randrange(1, 5)
    assert [line[0] for line in found.part(start, n)] == wanted[start : start + n]
    lines, more, total = found.page(start, n)
    assert ([line[0] for line in lines], more) == (wanted[start : start + n], start + n < len(wanted))
    assert total == found.total()
    read, after = [], ""
    while lines := found.part(0, n, after):
        read += [number for number, _key in lines]
        after = found.mark(lines[-1])
        left = len(wanted) - len(read)
        assert (found.total(after).n, found.total(after).more) == (
            min(left, listing.COUNTED),
            left > listing.COUNTED,
        )
    assert read == wanted


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_that_are_filled_at_once_are_those_that_were_kept(unsaved, seed):
    random_house(random.Random(100 + seed))
    columns = [f.attname for f in CasePart._meta.concrete_fields if f.name != "id"]
    kept = set(CasePart.objects.values_list(*columns))
    CasePart.objects.all().delete()
    kept_parts.fill(connection)
    assert set(CasePart.objects.values_list(*columns)) == kept
    assert kept


def test_triggers_that_were_lost_are_made_again(unsaved):
    there = kept_parts._there(connection)
    kept_parts.remove(connection)
    assert not kept_parts._there(connection)
    kept_parts.install(connection)
    kept_parts.install(connection)
    assert kept_parts._there(connection) == there


@pytest.mark.parametrize(
    "mark", ["x", "~", "~WUQING-1", "-~WUQING-1", "2026-01-01T00:00~W", "2026~", "a\x00~W"]
)
def test_a_mark_of_no_line_is_refused(unsaved, mark):
    with pytest.raises(Invalid):
        queries.listed(reader(DESKS[0])).part(0, 5, mark)

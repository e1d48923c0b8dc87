"""How long the search over cases takes in a large house: a million cases, words of one sign, of two, parts of numbers.

Fills a database of its own, SQLite in a temporary folder with the product's settings or the PostgreSQL that
TONGXIN_DATABASE_URL names (an empty one; its tables stay), with cases of invented applicants: one desk has a tenth of
them, one a hundredth, one a ten-thousandth. Then asks as a desk asks, through the judge, each question anew. Prints
milliseconds by the clock and of the process, how many were found and the statements; asserts nothing.

    .venv/bin/python bench/search.py [--cases N] [--looks N] [--folder DIR]

--folder keeps the house there, fills the one that is there up to so many cases, or measures it: also the house of
`bench/case_lists.py`, in which half of a million cases are the desk's that asks.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT = 200  # milliseconds at the 95th of a hundred questions
AT_ONCE = 5_000
SIGNS = "运河通武廊餐饮面馆茶楼超市药房建材物流电子科技贸易东西南北新兴华盛福祥和平永安长城京津冀示例路街巷号院楼单元"
SHARES = (
    ("tj-wuqing/service_centre", 0.1),
    ("bj-tongzhou/service_centre", 0.01),
    ("he-langfang/service_centre", 0.0001),
)
QUESTIONS = ("运", "运河", "面馆", "药房 东", "示例", "57", "0571", "WUQING-2026", "没有的词", "食品")


def main(options: argparse.Namespace) -> None:
    """Build, measure and print."""
    from bench import _house

    with _house.opened("bench.search", folder=options.folder, postgres=options.postgres):
        build(options.cases)
        measure(options.looks)


def build(count: int) -> None:
    """Fill the database until it has so many cases."""
    from django.conf import settings
    from django.db import transaction

    from bench import _house
    from tongxin.heart.cases.models import Case, CaseWords, Procedure
    from tongxin.site import demo, pack

    demo.migrate()
    if not Procedure.objects.exists():
        pack.load(settings.REGION_PACK)
    there = Case.objects.count()
    if there >= count:
        return
    begun = perf_counter()
    coming = _cases(there, count)
    while part := list(islice(coming, AT_ONCE)):
        with transaction.atomic():
            Case.objects.bulk_create([case for case, _words in part])
            CaseWords.objects.bulk_create([words for _case, words in part])
    _house.analyse()
    print(f"built {count - there:,} cases in {perf_counter() - begun:.0f} s", flush=True)


def _cases(begin: int, count: int) -> Iterator[tuple[Any, Any]]:
    """Yield invented cases with their row of the index, oldest first, as the acts would have written it.

    Each is drawn by its own number, so that a build that was broken off goes on where it stood.
    """
    from tongxin.heart.cases import finding_tokens as tokens
    from tongxin.heart.cases.models import Case, CaseWords, Procedure
    from tongxin.heart.region.models import Desk
    from tongxin.shared import clock

    asked = Procedure.objects.filter(name="food-business-licence").order_by("-version")[0]
    named = [desk for desk, _share in SHARES]
    others = list(Desk.objects.exclude(id__in=named).order_by("id").values_list("id", flat=True))
    begins = clock.now() - timedelta(days=730)
    for n in range(begin, count):
        draw = random.Random(n)
        at, part = draw.random(), 0.0
        desk = draw.choice(others)
        for name, share in SHARES:
            if part <= at < part + share:
                desk = name
            part += share
        given = {
            "applicant_name": "".join(draw.choices(SIGNS, k=8)),
            "credit_code": f"91{draw.randrange(10**14):014d}MA",
            "premises": "".join(draw.choices(SIGNS, k=12)) + f"{draw.randrange(400)}号",
        }
        number = f"{desk.partition('/')[0].rsplit('-', 1)[-1].upper()[:7]}-2026-{n:07d}"
        case = Case(
            number=number, procedure=asked, accepting_desk_id=desk, competent_desk_id=desk, holder_id=desk,
            state="decided", applicant=given, filed_at=begins + timedelta(seconds=60 * n),
        )  # fmt: skip
        said = " ".join(sorted({tokens.of_desk(desk)} | tokens.of_text([number, *given.values()])))
        yield case, CaseWords(case=case, scope="file", tokens=said)


def measure(looks: int) -> None:
    """Ask every question as every desk and print a line for each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench._house import at
    from tongxin.heart.cases import registration
    from tongxin.heart.cases.models import Case
    from tongxin.heart.region import rules
    from tongxin.heart.region.acting import Acting

    print(f"database: {connection.vendor}; {Case.objects.count():,} cases; limit p95 ≤ {LIMIT} ms\n")
    head = f"{'desk':<28} {'question':<14} {'found':>6} {'p50':>7} {'p95':>7} {'max':>7}"
    print(f"{head} {'CPU p50':>8} {'CPU p95':>8} {'queries':>8}")
    for desk, _share in SHARES:
        reader = Acting(
            post="bench", desk=desk, jurisdiction=desk.partition("/")[0], capabilities=frozenset()
        )
        for question in QUESTIONS:
            spent, used = [], []
            hits: list[Any] = []
            for _look in range(looks):
                begins, began = perf_counter(), process_time()
                with rules.reading():
                    hits = list(registration.found(reader, question, 20))
                spent.append(1000 * (perf_counter() - begins))
                used.append(1000 * (process_time() - began))
            with rules.reading(), CaptureQueriesContext(connection) as asked:
                list(registration.found(reader, question, 20))
            spent.sort()
            used.sort()
            told = f"{at(spent, 0.5):>7.1f} {at(spent, 0.95):>7.1f} {spent[-1]:>7.1f}"
            told += f" {at(used, 0.5):>8.1f} {at(used, 0.95):>8.1f}"
            print(f"{desk:<28} {question:<14} {len(hits):>6} {told} {len(asked):>8}", flush=True)


def _options() -> argparse.Namespace:
    from bench import _house

    parser = _house.parser(__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())

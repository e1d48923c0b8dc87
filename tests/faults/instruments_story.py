"""The instruments' part of the crash story: a text is drafted, proposed, returned, signed, switched to, ended and left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tongxin.heart.agreements.tests import texts

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]

BAODI, LANGFANG, CHIEF = "baodi-coordinator", "langfang-coordinator", "langfang-chief"
POSTS = {
    BAODI: "tj-baodi-coordination/coordinator",
    LANGFANG: "he-langfang-coordination/coordinator",
    CHIEF: "he-langfang-coordination/head",
}
SHARED = texts.SHARED + "    until: 2026-03-12\n"
CLAUSES = SHARED + texts.MONTHLY + texts.DATED.format(on="2026-09-30") + texts.STAGED
FIRST = texts.water(1, begins="2026-03-11", more=CLAUSES).replace("P90D", "P1D")
SECOND = texts.water(2, begins="2026-03-11", more=CLAUSES, transition="switch").replace("P90D", "P1D")


def by(who: str) -> Any:
    from tongxin.heart.region.holdings import acting_in, seats_of
    from tongxin.heart.region.models import Person

    person = Person.objects.get(username=who)
    desk = POSTS[who].partition("-coordination/")[0] + "/coordination_office"
    seat = next(s for s in seats_of(person) if s.post.id == POSTS[who] and s.desk.id == desk)
    return acting_in(seat, person=person, via="cli")


def do(name: str, who: str = BAODI, **given: Any) -> Do:
    """A command of a coordinator; values that are functions are asked of what was told before."""

    def run(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.agreements import actions

        values = {word: value(told) if callable(value) else value for word, value in given.items()}
        done: dict[str, Any] = getattr(actions, name)(by=by(who), key=key, **values)
        return done

    return run


def draft(text: str) -> Do:
    return do("draft", text=text)


def propose(of: str) -> Do:
    return do("propose", draft=lambda told: told[of]["draft"])


def sign(of: str, who: str) -> Do:
    return do(
        "sign", who, version=lambda told: told[of]["version"], canonical_hash=lambda told: told[of]["hash"]
    )


def sign_ending(who: str) -> Do:
    return do(
        "sign_ending",
        who,
        version="river-watch@2",
        canonical_hash=lambda told: told["ending"]["hash"],
    )


def settle(told: Told, key: str) -> dict[str, Any]:
    """What the ticker does: versions begin and end, matters and cases move, periods and tasks open."""
    from tongxin.heart.agreements import lifecycle, opening
    from tongxin.heart.cases import switching

    lifecycle.settle_versions()
    switching.settle_versions()
    opening.open_periods()
    return {}


def file_case(told: Told, key: str) -> dict[str, Any]:
    """A case that the second version finds running."""
    from tests.faults import story

    return story.file_case(told, key)


COMMANDS: list[tuple[str, int, Do]] = [
    ("draft", 200, draft(FIRST.replace("PT20M", "PT25M"))),
    ("draft-changed", 201, do("change_draft", draft=lambda told: told["draft"]["draft"], edition=1, text=FIRST)),
    ("draft-spare", 202, draft("agreement: x")),
    ("draft-away", 203, do("discard_draft", draft=lambda told: told["draft-spare"]["draft"])),
    ("proposed", 204, propose("draft")),
    ("returned", 205, do("refuse_to_sign", LANGFANG, version="river-watch@1", reason="示例")),
    ("proposed-again", 206, propose("draft")),
    ("signed-1", 207, sign("proposed-again", BAODI)),
    ("signed-2", 208, sign("proposed-again", LANGFANG)),
    ("signed-3", 209, sign("proposed-again", CHIEF)),
    ("settle-1", 210, settle),
    ("case-filed", 211, file_case),
    ("milestone", 212, do("report_milestone", instrument="river-watch", milestone="station-built")),
    ("draft-2", 214, draft(SECOND)),
    ("proposed-2", 215, propose("draft-2")),
    ("signed-4", 216, sign("proposed-2", BAODI)),
    ("signed-5", 217, sign("proposed-2", LANGFANG)),
    ("signed-6", 218, sign("proposed-2", CHIEF)),
    ("settle-2", 219, settle),
    ("law-draft", 220, draft(texts.law())),
    ("law-entered", 221, do("enter_law", draft=lambda told: told["law-draft"]["draft"])),
    ("law-confirmed", 222, do("confirm_law", LANGFANG, version=lambda told: told["law-entered"]["version"],
                              canonical_hash=lambda told: told["law-entered"]["hash"])),
    ("leaves", 223, do("leave", instrument="river-watch", party="tj-baodi")),
    ("stays", 224, do("withdraw_leaving", departure=lambda told: told["leaves"]["departure"])),
    ("leaves-again", 225, do("leave", instrument="river-watch", party="tj-baodi")),
    ("ending", 226, do("propose_ending", version="river-watch@2", on=date(2026, 3, 20), reason="示例")),
    ("ending-signed-1", 227, sign_ending(BAODI)),
    ("ending-signed-2", 228, sign_ending(LANGFANG)),
    ("ending-signed-3", 229, sign_ending(CHIEF)),
    ("settle-3", 1800, settle),
]  # fmt: skip

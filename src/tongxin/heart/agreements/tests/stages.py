"""What the stories of instruments share: who acts for whom, and a text brought to where every party has signed it."""

from __future__ import annotations

from typing import Any

from tongxin.heart.agreements import actions, lifecycle, opening
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.agreements.tests import texts
from tongxin.heart.region.acting import SYSTEM

BAODI, LANGFANG, CHIEF = "baodi-coordinator", "langfang-coordinator", "langfang-chief"
WUQING, TONGZHOU = "wuqing-coordinator", "tongzhou-coordinator"
POSTS = {
    BAODI: "tj-baodi-coordination/coordinator",
    LANGFANG: "he-langfang-coordination/coordinator",
    CHIEF: "he-langfang-coordination/head",
    WUQING: "tj-wuqing-coordination/coordinator",
    TONGZHOU: "bj-tongzhou-coordination/coordinator",
}


def stands(house: Any) -> None:
    """The first version of the instrument of these stories, as a region pack brings it."""

    def load() -> None:
        text = texts.water(1, begins="2023-06-01", within="PT1H", leaving=False)
        actions.load_instrument(read_text(text, "river-watch.yaml", known_words()), by=SYSTEM)
        lifecycle.settle_versions()
        opening.open_periods()

    house.begin_with("the first version stands", load)


def acting(house: Any, who: str, desk: str = "") -> Any:
    """A coordinator at the desk of the own coordination office."""
    place = POSTS[who].partition("-coordination/")[0]
    return house.acting(who, POSTS[who], desk or f"{place}/coordination_office")


def proposed(house: Any, text: str = "", by: str = BAODI, key: str = "one") -> tuple[str, str]:
    """A draft put before its parties; its id and hash."""
    who = acting(house, by)
    made = actions.draft(by=who, key=f"draft-{key}", text=text or texts.water(2), file="water.yaml")
    assert made["faults"] == []
    done = actions.propose(by=who, key=f"propose-{key}", draft=made["draft"])
    return done["version"], done["hash"]


def sign(house: Any, who: str, version: str, canonical_hash: str, key: str = "") -> dict[str, Any]:
    """The signature of one person."""
    by = acting(house, who)
    done = actions.sign(
        by=by, key=key or f"sign-{who}-{version}", version=version, canonical_hash=canonical_hash
    )
    return dict(done)


def signed(
    house: Any, text: str, by: str = BAODI, others: tuple[str, ...] = (LANGFANG, CHIEF)
) -> InstrumentVersion:
    """A version that every party has signed."""
    version, canonical_hash = proposed(house, text, by=by, key=str(hash(text)))
    for who in (by, *others):
        done = sign(house, who, version, canonical_hash)
    assert done["ratified"]
    return InstrumentVersion.objects.get(id=version)

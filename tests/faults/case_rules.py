"""What must hold of every case, whatever happened to the servers, the lines and the guards; each fault in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

SETTLES = ("cases.offer.taken_over", "cases.offer.returned", "cases.offer.recalled")

LOADED = ("cases.procedure.loaded", "cases.text.loaded")  # from the pack: of no case, and answered to nobody


def faults(acknowledged: Iterable[dict[str, Any]] = (), *, complete: bool = False) -> list[str]:
    """Return what does not hold: acts and entries, numbers, offers, decisions, ledger.

    `acknowledged`: what clients were told, `case`, `offer`, `steps`. `complete`: all that was begun was ended, so that
    nothing else may be there.
    """
    found = [*_acts(), *_numbers(), *_offers(), *_ledger()]
    told = list(acknowledged)
    found += _lost(told)
    if complete:
        found += _doubled(told)
    return found


def _acts() -> list[str]:
    """Every act has one entry and its answer; every entry of a case one act."""
    from tongxin.heart.exchange.models import IdempotencyKey
    from tongxin.heart.ledger.models import Entry

    rows = IdempotencyKey.objects.filter(act__startswith="cases.").exclude(act__in=LOADED)
    keys = Counter(rows.values_list("act", flat=True))
    entries = Counter(
        Entry.objects.filter(act__startswith="cases.").exclude(act__in=LOADED).values_list("act", flat=True)
    )
    found = [
        f"{act}: {keys[act]} acts, {entries[act]} entries"
        for act in keys | entries
        if keys[act] != entries[act]
    ]
    return found + [f"an act {row.act} without its answer" for row in rows if not row.result]


def _numbers() -> list[str]:
    """Cases are numbered without gap in their series, messages in their channels."""
    from tongxin.heart.cases.models import Case
    from tongxin.heart.events.models import Serial
    from tongxin.heart.exchange.models import Message

    found = []
    series: dict[str, list[int]] = {}
    for number in Case.objects.values_list("number", flat=True):
        name, _dash, n = number.rpartition("-")
        series.setdefault(name, []).append(int(n))
    last = dict(Serial.objects.values_list("series", "last"))
    for name, given in series.items():
        if sorted(given) != list(range(1, last.get(name, 0) + 1)):
            found.append(f"the numbers {name} have a gap: {len(given)} cases, last {last.get(name)}")
    channels: dict[int, list[int]] = {}
    for channel, seq in Message.objects.values_list("channel_id", "seq"):
        channels.setdefault(channel, []).append(seq)
    for channel, given in channels.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            found.append(f"channel {channel} has a gap or a double among {len(given)} messages")
    return found


def _offers() -> list[str]:
    """An offer is settled once, by one act; the holder is who took over last; what freezes a case is open."""
    from tongxin.heart.cases.models import Case, Offer
    from tongxin.heart.ledger.models import Entry

    settled = Counter(
        subject.rpartition("offer:")[2]
        for subject in Entry.objects.filter(act__in=SETTLES).values_list("subject", flat=True)
    )
    found = [f"offer {offer} was settled {n} times: two desks acted" for offer, n in settled.items() if n > 1]
    opened = {str(pk) for pk in Offer.objects.filter(state="offered").values_list("id", flat=True)}
    frozen_cases = Case.objects.filter(frozen_by__isnull=False)
    for number, frozen in frozen_cases.values_list("number", "frozen_by_id"):
        if str(frozen) not in opened:
            found.append(f"{number} is frozen by an offer that is not open")
    taken: dict[str, list[tuple[int, str]]] = {}
    for case, epoch, to in Offer.objects.filter(state="taken_over").values_list(
        "case_id", "epoch", "to_desk_id"
    ):
        taken.setdefault(case, []).append((epoch, to))
    for number, holder, epoch in Case.objects.values_list("number", "holder_id", "epoch"):
        if number in taken and epoch == len(taken[number]) and max(taken[number])[1] != holder:
            found.append(f"{number} is held by {holder}, but {max(taken[number])[1]} took it over last")
    decided = Counter(Entry.objects.filter(act="cases.case.decided").values_list("subject", flat=True))
    return found + [f"{subject} was decided {n} times" for subject, n in decided.items() if n > 1]


def _ledger() -> list[str]:
    from tongxin.heart.ledger import queries, verify
    from tongxin.heart.ledger.models import Entry

    found = [] if (report := verify.verify_log()).holds else [f"the ledger: {report.findings}"]
    head = queries.head()
    size = head.size if head else 0
    indices = sorted(Entry.objects.values_list("index", flat=True))
    return (
        found
        if indices == list(range(size))
        else [*found, f"the ledger has {len(indices)} entries and says {size}"]
    )


def _lost(told: list[dict[str, Any]]) -> list[str]:
    """All that a client was told is there, as it was told, and each case has the holder that took it over."""
    from tongxin.heart.cases.models import Case, Decision, Offer

    cases = {row.number: row for row in Case.objects.all()}
    offers = {str(row.id): row for row in Offer.objects.all()}
    decisions = Counter(Decision.objects.values_list("case_id", flat=True))
    found = []
    for one in told:
        row, steps = cases.get(one["case"]), one["steps"]
        if row is None:
            found.append(f"{one['case']} was acknowledged and is lost")
            continue
        if "offer" in steps and one["offer"] not in offers:
            found.append(f"the offer {one['offer']} was acknowledged and is lost")
        if "take over" in steps and (row.holder_id, row.epoch) != ("bj-tongzhou/service_centre", 1):
            found.append(f"{row.number} was taken over, and is held by {row.holder_id} at epoch {row.epoch}")
        if "decide" in steps and (row.state, decisions[row.number]) != ("decided", 1):
            found.append(
                f"{row.number} was decided, and is {row.state} with {decisions[row.number]} decisions"
            )
    return found


def _doubled(told: list[dict[str, Any]]) -> list[str]:
    """Nothing is there that nobody was told: each command had its effect once."""
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.cases.models import Case, Decision, Offer
    from tongxin.heart.exchange.models import Message

    steps = Counter(step for one in told for step in one["steps"])
    known = {one["case"] for one in told}
    there = {
        "cases": (Case.objects.count(), len(known)),
        "offers": (Offer.objects.count(), steps["offer"]),
        "decisions": (Decision.objects.count(), steps["decide"]),
        "offers sent": (Message.objects.filter(kind="offer").count(), steps["offer"]),
        "acceptances sent": (Message.objects.filter(kind="accept").count(), steps["take over"]),
        "duties to answer": (Duty.objects.filter(subject__startswith="answer:").count(), steps["offer"]),
    }
    return [
        f"{name}: {n} are there, {wanted} were told" for name, (n, wanted) in there.items() if n != wanted
    ]

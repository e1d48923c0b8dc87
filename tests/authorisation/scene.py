"""The small world that every cell of the tables is tried in, and who stands in which column."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from tests.authorisation import scene_desk, scene_states
from tests.support import judged, snapshots
from tests.support.world import House

HERE = Path(__file__).parent
ROLES = ("own", "own_without", "partner", "third", "auditor", "admin_own", "admin_other")
# Somebody with several posts acts in the one named here.
POSTS = {
    "wuqing-clerk": "tj-wuqing-services/window_clerk",
    "tongzhou-clerk": "bj-tongzhou-services/window_clerk",
    "langfang-clerk": "he-langfang-services/window_clerk",
    "baodi-clerk": "tj-baodi-services/window_clerk",
    "wuqing-approver": "tj-wuqing-services/approver",
    "tongzhou-approver": "bj-tongzhou-services/approver",
    "langfang-approver": "he-langfang-services/approver",
    "wuqing-coordinator": "tj-wuqing-coordination/coordinator",
    "baodi-coordinator": "tj-baodi-coordination/coordinator",
    "langfang-coordinator": "he-langfang-coordination/coordinator",
    "tongzhou-coordinator": "bj-tongzhou-coordination/coordinator",
}
APPLICANT = {"applicant_name": "示例店", "credit_code": "91120000MA0TEST001", "premises": "示例路 1 号"}
PAPERS = ["application_form", "business_licence", "floor_plan", "safety_rules"]
TONGZHOU = "bj-tongzhou/service_centre"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table that was written by hand."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CASTS = {row["cast"]: row for row in table("casts.csv")}


@dataclass
class Scene:
    """One incident, four cases as far on as each act needs them, and the things of the administration."""

    house: House
    words: dict[str, str] = field(default_factory=dict)  # what {names} in the tables stand for
    sessions: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # of who is in some cast, logged in once

    def seat(self, cast: str, role: str) -> tuple[str, str]:
        """Username and post of who stands in a column."""
        who = CASTS[cast][role]
        if who.startswith("reader@"):
            office = who.removeprefix("reader@")
            return f"reader-{office}", f"{office}/reader"
        return who, POSTS.get(who, "")

    def client(self, cast: str, role: str, **options: Any) -> Client:
        """A client of who stands in a column; nobody for `anonymous`."""
        client = Client(raise_request_exception=False, **options)
        if role != "anonymous":
            client.cookies["sessionid"] = self.sessions[self.seat(cast, role)]
        return client


_built: list[tuple[Scene, snapshots.Snapshot]] = []  # once a process, for all that play in it


def built(house: House) -> Scene:
    """The scene, in the tables of the loaded region: acted out the first time, put back after that."""
    if not _built:
        _built.append((_build(house), snapshots.take()))
    else:
        snapshots.restore(_built[0][1])
    scene = _built[0][0]
    scene.house = house
    return scene


def _build(house: House) -> Scene:
    """Act it all out through the real actions."""
    from tongxin.heart.ledger import actions as ledger
    from tongxin.heart.ledger.models import Entry

    scene = Scene(house)
    for office in ("tj-wuqing-ecology", "he-langfang-ecology", "tj-wuqing-services", "bj-tongzhou-services",
                   "tj-baodi-coordination", "tj-baodi-ecology"):  # fmt: skip
        _reader(office)
    scene.words["now"] = house.clock.at.strftime("%Y-%m-%dT%H:%M")
    _incident(scene)
    _acts(scene)
    _cases(scene)
    _administration(scene)
    _instruments(scene)
    _consents(scene)
    _judged(scene)
    _outbox(scene)
    _dispute(scene)
    _silence(scene)
    _nodes(scene)
    scene_states.build(scene, APPLICANT, PAPERS)
    scene_desk.build(scene)
    filed = Entry.objects.get(subject=f"case:{scene.words['filed']}", act="cases.case.filed")
    scene.words["filed_entry"] = str(filed.index)
    ledger.checkpoint()
    for cast in CASTS:
        for role in ROLES:
            seat = scene.seat(cast, role)
            if seat not in scene.sessions:
                scene.sessions[seat] = house.client(*seat).cookies["sessionid"].value
    return scene


def _reader(office: str) -> None:
    """A post of the office that may do nothing, with somebody in it."""
    from tongxin.heart.region.models import Person, Post, PostHolding

    post = Post.objects.create(
        id=f"{office}/reader",
        office_id=office,
        role="reader",
        name_zh="阅览",
        name_en="Reader",
        capabilities=[],
    )
    person = Person.objects.create(username=f"reader-{office}", display_name="示例·阅览", demo=True)
    PostHolding.objects.create(post=post, person=person, valid_from="2023-01-01")


def _incident(scene: Scene) -> None:
    from tongxin.heart.agreements import actions as agreements
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions as ecology

    house = scene.house
    by = house.acting("langfang-duty")
    data = {"river": "qinglongwan-jianhe", "location": "示例闸下", "pollutant": "ammonia"}
    report = Report("ecology.water_incident", "he-langfang-xianghe", house.clock.at, data)
    done = ecology.report_incident(report, by=by, key="scene-report")
    scene.words["incident"] = done["matter"]
    told = agreements.tell(
        by=by, key="scene-tell", matter=done["matter"], to_desk="tj-wuqing/ecology_bureau",
        carried={"location": "示例闸下", "pollutant": "ammonia"},
    )  # fmt: skip
    scene.words["notice"] = told["message"]
    scene.words["duty"] = str(Duty.objects.get(pk=told["met"][0]).pk)
    scene.words["event"] = done["event"]


def _acts(scene: Scene) -> None:
    """What the acts in an incident need: a call that waits, somebody to stand down, two reports of the same, one proposal."""
    from tongxin.heart.agreements import actions as agreements
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions as ecology

    house, number = scene.house, scene.words["incident"]
    by, county = house.acting("langfang-duty"), house.acting("xianghe-duty")
    call = agreements.tell_by_telephone(
        by=by, key="scene-call", matter=number, to_desk="tj-baodi/ecology_bureau", at=house.clock.at,
        carried={"location": "示例闸下", "pollutant": "ammonia", "forecast_arrival": "示例"},
    )  # fmt: skip
    scene.words["call"] = call["message"]
    met = Duty.objects.get(pk=scene.words["duty"])
    Duty.objects.create(
        clause=met.clause, clause_key=met.clause_key, thread=met.thread, matter=met.matter, purpose="stand_down",
        bound_desk=met.bound_desk, owed_desk=met.owed_desk, opened_by=met.opened_by, opened_at=house.clock.at,
        starts_at=house.clock.at, due_at=met.due_at, wanted={"of_round": 1},
    )  # fmt: skip
    for name in ("twin", "other_twin"):
        data = {"river": "qinglongwan-jianhe", "location": f"示例{name}", "pollutant": "ammonia"}
        report = Report("ecology.water_incident", "he-langfang-xianghe", house.clock.at, data)
        done = ecology.report_incident(report, by=county, key=f"scene-{name}")
        scene.words[name] = done["matter"]
    made = ecology.propose_merge(scene.words["twin"], number, by=county, key="scene-merge", reason="示例")
    scene.words["proposal"] = str(made["proposal"])


def _cases(scene: Scene) -> None:
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import NoticeText

    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    taker = scene.house.acting("tongzhou-clerk", POSTS["tongzhou-clerk"])
    region_text = NoticeText.objects.get(name="one-time-notice", desk=None)
    scene.words["text"] = str(region_text.pk)
    for state in ("filed", "accepted", "offered", "in_hand"):
        number = actions.file_case(
            by=clerk, key=f"scene-{state}", procedure="food-business-licence", decide_at="bj-tongzhou",
            applicant=APPLICANT, papers=PAPERS,
        )["case"]  # fmt: skip
        scene.words[state] = number
        if state in {"filed", "offered"}:
            scene.words["paper" if state == "filed" else "paper_offered"] = _paper(clerk, number)
        if state == "filed":
            continue
        actions.accept_case(by=clerk, key=f"scene-{state}-accept", number=number)
        if state == "accepted":
            continue
        made = actions.offer(by=clerk, key=f"scene-{state}-offer", number=number, to_desk=TONGZHOU, epoch=0)
        if state == "offered":
            scene.words["offer"] = made["offer"]
            continue
        actions.take_over(by=taker, key=f"scene-{state}-take", offer_id=made["offer"])


def _paper(by: Any, number: str) -> str:
    """A paper of a case, as a file."""
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.tests import corpus

    return actions.add_paper(
        by=by, key=f"paper-{number}", number=number, kind="floor_plan", name="示例.pdf", pieces=[corpus.pdf()]
    )["paper"]  # fmt: skip


def uploads(value: Any) -> Any:
    """What a cell sends: `@pdf` stands for a file."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tongxin.heart.cases.tests import corpus

    return SimpleUploadedFile("示例.pdf", corpus.pdf(b"% sent")) if value == "@pdf" else value


def _judged(scene: Scene) -> None:
    """Duties whose performance is judged, as far on as each act needs them, and two clauses in conflict."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.agreements.models import ClauseConflict

    house = scene.house
    names = ("judged-supply", "judged-delivered", "judged-stopped")
    own = tuple(judged.text_of(name, judged.SHARE) for name in names)
    judged.load("judged-gate", "judged-now", "judged-sample", texts=own)
    supply, delivered, stopped = (judged.opened(name) for name in names)
    gate = judged.opened("judged-gate")
    by = house.acting("langfang-duty")
    carried = {"location": "示例断面", "amount": "12.5 mg/L"}
    actions.perform(by=by, key="scene-perform", duty=delivered.pk, carried=carried)
    actions.suspend(by=by, key="scene-suspend", duty=stopped.pk, ground="station_down")
    torn = judged.incident(house, key="scene-torn")["matter"]
    raised = judged.raised(by, house.clock.at - timedelta(days=3), "scene-raised")
    noted = ClauseConflict.objects.get(thread=f"matter:{torn}", one_id="judged-now@1/tell-now")
    scene.words |= {
        "supply": str(supply.pk), "delivered": str(delivered.pk), "stopped_duty": str(stopped.pk), "gate": str(gate.pk),
        "item": str(raised.pk), "conflict": str(noted.pk), "clause": noted.one_id, "period": str(supply.matter_id),
    }  # fmt: skip


def _instruments(scene: Scene) -> None:
    """One instrument that stands, one that a party leaves, a text that waits for signatures, a draft."""
    from tongxin.heart.agreements import actions, lifecycle
    from tongxin.heart.agreements.known import known_words
    from tongxin.heart.agreements.reader import read_text
    from tongxin.heart.agreements.tests import texts
    from tongxin.heart.region.acting import SYSTEM

    stands = texts.water(1, begins="2023-06-01", more=texts.STAGED)
    for name in ("river-watch", "river-watch-two"):
        text = stands.replace("agreement: river-watch", f"agreement: {name}")
        actions.load_instrument(read_text(text, f"{name}.yaml", known_words()), by=SYSTEM)
    lifecycle.settle_versions()
    by = scene.house.acting("baodi-coordinator", POSTS["baodi-coordinator"], "tj-baodi/coordination_office")
    left = actions.leave(by=by, key="scene-leave", instrument="river-watch-two", party="tj-baodi")
    scene.words["departure"] = str(left["departure"])
    made = actions.draft(by=by, key="scene-draft", text=texts.water(2))
    proposed = actions.propose(by=by, key="scene-propose", draft=made["draft"])
    scene.words |= {"proposed": proposed["version"], "hash": proposed["hash"], "standing": "river-watch@1"}
    scene.words["draft"] = str(actions.draft(by=by, key="scene-faulty", text="a")["draft"])
    reached = actions.report_milestone(
        by=scene.house.acting("langfang-duty"), key="scene-milestone", instrument="river-watch-two", milestone="station-built",
    )  # fmt: skip
    scene.words["milestone"] = reached["matter"]


def _administration(scene: Scene) -> None:
    from tongxin.heart.region import tokens
    from tongxin.heart.region.models import RosterShift

    house = scene.house
    person = house.person("wuqing-clerk")
    scene.words["person"] = str(person.pk)
    scene.words["holding"] = str(person.holdings.order_by("id").first().pk)
    shift = RosterShift.objects.filter(desk="tj-wuqing/ecology_bureau").order_by("-until_at").first()
    assert shift is not None
    scene.words["shift"] = str(shift.pk)
    token, _secret = tokens.issue(house.seat("wuqing-approver"), label="示例", at=house.clock.at)
    scene.words["token"] = str(token.pk)


def _consents(scene: Scene) -> None:
    """A consent in the received case, to be withdrawn."""
    from tongxin.heart.cases import actions

    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    done = actions.give_consent(
        by=clerk, key="scene-consent", number=scene.words["filed"], who="applicant", fields=["premises"]
    )
    scene.words["consent"] = str(done["consent"])
    by = actions.applicant_at(clerk.desk)
    for name, kind, asked in (("letter", "message", ""), ("correction", "correction", "premises")):
        written = actions.write(
            by=by, key=name, number=scene.words["filed"], kind=kind, text="示例", field=asked
        )
        scene.words[name] = str(written["letter"])


def _outbox(scene: Scene) -> None:
    """A desk that is subscribed twice: one receiver is not there, so that what went to it is given up; one is stopped."""
    from tongxin.heart.cases import actions as cases
    from tongxin.heart.exchange import jobs, keeping
    from tongxin.heart.exchange.models import Delivery

    keeper = scene.house.acting("wuqing-coordinator", POSTS["wuqing-coordinator"])
    for name, target in (("subscription", "http://localhost:9/"), ("stopped", "http://localhost:9/stopped")):
        made = keeping.subscribe(
            by=keeper, key=f"scene-{name}", desk="tj-wuqing/service_centre", connector="webhook", target=target,
            kinds=["offer_returned"],
        )  # fmt: skip
        scene.words[name] = str(made.result["subscription"])
    keeping.set_active(by=keeper, key="scene-stop", subscription=int(scene.words["stopped"]), active=False)
    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    taker = scene.house.acting("tongzhou-clerk", POSTS["tongzhou-clerk"])
    number = cases.file_case(
        by=clerk, key="scene-given-back", procedure="food-business-licence", decide_at="bj-tongzhou",
        applicant=APPLICANT, papers=PAPERS,
    )["case"]  # fmt: skip
    scene.words |= {"given_back": number, "paper_given_back": _paper(clerk, number)}
    cases.accept_case(by=clerk, key="scene-given-back-accept", number=number)
    made_offer = cases.offer(by=clerk, key="scene-given-back-offer", number=number, to_desk=TONGZHOU, epoch=0)
    cases.return_over(
        by=taker, key="scene-given-back-return", offer_id=made_offer["offer"], reason="not_competent"
    )
    now = scene.house.clock.at
    for _each in range(jobs.MOST_ATTEMPTS):
        jobs.send_due(now=now)
        now += jobs.WAITS[-1]
    scene.words["dead"] = str(Delivery.objects.get(state="dead").pk)


def _dispute(scene: Scene) -> None:
    """A case that came back four times: the coordination offices of both sides name a holder."""
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import Dispute

    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    taker = scene.house.acting("tongzhou-clerk", POSTS["tongzhou-clerk"])
    number = actions.file_case(
        by=clerk, key="scene-disputed", procedure="food-business-licence", decide_at="bj-tongzhou",
        applicant=APPLICANT, papers=PAPERS,
    )["case"]  # fmt: skip
    actions.accept_case(by=clerk, key="scene-disputed-accept", number=number)
    for n in range(4):
        made = actions.offer(by=clerk, key=f"scene-disputed-{n}", number=number, to_desk=TONGZHOU, epoch=0)
        actions.return_over(
            by=taker, key=f"scene-returned-{n}", offer_id=made["offer"], reason="not_competent"
        )
    scene.words |= {"disputed": number, "dispute": str(Dispute.objects.get(case=number).pk)}


def _silence(scene: Scene) -> None:
    """An offer that nobody has answered in its time."""
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.cases import actions

    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    number = actions.file_case(
        by=clerk, key="scene-silent", procedure="food-business-licence", decide_at="bj-tongzhou",
        applicant=APPLICANT, papers=PAPERS,
    )["case"]  # fmt: skip
    actions.accept_case(by=clerk, key="scene-silent-accept", number=number)
    made = actions.offer(by=clerk, key="scene-silent-offer", number=number, to_desk=TONGZHOU, epoch=0)
    past = scene.house.clock.at - timedelta(hours=1)
    Duty.objects.filter(subject=f"answer:{made['offer']}").update(due_at=past)
    scene.words["silent"] = made["offer"]


def _nodes(scene: Scene) -> None:
    """A peer that is confirmed, one that is not, and a note between two desks here."""
    from tests.support.second_node import SecondNode
    from tongxin.heart.exchange import lines_notes, peers
    from tongxin.heart.region.acting import SYSTEM

    for name, seed in (("second", 7), ("third", 8)):
        node = SecondNode(name=name, seed=seed)
        peers.add(by=SYSTEM, key=f"scene-{name}", address="http://localhost:9", identity=node.identity())
        scene.words[f"{name}_key"] = node.key
    peers.confirm(by=SYSTEM, key="scene-confirm", peer="second", fingerprint=scene.words["second_key"])
    clerk = scene.house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
    made = lines_notes.send_note(by=clerk, key="scene-note", to_desk=TONGZHOU, text="示例")
    scene.words["note"] = made["note"]


def written() -> tuple[Any, ...]:
    """What no refused command may change: entries, keys, messages, states."""
    from tongxin.heart.agreements.models import Duty, Resolution
    from tongxin.heart.cases.models import Case, Letter, Offer, Paper, Rating
    from tongxin.heart.exchange.models import Delivery, Envelope, IdempotencyKey, Message, Peer, Subscription
    from tongxin.heart.ledger.models import Entry
    from tongxin.heart.region.models import OfficeToken, Person, PostHolding, RosterShift

    models: tuple[Any, ...] = (Entry, IdempotencyKey, Message, Duty, Case, Offer, Person, PostHolding, RosterShift,
                               OfficeToken, Subscription, Delivery, Resolution, Peer, Envelope, Paper, Letter, Rating)  # fmt: skip
    counts = ", ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in models)
    with connection.cursor() as cursor:  # asked twice for every cell, and so in one piece
        cursor.execute(f"SELECT {counts}")
        found = tuple(cursor.fetchone())
        cursor.execute(f'SELECT state, holder_id, epoch FROM "{Case._meta.db_table}" ORDER BY number')
        return found + tuple(cursor.fetchall())

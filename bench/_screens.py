"""The screens that are measured and counted, as `tests/query_budgets.csv` lists them, and who looks at them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

LIST = Path(__file__).resolve().parents[1] / "tests" / "query_budgets.csv"


@dataclass(frozen=True)
class Screen:
    """A screen or an operation, who reads it, and how many queries it may ask.

    `reader` is a demo person, `token` and a demo person for the API, or empty for anybody. In `address` stand names of
    things in braces, which are looked up for the reader.
    """

    name: str
    reader: str
    address: str
    budget: int

    @property
    def person(self) -> str:
        """Return the demo person who reads."""
        return self.reader.removeprefix("token ")


def screens(path: Path = LIST) -> list[Screen]:
    """Return the list, in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Screen(r["screen"], r["reader"], r["address"], int(r["budget"])) for r in rows]


class Readers:
    """The ways in: a client for each reader, logged in and seated, or with an office token."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def client(self, screen: Screen) -> Client:
        """Return the client of a screen's reader; made once."""
        if screen.reader not in self._clients:
            self._clients[screen.reader] = _client(screen)
        return self._clients[screen.reader]

    def look(self, screen: Screen, address: str) -> Callable[[], Any]:
        """Return what asks for the address and reads the answer to its end; any but a 200 is an error."""
        client = self.client(screen)

        def ask() -> Any:
            answer: Any = client.get(address, headers={"accept-language": "en"})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code != 200:
                raise ValueError(f"{address} answered {answer.status_code} to {screen.reader or 'anybody'}")
            return body

        return ask


def queries(ask: Callable[[], Any]) -> list[str]:
    """Return the statements that one look asks when nothing is remembered from an earlier one."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        ask()
    return [query["sql"] for query in asked.captured_queries]


def address(screen: Screen) -> str:
    """Return the screen's address with the reader's own things in it."""
    return re.sub(r"\{(\w+)\}", lambda found: _thing(found[1], screen), screen.address)


def _client(screen: Screen) -> Client:
    from tongxin.heart.region import tokens
    from tongxin.heart.region.holdings import seats_of
    from tongxin.heart.region.models import Person
    from tongxin.shared import clock

    client = Client(SERVER_NAME="localhost")
    if not screen.reader:
        return client
    person = Person.objects.get(username=screen.person)
    seat = seats_of(person)[0]
    if screen.reader.startswith("token "):
        _row, secret = tokens.issue(seat, label="bench", at=clock.now())
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client
    client.force_login(person)
    session = client.session
    session["seat"] = seat.code
    session.save()
    return client


def _thing(name: str, screen: Screen) -> str:
    from tongxin.heart.agreements import queries as agreements
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.cases import queries as cases
    from tongxin.heart.cases.models import Case
    from tongxin.heart.ledger import queries as ledger
    from tongxin.petals.ecology import queries as ecology

    if name == "entry":
        head = ledger.head()
        return str((head.size if head else 0) // 2)
    if name == "version":
        return str(agreements.versions_in_force()[0].pk)
    if not screen.reader:  # anybody may name a case in the ledger, and sees no payload
        return str(Case.objects.order_by("-filed_at").values_list("number", flat=True)[0])
    reader = _acting(screen)
    if name == "incident":
        return str(ecology.incidents(reader).values_list("number", flat=True)[0])
    if name == "case":
        return str(cases.cases(reader).values_list("number", flat=True)[0])
    if name == "duty":
        standing = agreements.duties(reader).filter(state=Duty.State.OPEN)
        return str(standing.values_list("pk", flat=True)[0])
    if name == "matter":  # one that is shown on the page of all matters: a period or a task
        own = agreements.matters(reader).exclude(kind=ecology.KIND)
        return str(own.values_list("number", flat=True)[0])
    raise ValueError(f"nobody knows what {name} is")


def _acting(screen: Screen) -> Any:
    from tongxin.heart.region.holdings import acting_in, seats_of
    from tongxin.heart.region.models import Person

    person = Person.objects.get(username=screen.person)
    return acting_in(seats_of(person)[0], person=person, via="screen")

"""One server of the demonstration on two: makes its data, meets the other, serves. `demo_nodes` starts it.

python -m tongxin.site.demo_node NUMBER HOST ADDRESS-OF-THE-OTHER [--reset] [--prepare-only]
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from tongxin.site import cli

WAIT = 1800.0  # seconds for the other to make its data; who starts both ends this one when the other ends


def main(words: Sequence[str]) -> int:
    """Serve the node that the environment names (TONGXIN_NODE, TONGXIN_DATA, TONGXIN_PORT); return the exit status."""
    number, host, other = int(words[0]), words[1], words[2]
    cli.set_up()
    from django.conf import settings

    from tongxin.heart.exchange import nodes
    from tongxin.shared.errors import Refused
    from tongxin.site import demo, demo_nodes, launch

    launch.end_with_parent(os.getppid())
    file = demo_nodes.read()
    try:
        demo.prepare(
            reset="--reset" in words, say=_say, build=lambda _say: _build(number, "--reset" in words)
        )
        _only_own_people(number)
        _write(settings.DATA / demo_nodes.IDENTITY, nodes.identity().decode())
        beside = file.nodes[1 - number].name
        shown = settings.DATA.parent / beside / demo_nodes.IDENTITY
        _wait_for(shown)  # so the people of the other node read its fingerprint out
        _meet(beside, other, shown.read_text("utf-8"), number)
        if "--prepare-only" in words:
            _ready()
            return 0
        launch.serve(host, settings.PORT, when_ready=_ready)
    except Refused as refused:
        click.echo(f"tongxin: {settings.NODE}: {refused.what} {refused.todo}", err=True)
        return 2
    return 0


def _say(text: str) -> None:
    from django.conf import settings

    click.echo(f"· {settings.NODE}: {text.removeprefix('· ')}")


def _build(number: int, both: bool) -> None:
    """Make tables, region and key; `both`: the other node does so too, and the second takes the tables of the first.

    The demo day is not played: it is one story over desks that now work apart.
    """
    from django.conf import settings

    from tongxin.heart.exchange import nodes
    from tongxin.site import demo, demo_nodes, pack

    made = settings.DATA.parent / demo_nodes.TABLES
    if number == 0 or not both:
        _say("making the tables")
        demo.migrate()
        _copy_tables(made)
    else:
        _wait_for(made)
        shutil.copyfile(made, settings.DATABASES["default"]["NAME"])
    _say("loading the region pack")
    pack.load(settings.REGION_PACK)
    nodes.own()


def _copy_tables(to: Path) -> None:
    """Keep a copy of the database, whole or not at all."""
    from django.db import connection

    part = to.with_name(f".{to.name}")
    part.unlink(missing_ok=True)
    connection.ensure_connection()
    with closing(sqlite3.connect(part)) as copy:
        connection.connection.backup(copy)
    part.replace(to)


def _only_own_people(number: int) -> None:
    """Take away the demo people of places that the other node has; loading the pack again brings them back."""
    from django.db import transaction

    from tongxin.heart.region.models import Person, PostHolding

    theirs = [
        person.pk
        for person in Person.objects.filter(demo=True).prefetch_related("holdings__post__office")
        if not any(_is_own(number, h.post.office.jurisdiction_id or "") for h in person.holdings.all())
    ]
    with transaction.atomic():
        PostHolding.objects.filter(person_id__in=theirs).delete()
        Person.objects.filter(pk__in=theirs).delete()


def _is_own(number: int, place: str) -> bool:
    from tongxin.site import demo_nodes

    of_the_second = place in demo_nodes.read().nodes[1].places
    return of_the_second == (number == 1)


def _wait_for(path: Path) -> None:
    """Wait until the other node has written a file."""
    from tongxin.shared.errors import Refused

    begins = time.monotonic()
    while not path.exists():
        if time.monotonic() - begins > WAIT:
            raise Refused("alone", f"The other node did not begin within {WAIT:.0f} s.", todo="Start again.")
        time.sleep(0.05)


def _meet(name: str, address: str, said: str, number: int) -> None:
    """Add the other node, confirm its key by what it shows, say which desks work there; what is so already is left."""
    from tongxin.heart.exchange import lines, nodes, peers
    from tongxin.heart.exchange.acts import new_key
    from tongxin.heart.exchange.models import DeskHome, Peer
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.heart.region.models import Desk

    identity = lines.read(lines.Identity, said.encode(), "wrong_format")
    peer = Peer.objects.filter(pk=name).first()
    if peer is None:
        peers.add(by=SYSTEM, key=new_key(), address=address, identity=identity)
    elif peer.address != address:
        peers.move(by=SYSTEM, key=new_key(), peer=name, address=address, identity=identity)
    key = nodes.counting_key(name)
    if key is None or key.key_id != identity.key:
        peers.confirm(by=SYSTEM, key=new_key(), peer=name, fingerprint=identity.key)
    desks = Desk.objects.values_list("id", "jurisdiction_id")
    there = sorted(desk for desk, place in desks if not _is_own(number, place or ""))
    if set(there) != set(DeskHome.objects.filter(peer=name).values_list("desk_id", flat=True)):
        peers.place(by=SYSTEM, key=new_key(), desks=there, peer=name)
    if number == 0 and peer is None:
        _send()


def _send() -> None:
    """Send what the pack says: a note, and a case that is filed, accepted and offered."""
    from tongxin.heart.cases import actions as cases
    from tongxin.heart.exchange import lines_notes
    from tongxin.site import demo_day, demo_nodes

    file = demo_nodes.read()
    by = demo_day.acting(file.note.by, demo_day.CENTRE)
    lines_notes.send_note(by=by, key="demo:nodes:note", to_desk=file.note.to, text=file.note.text)
    clerk = demo_day.acting(file.case.by, demo_day.CENTRE)
    number = demo_day.file_case(
        name=file.case.name,
        premises=file.case.premises,
        decide_at=file.case.decide_at,
        n=1,
        by=clerk,
        key="demo:nodes:file",
    )
    cases.accept_case(by=clerk, key="demo:nodes:accept", number=number)
    to_desk = f"{file.case.decide_at}/{demo_day.CENTRE}"
    cases.offer(by=clerk, key="demo:nodes:offer", number=number, to_desk=to_desk, epoch=0)


def _ready() -> None:
    """Say that this node answers, and who can log in."""
    from django.conf import settings

    from tongxin.heart.exchange import nodes
    from tongxin.site.account import demo as logins

    said = {
        "fingerprint": " ".join(nodes.own().groups),
        "password": logins.password(),
        "people": {person.username: " / ".join(posts) for person, posts in logins.people()},
    }
    _write(settings.DATA / "ready", json.dumps(said, ensure_ascii=False))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

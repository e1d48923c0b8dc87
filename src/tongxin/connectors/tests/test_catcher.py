"""The receiver for tries: it verifies, tells a delivery that came before, and its command ends by itself when asked."""

from __future__ import annotations

import threading

import pytest
from click.testing import CliRunner

from tongxin.connectors import outbox_cli
from tongxin.connectors.base import NotSent
from tongxin.connectors.contrib.webhook import Webhook
from tongxin.connectors.demo.catcher import Catcher
from tongxin.shared import clock
from tongxin.shared.errors import Refused

hook = Webhook()


@pytest.fixture
def caught():
    said: list[str] = []
    catcher = Catcher(secret="s3cret", say=said.append)
    catcher.said = said
    thread = threading.Thread(target=catcher.serve_until_closed, daemon=True)
    thread.start()
    yield catcher
    catcher.stop()
    thread.join(10)


def test_it_verifies_and_tells_the_second_from_the_first(caught, outgoing):
    hook.send(outgoing(caught.address, at=clock.now()))
    hook.send(outgoing(caught.address, at=clock.now(), attempt=2))
    assert [(each.verified, each.again) for each in caught.caught] == [(True, False), (True, True)]
    assert caught.said[0].startswith("duty_do  matter:M-2026-000001  signature verifies  [")
    assert "  zh: M-2026-000001：新的义务" in caught.said
    assert any("came before" in line for line in caught.said)


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"at": clock.now().replace(year=2020)}])
def test_a_wrong_secret_or_an_old_recording_is_refused(caught, outgoing, wrong):
    with pytest.raises(NotSent) as fault:
        hook.send(outgoing(caught.address, **({"at": clock.now()} | wrong)))
    assert fault.value.error == "http:401"
    assert "SIGNATURE DOES NOT VERIFY" in caught.said[0]


def test_the_command_catches_so_many_and_ends(outgoing, monkeypatch):
    from tongxin.connectors.demo import catcher

    begun: list[Catcher] = []
    ready = threading.Event()
    real = catcher.Catcher.serve

    def serve(self, count=None):
        begun.append(self)
        ready.set()
        real(self, count)

    monkeypatch.setattr(catcher.Catcher, "serve", serve)

    def send() -> None:
        assert ready.wait(20)
        hook.send(outgoing(begun[0].address, at=clock.now()))

    thread = threading.Thread(target=send)
    thread.start()
    done = CliRunner().invoke(
        outbox_cli.group, ["catch", "--port", "0", "--count", "1"], env={"TONGXIN_WEBHOOK_SECRET": "s3cret"}
    )
    thread.join(20)
    assert done.exit_code == 0, done.output
    assert "signature verifies" in done.output
    assert "due: 2026-03-11T11:00:00+08:00" in done.output


def test_a_port_that_is_taken_is_refused_in_words(caught):
    with pytest.raises(Refused) as refused:
        Catcher(port=caught.port)
    assert refused.value.code == "port_taken"

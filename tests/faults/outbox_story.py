"""The outbox in the crash test: subscribe, send, give up, replay; one delivery a command, so that each dies at each point.

Mail goes into files of the data folder, so that the test can count what arrived. The webhook is refused before it is
sent: its address is this machine, which in service may not be called.
"""

from __future__ import annotations

import email
import os
from collections.abc import Callable
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

Told = dict[str, dict[str, Any]]
TONGZHOU, WUQING = "bj-tongzhou/service_centre", "tj-wuqing/service_centre"
KEEPERS = {TONGZHOU: "tongzhou-coordinator", WUQING: "wuqing-coordinator"}


def _keeper(desk: str) -> Any:
    from tests.faults.story import acting

    place = desk.partition("/")[0]
    return acting(KEEPERS[desk], f"{place}-coordination/coordinator")


def subscribe(desk: str, connector: str, target: str, kind: str) -> Callable[[Told, str], dict[str, Any]]:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.exchange import keeping

        return keeping.subscribe(
            by=_keeper(desk), key=key, desk=desk, connector=connector, target=target, kinds=[kind]
        ).result

    return do


def change(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.exchange import keeping

    return keeping.change(
        by=_keeper(TONGZHOU), key=key, subscription=told["subscribe-mail"]["subscription"],
        target="new@tongzhou.example.org", kinds=[], new_secret=True,
    ).result  # fmt: skip


def set_active(active: bool) -> Callable[[Told, str], dict[str, Any]]:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.exchange import keeping

        by, row = _keeper(TONGZHOU), told["subscribe-mail"]["subscription"]
        return keeping.set_active(by=by, key=key, subscription=row, active=active)

    return do


def send(told: Told, key: str) -> dict[str, Any]:
    """Send what is due, then what a dispatcher that died had leased."""
    from django.test import override_settings

    from tongxin.heart.exchange import jobs
    from tongxin.shared import clock

    files = {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(mail_folder()),
    }
    with override_settings(MODE="run", **files):
        for leases in range(8):  # one for each death on the way, and more
            jobs.send_due(now=clock.now() + leases * (jobs.LEASE + timedelta(seconds=1)))
    return {}


def replay(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.exchange import keeping
    from tongxin.heart.exchange.models import Delivery

    row = Delivery.objects.filter(subscription=told["subscribe-hook"]["subscription"]).earliest("created_at")
    return keeping.replay(by=_keeper(WUQING), key=key, delivery=str(row.pk))


def replay_all(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.exchange import keeping

    row = told["subscribe-hook"]["subscription"]
    return keeping.replay_all(by=_keeper(WUQING), key=key, subscription=row)


def mail_folder() -> Path:
    return Path(os.environ["TONGXIN_DATA"]) / "mail" / os.environ.get("TONGXIN_STORY", "straight")


def mailed() -> list[str]:
    """The ids of the deliveries that arrived, as often as they did."""
    found = []
    for path in sorted(mail_folder().glob("*.log")):
        for part in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            read = email.message_from_bytes(part, policy=policy.default)
            if read["Tongxin-Delivery"]:
                found.append(str(read["Tongxin-Delivery"]))
    return found

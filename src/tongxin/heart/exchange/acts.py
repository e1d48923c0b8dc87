"""The one way to act: one transaction, one idempotency key, its ledger entries last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines_out, nodes
from tongxin.heart.exchange.models import IdempotencyKey
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.region import rules
from tongxin.heart.region.acting import Acting
from tongxin.shared import canonical, clock, readers, statements
from tongxin.shared.errors import Conflict, Invalid, KeyReused
from tongxin.shared.writing import writing


@dataclass
class Act:
    """An act while it runs. Set `result`; call `entry` once for every act that the ledger should keep.

    Set `changes_rules` where it changes who may see or do what: then the rules number rises with it.
    """

    name: str
    by: Acting
    at: datetime
    replayed: bool = False
    result: dict[str, Any] = field(default_factory=dict)
    drafts: list[ledger.Draft] = field(default_factory=list)
    changes_rules: bool = False

    def entry(
        self,
        subject: str,
        *,
        act: str = "",
        cause: str = "",
        basis: str = "",
        payload: dict[str, Any] | None = None,
    ) -> None:
        """Keep one line for the ledger; it is appended when the act ends well.

        Of a stand-in it names the post that acts, and in the payload the stand-in's own post.
        """
        said = dict(payload or {})
        if self.by.stand_in is not None:
            said["stand_in"] = {"substitution": self.by.stand_in, "own_post": self.by.own_post}
        self.drafts.append(
            ledger.Draft(
                act=act or self.name,
                desk=self.by.desk,
                post=self.by.post,
                subject=subject,
                at=self.at,
                cause=cause,
                basis=basis,
                payload=said,
            )
        )


_only_shown: ContextVar[bool] = ContextVar("only_shown", default=False)
_endings: list[Callable[[Act], None]] = []


def at_end(do: Callable[[Act], None]) -> None:
    """Have something done at the end of every act that ends well, in its transaction; called from an `apps.py`."""
    if do not in _endings:
        _endings.append(do)


@contextmanager
def only_shown() -> Iterator[None]:
    """Have a page shown again without any new act: what was done is told as before, what was not is refused."""
    token = _only_shown.set(True)
    try:
        yield
    finally:
        _only_shown.reset(token)


@contextmanager
def act(name: str, *, by: Acting, key: str, request: dict[str, Any]) -> Iterator[Act]:
    """Run one act. The same key with the same request is answered from the first time, without effect.

    Raises KeyReused when the key was used for another request, Invalid when the key is missing.
    """
    if not key or len(key) > 80:
        raise Invalid(_("A command needs an idempotency key of 1 to 80 characters."), {}, code="no_key")
    wanted = canonical.sha256_hex({"act": name, "desk": by.desk, "request": request})
    with writing(name), readers.named(f"act:{name}"), readers.remembering(), lines_out.numbered_last():
        running = Act(name=name, by=by, at=ledger.not_before_last(clock.now()))
        row = _claim(by.post, key, name, wanted, running.at)
        if row is None:
            running.result = _answered(by.post, key, wanted)
            running.replayed = True
            yield running
            return
        if _only_shown.get():
            said = _("The page was shown again in the other language; nothing was sent by that.")
            raise Invalid(said, {"language": [said]}, code="only_shown")
        _need_at_home(by)
        yield running
        for do in _endings:
            do(running)
        row.result = running.result
        statements.update(row, "result")
        lines_out.number_now()
        if running.changes_rules:
            rules.rise()
        if running.drafts:
            ledger.append(running.drafts)


def _need_at_home(by: Acting) -> None:
    """Refuse an act of a desk that works at another node: two nodes would act for it, and neither would know."""
    if by.via != "node" and nodes.home_of(by.desk) is not None:
        raise Conflict(
            "works_elsewhere",
            _("This desk works at another node; nothing is done for it here."),
            kept=_("Nothing was changed."),
            todo=_("Log in at the node where the desk works."),
        )


def new_key() -> str:
    """Return a fresh idempotency key, for forms."""
    import uuid

    return str(uuid.uuid4())


def _claim(scope: str, key: str, name: str, wanted: str, at: datetime) -> IdempotencyKey | None:
    """Insert the key's row, or return None when it stands already (on PostgreSQL this waits for the first)."""
    row = IdempotencyKey(scope=scope, key=key, act=name, request_hash=wanted, at=at)
    return row if statements.insert_new([row])[0] else None


def _answered(scope: str, key: str, wanted: str) -> dict[str, Any]:
    row = IdempotencyKey.objects.get(scope=scope, key=key)
    if row.request_hash != wanted:
        raise KeyReused(
            "key_reused",
            _("This was sent before with other content."),
            kept=_("What was sent first stands as it was done."),
            todo=_(
                "Open the page anew and look what was done; a program sends a new command with a new key."
            ),
        )
    return dict(row.result)

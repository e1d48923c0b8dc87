"""Another node in miniature: a key of its own, envelopes as it signs them, answers as it gives them. No code of the house
applies anything here; what it says is built from the forms of the protocol alone."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tongxin.heart.exchange import lines, wire
from tongxin.heart.ledger import keys
from tongxin.shared import canonical, clock


@dataclass
class SecondNode:
    """Node `name`; `seed` makes its key. `got` holds the letters that it stored, by number."""

    name: str = "tongzhou"
    seed: int = 7
    to: str = "main"
    got: dict[int, lines.Letter] = field(default_factory=dict)
    down: bool = False
    clock_off_by: Any = None  # a timedelta
    seq: int = 0

    def __post_init__(self) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([self.seed]) * 32)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = keys.fingerprint(self.public)

    def sign(self, text: bytes) -> str:
        return str(lines.Signature("ed25519", self.key, self.private.sign(text)))

    def now(self) -> datetime:
        return clock.now() + self.clock_off_by if self.clock_off_by else clock.now()

    def identity(self) -> lines.Identity:
        return lines.Identity(
            node=self.name, public_key=self.public.hex(), key=self.key, at=clock.iso(self.now())
        )

    def letter(self, kind: str = "note", **more: Any) -> lines.Letter:
        """The next letter, or one with a number given as `seq`."""
        body = more.pop("body", {"text": "示例"})
        if "seq" not in more:
            self.seq += 1
            more["seq"] = self.seq
        given = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.name}/{more['seq']}")),
            "from_node": self.name,
            "to_node": self.to,
            "from_desk": "bj-tongzhou/service_centre",
            "to_desk": "tj-wuqing/service_centre",
            "thread": "note:1",
            "kind": kind,
            "body": body,
            "body_hash": lines.body_hash(body),
            "sent_at": clock.iso(self.now()),
            "key": self.key,
        } | more
        return lines.Letter(**given)

    def enclosed(self, letter: lines.Letter) -> lines.Enclosed:
        text = letter.text()
        return lines.Enclosed(text=text.decode(), signature=self.sign(text))

    def batch(self, *enclosed: lines.Enclosed | lines.Letter, **more: Any) -> tuple[bytes, str]:
        """The bytes of a batch and the signature over them."""
        inside = [self.enclosed(e) if isinstance(e, lines.Letter) else e for e in enclosed]
        given = {
            "from_node": self.name, "to_node": self.to, "nonce": uuid.uuid4().hex, "sent_at": clock.iso(self.now()),
            "envelopes": inside,
        } | more  # fmt: skip
        body = canonical.dumps(lines.Batch(**given).model_dump())
        return body, self.sign(body)

    def call(self, address: str, path: str, body: bytes, signature: str) -> wire.Reply:
        """Answer as a node does: stands in for the way to it."""
        if self.down:
            raise wire.NotReached("connect")
        if path == wire.IDENTITY:
            said = canonical.dumps(self.identity().model_dump())
            return wire.Reply(200, said, self.sign(said))
        batch = lines.read(lines.Batch, body, "wrong_format")
        inbox = lines.Inbox()
        for seq in sorted(self.got):
            inbox = inbox.take(seq)
        told = []
        for each in batch.envelopes:
            letter = lines.read(lines.Letter, each.text.encode(), "wrong_format")
            result = "again" if letter.seq in self.got else "stored"
            inbox = inbox.take(letter.seq)
            self.got[letter.seq] = letter
            told.append(lines.Told(id=letter.id, seq=letter.seq, result=result))
        return self.answer(body, batch.from_node, inbox, told)

    def answer(self, body: bytes, to: str, inbox: lines.Inbox, told: list[lines.Told]) -> wire.Reply:
        answer = lines.Answer(
            node=self.name, to_node=to, request=hashlib.sha256(body).hexdigest(), at=clock.iso(self.now()),
            highest=inbox.highest, missing=inbox.missing(), envelopes=told,
        )  # fmt: skip
        said = canonical.dumps(answer.model_dump(mode="json"))
        return wire.Reply(200, said, self.sign(said))

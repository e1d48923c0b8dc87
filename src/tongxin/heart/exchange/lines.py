"""The line between two nodes as a protocol: envelopes, what is stored and applied, what is sent next. No database here.

A line is two channels, one each way. Each channel numbers its envelopes from 1 without a gap; the sender sends what the
receiver has not named as stored, in order, as often as it takes; the receiver stores each id once and applies in order
of number. `docs/node-protocol.md` tells the same to somebody who writes the other end.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongxin.shared import canonical

ALGORITHM = "ed25519"
TEXT_MAX = 1024 * 1024  # bytes of one envelope
BATCH_MAX = 4 * 1024 * 1024  # bytes of a whole request; a text is escaped in it
BATCH_ROOM = 1024 * 1024  # bytes of envelopes that are put into one request
BATCH_COUNT = 100  # envelopes in one request
AHEAD_MAX = 1000  # numbers beyond a gap that are kept until the gap is filled
NESTED_MAX = 32  # levels of a body
ERASED = "erased"  # the kind that stands in the place of an envelope whose text was erased

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Node = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Desk = Annotated[str, Field(pattern=r"^([a-z0-9-]+/[a-z0-9_]+)?$", max_length=80)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
Word = Annotated[str, Field(pattern=r"^[\x21-\x7e]*$")]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Seq = Annotated[int, Field(ge=1, le=2**53 - 1)]


class Faulty(Exception):
    """What came is not what it should be. `code` is stable; `status` is the HTTP status for it."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class Form(BaseModel):
    """A form of the protocol: strict, with no other fields than its own."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Letter(Form):
    """An envelope as it is signed: all of it but the signature."""

    format: Literal["tongxin.envelope/1"] = "tongxin.envelope/1"
    id: Uuid
    from_node: Node
    to_node: Node
    seq: Seq
    from_desk: Desk = ""
    to_desk: Desk = ""
    thread: Annotated[Word, Field(min_length=1, max_length=80)]
    epoch: Count = 0
    kind: Code
    in_reply_to: Uuid | None = None
    basis: Annotated[Word, Field(max_length=160)] = ""
    body: dict[str, Any]
    body_hash: Hash
    papers: Annotated[list[Hash], Field(max_length=200)] = []
    drill: bool = False
    sent_at: Instant
    algorithm: Literal["ed25519"] = "ed25519"
    key: Hash

    def text(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical.dumps(self.model_dump())


class Enclosed(Form):
    """An envelope on its way: the signed text as it is, and the signature over its bytes."""

    text: str
    signature: Annotated[str, Field(max_length=200)]


class Batch(Form):
    """A request: envelopes of one channel in order of number; without any, a question how the line stands."""

    format: Literal["tongxin.batch/1"] = "tongxin.batch/1"
    from_node: Node
    to_node: Node
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    sent_at: Instant
    envelopes: Annotated[list[Enclosed], Field(max_length=BATCH_COUNT)]


class Told(Form):
    """What became of one envelope. `counted`: its number is used up, though it was refused; sending again is no use."""

    id: str
    seq: int
    result: Literal["stored", "again", "refused"]
    reason: str = ""
    counted: bool = True


class Reply(Form):
    """An answer: of which node, for which, and to which request, by the SHA-256 of its bytes."""

    node: Node
    to_node: Node
    request: Hash
    at: Instant


class Answer(Reply):
    """What the receiver says: the highest number stored without a gap, what is missing, and each envelope's fate."""

    format: Literal["tongxin.answer/1"] = "tongxin.answer/1"
    highest: Annotated[int, Field(ge=0)]
    missing: list[tuple[int, int]]
    envelopes: list[Told]


class Identity(Form):
    """Who a node is; the answer is signed with the key that it names."""

    format: Literal["tongxin.identity/1"] = "tongxin.identity/1"
    node: Node
    algorithm: Literal["ed25519"] = "ed25519"
    public_key: Hash  # 32 bytes in hex
    key: Hash
    at: Instant


class Refusal(Form):
    """That a whole request was not taken, and why."""

    format: Literal["tongxin.refusal/1"] = "tongxin.refusal/1"
    node: Node
    request: Hash
    at: Instant
    code: Annotated[str, Field(max_length=80)]
    what: Annotated[str, Field(max_length=400)]


M = TypeVar("M", bound=Form)


def read(model: type[M], text: bytes, code: str) -> M:
    """Read canonical JSON as one of the forms. Raises Faulty: `not_json`, `not_canonical`, or `code` for none."""
    try:
        said = json.loads(text.decode("utf-8"), parse_constant=_no_such_number)
    except (ValueError, RecursionError) as fault:
        raise Faulty("not_json") from fault
    _not_deeper(said, NESTED_MAX)
    try:
        if canonical.dumps(said) != text:
            raise Faulty("not_canonical")
        return model.model_validate_json(text)  # from JSON, so that a list may stand for a pair
    except (TypeError, UnicodeEncodeError) as fault:
        raise Faulty("not_canonical") from fault
    except ValidationError as fault:
        raise Faulty(code) from fault


def body_hash(body: dict[str, Any]) -> str:
    """Return the hash of a body."""
    return canonical.sha256_hex(body)


# ---------------------------------------------------------------- signatures


@dataclass(frozen=True)
class Signature:
    """A signature with the name of its algorithm and of its key; written `ed25519 KEY BASE64`."""

    algorithm: str
    key: str
    value: bytes

    def __str__(self) -> str:
        return f"{self.algorithm} {self.key} {base64.b64encode(self.value).decode()}"


def read_signature(written: str) -> Signature:
    """Read a written signature. Raises Faulty: `unsigned`, `unknown_algorithm` or `bad_signature`."""
    if not written:
        raise Faulty("unsigned", 401)
    parts = written.split(" ")
    if len(parts) != 3:
        raise Faulty("bad_signature", 401)
    algorithm, key, value = parts
    if algorithm != ALGORITHM:
        raise Faulty("unknown_algorithm", 401)
    try:
        return Signature(algorithm, key, base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError) as fault:
        raise Faulty("bad_signature", 401) from fault


def groups(fingerprint: str) -> list[str]:
    """Return a fingerprint as people compare it: sixteen groups of four."""
    return [fingerprint[i : i + 4] for i in range(0, len(fingerprint), 4)]


def ungrouped(typed: str) -> str:
    """Return a fingerprint as somebody typed it, without blanks, dashes and capitals."""
    return "".join(c for c in typed.lower() if not c.isspace() and c not in "-:·.")


# ---------------------------------------------------------------- the receiver's side


@dataclass(frozen=True)
class Inbox:
    """What a receiver has of a channel: all up to `highest`, and some beyond a gap."""

    highest: int = 0
    ahead: frozenset[int] = frozenset()

    def has(self, seq: int) -> bool:
        """Tell whether a number is stored."""
        return seq <= self.highest or seq in self.ahead

    def take(self, seq: int) -> Inbox:
        """Return what it has with one number more. Raises Faulty `too_far_ahead` for one that is not kept yet."""
        if self.has(seq):
            return self
        if seq > self.highest + AHEAD_MAX:
            raise Faulty("too_far_ahead")
        ahead, highest = self.ahead | {seq}, self.highest
        while highest + 1 in ahead:
            highest += 1
        return Inbox(highest, frozenset(n for n in ahead if n > highest))

    def missing(self) -> list[tuple[int, int]]:
        """Return the gaps below what is stored, as first and last number."""
        found, begins = [], self.highest + 1
        for seq in sorted(self.ahead):
            if seq > begins:
                found.append((begins, seq - 1))
            begins = seq + 1
        return found

    def to_apply(self, done: int) -> range:
        """Return the numbers whose turn it is, where all up to `done` are settled."""
        return range(done + 1, self.highest + 1)


# ---------------------------------------------------------------- the sender's side


def send_from(waiting: Iterable[int], peer_has: int, last: int) -> int | None:
    """Return the number from which on to send: the first that waits, or what a peer that lost something asks for again.

    `peer_has` is what the peer last named as stored without a gap, `last` the highest number given. None: nothing.
    """
    lowest = min(waiting, default=last + 1)
    begins = min(lowest, peer_has + 1)
    return begins if begins <= last else None


def fill(sizes: Sequence[int]) -> int:
    """Return how many of the next envelopes, by size in bytes, go into one request; at least one if there is any."""
    room = BATCH_ROOM
    for count, size in enumerate(sizes[:BATCH_COUNT]):
        room -= size
        if room < 0 and count:
            return count
    return min(len(sizes), BATCH_COUNT)


def settled(answer: Answer, sent: dict[int, str]) -> tuple[set[int], dict[int, str]]:
    """Return which numbers of those sent (number → id) the peer has, and which it refused for good, with the reason.

    What the answer says of other numbers or ids is left alone: who answers may have mixed something up.
    """
    arrived, refused = set(), {}
    for told in answer.envelopes:
        if sent.get(told.seq) != told.id:
            continue
        if told.result in {"stored", "again"}:
            arrived.add(told.seq)
        elif told.counted:
            refused[told.seq] = told.reason
    return arrived, refused


def refused_for_now(answer: Answer) -> str:
    """Return why the first envelope was refused whose number is not used up; empty when none was."""
    return next((t.reason for t in answer.envelopes if t.result == "refused" and not t.counted), "")


# ---------------------------------------------------------------- who does what with a kind

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the one that applies envelopes of a kind: `(letter: Letter, a: Act, peer: str) -> None`.

    It runs inside the act that settles the envelope, in order of number, once. A Refused that it raises goes back to
    the sender as the answer that it cannot be applied, and the next envelope has its turn.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler | None:
    """Return what applies a kind, or None where nothing here knows it."""
    return _handlers.get(kind)


def kinds() -> list[str]:
    """Return the kinds that this node can send and apply."""
    return sorted(_handlers)


def _not_deeper(value: Any, left: int) -> None:
    if left == 0:
        raise Faulty("not_canonical")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _not_deeper(each, left - 1)


def _no_such_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")

"""What a dishonest hand may do to a downloaded extract, and the word the verifier must find for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def changed(data: Data) -> int:
    """One word of an entry."""
    entry = data["entries"][-1]
    entry["body"] = entry["body"].replace('"desk":"', '"desk":"x', 1)
    return int(entry["index"])


def payload_changed(data: Data) -> int:
    """The content that goes with an entry, the entry itself untouched."""
    entry = next(e for e in reversed(data["entries"]) if e["payload"])
    entry["payload"] = entry["payload"].replace(":", ": ", 1)
    return int(entry["index"])


def removed(data: Data) -> int:
    """An entry taken out, and out of the list of contents."""
    entry = data["entries"].pop(-2)
    data["contents"] = [line for line in data["contents"] if line[0] != entry["index"]]
    return int(entry["index"])


def inserted(data: Data) -> int:
    """An entry that was never written, at an index of its own."""
    last = data["entries"][-1]
    index = last["index"] + 1
    body = last["body"].replace(f'"index":{last["index"]},', f'"index":{index},')
    data["entries"].append({**last, "index": index, "body": body})
    data["contents"].append([index, last["state"]])
    return int(index)


def reordered(data: Data) -> int:
    """Two entries in each other's place."""
    one, other = data["entries"][-2], data["entries"][-1]
    one["body"], other["body"] = other["body"], one["body"]
    return int(one["index"])


def cut(data: Data) -> int:
    """The end of the extract gone."""
    gone = data["entries"].pop()
    return int(gone["index"])


DOCTORS: dict[str, Callable[[Data], int]] = {
    "changed": changed,
    "payload_changed": payload_changed,
    "removed": removed,
    "inserted": inserted,
    "reordered": reordered,
    "cut": cut,
}

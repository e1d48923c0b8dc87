"""Hands beside a running node: does what it is told, line by line, in one process that has loaded the programme once.

{"commands": [["node", "status"]]}             commands of `tongxin`; answers what they printed
{"token": "…", "notes": [["desk", "text"]]}    notes from the token's desk
{"token": "…", "acts": [["offer", {…}]]}       acts on cases by their names; answers the result or the code of refusal
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any


def main() -> None:
    """Answer each line with one line."""
    from tongxin.site import cli

    cli.set_up()
    for line in sys.stdin:
        told, printed = json.loads(line), io.StringIO()
        answer: dict[str, Any] = {"failed": "", "done": []}
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            for words in told.get("commands", []):
                if not answer["failed"] and cli.main(words):
                    answer["failed"] = str(words)
            for desk, text in told.get("notes", []):
                note(told["token"], desk, text)
            answer["done"] = [act(told["token"], name, how) for name, how in told.get("acts", [])]
        print(json.dumps(answer | {"said": printed.getvalue()}), flush=True)


def note(token: str, desk: str, text: str) -> None:
    from tongxin.heart.exchange import lines_notes
    from tongxin.heart.region.tokens import acting_from_token

    by = acting_from_token(token, via="cli")
    lines_notes.send_note(by=by, key=f"note:{text}", to_desk=desk, text=text)


def act(token: str, name: str, how: dict[str, Any]) -> dict[str, Any]:
    """Do one act on a case; its key is made of what it is about, so that the same again is the same."""
    from tongxin.heart.cases import actions
    from tongxin.heart.region.tokens import acting_from_token
    from tongxin.shared.errors import Refused

    by = acting_from_token(token, via="cli")
    key = (
        how.pop("key", "")
        or f"{name}:{how.get('number', '')}{how.get('offer_id', '')}:{how.get('epoch', '')}"
    )
    try:
        return dict(getattr(actions, name)(by=by, key=key[:80], **how))
    except Refused as refused:
        return {"refused": refused.code}


if __name__ == "__main__":
    main()

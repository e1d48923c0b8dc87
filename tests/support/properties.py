"""How property tests run: no time limit for one example, for a busy machine is not a fault; repeatable where CI runs.

`make test` tries few examples of what is dear, `make soak` twenty times as many (SOAK=1).
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


def examples(count: int) -> int:
    """How many examples a property of `count` in `make test` is tried with."""
    return count * 20 if os.environ.get("SOAK") else count

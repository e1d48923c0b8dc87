"""How property tests run: no time limit for one example, for a busy machine is not a fault; repeatable where CI runs."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

"""Python reads this when a node of the tests starts: it sets the node's clock wrong, or kills it dead at a named point.

NODE_CLOCK_OFF: seconds that the clock is off. NODE_DIES_AT: a file with the name of a point; when the point is reached,
the file is taken away and the server is killed with SIGKILL, parent and all.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path

from tongxin.shared import clock, faults

if off := os.environ.get("NODE_CLOCK_OFF"):
    _right = clock.now

    def _wrong():
        return _right() + timedelta(seconds=int(off))

    clock.now = _wrong

if where := os.environ.get("NODE_DIES_AT"):

    def _die(point: str) -> None:
        file = Path(where)
        try:
            wanted = file.read_text().strip()
        except OSError:
            return
        if point == wanted:
            file.unlink(missing_ok=True)
            server = int(os.environ.get("TONGXIN_SERVER_PID", "0"))
            if server and server != os.getpid():
                os.kill(server, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    faults.listen(_die)

"""Run by itself, with a PDF on its input: writes the number of pages and the text of each, a line of JSON each.

Of what is wrong it says `password` or `broken`. It ends when whoever started it is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time

import pypdfium2


def _tell(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _end_alone() -> None:
    """End when the process that started this one has gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main(limit: int) -> None:
    """Tell the pages of the PDF on the input; of one with more than `limit` pages their number alone."""
    threading.Thread(target=_end_alone, daemon=True).start()
    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
        _tell(count=len(document))
        for page in document if len(document) <= limit else ():
            _tell(page=page.get_textpage().get_text_bounded())
            page.close()
    except pypdfium2.PdfiumError as error:
        _tell(wrong="password" if "password" in str(error).lower() else "broken")


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Takes the text out of a PDF, in a process of its own: what hangs or breaks there is ended, and said."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from tongxin.petals.evidence.engine import pdf_layout, time_limit
from tongxin.petals.evidence.engine.limits import LIMITS, Limits, Unreadable
from tongxin.shared.phrases import phrase

WAIT = 0.2  # seconds between two looks at whether the time is over
PAGES = Path(__file__).with_name("pdf_pages.py")
PACKED = re.compile(rb"stream\r?\n")


def _check_streams(name: str, data: bytes, limits: Limits) -> None:
    """Raise Unreadable where a packed stream of a PDF grows beyond its limit, also one packed twice (no picture)."""
    for match in PACKED.finditer(data):
        about = data[max(0, match.start() - 1000) : match.start()].rpartition(b"obj")[2]
        if b"/Image" in about or b"/Fl" not in about:
            continue
        packed = memoryview(data)[match.end() : match.end() + limits.file]
        for _ in range(about.count(b"/Fl") or 1):
            try:
                unpacker = zlib.decompressobj()
                grown = unpacker.decompress(packed, limits.stream)
            except zlib.error:
                break
            if unpacker.unconsumed_tail and len(grown) >= limits.stream:
                raise Unreadable(
                    "pdf_bomb",
                    phrase(
                        "{name}: a part of the PDF grows to more than {size} MB.",
                        name=name,
                        size=f"{limits.stream / 1048576:.0f}",
                    ),
                    phrase("It was not opened. Give the text, or a PDF of the text alone."),
                )
            packed = memoryview(grown)


def text(name: str, data: bytes, limits: Limits = LIMITS) -> str:
    """Return the text of a PDF; lines broken inside a sentence are joined. Raises Unreadable without text."""
    if find_spec("pypdfium2") is None:
        raise Unreadable(
            "no_pdf",
            phrase("{name}: PDF needs the package pypdfium2.", name=name),
            phrase("Install it, or give txt or docx."),
        )
    _check_streams(name, data, limits)
    pages: list[str] = []
    count = 0
    for told in _told(data, limits):
        if "count" in told:
            count = int(told["count"])
            if count > limits.pages:
                raise Unreadable(
                    "pdf_pages",
                    phrase("{name}: {n} pages, more than {limit}.", name=name, n=count, limit=limits.pages),
                    phrase("Split it."),
                )
        elif "page" in told:
            pages.append(str(told["page"]).replace("\r\n", "\n").replace("\r", "\n"))
        elif told.get("wrong") == "password":
            raise Unreadable(
                "pdf_locked",
                phrase("{name}: the PDF is locked with a password.", name=name),
                phrase("Save it again without a password."),
            )
        else:
            raise Unreadable(
                "pdf_broken",
                phrase("{name}: the PDF is broken.", name=name),
                phrase("Save or fetch it again."),
            )
        if len(pages) < count:
            time_limit.at(phrase("page {n} of {all}", n=len(pages) + 1, all=count))
    time_limit.at("")
    if len(pages) < count or not count:
        raise Unreadable(
            "pdf_broken",
            phrase("{name}: a page of the PDF cannot be read.", name=name),
            phrase("Save it again."),
        )
    made = pdf_layout.text([page.replace("\ufffe", "") for page in pages])
    if len(re.sub(r"\s", "", made)) < 10:
        raise Unreadable(
            "pdf_no_text",
            phrase("{name}: the PDF has pictures and no text.", name=name),
            phrase("Give the text, or a PDF with text."),
        )
    return made


def _told(data: bytes, limits: Limits) -> Iterator[dict[str, Any]]:
    """Give what the process says: how many pages, then each; or what is wrong. It is ended with this."""
    process = subprocess.Popen(
        [sys.executable, "-P", str(PAGES), str(limits.pages)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches who started it
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=_feed, args=(process.stdin, data), daemon=True).start()
        threading.Thread(target=_drain, args=(process.stdout, lines), daemon=True).start()
        while line := _next(lines):
            yield json.loads(line)
    finally:
        process.kill()
        process.wait()


def _feed(stream: IO[bytes], data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except OSError:
        pass  # it ended before it had read all: what it says tells why


def _drain(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _next(lines: queue.Queue[bytes]) -> bytes:
    """Wait for a line, in short pieces: between them the time limit can break it off in any thread."""
    while True:
        try:
            return lines.get(timeout=WAIT)
        except queue.Empty:
            continue

"""Which files are read, by their endings, and what to do about others."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from tongxin.shared.phrases import phrase

PAGES = {".html", ".htm", ".shtml", ".shtm", ".xhtml", ".jhtml", ".jsp", ".asp", ".aspx", ".php"}
KINDS = PAGES | {".txt", ".md", ".text", ".mht", ".mhtml", ".docx", ".pdf", ".zip"}
WORD = (".doc", ".wps", ".rtf", ".odt", ".ofd", ".dot", ".docm")
SHEETS = (".xls", ".xlsx", ".xlsm", ".et", ".ods", ".csv", ".tsv", ".ppt", ".pptx", ".dps")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".heic")
# With what the bytes of pictures begin: png, jpg, gif, tif, webp, bmp
PICTURE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP|BM.{4}\0{4}", re.DOTALL)
PACKED = (".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")
ENDINGS = (
    (WORD, phrase("Save it as docx.")),
    (SHEETS, phrase("Copy its text into a docx.")),
    (PICTURES, phrase("It is a picture: give its text.")),
    (PACKED, phrase("Unpack it, or pack it as zip.")),
    ((".zip",), phrase("Unpack it, and pack its files.")),  # met inside another alone
)
OTHER = phrase("Read are txt, md, html, mht, docx, PDF with text, and zip of them.")


def readable(name: str) -> str:
    """Return a file's name as it is read; one that an old system wrote in GBK is not broken on a newer one."""
    if not any("\udc80" <= c <= "\udcff" for c in name):
        return name
    try:
        return os.fsencode(name).decode("gb18030")
    except UnicodeError:
        return name


def ending(name: str) -> str:
    """Return the ending of a file's name, in small letters: .docx."""
    return PurePosixPath(name.replace("\\", "/").replace("!", "/")).suffix.lower()


def todo(suffix: str) -> str:
    """Return what to do about a file that is not read, by its ending."""
    return next((told for endings, told in ENDINGS if suffix in endings), OTHER)


def is_picture(data: bytes) -> bool:
    """Whether bytes are a picture, whatever the file is called."""
    return PICTURE.match(data) is not None


def is_hidden(name: str) -> bool:
    """Whether a system keeps a file for itself: .DS_Store, __MACOSX/._a.txt, Thumbs.db."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return (
        not parts
        or parts[0] == "__MACOSX"
        or parts[-1].startswith((".", "~$"))
        or parts[-1].lower() in ("thumbs.db", "desktop.ini")
    )

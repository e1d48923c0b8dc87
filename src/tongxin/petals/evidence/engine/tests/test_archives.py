"""What a zip holds that is not read is named with what to do; locked and broken files in it do not stop the others."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from tongxin.petals.evidence.cli import group
from tongxin.petals.evidence.engine import archives, batch, documents
from tongxin.petals.evidence.engine.limits import Limits, Unreadable

TEXT = "今年一季度，示例区新增企业120家。".encode()


def _zip(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _named(name: bytes, data: bytes = TEXT, flags: int = 0) -> bytes:
    """A zip of one file with a name in bytes and flags as an old system writes them."""
    sizes = struct.pack("<III", zlib.crc32(data), len(data), len(data))
    about = struct.pack("<HHHHH", 20, flags, 0, 0, 0) + sizes
    head = b"PK\x03\x04" + about + struct.pack("<HH", len(name), 0) + name + data
    listed = b"PK\x01\x02" + struct.pack("<H", 20) + about + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name  # fmt: skip
    return head + listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(head), 0)


def _run(*args, code=0, language="en"):
    with override(language):
        done = CliRunner().invoke(group, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done


INSIDE = {
    "a.txt": TEXT,
    "表/数据.xlsx": b"PK",
    "图.png": b"1",
    "旧稿.doc": b"1",
    "more.zip": _zip({"b.txt": TEXT}),
    "__MACOSX/._a.txt": b"\0",
    ".DS_Store": b"1",
    "Thumbs.db": b"1",
    "index.csv": b"file\n",
    "readme": b"1",
}


def test_what_an_archive_holds_besides_is_named_in_both_languages(tmp_path):
    (tmp_path / "all.zip").write_bytes(_zip(INSIDE))
    for given in (tmp_path, tmp_path / "all.zip"):
        for command in ("read", "repair", "corroborate"):
            told = _run(command, given).stderr
            assert "all.zip!表/数据.xlsx: not read. Copy its text into a docx." in told
            assert "all.zip!图.png: not read. It is a picture" in told
            assert "all.zip!旧稿.doc: not read. Save it as docx." in told
            assert "all.zip!more.zip: not read. Unpack it, and pack its files." in told
            assert "all.zip!readme: not read. Read are txt" in told
            assert told.count("not read.") == 5
    said = _run("read", tmp_path, language="zh-hans").stderr
    assert "all.zip!more.zip：没有读取。需解开后" in said
    assert "all.zip!旧稿.doc：没有读取。另存为 docx 即可读取。" in said


def test_many_are_counted_with_those_of_the_folder(tmp_path):
    (tmp_path / "all.zip").write_bytes(_zip({"a.txt": TEXT} | {f"{n}.xlsx": b"1" for n in range(9)}))
    for n in range(3):
        (tmp_path / f"{n}.xlsx").write_bytes(b"1")
    assert ".xlsx: 12 not read. Copy its text into a docx." in _run("read", tmp_path).stderr
    assert ".xlsx：12 个没有读取" in _run("read", tmp_path, language="zh-hans").stderr


@pytest.mark.parametrize(
    ("name", "flags"),
    [("通报.txt".encode("gbk"), 0), ("通报.txt".encode(), 0), ("通报.txt".encode(), 0x800)],
)
def test_names_in_any_charset(tmp_path, name, flags):
    (tmp_path / "a.zip").write_bytes(_named(name, flags=flags))
    done = batch.read(batch.Job(str(tmp_path / "a.zip")))
    assert [r["doc"] for r in done.rows] == ["通报"]


def test_locked_and_broken_files_are_named_and_the_others_read(tmp_path):
    data = bytearray(_zip({"a.txt": TEXT, "通报.txt": TEXT * 9, "c.txt": TEXT}))
    at = data.index("通报.txt".encode()) + len("通报.txt".encode())
    data[at : at + 20] = b"\xff" * 20
    (tmp_path / "broken.zip").write_bytes(data)
    (tmp_path / "locked.zip").write_bytes(_named("通报.txt".encode("gbk"), flags=1))
    done = batch.read(batch.Job(str(tmp_path / "broken.zip")))
    assert [r["doc"] for r in done.rows] == ["a", "c"]
    assert done.trouble.endswith("broken.zip: 通报.txt cannot be unpacked. Pack it again.")
    told = _run("read", tmp_path / "locked.zip", code=1).stderr
    assert "locked.zip: 通报.txt is locked with a password. Pack it again without a password." in told
    said = _run("read", tmp_path / "locked.zip", code=1, language="zh-hans").stderr
    assert "通报.txt 设有密码。" in said


def test_an_archive_without_bulletins_is_said(tmp_path):
    (tmp_path / "a.zip").write_bytes(_zip({"x.xlsx": b"1"}))
    assert "a.zip: no bulletin in the archive." in _run("read", tmp_path, code=1).stderr
    assert "压缩包中没有可读取的公报" in _run("repair", tmp_path, code=1, language="zh-hans").stderr


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_with_a_word_document_or_a_folder_of_that_name_is_an_archive(how):
    inside = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{TEXT.decode()}</w:t></w:r></w:p></w:body></w:document>"
    )
    word = _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": inside.encode()}, how)
    for files in ({"a.docx": word}, {"word/a.txt": TEXT}, {"word/a.txt": TEXT, "b.docx": word}):
        found = list(documents.take("all.zip", _zip(files, how)))
        assert [d.path for d in found] == [f"all.zip!{name}" for name in files]
        assert all("新增企业120家" in d.raw for d in found)
    for name in ("a.docx", "a.zip", "a"):  # whatever it is called
        assert [d.kind for d in documents.take(name, word)] == ["docx"]


def test_only_what_is_read_counts_for_a_bomb():
    data = _zip({"a.txt": TEXT, "empty.bmp": b"\0" * 9_000_000})
    assert [p.name for p in archives.parts("a.zip", data)] == ["a.zip!a.txt"]
    with pytest.raises(Unreadable) as told:
        list(archives.parts("a.zip", _zip({"a.txt": b"\0" * 9_000_000})))
    assert told.value.code == "zip_bomb"
    with pytest.raises(Unreadable):
        list(archives.parts("a.zip", data, Limits(members=1)))

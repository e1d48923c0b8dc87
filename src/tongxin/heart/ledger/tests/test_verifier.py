"""The single-file verifier on honest files and on a corpus of doctored ones; it never answers with a traceback."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.properties import examples
from tongxin.heart.ledger import actions, extracts, keys, queries
from tongxin.heart.ledger.tests.building import MORNING, Looker, grow
from tongxin.heart.ledger.verifier import tongxin_verify as alone

SCRIPT = Path(alone.__file__)
CHECKPOINTS = [4, 9, 15, 21]


@pytest.fixture
def log(db):
    grow(22, checkpoints=CHECKPOINTS)


@pytest.fixture
def extract(log) -> dict[str, Any]:
    """Wuqing's own entries (1, 4, 7 … 22) with their payloads, and entry 0 without."""
    return extracts.extract(
        jurisdiction="tj-wuqing", visible_to=Looker("tj-wuqing", "tj-wuqing/service_centre")
    )


@pytest.fixture
def export(log) -> list[str]:
    return b"".join(extracts.export_lines()).decode().splitlines()


def kinds(data: dict[str, Any] | list[str], *expected: str, **kw: Any) -> set[tuple[str, tuple[int, ...]]]:
    text = "\n".join(data) if isinstance(data, list) else json.dumps(data, ensure_ascii=False)
    report, _kind = alone.verify_text(text, list(expected), **kw)
    return {(finding[0], finding[2]) for finding in report.findings}


def names(found: set[tuple[str, tuple[int, ...]]]) -> set[str]:
    return {kind for kind, _numbers in found}


# ------------------------------------------------------------ honest files


def test_an_honest_extract_holds_and_says_what_it_saw(extract):
    assert [row[0] for row in extract["contents"]] == [0, 1, 4, 7, 10, 13, 16, 19, 22]
    assert [row[1] for row in extract["contents"]] == ["withheld"] + ["shown"] * 8
    assert kinds(extract, keys.node_key().key_id) == set()


def test_an_honest_export_holds_and_completes_the_extract(extract, export):
    assert kinds(export, keys.node_key().key_id) == set()
    assert kinds(extract, log_text="\n".join(export)) == set()


def test_an_extract_of_threads_shows_what_the_caller_allows(log):
    thread = "case:WT-2026-000002"
    shown = extracts.extract(subjects=[thread], visible_to=None, allowed=[thread])
    assert shown["contents"][1:] == [[n, "shown"] for n in (3, 7, 11, 15, 19)]
    assert kinds(shown) == set()
    hidden = extracts.extract(subjects=[thread], visible_to=None)
    assert {row[1] for row in hidden["contents"]} == {"withheld"}
    assert "第2件" not in json.dumps(hidden, ensure_ascii=False)
    assert kinds(hidden) == set()


def test_an_erased_payload_is_allowed_when_an_entry_says_so(log):
    with transaction.atomic():
        said = actions.erase(7, desk="tj-wuqing/service_centre", post="p", at=MORNING, basis="law")
        actions.append([said])
    actions.checkpoint()
    extract = extracts.extract(
        jurisdiction="tj-wuqing", visible_to=Looker("tj-wuqing", "tj-wuqing/service_centre")
    )
    assert [7, "erased"] in extract["contents"]
    assert kinds(extract) == set()


def test_a_new_key_named_by_the_log_is_accepted(log, settings, tmp_path):
    settings.DATA = tmp_path
    grow(1, start=22)
    actions.checkpoint()
    extract = extracts.extract(jurisdiction="tj-wuqing", visible_to=None)
    assert kinds(extract) == set()
    assert kinds(b"".join(extracts.export_lines()).decode().splitlines()) == set()


def test_the_checkpoint_an_auditor_kept_is_continued(log, extract, export):
    for size in (6, 11, 17, 23):
        kept = alone.read_checkpoint(queries.checkpoint_note(queries.checkpoint_of(size)))
        assert kinds(extract, kept=kept) == set()
        assert kinds(export, kept=kept) == set()


def test_a_kept_checkpoint_of_a_size_between_is_compared_through_since(log):
    kept = alone.read_checkpoint(queries.checkpoint_note(queries.checkpoint_of(11)))
    actions.Checkpoint.objects.filter(size=11).delete()  # the server forgot it; the auditor did not
    assert names(kinds(extracts.extract(jurisdiction="tj-wuqing", visible_to=None), kept=kept)) == {
        "not_compared"
    }
    again = extracts.extract(jurisdiction="tj-wuqing", visible_to=None, since=11)
    assert kinds(again, kept=kept) == set()


# ------------------------------------------------------------ doctored extracts

Doctor = Callable[[dict[str, Any]], None]


def _resign(note: str, key: Ed25519PrivateKey) -> str:
    text, _, below = note.partition("\n\n")
    who = below.split(" ")[1]
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"{text}\n\nsigned {who} ed25519 {public.hex()} {key.sign((text + chr(10)).encode()).hex()}\n"


def _entry(x: dict[str, Any], index: int) -> dict[str, Any]:
    return next(e for e in x["entries"] if e["index"] == index)


def changed(x):
    _entry(x, 7)["body"] = (
        _entry(x, 7)["body"].replace("cases.filed", "cases.fined").replace("notified", "notifies")
    )


def removed(x):
    x["entries"] = [e for e in x["entries"] if e["index"] != 7]


def removed_from_the_list_too(x):
    removed(x)
    x["contents"] = [row for row in x["contents"] if row[0] != 7]


def inserted(x):
    new = copy.deepcopy(_entry(x, 7))
    new["index"] = 8
    new["body"] = new["body"].replace('"index":7', '"index":8')
    x["entries"].insert(4, new)


def inserted_with_the_list(x):
    inserted(x)
    x["contents"].insert(4, [8, "shown"])


def doubled(x):
    x["entries"].insert(4, copy.deepcopy(_entry(x, 7)))


def reordered(x):
    x["entries"][3], x["entries"][4] = x["entries"][4], x["entries"][3]


def bodies_reordered(x):
    one, two = _entry(x, 7), _entry(x, 10)
    one["body"], two["body"] = two["body"], one["body"]


def cut(x):
    x["checkpoints"].pop()
    x["consistency"].pop()
    x["entries"] = [e for e in x["entries"] if e["index"] < 17]


def tail_cut(x):
    x["checkpoints"].pop()


def payload_changed(x):
    _entry(x, 7)["payload"] = _entry(x, 7)["payload"].replace("6", "9")


def payloads_swapped(x):
    one, two = _entry(x, 7), _entry(x, 10)
    for name in ("payload", "salt"):
        one[name], two[name] = two[name], one[name]


def payload_dropped(x):
    _entry(x, 7).update(payload=None, salt=None, state="withheld")


def payload_called_erased(x):
    _entry(x, 7).update(payload=None, salt=None, state="erased")


def signature_bent(x):
    note = x["checkpoints"][1]
    x["checkpoints"][1] = note[:-2] + ("0" if note[-2] != "0" else "1") + "\n"


def resigned_by_another_key(x):
    other = Ed25519PrivateKey.generate()
    x["checkpoints"] = [_resign(note, other) for note in x["checkpoints"]]
    x["manifest"] = _resign(x["manifest"], other)


def one_checkpoint_resigned(x):
    x["checkpoints"][1] = _resign(x["checkpoints"][1], Ed25519PrivateKey.generate())


def checkpoint_of_another_time(x):
    x["checkpoints"][1] = x["checkpoints"][1].replace("at 2026-03-09T", "at 2026-03-10T")


def root_replaced(x):
    note = x["checkpoints"][-1]
    root = note.split("root ")[1][:64]
    x["checkpoints"][-1] = note.replace(root, "0" * 64)


def consistency_dropped(x):
    x["consistency"] = x["consistency"][1:]


def consistency_bent(x):
    proof = x["consistency"][1]["proof"]
    proof[0] = "0" * 64


def inclusion_bent(x):
    _entry(x, 7)["proof"][0] = "0" * 64


def inclusion_shortened(x):
    _entry(x, 7)["proof"].pop()


def opening_removed(x):
    x["entries"] = x["entries"][1:]


DOCTORED: list[tuple[Doctor, str, tuple[int, ...] | None]] = [
    (changed, "changed", (7,)),
    (removed, "removed", (7,)),
    (removed_from_the_list_too, "contents_changed", None),
    (inserted, "inserted", (8,)),
    (inserted_with_the_list, "changed", (8,)),
    (inserted_with_the_list, "contents_changed", None),
    (doubled, "inserted", (7,)),
    (reordered, "reordered", (7,)),
    (bodies_reordered, "reordered", (7,)),
    (bodies_reordered, "reordered", (10,)),
    (cut, "cut", (17, 22)),
    (cut, "removed", (19,)),
    (tail_cut, "cut", (17, 22)),
    (payload_changed, "payload_changed", (7,)),
    (payloads_swapped, "payload_swapped", (7,)),
    (payload_dropped, "payload_missing", (7,)),
    (payload_called_erased, "payload_missing", (7,)),
    (signature_bent, "wrong_signature", (11,)),
    (resigned_by_another_key, "wrong_key", (23,)),
    (one_checkpoint_resigned, "wrong_key", (11,)),
    (checkpoint_of_another_time, "wrong_signature", (11,)),
    (root_replaced, "wrong_signature", (23,)),
    (consistency_dropped, "not_consistent", (11,)),
    (consistency_bent, "not_consistent", (17,)),
    (inclusion_bent, "changed", (7,)),
    (inclusion_shortened, "changed", (7,)),
    (opening_removed, "removed", (0,)),
]


@pytest.mark.parametrize(
    ("doctor", "kind", "where"), DOCTORED, ids=[f"{d[0].__name__}-{d[1]}" for d in DOCTORED]
)
def test_a_doctored_extract_is_named(extract, doctor, kind, where):
    doctor(extract)
    found = kinds(extract)
    assert kind in names(found)
    if where is not None:
        assert (kind, where) in found


def test_a_rewritten_log_under_a_new_key_is_named_by_the_fingerprint(extract, log):
    assert names(kinds(extract, "0" * 64)) == {"unexpected_key"}


def test_a_log_begun_anew_is_named_by_the_kept_checkpoint(extract, export):
    forked = alone.read_checkpoint(extract["checkpoints"][1])
    forked.root = bytes(32)
    assert names(kinds(extract, kept=forked)) == {"forked"}
    assert names(kinds(export, kept=forked)) == {"forked"}
    longer = alone.read_checkpoint(extract["checkpoints"][-1].replace("size 23", "size 99"))
    assert ("cut", (23, 98)) in kinds(extract, kept=longer)
    assert ("cut", (23, 98)) in kinds(export, kept=longer)


def test_what_an_extract_leaves_out_is_named_by_the_whole_log(log, export):
    honest = extracts.extract(jurisdiction="tj-wuqing", visible_to=None)
    lines = queries.lines(queries.entries_by("tj-wuqing"), visible_to=None)
    assert len(lines) == 8

    def short(subjects, jurisdiction, size):
        return [queries.entry(i) for i in (0, 1, 4)]

    original = extracts._chosen
    extracts._chosen = short
    try:
        partial = extracts.extract(jurisdiction="tj-wuqing", visible_to=None)
    finally:
        extracts._chosen = original
    assert kinds(partial) == set(), "by itself it holds: the node signed it"
    found = kinds(partial, log_text="\n".join(export))
    assert found == {("left_out", (i,)) for i in (7, 10, 13, 16, 19, 22)}
    assert kinds(honest, log_text="\n".join(export)) == set()


# ------------------------------------------------------------ doctored exports


def _at(lines: list[str], index: int) -> int:
    return next(i for i, line in enumerate(lines) if line.startswith(f'{{"index":{index},'))


def export_changed(x):
    i = _at(x, 7)
    x[i] = x[i].replace("notified", "notifies").replace("filed", "fined")


def export_changed_with_leaf(x):
    row = json.loads(x[_at(x, 7)])
    row["body"] = row["body"].replace("notified", "notifies").replace("filed", "fined")
    row["leaf"] = alone.leaf_hash(row["body"].encode()).hex()
    x[_at(x, 7)] = json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def export_removed(x):
    del x[_at(x, 7)]


def export_doubled(x):
    x.insert(_at(x, 7), x[_at(x, 5)])


def export_reordered(x):
    i = _at(x, 7)
    x[i], x[i + 1] = x[i + 1], x[i]


def export_cut(x):
    del x[_at(x, 18) :]


def export_cut_with_head(x):
    export_cut(x)
    x[0] = x[0].replace('"size":23', '"size":18')


def export_renumbered(x):
    """Entry 7 taken out, all later ones moved up and hashed again."""
    rows = [json.loads(line) for line in x]
    out = []
    for row in rows:
        if row.get("index", -1) == 7:
            continue
        if row.get("index", -1) > 7:
            old = row["index"]
            row["body"] = row["body"].replace(f'"index":{old}', f'"index":{old - 1}')
            row["index"] = old - 1
            row["leaf"] = alone.leaf_hash(row["body"].encode()).hex()
        out.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    x[:] = out


EXPORTS = [
    (export_changed, "changed", (7,)),
    (export_changed_with_leaf, "wrong_root", (6, 10)),
    (export_removed, "removed", (7,)),
    (export_doubled, "inserted", (5,)),
    (export_reordered, "reordered", (7,)),
    (export_cut, "cut", (18, 22)),
    (export_renumbered, "wrong_root", (6, 10)),
    (export_renumbered, "cut", (22,)),
]


@pytest.mark.parametrize(
    ("doctor", "kind", "where"), EXPORTS, ids=[f"{d[0].__name__}-{d[1]}" for d in EXPORTS]
)
def test_a_doctored_export_is_named(export, doctor, kind, where):
    doctor(export)
    assert (kind, where) in kinds(export)


@pytest.mark.parametrize("size", [200, 700, 4000])
@pytest.mark.parametrize("doctor", [None, *dict.fromkeys(row[0] for row in EXPORTS)])
def test_lines_read_at_once_and_one_by_one_say_the_same(export, doctor, size, monkeypatch):
    if doctor is not None:
        doctor(export)
    monkeypatch.setattr(alone, "BLOCK", size)
    text = "\ufeff" + "\n".join(export) + "\n\n"
    fast = alone.verify_text(text, [])[0]
    monkeypatch.setattr(alone, "_at_once", lambda *a: False)
    slow = alone.verify_text(text, [])[0]
    assert fast.findings == slow.findings
    assert [fact for fact in fast.facts if fact[0] != "speed"] == [f for f in slow.facts if f[0] != "speed"]
    assert (fast.hashes, fast.signatures) == (slow.hashes, slow.signatures)
    assert (doctor is None) == (not fast.findings)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace('\\"basis\\"', '\\"ba\\u0073is\\"'),  # the same text, escaped otherwise
        lambda line: line.replace('{"index"', '{ "index"'),
        lambda line: line + "\r",
    ],
)
def test_a_line_written_in_another_way_holds_all_the_same(export, change):
    export[5] = change(export[5])
    assert kinds(export) == set()


@pytest.mark.parametrize("letter", ["\t", "\x00", "\x1f", "\\", '"', '\\"', "\\n"])
def test_an_odd_character_never_passes_with_the_rest(export, letter):
    export[5] = export[5].replace("case:WT", f"case:{letter}WT")
    assert kinds(export)


def test_a_number_far_off_takes_no_time(export):
    export[0] = export[0].replace('"size":23', '"size":1000000000000000000')
    export.append('{"index":999999999999999999,"leaf":"' + "0" * 64 + '","body":"x"}')
    assert ("removed", (23, 999_999_999_999_999_998)) in kinds(export)


def test_a_log_of_one_entry_is_told_without_a_wrong_plural(db, capfd):
    with transaction.atomic():
        actions.open_log(MORNING)
    text = b"".join(extracts.export_lines()).decode()
    report, _kind = alone.verify_text(text, [])
    alone._print_words(report, [], 1)
    said = capfd.readouterr().out
    assert "Entries: 1; checkpoints: 0." in said
    assert " 1 entries" not in said
    assert "entries/s" in said


def test_an_export_cut_with_its_head_is_named_only_by_who_kept_a_checkpoint(export, log):
    kept = alone.read_checkpoint(queries.checkpoint_note(queries.checkpoint_of(23)))
    export_cut_with_head(export)
    assert kinds(export) == set()
    assert ("cut", (18, 22)) in kinds(export, kept=kept)


# ------------------------------------------------------------ garbage

QUIET = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def quietly(tmp_path, capfdbinary):
    def run(data: bytes, *options: str) -> tuple[int, bytes]:
        file = tmp_path / "given"
        file.write_bytes(data)
        code = alone.main([str(file), "--lang", "en", *options])
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in out + err
        assert out
        return code, out

    return run


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00", b"\xff\xfe\x00", b"[]", b"null", b"NaN", b"{}", b'{"format": 1}', b"{" * 20_000, b"[" * 200_000,
        b'{"format":"tongxin-extract/1"}', b'{"format":"tongxin-log/1"}', b'{"format":"tongxin-log/1"}\n{}\n[]\n\xff',
        b'{"format":"tongxin-extract/1","entries":[1,{"index":1e9}],"contents":[[1]],"checkpoints":[1,"x"]}',
        b'{"format":"tongxin-log/1","size":' + b"9" * 5000 + b"}",
        b'{"format":"tongxin-log/1","size":3}\n{"index":0,"leaf":"' + b"0" * 64 + b'","body":"\\ud800"}',
        b'{"a":1,"a":2}',
    ],
)  # fmt: skip
def test_garbage_gets_words_and_a_code(quietly, data):
    code, _out = quietly(data)
    assert code in {alone.FAULTS, alone.UNREADABLE}


@QUIET
@given(data=st.binary(max_size=200))
def test_any_bytes_get_words_and_a_code(quietly, data):
    assert quietly(data)[0] in {alone.FAULTS, alone.UNREADABLE}


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    here = [path] if path else []
    if isinstance(value, dict):
        return here + [p for key in value for p in _paths(value[key], (*path, key))]
    if isinstance(value, list):
        return here + [p for i in range(len(value)) for p in _paths(value[i], (*path, i))]
    return here


@QUIET
@given(data=st.data())
def test_an_extract_with_anything_put_anywhere_is_found_out(quietly, extract, data):
    doctored = copy.deepcopy(extract)
    path = data.draw(st.sampled_from(_paths(extract)))
    inner: Any = doctored
    for step in path[:-1]:
        inner = inner[step]
    if data.draw(st.booleans()):
        if inner[path[-1]] is None:
            return  # a name without a value says as much as no name
        if path[:-1] == ("checkpoints",):
            return  # dropping a checkpoint hides no entry; only who kept it can miss it
        del inner[path[-1]]
    else:
        value = data.draw(json_values)
        if value == inner[path[-1]] and type(value) is type(inner[path[-1]]):
            return
        inner[path[-1]] = value
    code, out = quietly(json.dumps(doctored).encode())
    assert code in {alone.FAULTS, alone.UNREADABLE}, (path, out)


@QUIET
@given(data=st.data())
def test_an_extract_with_any_character_changed_is_found_out(quietly, extract, data):
    """In the texts that count: bodies, payloads, salts, proofs, notes."""
    doctored = copy.deepcopy(extract)
    path = data.draw(st.sampled_from([p for p in _paths(extract) if isinstance(_value(extract, p), str)]))
    inner = _value(doctored, path[:-1])
    text = inner[path[-1]]
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(exclude_characters=text[at], exclude_categories=[]))
    inner[path[-1]] = text[:at] + letter + text[at + 1 :]
    code, out = quietly(json.dumps(doctored).encode())
    assert code in {alone.FAULTS, alone.UNREADABLE}, (path, at, letter, out)


def _value(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@QUIET
@given(data=st.data())
def test_an_export_with_any_line_changed_is_found_out(quietly, export, data):
    lines = list(export)
    at = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(["drop", "twice", "junk", "letter"]))
    if how == "drop":
        if "checkpoint" in lines[at]:
            return  # dropping a checkpoint hides no entry; only who kept it can miss it
        del lines[at]
    elif how == "twice":
        lines.insert(at, lines[at])
    elif how == "junk":
        lines[at] = json.dumps(data.draw(json_values))
    else:
        place = data.draw(st.integers(0, len(lines[at]) - 1))
        letter = data.draw(
            st.characters(exclude_characters=lines[at][place], min_codepoint=32, max_codepoint=0x9FFF)
        )
        lines[at] = lines[at][:place] + letter + lines[at][place + 1 :]
    code, out = quietly("\n".join(lines).encode(errors="surrogatepass"))
    assert code in {alone.FAULTS, alone.UNREADABLE}, (at, how, out)


# ------------------------------------------------------------ as a program


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the file as an auditor would: alone, isolated from this environment."""
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_as_a_program_in_both_languages_with_its_exit_codes(extract, export, tmp_path):
    file, log, kept = tmp_path / "extract.json", tmp_path / "log.jsonl", tmp_path / "checkpoint"
    file.write_text(json.dumps(extract, ensure_ascii=False), "utf-8")
    log.write_text("\n".join(export) + "\n", "utf-8")
    kept.write_text(extract["checkpoints"][1], "utf-8")
    key = keys.node_key().key_id
    done = run(str(file), "--key", key, "--checkpoint", str(kept), "--log", str(log), "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "验证通过" in done.stdout.decode()
    assert "账本是自己保存的检查点的延续" in done.stdout.decode()
    done = run("-", "--lang", "en", stdin=file.read_bytes())
    assert done.returncode == 0
    assert "Compare this fingerprint" in done.stdout.decode()
    changed(extract)
    file.write_text(json.dumps(extract), "utf-8")
    done = run(str(file), "--lang", "zh")
    assert (done.returncode, done.stderr) == (1, b"")
    assert "[changed] 第 7 条记录" in done.stdout.decode()
    done = run(str(file), "--json")
    assert {f["kind"] for f in json.loads(done.stdout)["findings"]} == {"changed"}
    assert run(str(tmp_path / "nothing")).returncode == 3
    assert run(str(file), "--checkpoint", str(log)).returncode == 3
    assert run(str(file), "--key", "short").returncode == 2
    assert run().returncode == 2
    assert b"Exit codes" in run("--help").stdout


def test_it_stands_alone():
    import ast
    import pkgutil

    modules = {m.name for m in pkgutil.iter_modules()} - set(sys.stdlib_module_names)
    for node in ast.walk(ast.parse(SCRIPT.read_text("utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not {name.partition(".")[0] for name in names} & modules
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))


def test_every_finding_has_words_in_both_languages():
    assert all(zh and en and zh != en for zh, en in [*alone.WORDS.values(), *alone.SAYS.values()])


# ------------------------------------------------------------ Ed25519

RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "text", "signature"), RFC_8032)
def test_the_published_signatures(public, text, signature):
    public, text, signature = bytes.fromhex(public), bytes.fromhex(text), bytes.fromhex(signature)
    assert alone.ed25519_holds(public, signature, text)
    assert not alone.ed25519_holds(public, signature, text + b"x")


@settings(max_examples=40, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), text=st.binary(max_size=80), bit=st.integers(0, 511))
def test_signatures_agree_with_the_library(seed, text, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signature = key.sign(text)
    assert alone.ed25519_holds(public, signature, text)
    bent = bytearray(signature)
    bent[bit // 8] ^= 1 << bit % 8
    assert not alone.ed25519_holds(public, bytes(bent), text)
    assert not keys.signature_holds(public, bytes(bent), text)

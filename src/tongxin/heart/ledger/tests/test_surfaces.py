"""Pages, API and commands of the ledger: open to everybody, payloads to who may see them, files that verify."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongxin.heart.ledger import actions, cli, extracts, keys, queries
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.tests.building import Looker, grow
from tongxin.heart.ledger.verifier import tongxin_verify as alone

pytestmark = pytest.mark.django_db
PAGES = ["/ledger/", "/ledger/extract/", "/guide/verify/"]


@pytest.fixture
def log():
    grow(60, checkpoints=[20, 55])


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("page", [*PAGES, "/ledger/verifier.py"])
def test_pages_answer_before_the_first_act(client, page):
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", ["/ledger/export.jsonl", "/ledger/checkpoint", "/ledger/0/"])
def test_what_is_not_there_yet_is_said(client, page):
    assert client.get(page).status_code == 404


def test_the_list_pages_back_to_the_first_entry_without_a_gap(client, log):
    seen: list[int] = []
    address = "/ledger/"
    while address:
        page = client.get(address).content.decode()
        seen += [int(n) for n in re.findall(r'href="/ledger/(\d+)/"', page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/ledger/" + older.group(1).replace("&amp;", "&") if older else ""
    assert seen == list(range(60, -1, -1))


def test_filters_stay_in_the_page_and_are_shown_as_typed(client, log):
    page = client.get("/ledger/", {"subject": '"><b>x', "act": "ecology"}).content.decode()
    assert "<b>x" not in page
    assert "&quot;&gt;&lt;b&gt;x" in page
    page = client.get("/ledger/", {"desk": "tj-wuqing", "act": "cases"}).content.decode()
    assert len(re.findall(r'href="/ledger/\d+/"', page)) == 10


def test_a_filter_no_code_can_be_gets_a_clear_answer(client, log):
    assert client.get("/ledger/", {"act": "a\x00b"}).status_code == 400


def test_an_entry_shows_its_bytes_and_a_proof_that_leads_to_the_checkpoint(client, log):
    page = client.get("/ledger/7/").content.decode()
    root = bytes(queries.latest_checkpoint().root).hex()
    assert page.count(root) >= 3, "in the last step, as the root, and in the checkpoint beside it"
    assert bytes(Entry.objects.get(pk=7).leaf).hex() in page
    assert "第6件" not in page
    assert client.get("/ledger/60/").status_code == 200, "an entry past the checkpoint is proven to the head"
    for missing in (61, 10**30):
        assert client.get(f"/ledger/{missing}/").status_code == 404


def test_the_public_gets_no_payload_and_must_name_a_subject(client, log):
    assert client.get("/ledger/extract/", {"download": "1"}).status_code == 422
    refused = client.get("/ledger/extract/", {"download": "1", "subjects": "case:NO", "since": "abc"})
    assert refused.status_code == 422
    assert b"case:NO" in refused.content
    assert b'value="abc"' in refused.content
    got = client.get("/ledger/extract/", {"download": "1", "subjects": "case:WT-2026-000001", "since": "21"})
    assert got["Content-Disposition"].startswith("attachment")
    report, _kind = alone.verify_text(got.content.decode(), [keys.node_key().key_id])
    assert report.findings == []
    assert {row[1] for row in got.json()["contents"]} == {"withheld"}


def test_a_post_gets_its_own_side_with_payloads(rf, log, monkeypatch):
    from tongxin.heart.ledger import screens, sights

    monkeypatch.delitem(sights._sights, "case", raising=False)  # no room speaks for the made-up cases

    request = rf.get("/ledger/extract/", {"download": "1"})
    request.acting = Looker("tj-wuqing")
    got = screens.extract(request)
    data = json.loads(got.content)
    assert got["Cache-Control"] == "no-store"
    assert [row[0] for row in data["contents"]][:3] == [0, 1, 4]
    assert {row[1] for row in data["contents"][1:]} == {"shown"}
    assert alone.verify_text(got.content.decode(), [])[0].findings == []
    assert queries.latest_checkpoint().size == 61, "what was done a moment ago is in it"


def test_the_downloads_of_the_guide_verify_each_other(client, log, tmp_path):
    for name, address in {
        "tongxin_verify.py": "/ledger/verifier.py",
        "log.jsonl": "/ledger/export.jsonl",
        "checkpoint.txt": "/ledger/checkpoint?size=22",
        "extract.json": "/ledger/extract/?download=1&subjects=case:WT-2026-000002",
    }.items():
        (tmp_path / name).write_bytes(body(client.get(address)))
    guide = client.get("/guide/verify/").content.decode()
    key = re.search(r"--key ([0-9a-f]{64})", guide).group(1)
    done = subprocess.run(
        [sys.executable, "-I", "tongxin_verify.py", "extract.json", "--log", "log.jsonl", "--checkpoint",
         "checkpoint.txt", "--key", key, "--lang", "en"],
        cwd=tmp_path, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout.decode()
    assert all(kind in guide for kind in alone.WORDS)


def test_pages_are_in_both_languages(client, log):
    assert "存证账本" in client.get("/ledger/", headers={"accept-language": "zh-hans"}).content.decode()
    english = client.get("/ledger/", headers={"accept-language": "en"}).content.decode()
    assert re.search(r"<h1>\s*Ledger", english)


def test_the_whole_log_streams_in_blocks_of_bounded_size(client, log, monkeypatch):
    monkeypatch.setattr(extracts, "AT_ONCE", 10)
    response = client.get("/ledger/export.jsonl")
    assert response.streaming
    blocks = iter(response.streaming_content)
    with CaptureQueriesContext(connection) as asked:
        head, first = next(blocks), next(blocks)
    assert len(asked) <= 4, "the rest of the log is not read before it is asked for"
    rest = list(blocks)
    assert head.count(b"\n") == 1
    assert max(block.count(b"\n") for block in [first, *rest]) <= 11
    assert (head + first + b"".join(rest)).count(b'"leaf"') == 61


def api(client, path, **query):
    return client.get(f"/api/v1/ledger/{path}", query)


def test_the_api_proves_what_it_lists(client, log):
    head = api(client, "head").json()
    assert head["size"] == 61
    first = api(client, "entries", limit=40).json()
    second = api(client, "entries", limit=40, before=first["next_before"]).json()
    assert [e["index"] for e in first["entries"] + second["entries"]] == list(range(60, -1, -1))
    assert second["next_before"] is None
    for listed in first["entries"][:5]:
        proof = api(client, f"entries/{listed['index']}/proof").json()
        leaf = alone.leaf_hash(listed["body"].encode())
        path = [bytes.fromhex(step) for step in proof["path"]]
        assert alone.root_by_inclusion(listed["index"], proof["size"], leaf, path).hex() == head["root"]
    signed = api(client, "checkpoint", size=22).json()
    way = api(client, "consistency", old=22).json()
    roots = alone.roots_by_consistency(
        22, 61, [bytes.fromhex(s) for s in way["path"]], bytes.fromhex(signed["root"])
    )
    assert [root.hex() for root in roots] == [signed["root"], head["root"]]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("entries/61", {}, 404), ("entries/-1", {}, 422), ("entries/x", {}, 422), (f"entries/{2**60}", {}, 422),
        ("entries", {"limit": 0}, 422), ("entries", {"act": "a b"}, 422), ("entries", {"before": -1}, 422),
        ("entries/3/proof", {"size": 3}, 404), ("entries/3/proof", {"size": 62}, 404),
        ("consistency", {}, 422), ("consistency", {"old": 0}, 404), ("consistency", {"old": 5, "new": 4}, 404),
        ("checkpoint", {"size": 5}, 404), ("extract", {}, 401), ("entries/3/payload", {}, 401),
    ],
)  # fmt: skip
def test_the_api_refuses_in_three_parts(client, log, path, query, status):
    answer = api(client, path, **query)
    assert answer.status_code == status
    assert {"code", "what", "kept", "todo"} <= set(answer.json())


def test_the_api_before_the_first_act(client, db):
    for path in ("head", "entries/0", "entries/0/proof", "checkpoint"):
        assert api(client, path).status_code == 404
    assert api(client, "entries").json() == {"entries": [], "next_before": None}


def run(*words: str):
    return CliRunner().invoke(cli.group, list(words))


def test_the_commands_show_export_and_verify(log, tmp_path):
    assert "61" in run("head").output
    assert json.loads(run("show", "7", "--proof").output)["proof"]["size"] == 61
    assert run("verify").exit_code == 0
    assert json.loads(run("verify", "--json").output)["holds"] is True
    file = tmp_path / "extract.json"
    assert run("extract", "--subject", "case:WT-2026-000001", "--since", "21", "-o", str(file)).exit_code == 0
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(run("checkpoint").output)
    key = keys.node_key().key_id
    assert run("verify", "--extract", str(file), "--key", key, "--checkpoint", str(kept)).exit_code == 0
    whole = tmp_path / "log.jsonl"
    assert run("extract", "--whole", "-o", str(whole)).exit_code == 0
    assert run("verify", "--extract", str(whole)).exit_code == 0
    file.write_text(file.read_text().replace("cases.filed", "cases.fined").replace("notified", "notifies"))
    assert run("verify", "--extract", str(file)).exit_code == 1
    assert run("extract").exit_code == 2
    assert run("verify", "--key", key).exit_code == 2
    assert run("verifier").output.encode() == extracts.verifier_source()


def test_verify_says_what_is_wrong(log):
    Entry.objects.filter(pk=7).update(desk="other")
    done = run("verify")
    assert done.exit_code == 1
    assert "copy_changed" in done.output
    assert json.loads(run("verify", "--json").output)["findings"][0]["from"] == 7


def test_every_command_has_help():
    for name in ["", *cli.group.commands]:
        done = run(*([name] if name else []), "--help")
        assert done.exit_code == 0
        assert len(done.output) > 100


def test_a_command_before_the_first_act(db):
    assert "no entries" in run("head").output
    assert run("verify").exit_code == 0
    assert run("checkpoint", "--new").exit_code == 1
    assert actions.checkpoint() is None


def test_every_act_is_called_something_beside_its_name(client, log):
    """Whoever adds an act says what it is called; the list and the entry show the words first, then the name."""
    import re
    from pathlib import Path

    from django.utils.translation import override

    from tongxin.heart.ledger import act_words

    source = Path(act_words.__file__).parents[2]
    named = re.compile(
        r'(?:\bact\(|\bact=|\b_judged\(|\bname: str = |\bname=)\s*"([a-z_]+\.[a-z_]+\.[a-z_]+)"'
    )
    written = {
        name
        for path in source.rglob("*.py")
        if "tests" not in path.parts
        for name in named.findall(path.read_text(encoding="utf-8"))
    }
    assert len(written) > 40
    assert written - set(act_words.WORDS) == set()
    with override("zh-hans"):
        assert not [name for name in act_words.WORDS if act_words.words(name).isascii()]
    name = next(iter(act_words.WORDS))
    assert act_words.words("a.b.c") == "a.b.c"
    assert act_words.words(name) != name

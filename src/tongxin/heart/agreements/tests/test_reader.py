"""Reading instrument files: a good one, and a corpus of bad ones, each with the faults it must give."""

from pathlib import Path
from typing import Literal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from tongxin.heart.agreements.known import Known, Standing
from tongxin.heart.agreements.language import Notify
from tongxin.heart.agreements.reader import BadInstrument, read_file, read_files, read_text
from tongxin.heart.agreements.vocabulary import QuestionWords
from tongxin.shared import reading

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
EXPECT = "# expect:"


class Incident(BaseModel):
    """The data of the one event that the corpus knows."""

    river: str
    level: Literal["I", "II", "III"]
    tonnes: float = 0
    people: int = 0
    drinking: bool = False


def standing(key: str, event: str, *yields_to: str) -> Standing:
    words = {
        "id": key.partition("/")[2],
        "kind": "notify",
        "title": {"zh": "某", "en": "some"},
        "text": {"zh": "某", "en": "some"},
        "when": {"event": event},
        "from": {"role": "ecology_bureau", "of": "place"},
        "to": {"role": "ecology_bureau", "of": "downstream"},
        "due": {"within": "PT2H"},
        "must_carry": ["location"],
        "yields_to": list(yields_to),
    }
    return Standing(key, ("upper-vale", "lower-vale"), Notify.model_validate(words))


REGISTER = [
    standing("river-law/report", "ecology.water_incident"),
    standing("old-pact/tell", "ecology.water_incident", "vale-water/notify-downstream"),
]
PLACES = ("upper-vale", "lower-vale", "far-vale", "vale")
ROLES = ("ecology_bureau", "service_centre", "coordination_office")
KNOWN = Known(
    events={"ecology.water_incident": Incident, "ecology.forecast": Incident, "agreements.period": Incident},
    conditions={"crosses_boundary": frozenset({"ecology.water_incident"})},
    questions={
        "downstream": QuestionWords(certain=True, events=frozenset({"ecology.water_incident"})),
        "downstream_within": QuestionWords(
            params={"hours": float, "how": str, "gates": int, "wet": bool},
            times=frozenset({"arrival_p5", "arrival_p50"}),
        ),
        "superior": QuestionWords(within_parties=False, certain=True),
    },
    times=frozenset({"arrival_p5", "arrival_p50", "departure"}),
    measures=frozenset({"notice_on_time"}),
    fields=frozenset({"location", "pollutant", "forecast_arrival"}),
    shareable=frozenset({"location", "pollutant", "forecast_arrival", "flow"}),
    roles=frozenset({*ROLES, "audit_office"}),
    procedures=frozenset({"food-licence"}),
    places={"upper-vale": ("upper-vale", "vale"), "upper-mill": ("upper-mill", "upper-vale", "vale")}
    | {name: (name,) for name in ("lower-vale", "far-vale", "vale")},
    groups={"vales": ("upper-vale", "lower-vale")},
    desks=frozenset(f"{place}/{role}" for place in (*PLACES, "upper-mill") for role in ROLES),
    register={each.key: each for each in REGISTER},
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def faults_of(path: Path) -> list[str]:
    with pytest.raises(BadInstrument) as bad:
        read_file(path, KNOWN)
    return [str(fault).removeprefix(f"{path.name}:") for fault in bad.value.faults]


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_a_bad_file_is_named_with_line_reason_and_nearest_word(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix(EXPECT).strip() for line in lines if line.startswith(EXPECT)]
    assert expected, f"{path.name} does not say what it expects"
    assert faults_of(path) == expected


def test_the_corpus_is_not_shrinking():
    assert len(BAD) >= 165


def test_a_good_file_knows_the_lines_of_its_clauses():
    read = read_file(HERE / "good.yaml", KNOWN)
    assert read.lines == {"notify-downstream": (13, 22), "accept-here": (23, 31)}
    text = read.text.splitlines()
    assert text[12].strip() == "- id: notify-downstream"
    assert text[22].strip() == "- id: accept-here"


def test_every_key_of_the_language_stands_in_the_good_file():
    """Whoever adds a key to the language adds it here, so that the reader has met it."""
    from tongxin.heart.agreements import language

    text = (HERE / "good_all.yaml").read_text(encoding="utf-8") + (HERE / "good.yaml").read_text(
        encoding="utf-8"
    )
    shapes = [m for m in vars(language).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    keys = {info.alias or name for m in shapes for name, info in m.model_fields.items()}
    elsewhere = {"milestone", "source"}  # one form of due only; of published terms only
    assert {key for key in keys if f"{key}:" not in text} == elsewhere


def test_remarks_blank_lines_and_what_follows_belong_to_no_clause():
    read = read_file(HERE / "good_all.yaml", KNOWN)
    lines = ["", *read.text.split("\n")]
    for name, (first, last) in read.lines.items():
        assert lines[first].strip() == f"- id: {name}"
        assert lines[last].startswith("    ")
    assert lines[read.lines["tell"][1]].strip() == "score: {measure: notice_on_time}"
    assert lines[read.lines["pay-tests"][1]].strip().startswith("pay:")


def test_a_last_block_of_text_ends_with_its_last_line():
    source = reading.read_text(
        "a:\n- b: |\n    one\n    # two\n\n\n# three\n- c:\n    - d\n\n- e: [1,\n  2]\n", "x"
    )
    assert [source.span(("a", n)) for n in range(3)] == [(2, 4), (8, 9), (11, 12)]


def test_how_an_editor_ends_lines_changes_nothing(tmp_path):
    data = (HERE / "good_all.yaml").read_bytes()
    plain = read_file(HERE / "good_all.yaml", KNOWN)
    for n, other in enumerate(
        (b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r"))
    ):
        path = tmp_path / f"{n}.yaml"
        path.write_bytes(other)
        read = read_file(path, KNOWN)
        assert (read.canonical_hash, read.lines, read.text) == (plain.canonical_hash, plain.lines, plain.text)


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_text("# " + "x" * reading.MAX_BYTES, encoding="utf-8")
    assert faults_of(path) == ["0: the file has 513 KiB; at most 512 are read"]
    with pytest.raises(BadInstrument, match="513 KiB"):
        read_text(path.read_text(encoding="utf-8"), "large.yaml", KNOWN)


def test_many_small_parts_are_too_many(tmp_path):
    path = tmp_path / "many.yaml"
    path.write_text("a: [" + "1," * (reading.MAX_PARTS + 1) + "]", encoding="utf-8")
    assert faults_of(path) == ["1: the file has more than 50000 parts"]


def pair(tmp_path, first: str = "[]", second: str = "[]"):
    text = (HERE / "good.yaml").read_text(encoding="utf-8")
    for name, yields in (("one", first), ("two", second)):
        own = text.replace("agreement: vale-water", f"agreement: {name}")
        (tmp_path / f"{name}.yaml").write_text(
            own.replace("receipt: {within: PT30M}", f"yields_to: {yields}"), encoding="utf-8"
        )
    return [tmp_path / "one.yaml", tmp_path / "two.yaml"]


def test_a_clause_may_yield_to_one_of_the_same_load(tmp_path):
    paths = pair(tmp_path, "[two/notify-downstream]")
    assert [r.model.agreement for r in read_files(paths, KNOWN)] == ["one", "two"]
    with pytest.raises(BadInstrument, match="unknown clause 'two/notify-downstream'"):
        read_file(paths[0], KNOWN)


def test_clauses_that_yield_in_a_circle_are_refused_in_both_files(tmp_path):
    paths = pair(tmp_path, "[two/notify-downstream]", "[one/notify-downstream]")
    with pytest.raises(BadInstrument) as bad:
        read_files(paths, KNOWN)
    assert [(f.file, "yields to it again" in f.reason) for f in bad.value.faults] == [
        ("one.yaml", True),
        ("two.yaml", True),
    ]


def test_a_version_stands_in_one_file_only(tmp_path):
    paths = pair(tmp_path)
    paths[1].write_bytes(paths[0].read_bytes())
    with pytest.raises(BadInstrument, match=r"one@1 stands in one\.yaml already"):
        read_files(paths, KNOWN)


def test_faults_of_all_files_are_told_together(tmp_path):
    paths = pair(tmp_path)
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").replace("field: ecology", "field: economy"), "utf-8")
    with pytest.raises(BadInstrument) as bad:
        read_files(paths, KNOWN)
    assert [f.file for f in bad.value.faults] == ["one.yaml", "two.yaml"]


GOOD = (HERE / "good_all.yaml").read_text(encoding="utf-8").split("\n")
PIECES = st.sampled_from(
    [":", "- ", "{", "}", "[", "]", "&a", "*a", "'", '"', "|", "#", "\t", "\0", "", "null", "{}", "-1", "x"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD) - 1),
            st.integers(0, 80),
            st.sampled_from(["put", "cut", "drop", "twice"]),
            PIECES,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_done_to_a_good_file_it_is_read_or_its_faults_are_told(changes):
    lines = list(GOOD)
    for at, column, how, piece in changes:
        line = lines[at % len(lines)]
        column %= len(line) + 1
        new = {
            "put": [line[:column] + piece + line[column:]],
            "cut": [line[:column] + piece],
            "drop": [],
            "twice": [line, line],
        }
        lines[at % len(lines) : at % len(lines) + 1] = new[how]
        lines = lines or [""]
    with translation.override("en"):
        found = read_or_faults("\n".join(lines))
    assert found
    for fault in found if isinstance(found, list) else []:
        assert fault.reason
        assert 0 <= fault.line <= len(lines) + 1


def read_or_faults(text: str):
    try:
        return read_text(text, "x.yaml", KNOWN).canonical_hash
    except BadInstrument as bad:
        return bad.faults


def test_the_hash_is_over_the_meaning_not_over_comments_and_order():
    text = (HERE / "good.yaml").read_text(encoding="utf-8")
    head, rest = text.split("version: 1\n", 1)
    again = read_text(
        f"# another remark\n{head}{rest}\n".replace("field: ecology", "field: ecology\nversion: 1"),
        "x",
        KNOWN,
    )
    assert again.canonical_hash == read_text(text, "y", KNOWN).canonical_hash
    later = text.replace("within: PT1H", "within: PT2H")
    assert read_text(later, "z", KNOWN).canonical_hash != again.canonical_hash


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "a: " + "{b: " * 3000,
        "x: &a [*a]",
        "agreement: !!python/object:os.system x",
        "agreement: 1\nclauses: 3",
        "clauses:\n  - 7\n",
        "? [a, b]\n: c",
        "agreement: *nowhere",
        "\ufeffagreement: x",
        "",
        ":",
        "? ",
        "a: " + "9" * 5000,
        "[" * 200_000,
        "agreement: 2024-13-99",
    ],
)
def test_nothing_that_is_read_breaks_the_reader(text):
    with pytest.raises(BadInstrument) as bad:
        read_text(text, "odd.yaml", KNOWN)
    assert all(fault.line >= 1 and fault.reason for fault in bad.value.faults)


def test_a_file_that_is_no_text_is_a_fault(tmp_path):
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert faults_of(path) == ["1: the file is not UTF-8"]


# --- what a person mends in one go

ROUND = """\
agreement: vale-water
kind: agreement
field: ecologi
title: {zh: 谷水通报协议, en: Notices on the Vale}
parties: [uper-vale, lower-vale]
in_force: {from: 2024-13-01}
provenance:
  known_from: {zh: 为测试而编, en: written for the tests}
  terms: illustrative
clauses:
  - id: tell
    kind: notify
    colour: blue
    title: {zh: 通报, en: Tell}
    text: {zh: 通报, en: Tell}
    when: {event: ecology.water_incidnet}
    from: {role: ecology_buro, of: place}
    to: {role: ecology_bureau, of: downstream}
    due: {within: 1h, clock: working}
    must_carry: [locaton]
  - id: tell-again
    kind: notify
    title: {zh: 通报, en: Tell}
    text: {zh: 通报, en: Tell}
    when: {event: ecology.water_incident, where: {tonnes: {min: 9, max: 1}}}
    from: {role: ecology_bureau, of: place}
    to: {role: ecology_bureau, of: downstream}
    due: {within: PT1H}
    must_carry: [location]
    yields_to: [vale-water/tell]
  - id: pay
    kind: settle
    title: {zh: 结算, en: Settle}
    text: {zh: 结算, en: Settle}
    what: {zh: 费用, en: Costs}
    every: P1M
    from: {role: service_centre, of: upper-vale}
    payer: {role: service_center, of: lower-vale}
    state: {within: P5D, clock: days}
    check: {within: P3D, clock: days, starts: delivered}
    pay: {within: P5D, clock: days, starts: delivered}
"""
TOLD = [
    "3: unknown field 'ecologi'; did you mean 'ecology'?",
    "5: unknown party 'uper-vale'; did you mean 'upper-vale'?",
    "6: from: write a day that a calendar has, such as 2026-01-31",
    "13: unknown key 'colour'; did you mean 'score'?",
    "16: unknown event 'ecology.water_incidnet'; did you mean 'ecology.water_incident'?",
    "17: unknown role 'ecology_buro'; did you mean 'ecology_bureau'?",
    "19: within: '1h' is no length of time; write for example PT30M, PT1H or P5D",
    "19: clock: 'working' is not one of calendar, hours, days",
    "20: unknown field 'locaton'; did you mean 'location'?",
    "25: the range is empty: `min:` is more than `max:`",
    "31: the key 'payee' is missing",
    "37: unknown key 'from'; here may stand: grounds, if_late, payee, reaction, score, yields_to",
    "38: unknown role 'service_center'; did you mean 'service_centre'?",
]


def told(text: str, known: Known = KNOWN) -> list[str]:
    with pytest.raises(BadInstrument) as bad:
        read_text(text, "x.yaml", known)
    return [str(fault).removeprefix("x.yaml:") for fault in bad.value.faults]


def test_faults_of_form_words_and_sense_come_in_one_round():
    assert sorted(told(ROUND)) == sorted(TOLD)
    twice = ROUND.replace("field: ecologi\n", "field: ecologi\nfield: ecology\n")
    assert "4: the key 'field' stands twice, first in line 3" in told(twice)
    assert len(told(twice)) == len(TOLD) + 1


def test_one_file_may_name_the_clauses_of_another_that_has_faults(tmp_path):
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    text = (HERE / "good.yaml").read_text(encoding="utf-8")
    name = read_text(text, "x", KNOWN).model.agreement
    first.write_text(text.replace("notify-downstream", "tell").replace("PT1H", "an hour"), encoding="utf-8")
    second.write_text(
        text.replace(f"agreement: {name}", "agreement: other-pact").replace(
            "    must_carry:", f"    yields_to: [{name}/tell, {name}/tel]\n    must_carry:", 1
        ),
        encoding="utf-8",
    )
    with pytest.raises(BadInstrument) as bad:
        read_files([first, second], KNOWN)
    said = [f.reason for f in bad.value.faults if f.file == "second.yaml"]
    assert said == [f"unknown clause '{name}/tel'"]


@pytest.mark.parametrize(
    ("text", "line", "column", "en", "zh"),
    [
        ("a:\n\tb: 1\n", 2, 1, "a tab", "制表符"),
        ("agreement: x\nkind\nversion: 1\n", 2, 1, "a key without its colon", "冒号"),
        ("agreement:x\nkind: y\n", 1, 10, "a colon and a blank", "空格"),
        ("agreement：x\nkind: y\n", 1, 10, "a colon and a blank", "空格"),
        ("a: 1\nb:2\n", 2, 2, "a colon and a blank", "空格"),
        ("text: one: two\n", 1, 10, "a second colon", "第二个冒号"),
        ('a: "open\nb: 1\n', 1, 4, "never closed", "没有结束"),
        ("a: 'it's so'\nb: 1\n", 1, 8, "whole value into quotation marks", "引号"),
        ("a: [x, y\nb: 1\n", 1, 4, "the bracket [", "括号 ["),
        ("a: {x: 1, y: 2\nb: 1\n", 1, 4, "the bracket {", "括号 {"),
        ("a: {x: 1 y: 2}\nb: 1\n", 1, 11, "a comma is missing", "逗号"),
        ("a: [x]]\nb: 1\n", 1, 7, "has no opening one", "没有对应"),
        ("a: 1\n  b: 2\n", 2, 3, "indentation", "缩进"),
        ("a:\n    b: 1\n  c: 2\n", 3, 3, "indentation", "缩进"),
        ("a:\n  - b: 1\n   c: 2\n", 3, 4, "indentation", "缩进"),
        ("clauses:\n  - id: a\n    every: P1M\n     payee: x\n", 4, 6, "indentation", "缩进"),
        ("a: @x\n", 1, 4, "does not begin with @", "不能以 @ 开头"),
        ('a: "c:\\q"\n', 1, 8, "backslash", "反斜杠"),
        ("a: - b\n", 1, 4, "a line of its own", "另起一行"),
        ("a: | text\n  b\n", 1, 6, "the next line", "下一行"),
        ("a: {b: [1\n", 1, 8, "the bracket [", "括号 ["),
    ],
)
def test_what_yaml_cannot_read_is_said_in_our_own_words(text, line, column, en, zh):
    shown = text.split("\n")[line - 1].replace("\t", "→").strip()
    assert told(text) == [told(text)[0]]
    said = told(text)[0]
    assert said.startswith(f"{line}: column {column}: ")
    assert en in said
    assert said.endswith(f"The line: {shown}")
    with translation.override("zh-hans"):
        said = told(text)[0]
    assert said.startswith(f"{line}: 第{column}列：")
    assert zh in said
    assert said.endswith(f"该行：{shown}")


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 700), sign=st.sampled_from(":\"'[]{}\t -@&*!|>%`,?#\n"))
def test_no_word_of_the_parser_is_ever_shown(at, sign):
    text = (HERE / "good.yaml").read_text(encoding="utf-8")
    at %= len(text)
    with translation.override("zh-hans"):
        try:
            read_text(text[:at] + sign + text[at:], "x.yaml", KNOWN)
        except BadInstrument as bad:
            for fault in bad.faults:
                assert not any(
                    word in fault.reason for word in ("expected", "found", "while", "allowed", "YAML:")
                )

"""Reading instrument files: a good one, and a corpus of bad ones, each with the faults it must give."""

from pathlib import Path

import pytest

from tongxin.heart.agreements.reader import BadInstrument, Known, read_file, read_text

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
EXPECT = "# expect:"
KNOWN = Known(
    events=frozenset({"ecology.water_incident"}),
    conditions=frozenset({"crosses_boundary"}),
    questions=frozenset({"downstream"}),
    roles=frozenset({"ecology_bureau", "service_centre", "coordination_office"}),
    parties=frozenset({"upper-vale", "lower-vale"}),
    procedures=frozenset({"food-licence"}),
    fields=frozenset({"location", "pollutant", "forecast_arrival"}),
)


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
    assert len(BAD) >= 36


def test_a_good_file_knows_the_lines_of_its_clauses():
    read = read_file(HERE / "good.yaml", KNOWN)
    assert read.lines == {"notify-downstream": (13, 22), "accept-here": (23, 31)}
    text = read.text.splitlines()
    assert text[12].strip() == "- id: notify-downstream"
    assert text[22].strip() == "- id: accept-here"


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
        "agreement: 2024-13-99",
    ],
)
def test_nothing_that_is_read_breaks_the_reader(text):
    with pytest.raises(BadInstrument) as bad:
        read_text(text, "odd.yaml", KNOWN)
    assert all(fault.line >= 1 for fault in bad.value.faults)


def test_a_file_that_is_no_text_is_a_fault(tmp_path):
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert faults_of(path)[0].startswith("1: the file cannot be read")

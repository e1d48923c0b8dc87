"""Two versions of an instrument, clause by clause."""

from tongxin.heart.agreements.diff import ClauseChange, KeyChange, diff, header, same, shown
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.agreements.tests.test_reader import HERE, KNOWN

OLD = (HERE / "good_all.yaml").read_text(encoding="utf-8")


def model(text: str):
    return read_text(text, "x.yaml", KNOWN).model


def changed(*pairs: tuple[str, str]):
    text = OLD
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return model(text)


def test_a_file_differs_in_nothing_from_itself_whatever_its_layout():
    spread = OLD.replace("receipt: {within: PT30M}", "receipt:\n      within: PT0H30M").replace(
        "PT1H, starts", "PT60M, starts"
    )
    assert {c.what for c in diff(model(OLD), model(spread))} == {"unchanged"}
    assert same(model(OLD), model(spread.replace("version: 2", "version: 3")))


def test_a_default_that_is_written_out_is_no_change():
    assert same(
        model(OLD), changed(("drinking: [true]", "drinking: [true]"), ("    on_silence: escalate\n", ""))
    )


def test_changed_keys_are_named_as_the_file_names_them():
    new = changed(("due: {within: PT1H,", "due: {within: PT30M,"), ("[location, pollutant]", "[location]"))
    tell = diff(model(OLD), new)[0]
    assert (tell.id, tell.what) == ("tell", "changed")
    assert tell.keys == (
        KeyChange("due.within", "PT1H", "PT30M"),
        KeyChange("must_carry", ["location", "pollutant"], ["location"]),
    )
    assert shown(tell.keys[1].old) == "[location, pollutant]"


def test_keys_that_come_and_go_have_nothing_on_the_other_side():
    new = changed(("    undo: {within: PT1H}\n", ""))
    assert diff(model(OLD), new)[0].keys == (KeyChange("undo", {"within": "PT1H"}, None),)
    assert diff(new, model(OLD))[0].keys == (KeyChange("undo", None, {"within": "PT1H"}),)


def test_clauses_come_go_and_keep_their_places():
    lines = OLD.split("  - id: pass-on")
    without = model(lines[0] + "  - id: accept-samples" + lines[1].split("  - id: accept-samples")[1])
    gone = diff(model(OLD), without)
    assert [(c.id, c.what) for c in gone[:3]] == [
        ("tell", "unchanged"),
        ("pass-on", "removed"),
        ("accept-samples", "unchanged"),
    ]
    assert [(c.id, c.what) for c in diff(without, model(OLD))[:2]] == [
        ("tell", "unchanged"),
        ("pass-on", "added"),
    ]


def test_another_kind_under_the_same_id_is_another_clause():
    share = OLD.split("  - id: see-flow\n")[1].split("  - id: open-gate\n")[0]
    deliver = OLD.split("  - id: open-gate\n")[1].split("  - id: pay-tests\n")[0]
    found = diff(model(OLD), model(OLD.replace(share, deliver)))
    assert [c for c in found if c.id == "see-flow"] == [
        ClauseChange("see-flow", "deliver", "added", new_place=4),
        ClauseChange("see-flow", "share", "removed", old_place=4),
    ]


def test_what_stands_around_the_clauses():
    new = changed(
        ("P90D", "P30D"),
        ("version: 2", "version: 3"),
        ("    fields: [location]\n    of", "    fields: [flow]\n    of"),
    )
    assert header(model(OLD), new) == [
        KeyChange("version", 2, 3),
        KeyChange("leaving.notice", "P90D", "P30D"),
        KeyChange("bars.no-places.fields", ["location"], ["flow"]),
    ]

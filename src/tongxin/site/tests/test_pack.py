"""A region pack with a faulty instrument or procedure is refused in words, and nothing of those is entered."""

import re
import shutil

import pytest
from django.conf import settings
from ruamel.yaml import YAML

from tongxin.heart.agreements.models import Instrument, InstrumentVersion
from tongxin.heart.cases.models import Procedure
from tongxin.heart.region.reading import PackInvalid
from tongxin.site import pack


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(settings.REGION_PACK, tmp_path / "pack")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "instruments/baodi-langfang-water.yaml",
            "water_incident",
            "water_incidnt",
            "ecology.water_incident",
        ),
        ("procedures/food-business-licence.yaml", "role: service_centre", "rol: service_centre", "rol"),
    ],
)
def test_a_fault_is_named_and_no_procedure_or_instrument_is_entered(copied, file, old, new, told):
    path = copied / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(PackInvalid) as refused:
        pack.load(copied)
    assert path.name in str(refused.value)
    assert told in str(refused.value)
    assert not Procedure.objects.exists()
    assert not Instrument.objects.exists()


FILES = sorted((settings.REGION_PACK / "instruments").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_exact_first_day_is_a_published_one_or_the_instrument_says_that_it_was_invented(path):
    file = YAML(typ="safe").load(path)
    valid, told = file["in_force"], file["provenance"]["known_from"]
    if valid.get("known", "day") in {"year", "month"}:
        return
    day = valid["from"]
    if f"{day.year}年{day.month}月{day.day}日" in told["zh"]:
        assert f"{day.day} {day:%B} {day.year}" in told["en"]
        return
    assert "示例" in told["zh"]
    assert "illustrative" in told["en"]
    assert file["provenance"]["terms"] == "illustrative"


def test_what_is_not_known_from_a_report_says_so_on_its_title_and_names_no_report_as_its_source():
    for name in ("langfang-wuqing-rivers", "tongwulang-one-window"):
        file = YAML(typ="safe").load(settings.REGION_PACK / "instruments" / f"{name}.yaml")
        assert file["title"]["zh"].endswith("（示例）")
        assert file["title"]["en"].endswith("(illustrative)")
        assert file["provenance"]["known_from"]["zh"].startswith("示例")


@pytest.mark.parametrize("path", [p for p in FILES if p.stem.startswith("law-")], ids=lambda path: path.stem)
def test_a_law_whose_clauses_nobody_compared_with_its_text_is_not_told_as_published(path):
    """Each law has its number and day, or says that they are to be verified; so do the clauses that retell it."""
    file = YAML(typ="safe").load(path)
    told = file["provenance"]["known_from"]["zh"] + file["provenance"]["source"]
    assert re.search(r"第.+号", told) or "待核" in told
    assert re.search(r"\d{4}年\d+月\d+日公布", told) or "待核" in told
    if file.get("clauses"):
        assert "待核" in told
        assert file["provenance"]["terms"] == "illustrative"


@pytest.mark.django_db(transaction=True)
def test_in_service_nothing_is_entered_that_was_not_published(copied, settings):
    settings.MODE = "run"
    loaded = pack.load(copied)
    assert "law-incident-reports" in loaded.left_out
    assert not InstrumentVersion.objects.filter(illustrative=True).exists()
    assert loaded.instruments == InstrumentVersion.objects.count() > 20

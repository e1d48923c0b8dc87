"""The JSON Schema for editors: every key explained, every good file valid, mistakes of form refused."""

import json

import jsonschema_rs
import pytest
from django.conf import settings

from tongxin.heart.agreements import language
from tongxin.heart.agreements.language import InstrumentFile
from tongxin.heart.agreements.language_help import HELP, schema
from tongxin.heart.agreements.tests.test_reader import HERE, KNOWN
from tongxin.shared import reading
from tongxin.shared.named import Both

FILES = [
    HERE / "good.yaml",
    HERE / "good_all.yaml",
    *sorted((settings.REGION_PACK / "instruments").glob("*.yaml")),
]


def test_every_key_has_its_sentence_and_no_sentence_is_left_over():
    shapes = {name: shape for name, shape in vars(language).items() if name in HELP} | {"Both": Both}
    keys = {
        name: {info.alias or key for key, info in shape.model_fields.items()}
        for name, shape in shapes.items()
    }
    assert {name: set(words) for name, words in HELP.items()} == keys
    assert set(HELP) == {*InstrumentFile.model_json_schema()["$defs"], "InstrumentFile"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_good_file_is_valid(path):
    jsonschema_rs.validator_for(schema()).validate(reading.read_path(path).content)


def test_the_words_of_the_installation_are_offered():
    words = json.dumps(schema(KNOWN))
    for word in ("downstream_within", "food-licence", "notice_on_time", "upper-vale", "ecology.forecast"):
        assert f'"{word}"' in words
    content = reading.read_path(HERE / "good_all.yaml").content
    checked = jsonschema_rs.validator_for(schema(KNOWN))
    checked.validate(content)
    content["clauses"][0]["when"]["event"] = "ecology.water_incidnet"
    assert not checked.is_valid(content)


@pytest.mark.parametrize(
    "name",
    [
        "misspelt_key",
        "unknown_clock",
        "no_kind",
        "party_of_a_number",
        "settle_with_a_due",
        "likely_above_one",
    ],
)
def test_a_mistake_of_form_is_refused(name):
    path = HERE / "bad" / f"{name}.yaml"
    content = reading.read_path(path).content if path.exists() else {"agreement": 1}
    assert not jsonschema_rs.validator_for(schema()).is_valid(content)

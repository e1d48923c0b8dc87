"""The map's data as it is served."""

import json

import pytest

from tongxin.site import home


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "labels.geojson"
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [116.68, 39.53]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}), "utf-8")
    return (str(path),)


def test_under_tiles_that_are_shifted_the_places_are_shifted_alike(layer):
    """Some 600 m to the east-south-east there, as every published transformation has it."""
    plain = json.loads(home._joined(layer, 1, False))["features"][0]["geometry"]["coordinates"]
    shifted = json.loads(home._joined(layer, 1, True))["features"][0]["geometry"]["coordinates"]
    assert plain == [116.68, 39.53]
    assert 0.004 < shifted[0] - plain[0] < 0.008
    assert 0.0005 < shifted[1] - plain[1] < 0.003

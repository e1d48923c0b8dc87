"""A region pack with a faulty instrument or procedure is refused in words, and nothing of those is entered."""

import shutil

import pytest
from django.conf import settings

from tongxin.heart.agreements.models import Instrument
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

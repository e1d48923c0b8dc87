"""The API does what its OpenAPI description says, whatever is sent: no server error, no answer it does not name.

Schemathesis makes the requests, in this process, with the token of an office. The number of examples is bounded, so
that it stays a check of every run; `make soak` looks longer.
"""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from tests.authorisation.scene import POSTS
from tests.support.database import ROOT
from tests.support.properties import examples

load_all_checks()
DESCRIBED = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))[
    "paths"
]  # test_openapi: as it is served
EXAMPLES = examples(5)
NAMED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    ]
)


@pytest.fixture(scope="module")
def description(scene):
    """The description as a program fetches it; read once."""
    from tongxin.site.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.properties
@pytest.mark.parametrize(
    ("method", "path"), [(m.upper(), path) for path in DESCRIBED for m in DESCRIBED[path]]
)
def test_whatever_is_sent_gets_an_answer_that_the_description_names(scene, description, method, path):
    bearer = f"Bearer {scene.house.token('wuqing-clerk', POSTS['wuqing-clerk'])}"

    @given(case=description[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def tried(case):
        case.call_and_validate(checks=NAMED, headers={"Authorization": bearer})

    tried()

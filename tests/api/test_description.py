"""The API does what its OpenAPI description says, whatever is sent: no server error, no answer it does not name.

Schemathesis makes the requests, in this process, with the token of an office; the number of examples is bounded so that
it stays a check of every run. `make soak` lets it look longer.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import load_all_checks

from tests.authorisation.scene import POSTS, build

load_all_checks()
EXAMPLES = int(os.environ.get("TONGXIN_API_EXAMPLES", "6"))


def _description():
    from tongxin.site.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def api(house):
    build(house)
    return _description()


@pytest.fixture
def bearer(house):
    return f"Bearer {house.token('wuqing-clerk', POSTS['wuqing-clerk'])}"


CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_schema_conformance", "response_headers_conformance")  # fmt: skip
schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_what_is_sent_gets_an_answer_the_description_names(case, bearer):
    from schemathesis.checks import CHECKS as KNOWN

    case.headers["Authorization"] = bearer
    case.call_and_validate(checks=[KNOWN.get_one(name) for name in CHECKS])

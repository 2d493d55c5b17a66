"""What an answer of the service means for a request in the queue of a class."""

from __future__ import annotations

import json

import pytest

from legnext_widgets.client.api.responses import Response
from legnext_widgets.gateway.upstream.verdicts import Accepted, Later, Refused, Unknown, verdict_of
from tests.support.task_factory import task

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"


@pytest.mark.parametrize("status", [200, 403, 429, 500, 502])
def test_a_job_that_any_answer_describes_was_started(status: int) -> None:
    verdict = verdict_of(Response(status, {}, json.dumps(task(JOB)).encode()))

    assert isinstance(verdict, Accepted)
    assert verdict.job_id == JOB


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Refused), (422, Refused), (429, Later), (502, Unknown)]
)
def test_an_error_that_describes_the_source_or_a_failure_stays_one(status: int, kind: type) -> None:
    for body, source in ((task(JOB), JOB.upper()), (task(JOB, "failed"), None)):
        verdict = verdict_of(Response(status, {}, json.dumps(body).encode()), source)

        assert isinstance(verdict, kind)

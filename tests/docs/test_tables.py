"""Compare the tables of the documentation with the code."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api import transport
from legnext_widgets.client.api.failures import LostAnswerError
from legnext_widgets.client.api.responses import Response, error_in, task_in
from legnext_widgets.client.api.validation import PROMPT_LIMIT
from legnext_widgets.client.errors import ERROR_BY_STATUS, LegnextError
from legnext_widgets.client.schedule import DEFAULT_PACE
from legnext_widgets.client.session.files import downloads
from legnext_widgets.client.session.identity import Identity
from legnext_widgets.client.session.retry import (
    RETRY_AFTER_CAP,
    RetryPolicy,
    is_refusal,
    is_transient,
)
from legnext_widgets.client.session.store import Attempt
from legnext_widgets.client.session.submission import post
from legnext_widgets.client.session.submission.budget import USUAL_POINTS
from legnext_widgets.sandbox import FAULT_KINDS
from legnext_widgets.widgets.kernel.protocol.traits import NEUTRAL_INPUTS
from tests.docs.conftest import DOCS

if TYPE_CHECKING:
    from collections.abc import Mapping


def table(page: str, name: str | None = None, *, after: str = "") -> list[dict[str, str]]:
    """Return the rows of a table: the one marked with `name`, or the first one after a text."""
    text = (DOCS / page).read_text(encoding="utf-8")
    mark = f"<!-- table: {name} -->" if name else after
    assert mark in text
    lines = text.partition(mark)[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    head, _, *body = rows
    return [dict(zip(head, row, strict=True)) for row in body]


def test_each_status_raises_the_error_in_the_table() -> None:
    documented = {row["status"]: row["error"].strip("`") for row in table("client.md", "statuses")}

    assert documented.pop("5xx") == lw.ServerError.__name__
    assert documented == {str(status): error.__name__ for status, error in ERROR_BY_STATUS.items()}


def test_the_tables_list_all_errors() -> None:
    listed = {
        row["error"].strip("`")
        for name in ("statuses", "others")
        for row in table("client.md", name)
    }
    exported = {
        name
        for name in lw.__all__
        if isinstance(value := getattr(lw, name), type) and issubclass(value, LegnextError)
    }

    assert listed == exported - {"LegnextError", "APIError"}


class Scripted:
    """A transport that answers each POST in the same way."""

    def __init__(self, outcome: Response | Exception) -> None:
        self.outcome = outcome
        self.posts = 0

    async def post(self, endpoint: str, payload: Mapping[str, Any]) -> Response:
        self.posts += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def outcome_of(happened: str) -> Response | Exception:
    """Return the response or error for the event in the first column."""
    if happened == "no connection could be made":
        return lw.TransportError("refused")
    if happened == "the connection broke or was too slow":
        return LostAnswerError("no answer in time")
    if happened == "an answer without a job id":
        return Response(200, {}, b"{}")
    status = int(happened[:3])
    headers = {}
    if "over 60 s" in happened:
        headers = {"retry-after": "61"}
    elif "at most" in happened:
        headers = {"retry-after": "0"}
    return Response(status, headers, json.dumps({"code": status, "message": "no"}).encode())


ROWS = table("client.md", "retries")
COLUMNS = list(ROWS[0])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what happened"])
async def test_a_paid_request_is_retried_only_where_the_table_allows_it(
    row: dict[str, str],
) -> None:
    retry = RetryPolicy(first=0.0)
    poster = Scripted(outcome_of(row["what happened"]))
    attempt = Attempt("attempt", Identity("service", "account"), "diffusion", {}, sent_at=_now())

    outcome = post.Outcome(attempt, None)
    with pytest.raises((LegnextError, post.OutcomeUnknownError)) as raised:
        await post.send(attempt, poster, outcome, asyncio.Event(), retry)

    unknown = isinstance(raised.value, post.OutcomeUnknownError)
    seen = "uncertain" if unknown else "retried" if poster.posts > 1 else "raised"
    assert seen == row["a request that costs points"]
    assert poster.posts == (retry.max_retries + 1 if seen == "retried" else 1)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what happened"])
def test_reads_and_polls_are_retried_as_in_the_table(row: dict[str, str]) -> None:
    error = error_of_a_question(outcome_of(row["what happened"]))

    asked_again = "retried" if is_transient(error) else "raised"
    assert asked_again == row[COLUMNS[2]]
    told = "ends" if is_refusal(error) else "continues"
    assert told == row["polling a job"]


def error_of_a_question(outcome: Response | Exception) -> Exception:
    if isinstance(outcome, LostAnswerError):
        return lw.TransportError(outcome.reason)  # as Transport does for what only reads
    if isinstance(outcome, Exception):
        return outcome
    if (error := error_in(outcome)) is not None:
        return error
    with pytest.raises(LegnextError) as raised:
        task_in(outcome)
    return raised.value


def test_the_limits_match_the_code() -> None:
    documented = {
        row["limit"]: float(row["value"].split()[0]) for row in table("client.md", "numbers")
    }
    with lw.Client("key", library=False) as client:
        settings = client.config

    assert list(documented.values()) == [
        settings.max_retries + 1,
        settings.max_retries + 1,
        RETRY_AFTER_CAP,
        settings.max_retries + 2,
        downloads.AT_ONCE,
        DEFAULT_PACE.shortest,
        DEFAULT_PACE.longest,
        DEFAULT_PACE.per_second,
        settings.max_concurrent,
        PROMPT_LIMIT,
        settings.timeout,
        settings.timeout * transport.DEADLINE_FACTOR,
        downloads.STALL_SECONDS,
    ]
    assert downloads.STALL_BYTES == 64 * 1024


def test_the_points_match_the_budget() -> None:
    rows = table("explanation/costs.md", "points")
    documented = {
        row["kind of job"].partition("`")[2].partition("`")[0]: row["points"] for row in rows
    }

    assert documented == {kind: str(points) for kind, points in USUAL_POINTS.items()}


def test_the_inputs_and_states_match_the_traits_of_the_studio() -> None:
    inputs = {row["input"].strip("`") for row in table("reference/widgets.md", "inputs")}
    states = {row["state"].strip("`") for row in table("reference/widgets.md", "state")}

    assert inputs == set(NEUTRAL_INPUTS)
    assert states <= set(lw.VideoStudio.class_trait_names())


def test_all_environment_variables_are_documented() -> None:
    sources = Path(lw.__file__).parent.rglob("*.py")
    read = {
        name
        for source in sources
        for name in re.findall(r'"(LEGNEXT_[A-Z_]+)"', source.read_text(encoding="utf-8"))
    }
    rows = table("reference/command-line.md", "variables")

    assert {row["variable"].strip("`") for row in rows} == read


def test_all_faults_of_the_sandbox_are_documented() -> None:
    rows = table("guides/teaching.md", "faults")

    assert {row["fault"].strip("`") for row in rows} == set(FAULT_KINDS)


def test_the_table_of_folders_lists_those_of_the_package() -> None:
    project = DOCS.parent
    cells = [row["folder"] for row in table("explanation/architecture.md", "folders")]
    listed = [folder for cell in cells for folder in re.findall(r"`(.+?)/`", cell)]
    package = project / "legnext_widgets"
    folders = {
        module.parent.relative_to(project).as_posix()
        for place in (package, package / "client")
        for module in place.glob("*/__init__.py")
    }

    assert [folder for folder in listed if not (project / folder).is_dir()] == []
    assert folders - set(listed) == set()


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)

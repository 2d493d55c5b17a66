"""What users pass to a library: dates for times, texts for words, and wrong values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.library import Library
from tests.library import job_factory

WRONG_TYPES: list[tuple[str, dict[str, Any]]] = [
    ("jobs", {"since": "2026-01-01"}),
    ("jobs", {"until": 1_767_225_600}),
    ("jobs", {"search": 5}),
    ("jobs", {"status": 5}),
    ("jobs", {"kind": [5]}),
    ("jobs", {"limit": "5"}),
    ("videos", {"since": "2026-01-01"}),
    ("points", {"since": "2026-01-01"}),
    ("prune", {"older_than": 30}),
    ("prune", {"max_bytes": "1 GB"}),
]
OUT_OF_RANGE: list[tuple[str, dict[str, Any]]] = [
    ("jobs", {"limit": -5}),
    ("jobs", {"limit": 1.5}),
    ("jobs", {"offset": -1}),
    ("prune", {"max_bytes": -1}),
]


@pytest.mark.parametrize(("method", "given"), WRONG_TYPES)
def test_a_value_of_the_wrong_type_is_named(library: Library, method: str, given: dict[str, Any]):
    with pytest.raises(TypeError, match=f"^{next(iter(given))} must be"):
        getattr(library, method)(**given)


@pytest.mark.parametrize(("method", "given"), OUT_OF_RANGE)
def test_a_number_out_of_range_is_named(library: Library, method: str, given: dict[str, Any]):
    with pytest.raises(ValueError, match=f"^{next(iter(given))} must be"):
        getattr(library, method)(**given)


def test_settings_take_no_words_for_numbers_or_switches(library: Any):
    with pytest.raises(TypeError, match="keep_clips must be True or False"):
        library.keep_clips = "no"
    with pytest.raises(TypeError, match="max_bytes must be"):
        library.max_bytes = "5"

    library.max_bytes = 5e9

    assert library.max_bytes == 5_000_000_000
    assert library.keep_clips


async def test_a_date_is_its_first_moment_on_this_machine(library: Library):
    job_id = await job_factory.job(library, sent_at=datetime.now(UTC))
    today = date.today()  # noqa: DTZ011 - of this machine, as the library's

    assert [job.id for job in library.jobs(since=today)] == [job_id]
    assert library.jobs(since=today + timedelta(days=1)) == []
    assert library.jobs(until=today) == []
    assert library.points(since=today + timedelta(days=1)) == []
    assert library.prune(older_than=today) == 0


async def test_times_at_the_ends_of_the_calendar_find_what_they_should(library: Library):
    await job_factory.job(library)

    assert len(library.jobs(since=datetime.min.replace(tzinfo=UTC))) == 1
    assert len(library.jobs(until=datetime.max.replace(tzinfo=UTC))) == 1


async def test_the_beginning_of_a_pasted_page_is_searched_for(library: Library):
    await job_factory.job(library, "one two three")
    page = " ".join(["one two three"] * 400)

    assert len(library.jobs(search=page)) == 1
    assert library.jobs(search=f"{page[:900]} four") == []
    assert library.jobs(search="x" * 2_000_000) == []
    assert library.problem is None


async def test_a_job_id_is_found_in_capitals(library: Library):
    job_id = await job_factory.job(library)

    found = library.get(job_id.upper())

    assert found is not None
    assert found.id == job_id


def test_an_empty_path_is_no_folder():
    with pytest.raises(ValueError, match="empty"):
        lw.Library("")

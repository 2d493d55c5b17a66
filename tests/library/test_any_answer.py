"""Any answer of a service leaves its job in the library."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legnext_widgets.library import Library
from legnext_widgets.library.db.connection import Database
from legnext_widgets.library.db.journal import Journal
from tests.library import job_factory
from tests.library.job_factory import REAL
from tests.support.task_factory import task

texts = st.text(st.characters(exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
shapes = {"status": values, "task_type": values, "input": values, "output": values, "meta": values}


@pytest.fixture(scope="module")
def journal() -> Iterator[Journal]:
    with tempfile.TemporaryDirectory() as folder:
        yield Journal(Database(Path(folder) / "library"))


@pytest.fixture(scope="module")
def shared(journal: Journal) -> Iterator[Library]:
    with Library.of(journal) as library:
        yield library


@settings(max_examples=40, deadline=None, derandomize=True)
@given(task=st.fixed_dictionaries({}, optional=shapes), job_id=texts.filter(bool))
def test_any_json_object_is_recorded(shared: Library, task: dict[str, Any], job_id: str) -> None:
    answer = json.dumps({**task, "job_id": job_id}).encode()
    begun = job_factory.attempt(job_id)

    async def life() -> None:
        await shared.intend(begun)
        await shared.accept(begun.id, job_id, answer)
        await shared.observe(REAL, json.loads(answer))

    asyncio.run(life())
    record = shared.record(job_id)
    assert record is not None
    assert record.attempt is not None
    assert record.attempt.id == begun.id
    assert shared.problem is None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(words=texts, note=texts)
def test_any_search_and_any_note_can_be_typed(
    shared: Library, journal: Journal, words: str, note: str
) -> None:
    asyncio.run(shared.observe(REAL, task("a-job", "completed")))
    shared.annotate("a-job", note)
    shared.records(search=words)
    journal.database.full_text, before = False, journal.database.full_text
    shared.records(search=words)
    journal.database.full_text = before
    assert shared.problem is None


async def test_an_answer_too_deep_to_copy_still_gives_its_job(shared: Library) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    await shared.observe(REAL, {"job_id": "deep", "status": "processing", "logs": deep})
    record = shared.record("deep")
    assert record is not None
    assert record.status == "processing"
    begun = job_factory.attempt()
    await shared.intend(begun)
    await shared.accept(begun.id, "deeper", b'{"job_id":"deeper","logs":' + b"[" * 100_000)
    assert shared.record("deeper") is not None

"""Whatever a service answers, its job is remembered."""

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
from tests.library import made
from tests.library.made import REALM

texts = st.text(st.characters(exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
shapes = {"status": values, "task_type": values, "input": values, "output": values, "meta": values}


@pytest.fixture(scope="module")
def shared() -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library") as library:
        yield library


@settings(max_examples=40, deadline=None, derandomize=True)
@given(task=st.fixed_dictionaries({}, optional=shapes), job_id=texts.filter(bool))
def test_any_json_object_is_remembered(shared: Library, task: dict[str, Any], job_id: str) -> None:
    answer = json.dumps({**task, "job_id": job_id}).encode()
    begun = made.attempt(job_id)

    async def life() -> None:
        await shared.intend(begun)
        await shared.accept(begun.id, job_id, answer)
        await shared.observe(REALM, json.loads(answer))

    asyncio.run(life())
    record = shared.record(job_id)
    assert record is not None
    assert record.attempt is not None
    assert record.attempt.id == begun.id
    assert shared.trouble is None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(words=texts, note=texts)
def test_any_search_and_any_note_can_be_typed(shared: Library, words: str, note: str) -> None:
    asyncio.run(shared.observe(REALM, made.task("a-job")))
    shared.annotate("a-job", note)
    shared.records(search=words)
    shared._database.full_text, before = False, shared._database.full_text
    shared.records(search=words)
    shared._database.full_text = before
    assert shared.trouble is None


async def test_an_answer_too_deep_to_copy_still_gives_its_job(library: Library) -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    await library.observe(REALM, {"job_id": "deep", "status": "processing", "logs": deep})
    record = library.record("deep")
    assert record is not None
    assert record.status == "processing"
    begun = made.attempt()
    await library.intend(begun)
    await library.accept(begun.id, "deeper", b'{"job_id":"deeper","logs":' + b"[" * 100_000)
    assert library.record("deeper") is not None

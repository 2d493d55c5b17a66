"""Asking the library: filters, search, pages, totals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from legnext_widgets.library import Filter, Library
from legnext_widgets.library.db import schema
from legnext_widgets.library.db.journal import Journal
from tests.library import job_factory
from tests.library.job_factory import SANDBOX
from tests.support.task_factory import FIRST_DAY


async def test_records_come_newest_first_and_can_be_narrowed_down(library: Library) -> None:
    old = await job_factory.job(library, "old", sent_at=FIRST_DAY)
    new = await job_factory.job(library, "new", sent_at=FIRST_DAY + timedelta(days=2))
    image = await job_factory.job(
        library, "image", kind="diffusion", sent_at=FIRST_DAY + timedelta(days=1)
    )
    failed = await job_factory.job(
        library, "bad", status="failed", sent_at=FIRST_DAY + timedelta(days=3)
    )

    def ids(**asked: object) -> list[str | None]:
        return [record.job_id for record in library.records(**asked)]  # type: ignore[arg-type]

    assert ids() == [failed, new, image, old]
    assert ids(oldest_first=True) == [old, image, new, failed]
    assert ids(status="failed") == [failed]
    assert ids(status=("failed", "completed"), kind="video-diffusion") == [failed, new, old]
    assert ids(since=FIRST_DAY + timedelta(days=1), until=FIRST_DAY + timedelta(days=3)) == [
        new,
        image,
    ]
    assert ids(limit=2, offset=1) == [new, image]
    library.favourite(old)
    assert ids(favourite=True) == [old]
    library.favourite(old, marked=False)
    assert ids(favourite=True) == []


async def test_pages_are_complete_and_not_disturbed_by_new_jobs(library: Library) -> None:
    known = [
        await job_factory.job(library, sent_at=FIRST_DAY + timedelta(seconds=number // 3))
        for number in range(10)
    ]
    seen: list[str | None] = []
    after = None
    while True:
        page = library.page(limit=3, after=after)
        seen += [record.job_id for record in page.records]
        await job_factory.job(library, sent_at=FIRST_DAY + timedelta(days=1))
        after = page.next
        if after is None:
            break
    assert seen == known[::-1]
    with pytest.raises(ValueError, match="could not convert"):
        library.page(after="nonsense")


PROMPTS = {
    "cat": "A Cat in the RAIN --motion high",
    "chinese": "一只可爱的猫在雨中跳舞",
    "japanese": "ネコが踊る。ｶﾞｲｺｸ",
    "german": "Straße bei Nacht, naïve Malerei",
    "emoji": "party 🎬 time 100%_done",
    "thai": "แมวกำลังเต้นรำ",
    "hebrew": "חתול בגשם",
}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("rain cat", {"cat"}),
        ("rai", {"cat"}),
        ("ain", set()),
        ("可爱", {"chinese"}),
        ("猫", {"chinese"}),
        ("雨中 猫", {"chinese"}),
        ("爱可", set()),
        ("踊", {"japanese"}),
        ("ガイコク", {"japanese"}),
        ("strasse", {"german"}),
        ("naive", {"german"}),
        ("🎬", {"emoji"}),
        ("100%_", {"emoji"}),
        ("เต้น", {"thai"}),
        ("חתול", {"hebrew"}),
        ('cat" OR "rain', set()),
        ("NEAR(cat rain)", set()),
        ("*", set()),
        ("  ", set(PROMPTS)),
    ],
)
async def test_search_finds_words_of_any_script(
    library: Library, words: str, found: set[str]
) -> None:
    ids = {await job_factory.job(library, prompt): name for name, prompt in PROMPTS.items()}
    assert {ids[record.job_id or ""] for record in library.records(search=words)} == found


@pytest.mark.parametrize("words", ["rain cat", "可爱", "strasse", "100%_", "🎬"])
async def test_search_works_without_the_full_text_module(
    library: Library, journal: Journal, words: str
) -> None:
    for prompt in PROMPTS.values():
        await job_factory.job(library, prompt)
    indexed = {record.job_id for record in library.records(search=words)}
    journal.database.full_text = False
    assert indexed
    assert {record.job_id for record in library.records(search=words)} == indexed


async def test_what_was_written_without_the_full_text_module_is_found_with_it(
    library: Library, journal: Journal
) -> None:
    # Without its table the index is as little there as without SQLite's module.
    journal.change(lambda connection: connection.execute("DROP TABLE words"))
    job_id = await job_factory.job(library, "a purple whale")
    journal.change(schema.add_full_text)
    assert [record.job_id for record in library.records(search="whale")] == [job_id]


async def test_notes_and_job_ids_are_found_too(library: Library) -> None:
    job_id = await job_factory.job(library)
    other = await job_factory.job(library)
    library.annotate(job_id, "for Mother's birthday")
    assert [record.note for record in library.records(search="birthday")] == [
        "for Mother's birthday"
    ]
    assert [record.job_id for record in library.records(search=other[:13])] == [other]
    library.annotate(job_id, "")
    assert library.records(search="birthday") == []


async def test_points_add_up_by_day_and_kind_with_the_sandbox_apart(library: Library) -> None:
    await job_factory.job(library, points=480)
    await job_factory.job(library, points=480)
    await job_factory.job(library, kind="diffusion", points=80)
    await job_factory.job(
        library, status="processing", points=480, sent_at=FIRST_DAY + timedelta(days=2)
    )
    await job_factory.job(library, identity=SANDBOX, points=9)
    assert [(total.kind, total.jobs, total.points) for total in library.points()] == [
        ("video_diffusion", 1, 480),
        ("diffusion", 1, 80),
        ("video_diffusion", 2, 960),
    ]
    assert [total.points for total in library.points(sandbox=True)] == [9]


async def test_count_counts_what_a_filter_finds(library: Library) -> None:
    await job_factory.job(library, "a cat")
    await job_factory.job(library, "a dog")
    assert library.count() == 2
    assert library.count(Filter(search="dog")) == 1


def test_marking_an_unknown_job_says_so(library: Library) -> None:
    with pytest.raises(KeyError, match="does not know the job nowhere"):
        library.favourite("nowhere")


def test_the_schema_script_splits_into_its_statements() -> None:
    statements = schema.statements_of(schema.FIRST_TABLES)
    assert all(statement.startswith("CREATE") for statement in statements)
    assert "\n".join(statements) == schema.FIRST_TABLES.strip()

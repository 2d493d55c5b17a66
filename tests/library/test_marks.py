"""Star, note and hidden belong to clips; a mark of a job means all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legnext_widgets.client.marks.model import JobMarks, MarkChange
from legnext_widgets.library import Filter, Library
from tests.library import job_factory
from tests.library.job_factory import REAL
from tests.library.test_clips import Download
from tests.support.task_factory import task

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.client.handles.jobs import Video

CLIPS = 4
CHANGES = st.tuples(
    st.builds(
        MarkChange,
        favourite=st.sampled_from([None, True, False]),
        note=st.sampled_from([None, "", "one", "two"]),
        hidden=st.sampled_from([None, True, False]),
    ),
    st.sampled_from([None, 0, 1, 2, 3]),
)


def marks_of(videos: list[Video]) -> list[tuple[bool, str, bool]]:
    return [(video.favourite, video.note, video.hidden) for video in videos]


@given(st.lists(CHANGES, max_size=8))
def test_a_change_of_one_clip_changes_no_other_and_the_job_sums_up(
    changes: list[tuple[MarkChange, int | None]],
) -> None:
    marks = JobMarks()
    for change, index in changes:
        before = marks
        marks = marks.changed(change, index, CLIPS)
        for number in range(CLIPS):
            if index in (None, number):
                if change.favourite is not None:
                    assert marks.is_favourite(number) is change.favourite
                if change.hidden is not None:
                    assert marks.is_hidden(number) is change.hidden
                continue
            assert marks.is_favourite(number) == before.is_favourite(number)
            assert marks.is_hidden(number) == before.is_hidden(number)
            assert marks.note_of(number) == before.note_of(number)
        assert marks.favourite == any(map(marks.is_favourite, range(CLIPS)))
        assert marks.hidden == all(map(marks.is_hidden, range(CLIPS)))
    for number in range(CLIPS):
        last = marks.changed(MarkChange(deleted=True), number, CLIPS)
        assert last.is_hidden(number)
        undone = last.changed(MarkChange(deleted=False), number, CLIPS)
        assert [undone.is_hidden(n) for n in range(CLIPS)] == [
            marks.is_hidden(n) for n in range(CLIPS)
        ]
        assert undone.hidden == marks.hidden


async def test_marks_of_clips_are_set_in_python_and_stay(folder: Path) -> None:
    with Library(folder) as library:
        job_id = await job_factory.job(library, "a red balloon")
        other = await job_factory.job(library, "a green hill")
        job = library.get(job_id)
        assert job is not None
        assert marks_of(job.videos) == [(False, "", False)] * CLIPS

        job.videos[1].favourite = True
        job.videos[1].note = "the wind is right"
        job.videos[2].hidden = True

        assert job.favourite
        assert not job.hidden
    with Library(folder) as library:
        again = library.get(job_id)
        assert again is not None
        assert marks_of(again.videos) == [
            (False, "", False),
            (True, "the wind is right", False),
            (False, "", True),
            (False, "", False),
        ]
        assert library.videos(favourite=True) == [again.videos[1]]
        assert again.videos[1] not in library.videos(favourite=False)
        assert library.videos(hidden=True) == [again.videos[2]]
        assert len(library.videos(hidden=False)) == 2 * CLIPS - 1
        assert [job.id for job in library.jobs(favourite=True)] == [job_id]
        assert [job.id for job in library.jobs(search="wind")] == [job_id]
        assert [job.id for job in library.jobs(favourite=False)] == [other]


async def test_hidden_jobs_are_listed_only_when_asked_for(library: Library) -> None:
    shown, hidden = await job_factory.job(library), await job_factory.job(library)
    library.hide(hidden)
    for index in range(CLIPS - 1):
        library.hide(shown, index=index)

    assert {job.id for job in library.jobs()} == {shown, hidden}
    assert [job.id for job in library.jobs(hidden=False)] == [shown]
    assert [job.id for job in library.jobs(hidden=True)] == [hidden]
    assert library.count(Filter(hidden=True)) == 1
    library.hide(shown, index=CLIPS - 1)
    assert library.jobs(hidden=False) == []
    library.hide(hidden, hidden=False)
    assert [job.id for job in library.jobs(hidden=False)] == [hidden]


async def test_a_job_starred_before_its_clips_came_means_all_of_them(library: Library) -> None:
    job_id = await job_factory.job(library, status="processing")
    library.favourite(job_id)
    await library.observe(REAL, task(job_id, "completed"))
    job = library.get(job_id)
    assert job is not None
    assert [video.favourite for video in job.videos] == [True] * CLIPS
    job.videos[0].favourite = False
    assert [video.favourite for video in job.videos] == [False, True, True, True]
    assert job.favourite


async def test_prune_spares_favourite_clips_and_no_others(library: Library) -> None:
    job_id = await job_factory.job(library)
    for index in range(CLIPS):
        await library.keep(job_id, index, Download())
    library.favourite(job_id, index=2)
    library.prune(max_bytes=0)
    assert [library.kept_path(job_id, index) is not None for index in range(CLIPS)] == [
        False,
        False,
        True,
        False,
    ]


async def test_a_deleted_clip_goes_with_its_file_and_is_not_kept_again(library: Library) -> None:
    job_id = await job_factory.job(library)
    path = await library.keep(job_id, 0, Download())
    await library.keep(job_id, 1, Download())
    assert path is not None
    library.forget(job_id, index=0)
    download = Download()
    assert not path.exists()
    assert await library.keep(job_id, 0, download) is None
    assert download.calls == 0
    assert library.kept_path(job_id, 1) is not None
    assert [video.index for video in library.videos()] == [1, 2, 3]


async def test_chosen_clips_are_exported_with_their_own_marks(
    library: Library, tmp_path: Path
) -> None:
    job_id = await job_factory.job(library, "a red balloon")
    for index in range(CLIPS):
        await library.keep(job_id, index, Download())
    library.annotate(job_id, "of the job")
    library.annotate(job_id, "the second", index=1)
    job = library.get(job_id)
    assert job is not None

    page = library.export(tmp_path / "out", clips=[job.videos[1], job.videos[3]])

    assert sorted(path.stem[-2:] for path in page.parent.glob("*.mp4")) == ["_2", "_4"]
    assert "the second" in page.read_text(encoding="utf-8")
    assert "of the job" in page.read_text(encoding="utf-8")


async def test_marks_of_an_unknown_job_or_clip_are_refused(library: Library) -> None:
    with pytest.raises(KeyError, match="does not know"):
        library.hide("nowhere", index=0)
    with pytest.raises(ValueError, match="0 or more"):
        library.favourite(await job_factory.job(library), index=-1)


async def test_marks_are_rescued_from_a_damaged_journal(library: Library, folder: Path) -> None:
    job_id = await job_factory.job(library)
    library.favourite(job_id, index=1)
    library.close()
    file = folder / "journal.sqlite3"
    content = bytearray(file.read_bytes())
    content[20:24] = b"\xff" * 4  # a header that SQLite refuses, over rows that are whole
    file.write_bytes(content)
    with Library(folder) as rescued:
        job = rescued.get(job_id)
        if job is not None:  # what cannot be read at all is reported, as elsewhere
            assert [video.favourite for video in job.videos][1]
        else:
            assert rescued.problem

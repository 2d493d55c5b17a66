"""What leaves the library: clips with readable names, descriptions, a page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from legnext_widgets.library import Library
from legnext_widgets.library.errors import UnknownJobError
from tests.library import job_factory
from tests.library.test_clips import Download
from tests.support import mp4
from tests.support.task_factory import task

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


class Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


async def test_clips_leave_with_readable_names_and_descriptions(
    library: Library, tmp_path: Path
) -> None:
    job_id = await job_factory.job(library, "https://x.org/a.png A cat: in/the rain? 雨")
    for number in range(2):
        await library.keep(job_id, number, Download(mp4.clip(b"clip %d" % number)))
    library.annotate(job_id, "for Ann")
    page = library.export(tmp_path / "out")
    clips = sorted((tmp_path / "out").glob("*.mp4"))
    assert [clip.read_bytes() for clip in clips] == [mp4.clip(b"clip 0"), mp4.clip(b"clip 1")]
    assert re.fullmatch(rf"2025-10-2\d_A-cat-in-the-rain-雨_{job_id}_1\.mp4", clips[0].name)
    said = json.loads(clips[1].with_suffix(".json").read_text("utf-8"))
    assert (said["job_id"], said["clip"], said["note"]) == (job_id, 1, "for Ann")
    assert said["prompt"] == "A cat: in/the rain? 雨"
    tags = Tags()
    tags.feed(page.read_text("utf-8"))
    sources = [unquote(attrs["src"] or "") for tag, attrs in tags.found if tag == "video"]
    assert sources == [f"./{clip.name}" for clip in clips]


async def test_a_second_export_copies_only_what_is_new(library: Library, tmp_path: Path) -> None:
    job_id = await job_factory.job(library)
    await library.keep(job_id, 0, Download())
    library.export(tmp_path / "out")
    (clip,) = (tmp_path / "out").glob("*.mp4")
    before = clip.stat().st_ino
    await library.keep(job_id, 1, Download())
    library.export(tmp_path / "out")
    assert clip.stat().st_ino == before
    assert len(list((tmp_path / "out").glob("*.mp4"))) == 2
    assert list((tmp_path / "out").glob("*.part")) == []


async def test_hostile_texts_stay_texts_on_the_page(library: Library, tmp_path: Path) -> None:
    job_id = await job_factory.job(library, HOSTILE)
    library.annotate(job_id, HOSTILE)
    await library.keep(job_id, 0, Download())
    await library.observe(
        job_factory.REAL, task("javascript:alert(3)//" + HOSTILE, HOSTILE, kind=HOSTILE)
    )
    await library.keep("javascript:alert(3)//" + HOSTILE, 0, Download())
    await library.observe(job_factory.REAL, task("not-kept-" + HOSTILE, HOSTILE, kind=HOSTILE))
    page = library.export(tmp_path / "out").read_text("utf-8")
    tags = Tags()
    tags.feed(page)
    assert {tag for tag, _ in tags.found} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "main", "figure", "video"),
        *("figcaption", "strong", "p", "div"),
    }
    for _, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "poster"):
            assert (attributes.get(name) or "./").startswith("./")
    assert page.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize("prompt", ["", "🎬" * 50, "長い" * 400, "CON", "a" * 4000, ".hidden/../x"])
async def test_any_prompt_gives_a_file_name_that_disks_take(
    library: Library, tmp_path: Path, prompt: str
) -> None:
    job_id = await job_factory.job(library, prompt)
    await library.keep(job_id, 0, Download())
    library.export(tmp_path / "out")
    (clip,) = (tmp_path / "out").glob("*.mp4")
    assert len(clip.name.encode()) < 200
    assert clip.name.startswith("2025-")
    assert re.fullmatch(r"[\w-]+\.mp4", clip.name)


async def test_an_export_can_be_narrowed_down(library: Library, tmp_path: Path) -> None:
    for prompt in ("a cat", "a dog"):
        await library.keep(await job_factory.job(library, prompt), 0, Download())
    library.export(tmp_path / "out", search="dog")
    (clip,) = (tmp_path / "out").glob("*.mp4")
    assert "a-dog" in clip.name


async def test_the_page_of_another_site_stays(library: Library, tmp_path: Path) -> None:
    job_id = await job_factory.job(library)
    await library.keep(job_id, 0, Download())
    own = tmp_path / "index.html"
    own.write_text("<title>My site</title>", "utf-8")
    page = library.export(tmp_path)
    assert own.read_text("utf-8") == "<title>My site</title>"
    assert "<video" in page.read_text("utf-8")
    assert library.export(tmp_path) == page


async def test_videos_of_another_library_are_named(library: Library, tmp_path: Path) -> None:
    with Library(tmp_path / "other") as other:
        job_id = await job_factory.job(other)
        with pytest.raises(UnknownJobError, match=job_id):
            library.export(tmp_path / "out", clips=other.videos())
    with pytest.raises(TypeError, match="item 0 is str"):
        library.export(tmp_path / "out", clips=["clip"])  # type: ignore[list-item]

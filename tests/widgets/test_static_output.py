"""The copy for a reader without a kernel."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.requests import VideoDiffusion
from legnext_widgets.client.marks.model import MarkChange
from legnext_widgets.client.session.job_state import JobState
from legnext_widgets.widgets.notebook.static_output import (
    MAX_JOBS,
    MAX_POSTERS,
    MAX_TEXT_BYTES,
    Poster,
    static_copy,
)

JOB_ID = "bb40cae1-edd9-4cb0-9f66-e029b4439100"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
]


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs


def job(prompt="waves", links=("https://example.com/a.mp4",), status="completed"):
    request = VideoDiffusion(prompt, image_url="https://example.com/sea.jpg", motion="high")
    task = Task.of(
        {
            "job_id": JOB_ID,
            "status": status,
            "task_type": "video_diffusion",
            "output": {"video_urls": list(links)},
        }
    )
    return JobState(JOB_ID, request=request, task=task)


def test_it_shows_words_settings_links_and_posters():
    html = static_copy([job()], {(JOB_ID, 0): Poster("image/webp", b"x" * 100)}, sandbox=False)

    for part in ("waves", "motion high", "480p", "https://example.com/a.mp4", "data:image/webp"):
        assert part in html
    assert "may have expired" in html


def test_deleted_clips_are_left_out_and_the_others_keep_their_numbers():
    state = job(links=["https://example.com/a.mp4", "https://example.com/b.mp4"])
    state.marks = state.marks.changed(MarkChange(deleted=True), 0, 2)
    posters = {(JOB_ID, 0): Poster("image/webp", b"a"), (JOB_ID, 1): Poster("image/webp", b"b")}
    html = static_copy([state], posters, sandbox=False)

    assert "a.mp4" not in html
    assert "clip 2" in html
    assert html.count("<img") == 1


def test_the_images_of_a_job_are_linked():
    task = Task.of({"job_id": JOB_ID, "output": {"image_urls": ["https://example.com/1.png"]}})

    html = static_copy([JobState(JOB_ID, task=task)], {}, sandbox=False)

    assert 'href="https://example.com/1.png"' in html
    assert "image 1" in html


def test_links_that_have_expired_are_words():
    alive, dead = (
        f"https://image.example/a.mp4?Expires={end}&Signature=x" for end in (4_000_000_000, 1)
    )
    html = static_copy([job(links=[alive, dead])], {}, sandbox=False)

    assert html.count("<a ") == 1
    assert "clip 2 (its link has expired)" in html


def test_it_has_the_name_by_which_its_widget_finds_it():
    html = static_copy([job()], {}, sandbox=False, name="legnext-7")

    assert 'class="legnext-reading-copy legnext-7"' in html


def test_it_is_empty_without_jobs():
    assert static_copy([], {}, sandbox=True) == ""


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_stay_texts(hostile):
    html = static_copy([job(hostile, [hostile, "https://ok.example"], hostile)], {}, sandbox=True)

    tags = Tags(html)
    assert set(tags.tags) <= {"div", "b", "strong", "span", "code", "a", "img"}
    assert not [name for name, _ in tags.attributes if name.startswith("on")]
    links = [value for name, value in tags.attributes if name == "href"]
    assert links == ["https://ok.example"] or not links


def test_large_and_many_posters_are_left_out():
    many = job(links=["https://example.com/a.mp4"] * 40)
    posters = {(JOB_ID, number): Poster("image/webp", b"x") for number in range(40)}
    posters[JOB_ID, 0] = Poster("image/webp", b"x" * 9000)

    html = static_copy([many], posters, sandbox=False)

    assert html.count("<img") == MAX_POSTERS
    assert 'alt="clip 1"' not in html


@pytest.mark.parametrize("prompt", ["waves", "long " * 1500])
def test_the_text_stays_small_and_the_other_jobs_are_counted(prompt):
    signed = [f"https://example.com/{number}.mp4?Signature={'x' * 300}" for number in range(4)]

    html = static_copy([job(prompt, signed)] * 1000, {}, sandbox=False)

    shown = html.count(JOB_ID)
    assert 1 < shown <= MAX_JOBS
    assert f"And {1000 - shown} older." in html
    assert len(html) < MAX_TEXT_BYTES + 1024


def test_the_newest_job_is_shown_however_long_it_is():
    endless = ["https://example.com/a.mp4?" + "x" * 20_000]

    html = static_copy([job(links=endless), job(links=endless)], {}, sandbox=False)

    assert html.count(JOB_ID) == 1
    assert "And 1 older." in html

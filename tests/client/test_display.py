"""What jobs, videos and lists show where there are no widgets."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.display.lists import ReprList
from legnext_widgets.client.session.job_state import JobState
from tests.support.task_factory import task

if TYPE_CHECKING:
    from pathlib import Path

JOB = "97fda74c-0000-4000-8000-00000000abcd"
LINK = "https://example.com/a.png"


def job(status: str = "completed", words: str = "slow <push>", **more: Any) -> lw.Job:
    request = lw.VideoDiffusion(words, image_url=LINK, motion="high", video_type=1, loop=True)
    return lw.Job(None, JobState(JOB, request=request, task=Task.of(task(JOB, status, **more))))


def urls(expires: int) -> list[str]:
    return [f"https://image.example/{n}.mp4?Expires={expires}&Signature=x" for n in range(4)]


def test_a_job_shows_words_settings_status_time_and_points() -> None:
    shown = job()._repr_html_()

    assert "<b>slow &lt;push&gt;</b>" in shown
    assert "completed · video diffusion · 720p · motion high · loop · 2:36 · 480 points" in shown
    assert JOB in shown


def test_links_that_work_are_players_and_expired_ones_say_what_helps(tmp_path: Path) -> None:
    alive = job(urls=urls(4_000_000_000))
    assert alive._repr_html_().count("<video") == 4
    expired = job(urls=urls(1))
    shown = expired._repr_html_()
    assert "<video" not in shown
    assert "its link has expired; save() renews it" in shown

    poster = tmp_path / "poster.webp"
    poster.write_bytes(b"picture")
    expired.state.posters = {0: poster}
    assert "data:image/webp;base64,cGljdHVyZQ==" in expired.videos[0]._repr_html_()
    alive.state.posters = {0: poster}
    assert 'preload="none"' in alive.videos[0]._repr_html_()


def test_on_colab_a_link_to_the_kernel_s_machine_is_no_dead_player(monkeypatch) -> None:
    local = job(urls=["http://127.0.0.1:8642/media/a.mp4"])
    assert "<video" in local._repr_html_()
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert "<video" not in local._repr_html_()
    assert "on the kernel&#x27;s machine" in local._repr_html_()


@pytest.mark.parametrize("count", [0, 3, 12, 106])
def test_a_list_shows_twelve_at_most(count: int) -> None:
    shown = ReprList(job(urls=urls(4_000_000_000)) for _ in range(count))
    more = f"and {count - 12} more" if count > 12 else ""

    html, bundle = shown._repr_html_(), shown._repr_mimebundle_()
    assert len(re.findall("<b>", html)) == min(count, 12)
    assert (more in html) is True
    assert isinstance(bundle, dict)
    assert bundle["text/html"] == html
    text = str(bundle["text/plain"])
    assert text.count("<Job ") == min(count, 12)
    assert text.endswith(f"] {more}".rstrip())


def test_outside_of_a_kernel_a_job_is_static(monkeypatch) -> None:
    one = job()
    assert one._repr_mimebundle_() == {"text/plain": repr(one), "text/html": one._repr_html_()}


def test_a_long_list_prints_its_first_items_and_how_many_more_there_are() -> None:
    shown = repr(ReprList(range(1000)))

    assert shown.startswith("[0,\n 1,")
    assert shown.count("\n") == 11
    assert "988 more" in shown
    assert repr(ReprList[int]([])) == "[]"


def test_images_whose_links_have_expired_are_no_broken_pictures() -> None:
    def images(expires: int) -> str:
        links = [f"https://image.example/{n}.png?Expires={expires}&Signature=x" for n in range(4)]
        return job(kind="diffusion", output={"image_urls": links})._repr_html_()

    assert images(4_000_000_000).count("<img") == 4
    assert "<img" not in images(1)
    assert "the links of 4 images have expired; refresh() renews them" in images(1)

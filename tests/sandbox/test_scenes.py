"""Which pictures a text gets, how long jobs take, and which hosts are special."""

from __future__ import annotations

from random import Random

import pytest

from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.sandbox.media.fetch import is_reserved
from legnext_widgets.sandbox.media.scenes import SCENES, aspect_for, picture_of, scenes_for
from legnext_widgets.sandbox.simulation.durations import draw_durations


def test_words_of_a_prompt_choose_the_picture() -> None:
    assert scenes_for("A cinematic shot of ocean waves")[0].name == "ocean"
    assert scenes_for("Neon CITY, rain")[0].name == "city"
    assert scenes_for("xyzzy") == scenes_for("xyzzy")
    assert len({scenes_for(f"word{n}")[0].name for n in range(200)}) == len(SCENES)


def test_several_pictures_of_a_text_all_differ() -> None:
    scenes = scenes_for("a lighthouse in the snow", 4)
    assert {scene.name for scene in scenes[:2]} == {"lighthouse", "mountain-lake"}
    assert len(set(scenes)) == 4


def test_every_scene_has_its_picture() -> None:
    assert len(SCENES) == 8
    assert all(picture_of(scene).is_file() for scene in SCENES)


def test_aspect_of_an_image_can_be_chosen() -> None:
    assert aspect_for("a cat") == 1
    assert aspect_for("a cat --ar 16:9") == pytest.approx(16 / 9)
    assert aspect_for("a cat --ar 0:9") == 1


def test_reserved_and_loopback_hosts_are_known() -> None:
    assert is_reserved("https://example.com/a.jpg")
    assert is_reserved("https://www.example.org/a.jpg")
    assert not is_reserved("https://notexample.com/a.jpg")
    assert is_loopback("http://127.0.0.1:8000/")
    assert is_loopback("http://[::1]/")
    assert not is_loopback("http://127.0.0.1.evil.test/")


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("video_diffusion", 150, 300),
        ("extend_video", 150, 300),
        ("video_upscale", 240, 360),
        ("diffusion", 30, 80),
    ],
)
def test_jobs_take_as_long_as_documented(kind: str, low: float, high: float) -> None:
    random = Random(1)
    drawn = [draw_durations(kind, random) for _ in range(300)]
    assert all(low <= d.final <= high and 0 < d.staged < d.processing < d.final for d in drawn)
    assert len({d.final for d in drawn}) > 250

"""Where the camera of a clip looks: arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legnext_widgets.client.api.validation import Motion
from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.sandbox.media.camera import View, clip_size, plan_shot

SEA, END = Path("sea.png"), Path("end.png")
prompts = st.builds(
    PromptParts,
    motion=st.sampled_from([None, "low", "high"]),
    raw=st.booleans(),
    loop=st.booleans(),
)
views = st.builds(View, st.floats(1, 2), st.floats(-1, 1), st.floats(-1, 1)).map(View.within)


def test_clips_have_the_chosen_height_and_the_shape_of_the_source() -> None:
    assert clip_size(1920, 1080, 0) == (854, 480)
    assert clip_size(1920, 1080, 1) == (1280, 720)
    assert clip_size(1000, 1000, 0) == (480, 480)
    assert clip_size(1080, 1920, 1) == (720, 1280)
    assert clip_size(9000, 100, 0) == (1152, 480)


@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from([0, 1]))
def test_clip_sizes_are_always_even(width: int, height: int, video_type: int) -> None:
    size = clip_size(width, height, video_type)
    assert all(length % 2 == 0 for length in size)
    assert min(size) == (480, 720)[video_type]


@given(st.integers(0, 7), st.integers(0, 10**9), prompts, st.none() | views)
def test_camera_never_looks_beyond_the_picture(
    number: int, seed: int, prompt: PromptParts, start: View | None
) -> None:
    shot = plan_shot(SEA, number, seed, prompt, start=start)
    for take in shot.takes:
        for view in map(take.move.at, shot.times()):
            left, top, right, bottom = view.box(854, 480)
            assert 0 <= left < right <= 854
            assert 0 <= top < bottom <= 480
            assert (right - left) / (bottom - top) == pytest.approx(854 / 480, rel=1e-3)


@given(st.integers(0, 3), st.integers(0, 10**9), st.booleans())
def test_looping_shot_ends_where_it_began_and_goes_somewhere(
    number: int, seed: int, raw: bool
) -> None:
    (take,) = plan_shot(SEA, number, seed, PromptParts(raw=raw, loop=True)).takes
    start, end, middle = (take.move.at(time) for time in (0, 1, 0.5))
    assert (start.zoom, start.x) == pytest.approx((end.zoom, end.x))
    assert abs(middle.zoom - start.zoom) + abs(middle.x - start.x) > 0.1


def test_high_motion_moves_more_than_low() -> None:
    def way(motion: Motion) -> float:
        move = plan_shot(SEA, 0, 1, PromptParts(motion=motion)).takes[0].move
        return move.at(1).zoom - move.at(0).zoom

    assert way("high") > 2 * way("low")


@given(st.integers(0, 3), st.integers(0, 10**9), prompts)
def test_extension_begins_where_the_clip_ended(number: int, seed: int, prompt: PromptParts) -> None:
    end = plan_shot(SEA, number, seed, prompt).end
    following = plan_shot(end.picture, number, seed + 1, prompt, start=end.view)
    view = following.takes[0].move.at(0)
    assert (view.zoom, view.x, view.y) == pytest.approx((end.view.zoom, end.view.x, end.view.y))
    assert following.weight(0) == (1 if len(following.takes) == 1 else 0)
    assert following.times()[0] > 0, "the last frame of the clip is not repeated"


@given(st.integers(0, 3), st.integers(0, 10**9), prompts)
def test_end_picture_is_seen_whole_and_alone_in_the_last_frame(
    number: int, seed: int, prompt: PromptParts
) -> None:
    shot = plan_shot(SEA, number, seed, prompt, end_picture=END)
    assert shot.weight(shot.times()[-1]) == 1
    assert shot.end.picture == END
    assert shot.end.view == View()

"""Links, ranges, times and faults as functions of their arguments."""

from __future__ import annotations

from pathlib import Path
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from legnext_widgets.sandbox.links import Verdict, judge, signed
from legnext_widgets.sandbox.motion.poses import Pose, move_for
from legnext_widgets.sandbox.motion.shots import AirKind, Recipe, Shot, clip_size
from legnext_widgets.sandbox.pictures import is_loopback, is_reserved
from legnext_widgets.sandbox.stills.catalogue import SCENES, aspect_for, scene_for
from legnext_widgets.sandbox.timetable import draw

from legnext_widgets.sandbox.faults import KINDS, Faults, read_fault
from legnext_widgets.sandbox.media import byte_range

SECRET = b"secret"


def query_of(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_signed_link_is_good_until_it_expires() -> None:
    query = query_of(signed("/media/a.mp4", 1000, SECRET))
    assert judge("/media/a.mp4", query, SECRET, 999.9) is Verdict.GOOD
    assert judge("/media/a.mp4", query, SECRET, 1000) is Verdict.EXPIRED


def test_changed_link_is_refused() -> None:
    query = query_of(signed("/media/a.mp4", 1000, SECRET))
    assert judge("/media/b.mp4", query, SECRET, 1) is Verdict.FORGED
    assert judge("/media/a.mp4", query | {"Expires": "9999"}, SECRET, 1) is Verdict.FORGED
    assert judge("/media/a.mp4", query, b"other", 1) is Verdict.FORGED
    assert judge("/media/a.mp4", {}, SECRET, 1) is Verdict.UNSIGNED


@given(st.dictionaries(st.sampled_from(["Expires", "Signature", "x"]), st.text()))
def test_no_query_breaks_the_judgement(query: dict[str, str]) -> None:
    assert judge("/media/a.mp4", query, SECRET, 1) is not Verdict.GOOD


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=900-", (900, 1000)),
        ("bytes=900-5000", (900, 1000)),
        ("bytes=-10", (990, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("items=0-1", None),
        ("bytes=0-1,5-6", None),
        ("bytes=9-1", None),
        ("bytes=-", None),
    ],
)
def test_range_header_is_read(header: str, wanted: tuple[int, int] | None) -> None:
    assert byte_range(header, 1000) == wanted


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=2000-3000", "bytes=-0"])
def test_range_beyond_the_file_is_an_error(header: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        byte_range(header, 1000)


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
    times = [draw(kind, random) for _ in range(300)]
    assert all(low <= t.final <= high and 0 < t.staged < t.processing < t.final for t in times)
    assert len({t.final for t in times}) > 250


def test_clips_have_the_asked_height_and_the_shape_of_the_source() -> None:
    assert clip_size(1920, 1080, 0) == (854, 480)
    assert clip_size(1920, 1080, 1) == (1280, 720)
    assert clip_size(1000, 1000, 0) == (480, 480)
    assert clip_size(1080, 1920, 1) == (720, 1280)
    assert clip_size(9000, 100, 0) == (1152, 480)


def test_a_clip_rendered_larger_keeps_all_its_shots() -> None:
    move = move_for(0, 7, high=False, raw=False, loop=False)
    first, second = (Shot(Path("sea.png"), None, move, 24, AirKind(n, 7)) for n in range(2))
    assert Recipe(854, 480, (first, second)).larger() == Recipe(1280, 720, (first, second))


@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from([0, 1]))
def test_clip_sizes_are_always_even(width: int, height: int, video_type: int) -> None:
    size = clip_size(width, height, video_type)
    assert all(length % 2 == 0 for length in size)
    assert min(size) == (480, 720)[video_type]


@given(st.integers(0, 7), st.integers(0, 10**9), st.booleans(), st.booleans(), st.booleans())
def test_camera_never_looks_beyond_the_picture(
    variant: int, seed: int, high: bool, raw: bool, loop: bool
) -> None:
    move = move_for(variant, seed, high=high, raw=raw, loop=loop)
    for pose in (move.at(part / 24) for part in range(25)):
        assert abs(pose.x) + 1 / pose.zoom <= 1.0001
        assert abs(pose.y) + 1 / pose.zoom <= 1.0001


def test_looping_move_ends_where_it_began_and_goes_somewhere() -> None:
    move = move_for(0, 1, high=False, raw=False, loop=True)
    assert move.at(1.0).zoom == pytest.approx(move.at(0.0).zoom)
    assert move.at(0.5).zoom > move.at(0.0).zoom * 1.1


def test_high_motion_moves_more_than_low() -> None:
    low = move_for(0, 1, high=False, raw=False, loop=False)
    high = move_for(0, 1, high=True, raw=False, loop=False)
    assert high.end.zoom / high.start.zoom > 1.2 * low.end.zoom / low.start.zoom


def test_extension_begins_with_the_pose_in_which_the_clip_ended() -> None:
    end = move_for(1, 5, high=True, raw=False, loop=False).end
    following = move_for(0, 9, high=False, raw=False, loop=False, start=end)
    assert following.at(0.0) == end.within()
    assert following.end != following.at(0.0)
    assert Pose().within() == Pose()


def test_words_of_a_prompt_choose_the_scene() -> None:
    assert scene_for("A cinematic shot of ocean waves").name == "ocean"
    assert scene_for("Neon CITY, rain").name == "city"
    assert scene_for("xyzzy") == scene_for("xyzzy")
    assert len({scene_for(f"word{n}").name for n in range(200)}) == len(SCENES)


def test_aspect_of_an_image_can_be_asked_for() -> None:
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


def test_fault_happens_as_often_as_it_should_and_is_counted() -> None:
    faults = Faults(Random(1))
    fault = faults.switch_on("rate_limit", times=2, skip=1)
    hits = [bool(faults.on_the_way("GET", "/api/v1/job/x")) for _ in range(5)]
    assert hits == [False, True, True, False, False]
    assert fault.happened == faults.count("rate_limit") == faults.count() == 2


def test_fault_happens_only_where_it_is_meant_to() -> None:
    faults = Faults(Random(1), ["server_error:path=/api/v1/job/*,method=get"])
    assert not faults.on_the_way("GET", "/api/account/balance")
    assert not faults.on_the_way("POST", "/api/v1/job/x")
    assert faults.on_the_way("GET", "/api/v1/job/x")


def test_fault_with_a_probability_happens_now_and_then() -> None:
    faults = Faults(Random(1), [{"kind": "latency", "probability": 0.5}])
    hits = sum(bool(faults.on_the_way("GET", "/api/x")) for _ in range(400))
    assert 140 < hits < 260


def test_fault_in_a_with_block_is_off_after_it() -> None:
    faults = Faults(Random(1))
    with faults.switch_on("latency") as fault:
        assert faults.active == [fault]
    assert faults.active == []


@pytest.mark.parametrize(
    "bad",
    [
        "no_such_fault",
        "latency:colour=red",
        "latency:seconds=long",
        "latency:seconds",
        {"kind": "latency", "probability": 2},
        {"kind": "latency", "when": "never"},
        {"path": "/"},
    ],
)
def test_fault_that_cannot_be_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_fault(bad)  # type: ignore[arg-type]


def test_every_kind_of_fault_can_be_read() -> None:
    assert [read_fault(kind).kind for kind in KINDS] == list(KINDS)

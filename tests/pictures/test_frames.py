"""Frames out of clips, animations and films: the right ones, with the right colours."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

import legnext_widgets as lw
from legnext_widgets.client.frames import joining
from legnext_widgets.client.frames.animations import write_gif
from legnext_widgets.client.frames.decoding import frame_at, frames_of, info_of

from .clips import counting, number_of, write_clip
from .picture_factory import photo


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "counting.mp4", counting(48))


def test_the_last_frame_is_the_last_one(clip: Path) -> None:
    assert number_of(np.asarray(frame_at(clip, -1))) == 47


@pytest.mark.parametrize(("at", "number"), [(0, 0), (0.02, 0), (1, 24), (1.5, 36), (2, 47)])
def test_a_frame_is_the_one_that_is_shown_at_a_time(clip: Path, at: float, number: int) -> None:
    assert number_of(np.asarray(frame_at(clip, at))) == number


@pytest.mark.parametrize("at", [-2, -0.5, 2.5, float("nan"), "1", True])
def test_a_time_outside_of_the_clip_is_refused(clip: Path, at: Any) -> None:
    with pytest.raises(ValueError, match="at must be"):
        frame_at(clip, at)


def test_all_frames_come_in_order_and_lazily(clip: Path) -> None:
    frames = frames_of(clip)
    first = next(frames)

    assert number_of(first) == 0
    assert [number_of(frame) for frame in frames] == list(range(1, 48))
    assert (first.shape, first.dtype) == ((240, 320, 3), np.uint8)


def test_frames_come_every_so_many_seconds(clip: Path) -> None:
    assert [number_of(frame) for frame in frames_of(clip, every=0.5)] == [0, 12, 24, 36]
    assert [number_of(frame) for frame in frames_of(clip, every=1 / 48)][:5] == [0, 0, 1, 1, 2]
    assert len(list(frames_of(clip, every=10))) == 1


def test_frames_come_in_another_size(clip: Path) -> None:
    assert next(frames_of(clip, size=160)).shape == (120, 160, 3)
    assert next(frames_of(clip, size=(64, 64))).shape == (64, 64, 3)


def test_numbers_of_numpy_are_taken_by_their_value(clip: Path, tmp_path: Path) -> None:
    moments: dict[Any, int] = {np.float32(1.5): 36, np.int64(1): 24}
    for at, number in moments.items():
        assert number_of(np.asarray(frame_at(clip, at))) == number
    half: Any = np.array(0.5)
    assert len(list(frames_of(clip, every=half))) == 4
    sizes: list[Any] = [
        *(np.int64(160), (np.int64(160), np.int32(120)), np.array([160, 120]), [160, 120])
    ]
    for size in sizes:
        assert next(frames_of(clip, size=size)).shape == (120, 160, 3)
    width: Any = np.int64(100)
    fps: Any = np.float32(4)
    with Image.open(write_gif(clip, tmp_path / "a.gif", width=width, fps=fps)) as gif:
        assert gif.width == 100


@pytest.mark.parametrize(
    "wrong",
    [
        *({"every": 0}, {"every": -1}, {"size": 0}, {"size": (10, 0)}),
        *({"every": "1"}, {"every": np.nan}, {"size": 8193}, {"size": np.array([160.5])}),
        *({"size": 160.0}, {"size": True}, {"size": (10,) * 3}, {"size": ()}, {"size": "160"}),
    ],
)
def test_arguments_outside_of_their_limits_are_refused_at_once(clip: Path, wrong: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        frames_of(clip, **wrong)


def test_what_a_clip_is_can_be_read(clip: Path) -> None:
    info = info_of(clip)

    assert (info.width, info.height, info.frames, info.sound) == (320, 240, 48, False)
    assert info.duration == pytest.approx(2.0)
    assert info.fps == pytest.approx(24.0)
    assert (info.codec, info.size) == ("h264", clip.stat().st_size)
    assert info_of(clip.read_bytes()) == info


def test_what_is_no_clip_is_an_error_of_this_package(tmp_path: Path) -> None:
    with pytest.raises(lw.LegnextError, match="cannot be decoded"):
        info_of(b"no clip at all")
    with pytest.raises(lw.LegnextError, match="cannot be decoded"):
        frame_at(tmp_path / "missing.mp4", 0)
    with pytest.raises(lw.LegnextError, match="cannot be decoded"):
        info_of(tmp_path / "missing.mp4")


# --- animations and films


@pytest.mark.parametrize(("kind", "write"), [("GIF", "to_gif"), ("WEBP", "to_webp")])
def test_an_animation_lasts_as_long_as_its_clip(kind: str, write: str, tmp_path: Path) -> None:
    with lw.Client.sandbox(speed=2000, packaged=True) as client:
        video = client.video_diffusion("x", image=photo(), batch_size=1).wait(240).videos[0]
        path = getattr(video, write)(tmp_path, width=160, fps=10)
        info = video.info

    with Image.open(path) as image:
        assert image.format == kind
        assert image.width == 160
        lasts = 0.0
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            image.load()
            lasts += image.info["duration"] / 1000
        assert lasts == pytest.approx(info.duration, abs=0.11)
        assert image.info.get("loop") == 0


@pytest.mark.parametrize(
    ("wrong", "says"), [({"width": 0}, "width"), ({"width": 48.5}, "width"), ({"fps": 0}, "fps")]
)
def test_an_animation_without_pixels_or_frames_is_refused(
    clip: Path, tmp_path: Path, wrong: Any, says: str
) -> None:
    with pytest.raises(ValueError, match=f"{says} must be"):
        write_gif(clip, tmp_path / "a.gif", **wrong)


@pytest.mark.parametrize("fps", [1000, float("inf")])
def test_no_frame_of_an_animation_is_shorter_than_browsers_show(
    clip: Path, tmp_path: Path, fps: float
) -> None:
    with Image.open(write_gif(clip, tmp_path / "a.gif", width=40, fps=fps)) as image:
        lasts = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            lasts.append(image.info["duration"])

    assert min(lasts) >= 20
    assert sum(lasts) == pytest.approx(2000, abs=20)


def test_joined_clips_are_one_film_of_the_same_packets(clip: Path, tmp_path: Path) -> None:
    film = lw.join([clip, str(clip), clip], tmp_path / "new" / "film.mp4")

    numbers = [number_of(frame) for frame in frames_of(film)]
    assert numbers == list(range(48)) * 3
    info = info_of(film)
    assert info.duration == pytest.approx(6.0, abs=0.01)
    assert payloads(film) == payloads(clip) * 3
    assert number_of(np.asarray(frame_at(film, 2.5))) == 12


def payloads(path: Path) -> list[bytes]:
    with av.open(str(path), "r") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_clips_of_different_encoders_are_encoded_anew(clip: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "other.mp4", counting(12), rate=12, crf=20)

    film = lw.join([clip, other], tmp_path / "film.mp4")

    assert info_of(film).duration == pytest.approx(3.0, abs=0.1)
    assert abs(number_of(np.asarray(frame_at(film, 1.0))) - 24) <= 1
    assert abs(number_of(np.asarray(frame_at(film, 2.5))) - 6) <= 1


def test_sound_stays_where_all_clips_have_it(tmp_path: Path) -> None:
    sounding = with_sound(tmp_path / "sounding.mp4")

    assert info_of(lw.join([sounding, sounding], tmp_path / "two.mp4")).sound
    assert info_of(sounding).sound


def test_sound_that_is_longer_than_the_pictures_ends_with_them(tmp_path: Path) -> None:
    sounding = with_sound(tmp_path / "sounding.mp4", seconds=1.5)

    film = lw.join([sounding] * 3, tmp_path / "film.mp4")

    info = info_of(film)
    assert (info.sound, info.frames) == (True, 72)
    assert info.duration == pytest.approx(3.0, abs=0.01)
    with av.open(str(film), "r") as container:
        heard = [frame.time or 0.0 for frame in container.decode(audio=0)]
    assert heard == sorted(heard)
    assert 2.9 < heard[-1] < 3.0


def test_a_film_in_a_place_that_is_no_folder_is_not_written(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(lw.LegnextError, match="Cannot write"):
        lw.join([clip], tmp_path / "taken" / "film.mp4")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_is_no_fault_of_a_clip(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "replacing", lambda _: contextlib.nullcontext("/dev/full"))

    with pytest.raises(
        lw.LegnextError, match=r"Cannot write .*: No space left on device"
    ) as caught:
        lw.join([clip] * 40, tmp_path / "film.mp4")
    assert "decoded" not in str(caught.value)


def with_sound(path: Path, seconds: float = 1.0) -> Path:
    with av.open(str(path), "w") as clip:
        video = clip.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        audio = clip.add_stream("aac", rate=44_100)
        for number in range(24):
            frame = av.VideoFrame.from_ndarray(counting(24)[number], "rgb24")
            frame.pts = number
            clip.mux(video.encode(frame))
        samples = np.zeros((1, 1024), np.float32)
        for number in range(round(seconds * 43)):
            sound = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
            sound.sample_rate, sound.pts = 44_100, number * 1024
            clip.mux(audio.encode(sound))
        clip.mux(video.encode())
        clip.mux(audio.encode())
    return path


def test_clips_of_different_sizes_are_not_joined(clip: Path, tmp_path: Path) -> None:
    other = write_clip(tmp_path / "small.mp4", counting(5, 160, 120))

    with pytest.raises(ValueError, match="the same size, and these have 320 x 240, 160 x 120"):
        lw.join([clip, other], tmp_path / "film.mp4")
    with pytest.raises(ValueError, match="one clip or more"):
        lw.join([], tmp_path / "film.mp4")
    with pytest.raises(lw.LegnextError, match="There is no file"):
        lw.join([tmp_path / "none.mp4"], tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


# --- through the clients


def test_a_frame_of_a_clip_is_the_source_of_the_next(tmp_path: Path) -> None:
    with lw.Client.sandbox(speed=2000) as client:
        first = client.video_diffusion("It begins", image=photo(), batch_size=1).wait(240)
        frame = first.videos[0].frame()
        second = first.animate(frame, batch_size=1).wait(240)
        film = lw.join([first.videos[0], second.videos[0]], tmp_path / "film.mp4")
        assert second.request is not None
        assert second.request.prompt == "It begins"
        begins = np.asarray(second.videos[0].frame(0)).astype(int)

    assert np.abs(begins - np.asarray(frame).astype(int)).mean() < 12
    assert info_of(film).duration == pytest.approx(9, abs=0.1)


async def test_the_awaiting_client_gives_frames_without_blocking_its_loop(tmp_path: Path) -> None:
    async with lw.AsyncClient.sandbox(speed=2000, packaged=True) as client:
        job = await client.video_diffusion("x", image=photo(), batch_size=1)
        await job.wait(240)
        video = job.videos[0]
        info = await video.info
        frame = await video.frame(1.0)
        frames = [array async for array in video.frames(every=1.0, size=64)]
        gif = await video.to_gif(tmp_path / "a.gif", width=64, fps=5)
        webp = await video.to_webp(tmp_path, width=64, fps=5)
        with pytest.raises(TypeError, match="save those of an AsyncClient first"):
            lw.join([video], tmp_path / "film.mp4")

    assert frame.size == (info.width, info.height)
    assert len(frames) == int(info.duration) + 1
    assert gif.exists()
    assert webp.suffix == ".webp"


def test_frames_come_from_the_kept_file(tmp_path: Path) -> None:
    library = lw.Library(tmp_path / "library")
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        job = client.video_diffusion("x", image=photo(), batch_size=1).wait(240)
        video = job.videos[0]
        from tests.support.waiting import wait_until

        wait_until(lambda: video.kept, "the clip is kept")
    kept = library.jobs()[0].videos[0]

    assert kept.frame().size == (kept.info.width, kept.info.height)
    library.close()


WITHOUT = """
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "av" else real(name, *rest)
import legnext_widgets as lw
from legnext_widgets.client.frames.decoding import info_of
try:
    info_of(b"")
except lw.LegnextError as error:
    print(error)
"""


def test_without_the_extra_the_error_says_how_to_install_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert ended.stdout == "Frames of clips need av: pip install 'legnext-widgets[frames]'.\n"


@pytest.mark.parametrize("wrong", [[None], [5], [b"clip"], "a.mp4", Path("a.mp4"), None, 5])
def test_what_is_no_video_cannot_be_joined(wrong: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^videos must be"):
        lw.join(wrong, tmp_path / "film.mp4")


@pytest.mark.parametrize("kind", ["gif", "jpg", "png"])
def test_pictures_and_animations_are_no_clips_to_join(
    clip: Path, kind: str, tmp_path: Path
) -> None:
    file = tmp_path / f"one.{kind}"
    if kind == "gif":
        write_gif(clip, file)
    else:
        photo().save(file)

    with pytest.raises(ValueError, match=rf"^videos must be MP4 clips, and one\.{kind} is"):
        lw.join([file, file], tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("write", [write_gif, lambda clip, path: lw.join([clip], path)])
def test_a_device_or_a_pipe_is_not_replaced_by_a_file(
    clip: Path, tmp_path: Path, write: Any
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(lw.LegnextError, match="it is a device or a pipe"):
        write(clip, pipe)
    assert pipe.is_fifo()

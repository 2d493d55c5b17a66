"""Join clips to one film, without encoding them again where that is possible."""

from __future__ import annotations

import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.files import expand_user, replacing

from .decoding import VideoInfo, info_of
from .requirements import ClipFile, open_clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av import VideoFrame
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

    from legnext_widgets.client.handles.video_handle import VideoHandle

_COPIED = ("h264", "hevc", "av1", "vp9", "mpeg4")
"""Kinds of pictures that an MP4 takes as they are."""

_OPTIONS = {"crf": "18", "preset": "fast", "bf": "0"}
"""Of x264 for films that must be encoded: hardly different from the clips. With B-frames the last
frames of the film would be cut off by its length."""


def join(videos: Iterable[VideoHandle | str | os.PathLike[str]], path: str | Path) -> Path:
    """Join clips of one size to one film.

    Clips of one encoder, such as those of one service, are copied as they are. Others are decoded
    and encoded anew, without sound. Sound is kept where all clips have some.

    Args:
        videos: Videos of a `Client`, or paths of MP4 files, in order.
        path: The film, an MP4; a file of this name is replaced.

    Returns:
        The path of the film.

    Raises:
        TypeError: What is given is no video and no path.
        ValueError: There is no clip, one is a picture or a GIF, or the clips differ in size.
        LegnextError: A clip cannot be fetched or decoded, or the film not be written; or extra
            `frames` is not installed.
    """
    if isinstance(videos, str | os.PathLike) or not isinstance(videos, Iterable):
        raise TypeError(f"videos must be a list of videos or paths, not {type(videos).__name__}")
    clips = [_file_of(video) for video in videos]
    if not clips:
        raise ValueError("videos must be one clip or more")
    for clip in clips:
        _require_clip(clip)
    infos = [info_of(clip) for clip in clips]
    if len({(info.width, info.height) for info in infos}) > 1:
        sizes = ", ".join(f"{info.width} x {info.height}" for info in infos)
        raise ValueError(
            f"videos must have the same size, and these have {sizes}; upscale all of them, or none"
        )
    import av

    target = expand_user(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as partial:
            _write(clips, infos, partial)
    except (_UnwritableError, av.FFmpegError, OSError) as error:
        cause = error.__cause__ if isinstance(error, _UnwritableError) else error
        reason = getattr(cause, "strerror", None) or cause
        raise LegnextError(f"Cannot write {target}: {reason}.") from cause
    return target


class _UnwritableError(Exception):
    """The film does not take a packet; so that it is not taken for an error of a clip."""


def _write(clips: Sequence[ClipFile], infos: Sequence[VideoInfo], target: Path) -> None:
    import av

    options = {"movflags": "+faststart"}
    with av.open(str(target), "w", format="mp4", options=options) as film:
        encoders = {_encoder_of(clip) for clip in clips}
        if len(encoders) == 1 and infos[0].codec in _COPIED:
            _copy(clips, film, sound=all(info.sound for info in infos))
        else:
            _encode(clips, infos[0], film)


def _file_of(video: VideoHandle | str | os.PathLike[str]) -> ClipFile:
    if isinstance(video, str | os.PathLike):
        file = expand_user(Path(video))
        if not file.is_file():
            raise LegnextError(f"There is no file {file}.")
        return file
    if not hasattr(type(video), "kept"):  # handles stand above frames
        raise TypeError(
            f"videos must be videos of a Client, or paths of MP4 files, not {type(video).__name__}"
        )
    if (kept := video.kept) is not None:
        return kept
    data = video.read()
    if not isinstance(data, bytes):
        cast("Any", data).close()
        raise TypeError("join() takes videos of a Client; save those of an AsyncClient first")
    return data


def _require_clip(clip: ClipFile) -> None:
    with open_clip(clip) as container:
        kind = container.format.name
    if kind in ("gif", "image2") or kind.endswith("_pipe"):
        name = "one" if isinstance(clip, bytes) else clip.name
        raise ValueError(f"videos must be MP4 clips, and {name} is a picture or an animation")


def _encoder_of(clip: ClipFile) -> tuple[object, ...]:
    """Return what must be equal for packets to stand in one stream."""
    with open_clip(clip) as container:
        found: list[object] = []
        for stream in (*container.streams.video[:1], *container.streams.audio[:1]):
            context = stream.codec_context
            found += [context.name, bytes(context.extradata or b""), stream.time_base]
        return tuple(found)


def _copy(clips: Sequence[ClipFile], film: OutputContainer, *, sound: bool) -> None:
    written: dict[str, Stream] = {}
    ends = {"video": Fraction(0)}
    for clip in clips:
        with open_clip(clip) as container:
            streams: list[Stream] = [container.streams.video[0]]
            streams += container.streams.audio[:1] if sound else []
            for stream in streams:
                if stream.type not in written:
                    written[stream.type] = film.add_stream_from_template(stream)
            _copy_one(container, streams, film, written, ends)


def _copy_one(
    container: InputContainer,
    streams: list[Stream],
    film: OutputContainer,
    written: dict[str, Stream],
    ends: dict[str, Fraction],
) -> None:
    """Copy the packets of a clip behind those that the film has.

    Sound begins a little before the pictures of its clip, and often ends after them. What would
    stand at the time of the next clip is left out.

    Args:
        container: The clip.
        streams: What is copied of it, pictures first.
        film: The film.
        written: The streams of the film, by their type.
        ends: Seconds at which each of them ends; moved on.
    """
    video = streams[0]
    base = video.time_base or Fraction(1, 1000)
    begin, first = ends["video"], (video.start_time or 0) * base
    last = begin + video.duration * base if video.duration else None
    for packet in container.demux(streams):
        if packet.dts is None or packet.pts is None:
            continue  # the mark of the end
        kind, tick = packet.stream.type, packet.time_base
        shift = round((begin - first) / tick)
        packet.pts += shift
        packet.dts += shift
        end = (packet.pts + (packet.duration or 0)) * tick
        if kind == "audio" and (
            packet.dts * tick < ends.get(kind, packet.dts * tick)
            or (last is not None and packet.pts * tick >= last)
        ):
            continue
        ends[kind] = max(ends.get(kind, end), end)
        packet.stream = written[kind]
        _put(film, packet)


def _put(film: OutputContainer, packet: Packet[Stream]) -> None:
    import av

    try:
        film.mux(packet)
    except (av.FFmpegError, OSError) as error:
        raise _UnwritableError from error


def _encode(clips: Sequence[ClipFile], info: VideoInfo, film: OutputContainer) -> None:
    rate = Fraction(info.fps or 24).limit_denominator(1001)
    try:
        stream = film.add_stream("libx264", rate=rate, options=_OPTIONS)
    except (LookupError, ValueError):
        raise LegnextError(
            "These clips must be re-encoded, but this build of PyAV has no encoder for H.264 "
            "(libx264). Install the build from PyPI: pip install --force-reinstall av"
        ) from None
    stream.width, stream.height, stream.pix_fmt = info.width, info.height, "yuv420p"
    tick = Fraction(1, 90_000)
    stream.time_base = stream.codec_context.time_base = tick
    begin, step = 0.0, 0
    for clip in clips:
        step = round(90_000 / (info_of(clip).fps or 24))
        with open_clip(clip) as container:
            source = container.streams.video[0]
            start = float((source.start_time or 0) * (source.time_base or 0))
            for frame in container.decode(video=0):
                moment = begin + (frame.time or 0.0) - start
                picture = frame.reformat(format="yuv420p")
                picture.pts, picture.time_base = round(moment * 90_000), tick
                _mux(film, stream, picture, step)
        begin += info_of(clip).duration
    _mux(film, stream, None, step)


def _mux(film: OutputContainer, stream: VideoStream, picture: VideoFrame | None, step: int) -> None:
    for packet in stream.encode(picture):
        packet.duration = packet.duration or step  # else the last frame lasts no time
        _put(film, packet)

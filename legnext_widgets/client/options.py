"""The keyword arguments of the calls that make a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from legnext_widgets.client.api.requests import VideoTypeLike
    from legnext_widgets.client.api.validation import BatchSize, Motion
    from legnext_widgets.client.pictures.sources import PictureSource
    from legnext_widgets.client.session.submission.reuse import Reuse


class SubmitOptions(TypedDict, total=False):
    """The options of every call that makes a job; see `Client.submit`."""

    reuse: Reuse | None
    take: int


class VideoOptions(TypedDict, total=False):
    """The options of a video besides image and prompt."""

    video_type: VideoTypeLike
    motion: Motion | None
    raw: bool
    loop: bool
    end_image_url: str | None
    end_image: PictureSource | None
    batch_size: BatchSize | None
    callback: str | None


class AnimationOptions(VideoOptions, SubmitOptions, total=False):
    """The options of `animate` besides image and prompt."""

"""Request objects: one class for each endpoint, checked when made, usable without a client."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, cast

from legnext_widgets.client.api.values.prompt import split

from .diffusion import Diffusion
from .next_steps import ExtendVideo, VideoUpscale
from .pictures import with_links, with_pictures
from .video_diffusion import VideoDiffusion, VideoType, VideoTypeLike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from legnext_widgets.client.pictures.picture import Picture

__all__ = [
    "ENDPOINTS",
    "Diffusion",
    "ExtendVideo",
    "Request",
    "VideoDiffusion",
    "VideoType",
    "VideoTypeLike",
    "VideoUpscale",
    "from_payload",
]

Request: TypeAlias = VideoDiffusion | ExtendVideo | VideoUpscale | Diffusion

ENDPOINTS: Mapping[str, type[Request]] = MappingProxyType(
    {kind.endpoint: kind for kind in (VideoDiffusion, ExtendVideo, VideoUpscale, Diffusion)}
)

_ARGUMENT_OF = {
    "jobId": "job_id",
    "imageNo": "image_no",
    "videoNo": "video_no",
    "videoType": "video_type",
}


def from_payload(
    endpoint: str, payload: Mapping[str, object], pictures: Mapping[str, Picture] | None = None
) -> Request:
    """Make the request of a JSON body; unknown `--flags` stay in the prompt as they were sent.

    Args:
        endpoint: Such as `video-diffusion`.
        payload: The body, or the `identity()` of a request with pictures.
        pictures: Its pictures, by the argument that takes the link of each.

    Raises:
        ValueError: The endpoint is unknown, or a value of the body outside its limits.
    """
    kind = ENDPOINTS.get(endpoint)
    if kind is None:
        raise ValueError(f"endpoint must be one of {', '.join(ENDPOINTS)}, not {endpoint!r}")
    known = {item.name for item in fields(kind)}
    given = {_ARGUMENT_OF.get(name, name): value for name, value in payload.items()}
    prompt = given.get("prompt")
    if kind is VideoDiffusion and isinstance(prompt, str):
        parts = split(with_links(prompt, pictures or {}))
        given |= {
            item.name: getattr(parts, item.name) for item in fields(parts) if item.name in known
        }
        given |= with_pictures(given, pictures or {})
        given["prompt"] = parts.words or None
    make = cast("Callable[..., Request]", kind)  # which checks values of any type
    return make(**{name: value for name, value in given.items() if name in known})

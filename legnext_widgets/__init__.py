"""Legnext AI video generation in notebooks: a studio widget, a gallery, and the client under them.

    import legnext_widgets as lw

    lw.VideoStudio()               # the widget; opens on the sandbox where there is no key
    client = lw.Client()           # the same from cells
    job = client.video_diffusion("The waves roll in", image_url="https://example.com/sea.jpg")
    job.wait().download("clips")

Names are loaded when they are first used, so that the client alone never loads Jupyter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import lazy_names

if TYPE_CHECKING:
    from .client.api.models.balance import Balance
    from .client.api.models.tasks import Task
    from .client.api.requests import Diffusion, ExtendVideo, VideoDiffusion, VideoType, VideoUpscale
    from .client.async_client import AsyncClient
    from .client.client import Client
    from .client.errors import (
        APIError,
        AuthenticationError,
        BadRequestError,
        BudgetExceededError,
        DownloadError,
        InsufficientCreditsError,
        InvalidInputError,
        InvalidResponseError,
        JobFailedError,
        JobTimeoutError,
        LegnextError,
        MissingAPIKeyError,
        NotFoundError,
        PayloadTooLargeError,
        PermissionDeniedError,
        RateLimitError,
        ServerError,
        SubmissionUncertainError,
        TransportError,
        UnprocessableError,
        UploadError,
    )
    from .client.frames.joining import join
    from .client.handles.async_jobs import AsyncJob, AsyncVideo
    from .client.handles.jobs import Job, Video
    from .client.progress.report import ProgressReport
    from .client.waiting import as_completed, wait
    from .library import Library
    from .nested_asyncio import allow_nested_asyncio
    from .widgets.gallery import VideoGallery
    from .widgets.studio import VideoStudio

    __version__: str

_load = lazy_names(
    __name__,
    {
        "client.async_client": ["AsyncClient"],
        "client.client": ["Client"],
        "client.handles.async_jobs": ["AsyncJob", "AsyncVideo"],
        "client.frames.joining": ["join"],
        "client.handles.jobs": ["Job", "Video"],
        "client.api.requests": [
            "Diffusion",
            "ExtendVideo",
            "VideoDiffusion",
            "VideoType",
            "VideoUpscale",
        ],
        "client.api.models.balance": ["Balance"],
        "client.api.models.tasks": ["Task"],
        "client.errors": [
            "APIError",
            "AuthenticationError",
            "BadRequestError",
            "BudgetExceededError",
            "DownloadError",
            "InsufficientCreditsError",
            "InvalidInputError",
            "InvalidResponseError",
            "JobFailedError",
            "JobTimeoutError",
            "LegnextError",
            "MissingAPIKeyError",
            "NotFoundError",
            "PayloadTooLargeError",
            "PermissionDeniedError",
            "RateLimitError",
            "ServerError",
            "SubmissionUncertainError",
            "TransportError",
            "UnprocessableError",
            "UploadError",
        ],
        "client.progress.report": ["ProgressReport"],
        "client.waiting": ["as_completed", "wait"],
        "library": ["Library"],
        "nested_asyncio": ["allow_nested_asyncio"],
        "widgets.gallery": ["VideoGallery"],
        "widgets.studio": ["VideoStudio"],
    },
)

__all__ = [
    "APIError",
    "AsyncClient",
    "AsyncJob",
    "AsyncVideo",
    "AuthenticationError",
    "BadRequestError",
    "Balance",
    "BudgetExceededError",
    "Client",
    "Diffusion",
    "DownloadError",
    "ExtendVideo",
    "InsufficientCreditsError",
    "InvalidInputError",
    "InvalidResponseError",
    "Job",
    "JobFailedError",
    "JobTimeoutError",
    "LegnextError",
    "Library",
    "MissingAPIKeyError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "ProgressReport",
    "RateLimitError",
    "ServerError",
    "SubmissionUncertainError",
    "Task",
    "TransportError",
    "UnprocessableError",
    "UploadError",
    "Video",
    "VideoDiffusion",
    "VideoGallery",
    "VideoStudio",
    "VideoType",
    "VideoUpscale",
    "allow_nested_asyncio",
    "as_completed",
    "join",
    "wait",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("legnext-widgets")
    return _load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})

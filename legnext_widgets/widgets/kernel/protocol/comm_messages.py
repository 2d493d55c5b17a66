"""The messages that Python sends to the browser, declared once.

See `traits` for how they become TypeScript, and `comm_requests` for what a page sends.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from .choice_messages import (
    ExportedMessage,
    PackedMessage,
)
from .job_values import Delta, Job, LocalizedMessage, MediaFailure
from .traits import TakenPicture  # noqa: TC001 - decoding reads the hints


class JobsMessage(Delta):
    """The answer to a `SyncRequest`, or many changes at once."""

    type: Literal["jobs"]


class InputsMessage(TypedDict):
    """The inputs as they are, for a new view whose page may know them in an older state."""

    type: Literal["inputs"]
    values: Annotated[dict[str, str | int | bool], "By trait, those of a batch as well."]


class DescribedMessage(TypedDict):
    """What the inputs would send: as JSON, as a curl command and as Python."""

    type: Literal["described"]
    ask: str
    requests: int
    json: str
    curl: str
    python: str
    problem: LocalizedMessage | None


class PagedMessage(TypedDict):
    """A page of older jobs."""

    type: Literal["paged"]
    ask: str
    jobs: list[Job]
    next: Annotated[str | None, "Where the next page begins; None after the last one."]
    total: int
    shown: Annotated[int, "Those of all that the gallery shows: with clips or images."]
    error: Annotated[LocalizedMessage | None, "Why the page could not be read; it has no jobs."]


class PictureMessage(TypedDict):
    """The answer to a picture, or to a part of one: taken, awaiting further parts, or refused."""

    type: Literal["picture"]
    ask: str
    picture: Annotated[TakenPicture | None, "None while parts are missing."]
    error: LocalizedMessage | None


class KeySavedMessage(TypedDict):
    """Whether an entered key works."""

    type: Literal["key_saved"]
    ask: str
    error: LocalizedMessage | None


class LookedUpMessage(TypedDict):
    """Whether the service knows a job."""

    type: Literal["looked_up"]
    job_id: str
    error: LocalizedMessage | None


class MediaMessage(TypedDict):
    """One chunk of a file; its bytes are the message's buffer."""

    type: Literal["media"]
    pull: str
    chunk: int
    chunks: int
    bytes: Annotated[int, "Size of the whole file."]
    mime: str


class MediaErrorMessage(TypedDict):
    """The answer to a `MediaRequest` that cannot be met."""

    type: Literal["media"]
    pull: str
    error: MediaFailure


class FrontEndMessage(TypedDict):
    """The front end's code."""

    type: Literal["front_end"]
    digest: str
    js: NotRequired[Annotated[str, "Missing when the page has this code already."]]
    css: NotRequired[str]
    samples: NotRequired[
        Annotated[list[str], "Thumbnails of the service's examples, as data: links."]
    ]
    catalogs: NotRequired[
        Annotated[dict[str, object], "Texts by language: that of the page, or all."]
    ]


FromKernel: TypeAlias = (
    JobsMessage
    | InputsMessage
    | DescribedMessage
    | PagedMessage
    | PictureMessage
    | KeySavedMessage
    | LookedUpMessage
    | PackedMessage
    | ExportedMessage
    | MediaMessage
    | MediaErrorMessage
    | FrontEndMessage
)

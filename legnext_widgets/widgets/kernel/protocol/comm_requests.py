"""The requests and other messages that a page sends to Python, declared once.

See `traits` for how they become TypeScript, and `decode` for how they are read.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from .choice_messages import (
    AnnotateRequest,
    DeleteRequest,
    ExportRequest,
    FavouriteRequest,
    HideRequest,
    PackRequest,
    UndoRequest,
)
from .job_values import ChunkedKind  # noqa: TC001 - decoding reads the hints
from .traits import Inputs  # noqa: TC001 - decoding reads the hints


class FrontEndRequest(TypedDict):
    """A page asks for the front end's code."""

    type: Literal["front_end"]
    has: NotRequired[
        Annotated[list[str], "Digests of the code that the page has, with its language."]
    ]
    language: NotRequired[
        Annotated[str, "What the page shows; one that does not name it gets all catalogs."]
    ]
    want: NotRequired[Annotated[str, "A digest that was announced but never arrived."]]


class SyncRequest(TypedDict):
    """A page asks for the jobs that changed after a revision, and the traits that report state."""

    type: Literal["sync"]
    since: int


class ViewMessage(TypedDict):
    """A view opens or closes."""

    type: Literal["view"]
    view: str
    open: bool


Takes = Literal["ask", "reuse", "new"]
"""What to do where the library has a job of the same request already: ask the person, give that
job, or make another take."""


class SubmitRequest(TypedDict):
    """Generate."""

    type: Literal["submit"]
    click: str
    inputs: Inputs
    takes: NotRequired[Takes]


class SubmitManyRequest(TypedDict):
    """Generate one job for each prompt."""

    type: Literal["submit_many"]
    click: str
    inputs: Inputs
    prompts: list[str]
    takes: NotRequired[Takes]


class ExtendRequest(TypedDict):
    """Extend a clip."""

    type: Literal["extend"]
    click: str
    job_id: str
    index: int
    prompt: str
    takes: NotRequired[Takes]


class UpscaleRequest(TypedDict):
    """Upscale a clip."""

    type: Literal["upscale"]
    click: str
    job_id: str
    index: int
    takes: NotRequired[Takes]


class StopBatchRequest(TypedDict):
    """Stop sending the batch."""

    type: Literal["stop_batch"]


class ResumeBatchRequest(TypedDict):
    """Send what is left of the batch: not sent, or certainly not accepted."""

    type: Literal["resume_batch"]


class ForgetBatchRequest(TypedDict):
    """Show the last batch no more, also in later sessions. Its jobs stay."""

    type: Literal["forget_batch"]
    batch: Annotated[str, "Its `click`."]


class BalanceRequest(TypedDict):
    """Ask for the account's balance."""

    type: Literal["balance"]


class JobRequest(TypedDict):
    """Ask for something about one job."""

    type: Literal["refresh", "look_up", "reuse", "dismiss"]
    job_id: str


class DescribeRequest(TypedDict):
    """Ask what the inputs would send."""

    type: Literal["describe"]
    ask: str
    inputs: Inputs
    prompts: list[str] | None


class PageRequest(TypedDict):
    """Ask for a page of older jobs."""

    type: Literal["page"]
    ask: str
    before: Annotated[str | None, "`next` of the page before."]
    search: str
    favourite: bool | None
    hidden: NotRequired[Annotated[bool, "Hidden jobs, and no others."]]


class SaveKeyRequest(TypedDict):
    """Go on with another API key."""

    type: Literal["save_key"]
    ask: str
    key: str


class PictureRequest(TypedDict):
    """Send a part of the user's picture to the kernel; each is answered."""

    type: Literal["picture"]
    ask: str
    upload: Annotated[str, "The same for all parts of a file."]
    part: int
    parts: int
    data: Annotated[str, "In base64: not every host carries bytes to the kernel."]
    name: str


class KnownPictureRequest(TypedDict):
    """Ask about a picture that the kernel was given before, such as after a reload of the page."""

    type: Literal["known_picture"]
    ask: str
    link: Annotated[str, "Stands for it in the inputs."]


class FrameRequest(TypedDict):
    """Take a frame of a clip as a picture."""

    type: Literal["frame"]
    ask: str
    job_id: str
    index: int
    at: Annotated[int, "Milliseconds."]


class MediaRequest(TypedDict):
    """Ask for one chunk of a file.

    The index of a poster is that of its clip. A zip file goes by the `ask` of its `PackRequest`.
    """

    type: Literal["media"]
    pull: str
    job_id: str
    media: ChunkedKind
    index: int
    chunk: int


ToKernel: TypeAlias = (
    FrontEndRequest
    | SyncRequest
    | ViewMessage
    | SubmitRequest
    | SubmitManyRequest
    | ExtendRequest
    | UpscaleRequest
    | StopBatchRequest
    | ResumeBatchRequest
    | ForgetBatchRequest
    | BalanceRequest
    | JobRequest
    | FavouriteRequest
    | AnnotateRequest
    | HideRequest
    | DeleteRequest
    | UndoRequest
    | PackRequest
    | ExportRequest
    | DescribeRequest
    | PageRequest
    | SaveKeyRequest
    | PictureRequest
    | KnownPictureRequest
    | FrameRequest
    | MediaRequest
)

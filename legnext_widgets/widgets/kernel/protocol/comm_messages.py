"""The messages that Python and the browser exchange, declared once.

See `traits` for how they become TypeScript, and `decode` for how those of the page are read.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from .traits import Chosen, ChunkedKind, Delta, Inputs, Job, LocalizedMessage, MediaFailure

# Messages from Python.


class JobsMessage(Delta):
    """The answer to a `SyncRequest`, or many changes at once."""

    type: Literal["jobs"]


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


class PackedMessage(TypedDict):
    """A zip file of clips is ready to be fetched in chunks, as media `zip` of the job `ask`."""

    type: Literal["packed"]
    ask: str
    name: Annotated[str, "A name for the file."]
    missing: Annotated[int, "Clips that could not be fetched."]
    error: Annotated[str | None, "Why there is no file."]


class ExportedMessage(TypedDict):
    """Clips were copied to a folder of the kernel's machine."""

    type: Literal["exported"]
    ask: str
    path: str
    error: Annotated[str | None, "Why there is no copy."]


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
    | DescribedMessage
    | PagedMessage
    | KeySavedMessage
    | LookedUpMessage
    | PackedMessage
    | ExportedMessage
    | MediaMessage
    | MediaErrorMessage
    | FrontEndMessage
)

# Messages to Python.


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


class UpscaleRequest(TypedDict):
    """Upscale a clip."""

    type: Literal["upscale"]
    click: str
    job_id: str
    index: int


class StopBatchRequest(TypedDict):
    """Stop sending the batch."""

    type: Literal["stop_batch"]


class BalanceRequest(TypedDict):
    """Ask for the account's balance."""

    type: Literal["balance"]


class JobRequest(TypedDict):
    """Ask for something about one job."""

    type: Literal["refresh", "look_up", "reuse", "dismiss"]
    job_id: str


class FavouriteRequest(TypedDict):
    """Mark a job, or one of its clips, or take the mark away."""

    type: Literal["favourite"]
    job_id: str
    index: NotRequired[Annotated[int | None, "The clip; None or missing for the job."]]
    on: bool


class AnnotateRequest(TypedDict):
    """Set the note of a job, or of one of its clips."""

    type: Literal["annotate"]
    job_id: str
    index: NotRequired[Annotated[int | None, "The clip; None or missing for the job."]]
    note: str


class HideRequest(TypedDict):
    """Hide clips and jobs, or show them again."""

    type: Literal["hide"]
    clips: NotRequired[list[Chosen]]
    on: bool


class DeleteRequest(TypedDict):
    """Delete clips and jobs from the library, after the time in which this can be undone."""

    type: Literal["delete"]
    undo: Annotated[str, "The id by which it can be undone."]
    clips: NotRequired[list[Chosen]]


class UndoRequest(TypedDict):
    """Undo a deletion."""

    type: Literal["undo"]
    undo: str


class PackRequest(TypedDict):
    """Ask for a zip file of clips."""

    type: Literal["pack"]
    ask: str
    clips: NotRequired[list[Chosen]]


class ExportRequest(TypedDict):
    """Copy clips to a folder beside the notebook."""

    type: Literal["export"]
    ask: str
    clips: NotRequired[list[Chosen]]


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
    | MediaRequest
)

"""The messages that Python and the browser exchange, declared once, and read tolerantly. Pure.

See `traits` for how they become TypeScript. A message of the page whose own fields are missing or
of another type is refused. Within an object or a list only the parts that fit are kept.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeAlias,
    TypedDict,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from .traits import ChunkedKind, Delta, Inputs, Job, LocalizedMessage, MediaFailure

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


FromKernel: TypeAlias = (
    JobsMessage
    | DescribedMessage
    | PagedMessage
    | KeySavedMessage
    | LookedUpMessage
    | MediaMessage
    | MediaErrorMessage
    | FrontEndMessage
)

# Messages to Python.


class FrontEndRequest(TypedDict):
    """A page asks for the front end's code."""

    type: Literal["front_end"]
    has: NotRequired[Annotated[list[str], "Digests of the code that the page has."]]
    want: NotRequired[Annotated[str, "A digest that was announced but never arrived."]]


class SyncRequest(TypedDict):
    """A page asks for the jobs that changed after a revision."""

    type: Literal["sync"]
    since: int


class ViewMessage(TypedDict):
    """A view opens or closes."""

    type: Literal["view"]
    view: str
    open: bool


class SubmitRequest(TypedDict):
    """Generate."""

    type: Literal["submit"]
    click: str
    inputs: Inputs


class SubmitManyRequest(TypedDict):
    """Generate one job for each prompt."""

    type: Literal["submit_many"]
    click: str
    inputs: Inputs
    prompts: list[str]


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
    """Mark a job, or take the mark away."""

    type: Literal["favourite"]
    job_id: str
    on: bool


class AnnotateRequest(TypedDict):
    """Set the note of a job."""

    type: Literal["annotate"]
    job_id: str
    note: str


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


class SaveKeyRequest(TypedDict):
    """Go on with another API key."""

    type: Literal["save_key"]
    ask: str
    key: str


class MediaRequest(TypedDict):
    """Ask for one chunk of a file. The index of a poster is that of its clip."""

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
    | DescribeRequest
    | PageRequest
    | SaveKeyRequest
    | MediaRequest
)

_UNFIT = object()
_Hint: TypeAlias = Any  # a class, a union, a literal: typing has no name for all of them


class IllFormedMessageError(ValueError):
    """A message of the page is not one of the protocol. Its text says nothing of the content.

    Attributes:
        pull: The id of the request for a chunk that it seems to be, else None.
    """

    def __init__(self, reason: str, pull: object = None) -> None:
        super().__init__(reason)
        self.pull = pull if isinstance(pull, str) else None


def decode(content: object) -> ToKernel:
    """Read a message of the page.

    Returns:
        The message with the fields that the protocol knows and no others. `inputs` holds only
        those inputs that fit.

    Raises:
        IllFormedMessageError: It is of no known type, or a field is missing or does not fit.
    """
    kind = content.get("type") if isinstance(content, dict) else None
    declared = message_types().get(kind) if isinstance(kind, str) else None
    if declared is None or not isinstance(content, dict):
        raise IllFormedMessageError("its type is unknown")
    message = _fields(content, declared)
    missing = declared.__required_keys__ - message.keys()
    if missing:
        reason = f"{kind!r} has no usable {', '.join(sorted(missing))}"
        raise IllFormedMessageError(reason, content.get("pull") if kind == "media" else None)
    return cast("ToKernel", message)


@cache
def message_types() -> dict[str, _Hint]:
    """The declarations of all messages to Python, by their `type`."""
    return {
        kind: declared
        for declared in get_args(ToKernel)
        for kind in get_args(get_type_hints(declared)["type"])
    }


@cache
def _hints(declared: _Hint) -> dict[str, _Hint]:
    return get_type_hints(declared)


def _fields(content: dict[str, object], declared: _Hint) -> dict[str, object]:
    found = {
        name: _fitting(content[name], hint)
        for name, hint in _hints(declared).items()
        if name in content
    }
    return {name: value for name, value in found.items() if value is not _UNFIT}


def _fitting(value: object, hint: _Hint) -> object:
    """The part of a value that fits a type; `_UNFIT` when none does."""
    origin: object = get_origin(hint)
    fits: object = _UNFIT
    if origin is NotRequired:
        fits = _fitting(value, get_args(hint)[0])
    elif origin in (Union, UnionType):
        parts = (_fitting(value, choice) for choice in get_args(hint))
        fits = next((part for part in parts if part is not _UNFIT), _UNFIT)
    elif origin is Literal:
        fits = value if isinstance(value, str) and value in get_args(hint) else _UNFIT
    elif origin is list and isinstance(value, list):
        items = (_fitting(item, get_args(hint)[0]) for item in value)
        fits = [item for item in items if item is not _UNFIT]
    elif is_typeddict(hint) and isinstance(value, dict):
        fits = _fields(value, hint)
    elif type(value) is hint:  # not isinstance: True is no whole number here
        fits = value
    return fits

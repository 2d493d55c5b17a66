"""The traits that Python and the browser share, and the values in them, declared once.

`scripts/generate_protocol.py` writes these declarations, and those beside them, as TypeScript to
`js/src/ui/protocol/generated.ts`; a test fails when that file is out of date. `Annotated` carries
the comment of a field.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from legnext_widgets.client.api.validation import BATCH_SIZES, IMAGES, PROMPT_LIMIT

from .job_values import Candidate, Delta, LocalizedMessage, Selection  # noqa: TC001 - the generator reads the hints

Face = Literal["studio", "gallery"]
Source = Literal["image_url", "image_job", "text"]
Motion = Literal["", "low", "high"]


class Inputs(TypedDict):
    """The values of the input traits; an empty text means that the input is not set."""

    source: Source
    prompt: str
    image_url: str
    source_job_id: str
    image_no: int
    video_type: int
    motion: Motion
    raw: bool
    loop: bool
    end_image_url: str
    batch_size: Annotated[int, "0 leaves the number of videos to the service."]
    callback: str


NEUTRAL_INPUTS: Inputs = {
    "source": "image_url",
    "prompt": "",
    "image_url": "",
    "source_job_id": "",
    "image_no": 0,
    "video_type": 0,
    "motion": "",
    "raw": False,
    "loop": False,
    "end_image_url": "",
    "batch_size": 0,
    "callback": "",
}


class Limits(TypedDict):
    """Limits of what a person can enter."""

    prompt: Annotated[int, "Characters of one request's text."]
    prompts: Annotated[int, "Characters of all prompts of a batch together."]
    images: Annotated[int, "Images of one job."]
    batch_sizes: list[int]


LIMITS: Limits = {
    "prompt": PROMPT_LIMIT,
    # They are saved in the notebook.
    "prompts": 65_536,
    "images": IMAGES,
    "batch_sizes": list(BATCH_SIZES),
}

MAX_BATCH = 200
"""Jobs that one batch may start."""

PAGE_SIZE = 24
"""Jobs in one page, newest first."""

UNDO_SECONDS = 30
"""Seconds for which a deletion can be undone."""

CHUNK_BYTES = 2**20
"""Bytes of a file in one message: front ends lose messages far above it."""


class Config(TypedDict):
    """What the front end needs to know from the start."""

    limits: Limits
    locale: Annotated[str | None, "None follows the browser."]


class Example(TypedDict):
    """A sample picture of the sandbox."""

    title: str
    url: str
    pull: Annotated[bool, "No browser can reach the link: the kernel sends the bytes."]


class Uploads(TypedDict):
    """Where the person's own pictures go when a request is sent."""

    where: Annotated[str, "Such as `s3://bucket/prefix`; empty where they cannot go anywhere."]
    hours: Annotated[float | None, "How long the link works; None where that is not known."]
    stays: Annotated[bool, "They stay on the kernel's machine."]


class TakenPicture(TypedDict):
    """A picture of the person that the kernel holds."""

    link: Annotated[str, "Stands for it in `image_url` and `end_image_url`."]
    name: str
    size: Annotated[str, "Pixels and bytes, such as `2048 x 1536, 812 KB`."]
    preview: Annotated[str | None, "A small copy as a data: link."]


class Service(TypedDict):
    """The service that the widget works with; never a key."""

    sandbox: bool
    speed: float
    host: str
    note: str | None
    has_key: bool
    gateway: Annotated[bool, "It is the gateway of a class, which holds the key."]
    private_urls: Annotated[bool, "Whether it may reach what only this machine reaches."]
    examples: list[Example]
    uploads: Uploads


class Budget(TypedDict):
    """Points that the jobs of this studio may take in all, and what they took."""

    limit: int
    spent: int


class Library(TypedDict):
    """The library on the kernel's machine."""

    path: str
    bytes: int
    jobs: Annotated[int, "Of the account, running and failed ones included."]
    shown: Annotated[int, "Those of them that the gallery shows: with clips or images."]
    keeps: bool
    problems: Annotated[list[LocalizedMessage], "What is wrong with it, one message each."]


class Classroom(TypedDict):
    """The class that a student works in: see docs/guides/class.md."""

    stopped: Annotated[bool, "The teacher lets nothing start."]
    blocked: Annotated[bool, "The teacher lets this student start nothing."]
    held_up: Annotated[bool, "The service takes no requests of the class at the moment."]
    running: Annotated[int, "Jobs of the class that run."]
    waiting: Annotated[int, "Jobs of the class that wait."]


class Account(TypedDict):
    """What a person needs to know of the account; never its id or key."""

    balance: float | None
    low: bool
    budget: Budget | None
    costs: Annotated[dict[str, int], "Points last charged for a kind of job."]
    library: Library | None
    recalled: Annotated[int, "Jobs of earlier sessions that still ran when the studio opened."]
    classroom: Annotated[Classroom | None, "None where the service is no gateway."]


BatchState = Literal["running", "stopped", "done", "earlier"]
"""`earlier` is a batch of a session before, whose jobs are followed singly if they still run."""


class Batch(TypedDict):
    """The progress of a batch."""

    click: str
    total: int
    sent: int
    done: int
    failed: Annotated[int, "Requests that certainly did not become jobs."]
    uncertain: Annotated[int, "Requests of unknown outcome; each is shown as an attempt."]
    state: BatchState
    jobs: Annotated[list[str], "Id of the job of each prompt; empty while it has none."]
    reason: Annotated[
        LocalizedMessage | None,
        "Why it stopped by itself, waits, or made no job of a request.",
    ]
    left: Annotated[int, "Requests that can be sent still, once it has ended."]
    waiting: Annotated[int, "Batches that start one after the other when it is done."]


SubmissionPhase = Literal["sending", "accepted", "refused", "uncertain", "made_before", "queued"]
"""`queued` is a batch that waits for the one that runs. `made_before` means that nothing was sent:
the library has such jobs, and a person is asked."""


class Submission(TypedDict):
    """The state of the last click that asked for a job."""

    click: str | None
    phase: SubmissionPhase
    job_id: str | None
    message: LocalizedMessage | None
    next: LocalizedMessage | None
    field: str | None
    candidates: list[Candidate]
    made_before: Annotated[int, "Requests of the click that the library has a job of already."]


class GalleryTraits(TypedDict):
    """The traits of every widget of this package that the browser sees."""

    _face: Face
    _config: Config
    _service: Service
    _live: Annotated[Delta, "The last change; empty before the first one."]
    _selected: Selection | None
    _reading_copy: Annotated[str, "A class of the static copy beside the widget."]


class StudioTraits(GalleryTraits, Inputs):
    """The traits of a studio that the browser sees."""

    _several: Annotated[bool, "The form makes a batch."]
    _prompts: Annotated[str, "What is entered for a batch."]
    busy: Annotated[bool, "A request is on its way."]
    _submission: Submission | None
    _batch: Batch | None
    _account: Account

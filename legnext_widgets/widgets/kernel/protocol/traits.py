"""The traits that Python and the browser share, and the values in them, declared once.

`scripts/generate_protocol.py` writes these declarations, and those in `messages`, as TypeScript to
`js/src/ui/protocol/generated.ts`; a test fails when that file is out of date. `Annotated` carries
the comment of a field.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from legnext_widgets.client.api.validation import BATCH_SIZES, IMAGES, PROMPT_LIMIT

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


class LocalizedMessage(TypedDict):
    """A message in English, with what the other languages need to translate it."""

    text: str
    code: Annotated[str | None, "None for a message of the service, which has no translation."]
    values: Annotated[
        dict[str, object], "The message's placeholders by name; a value may be a message itself."
    ]
    field: Annotated[str | None, "The input that it is about, when it reports a problem with one."]


class Budget(TypedDict):
    """Points that the jobs of this studio may take in all, and what they took."""

    limit: int
    spent: int


class Library(TypedDict):
    """The library on the kernel's machine."""

    path: str
    bytes: int
    jobs: Annotated[int, "Of the account, running and failed ones included."]
    keeps: bool
    problems: Annotated[list[LocalizedMessage], "What is wrong with it, one message each."]


class Classroom(TypedDict):
    """The class that a student works in: see docs/guides/class.md."""

    stopped: Annotated[bool, "The teacher lets nothing start."]
    blocked: Annotated[bool, "The teacher lets this student start nothing."]
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
    failed: int
    state: BatchState
    jobs: Annotated[list[str], "Id of the job of each prompt; empty while it has none."]
    reason: Annotated[LocalizedMessage | None, "Why it stopped by itself."]
    waiting: Annotated[int, "Batches that start one after the other when it is done."]


MediaKind = Literal["video", "image"]


class Media(TypedDict):
    """A clip or an image of a job."""

    kind: MediaKind
    index: int
    url: str | None
    expires: Annotated[float | None, "Unix seconds after which `url` stops working."]
    pull: Annotated[bool, "The kernel can send the bytes."]
    poster: Annotated[bool, "The kernel has a small still of the clip."]
    favourite: bool
    note: Annotated[str, "Its own note, else that of the job."]
    hidden: bool


ChunkedKind = Literal["video", "image", "poster", "sample", "gif", "webp", "zip"]
"""The files that the kernel can send in chunks."""


class MediaFailure(TypedDict):
    """Why no chunk comes."""

    message: str
    retry: Annotated[bool, "Asking again may help."]


class JobSettings(TypedDict):
    """The options that a job was submitted with."""

    video_type: int | None
    motion: str | None
    raw: bool
    loop: bool
    batch_size: int | None
    image_url: str | None
    end_image_url: str | None


class Selection(TypedDict):
    """One clip or image of a job."""

    job_id: str
    index: int


class Chosen(TypedDict):
    """A clip of a job, or a whole job."""

    job_id: str
    index: Annotated[int | None, "None for the job."]


class JobPoints(TypedDict):
    """Points of one job."""

    frozen: int | None
    consumed: int | None


class JobError(TypedDict):
    """Why a job failed, or is not followed any more."""

    message: LocalizedMessage | None
    next: Annotated[LocalizedMessage | None, "What to do about it."]


class NextSteps(TypedDict):
    """What can be made of a job."""

    extend: bool
    upscale: bool
    reuse: bool


class Job(TypedDict):
    """One job as the browser shows it."""

    id: str
    kind: str
    status: str
    done: bool
    prompt: str
    settings: JobSettings
    parent: Selection | None
    sandbox: bool
    created: Annotated[float | None, "Unix seconds."]
    elapsed: Annotated[float | None, "Seconds."]
    remaining: Annotated[float | None, "Seconds; an estimate."]
    place: Annotated[int | None, "In the line of a class, from 1, while it waits there."]
    points: JobPoints
    error: JobError | None
    warning: LocalizedMessage | None
    media: list[Media]
    favourite: Annotated[bool, "Of the job, or of any of its clips."]
    note: str
    hidden: Annotated[bool, "Of the job, or of all its clips."]
    can: NextSteps


class Delta(TypedDict):
    """Jobs that changed between two revisions; `since` 0 replaces all."""

    revision: int
    since: int
    jobs: list[Job]
    total: int


SubmissionPhase = Literal["sending", "accepted", "refused", "uncertain", "made_before", "queued"]
"""`queued` is a batch that waits for the one that runs. `made_before` means that nothing was sent:
the library has such jobs, and a person is asked."""


class Candidate(TypedDict):
    """A running job that a submission of unknown outcome may have become."""

    id: str
    created: Annotated[float | None, "Unix seconds."]


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

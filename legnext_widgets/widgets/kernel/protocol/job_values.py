"""Jobs, their clips and the messages about them, as the browser sees them; see `traits`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict


class LocalizedMessage(TypedDict):
    """A message in English, with what the other languages need to translate it."""

    text: str
    code: Annotated[str | None, "None for a message of the service, which has no translation."]
    values: Annotated[
        dict[str, object], "The message's placeholders by name; a value may be a message itself."
    ]
    field: Annotated[str | None, "The input that it is about, when it reports a problem with one."]


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


class Candidate(TypedDict):
    """A running job that a submission of unknown outcome may have become."""

    id: str
    created: Annotated[float | None, "Unix seconds."]


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
    place: Annotated[int | None, "Position in the queue of a class, from 1, while it waits there."]
    points: JobPoints
    error: JobError | None
    warning: LocalizedMessage | None
    media: list[Media]
    favourite: Annotated[bool, "Of the job, or of any of its clips."]
    note: str
    hidden: Annotated[bool, "Of the job, or of all its clips."]
    can: NextSteps
    candidates: Annotated[list[Candidate], "Of a request of unknown outcome."]


class Delta(TypedDict):
    """Jobs that changed between two revisions; `since` 0 replaces all."""

    revision: int
    since: int
    jobs: list[Job]
    total: int

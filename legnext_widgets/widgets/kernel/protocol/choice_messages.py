"""The messages about clips that a person chose: marks, deletions, zip files, exports."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from .job_values import Chosen, LocalizedMessage  # noqa: TC001 - decoding reads the hints


class PackedMessage(TypedDict):
    """A zip file of clips is ready to be fetched in chunks, as media `zip` of the job `ask`."""

    type: Literal["packed"]
    ask: str
    name: Annotated[str, "A name for the file."]
    missing: Annotated[int, "Clips that could not be fetched."]
    error: Annotated[LocalizedMessage | None, "Why there is no file."]


class ExportedMessage(TypedDict):
    """Clips were copied to a folder of the kernel's machine."""

    type: Literal["exported"]
    ask: str
    path: str
    error: Annotated[LocalizedMessage | None, "Why there is no copy."]


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
    """Undo a deletion, or complete it: its time is over in the page that asked for it."""

    type: Literal["undo", "complete"]
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

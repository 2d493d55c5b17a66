"""Handle the messages that only the page of a studio sends; see `job_handlers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.widgets.inputs import (
    Rules,
    code_for,
    inputs_from,
    preview,
)
from legnext_widgets.widgets.kernel.media.pictures import PictureBox, refused
from legnext_widgets.widgets.kernel.protocol.localized import localize_error
from legnext_widgets.widgets.kernel.restore import (
    forget_attempt,
    older_jobs,
    replace_attempt,
    settle_uncertain,
    show_attempt,
)

from .replies import answer_from_files
from .submit_handlers import SubmitHandlers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from legnext_widgets.client.client import Client
    from legnext_widgets.client.errors import SubmissionUncertainError
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.widgets.kernel.job_list import JobList
    from legnext_widgets.widgets.kernel.media.media_transfer import MediaTransfer
    from legnext_widgets.widgets.kernel.protocol import (
        comm_messages,
        comm_requests,
        job_values,
        traits,
    )
    from legnext_widgets.widgets.kernel.publisher import Publisher, WorkQueue
    from legnext_widgets.widgets.kernel.submitter import Submitter

    from .job_handlers import Handlers


class StudioAccess(NamedTuple):
    """What the handlers of a studio may do with it.

    Attributes:
        client: Gives the client that it works with now.
        inputs: Gives the values of its inputs.
        set_inputs: Sets inputs; a value that a trait does not take is left out.
        late_inputs: The traits of inputs that a new view may know only in an older state.
        ask_balance: Asks the service for the balance.
        use_key: Goes on with an entered key.
        pictures: The pictures that the person gave.
    """

    client: Callable[[], Client]
    inputs: Callable[[], traits.Inputs]
    set_inputs: Callable[[Mapping[str, object]], object]
    late_inputs: Collection[str]
    ask_balance: Callable[[], object]
    use_key: Callable[[comm_requests.SaveKeyRequest], object]
    pictures: PictureBox

    def rules(self) -> Rules:
        """Return what a request of the inputs may hold."""
        private_urls = self.client().session.takes_private_urls
        return {"private_urls": private_urls, "pictures": self.pictures}


class StudioHandlers:
    """The handlers that only a studio has.

    Args:
        studio: Access to the studio.
        jobs: The jobs that it shows.
        publisher: Writes to the browser.
        files: Reads files.
        media: Sends files in chunks.
        submitter: Sends requests.
        handlers: What takes the messages that this class leaves to others.
    """

    def __init__(
        self,
        studio: StudioAccess,
        *,
        jobs: JobList,
        publisher: Publisher,
        files: WorkQueue,
        media: MediaTransfer,
        submitter: Submitter,
        handlers: Handlers,
    ) -> None:
        self._studio = studio
        self._jobs = jobs
        self._publisher = publisher
        self._files = files
        self._media = media
        self._submitter = submitter
        submitter.on_unknown = self._show_unknown
        submitting = SubmitHandlers(studio, publisher=publisher, files=files, submitter=submitter)
        self._media_of_job = handlers["media"]
        self._count_view = handlers["view"]
        self._hide = handlers["hide"]
        self.handlers: Handlers = {
            **handlers,
            **submitting.handlers,
            "balance": lambda _: self._studio.ask_balance(),
            "describe": self._on_describe,
            "dismiss": self._on_dismiss,
            "frame": self._on_frame,
            "known_picture": self._on_known_picture,
            "look_up": self._on_look_up,
            "media": self._on_media,
            "page": self._on_page,
            "picture": self._on_picture,
            "reuse": self._on_reuse,
            "save_key": self._studio.use_key,
            "view": self._on_view,
        }

    def _on_view(self, message: comm_requests.ViewMessage) -> None:
        """Count a view; a new one gets the inputs as they are now."""
        if message["open"] and self._studio.late_inputs:
            self._publisher.answer_inputs(self._studio.late_inputs)
        self._count_view(message)

    def _on_reuse(self, message: comm_requests.JobRequest) -> None:
        """Set the inputs to those of an earlier job, in full length."""
        job = self._jobs.get(message["job_id"])
        if job is None or job.request is None:
            return
        try:
            pictures = self._studio.pictures.hold(job.request.pictures)
            self._studio.set_inputs({**inputs_from(job.request), **pictures})
        except ValueError:  # it extends or upscales a video
            return

    def _on_describe(self, message: comm_requests.DescribeRequest) -> None:
        inputs: traits.Inputs = {**self._studio.inputs(), **message["inputs"]}
        client = self._studio.client()
        self._publisher.send(
            preview(
                message["ask"],
                inputs,
                message["prompts"],
                code_for(
                    client.config.base_url,
                    sandbox=client.session.identity.sandbox,
                    embedded=client.embedded is not None,
                    speed=client.session.identity.speed,
                ),
                **self._studio.rules(),
            )
        )

    def _on_look_up(self, message: comm_requests.JobRequest) -> None:
        job_id, client = message["job_id"].strip(), self._studio.client()

        async def look_up() -> None:
            error: job_values.LocalizedMessage | None = None
            try:
                self._restore_request(await client.session.look_up(job_id))
            except (LegnextError, ValueError) as failure:
                error = localize_error(failure)
            self._publisher.send({"type": "looked_up", "job_id": job_id, "error": error})

        client.runtime.start(look_up())

    def _restore_request(self, state: JobState) -> None:
        """Add to a job the words of the request that it came from, if that is known."""
        client = self._studio.client()
        error = self._submitter.adopt(state)
        if error is not None:
            self._publisher.changed(state.id)
            if replace_attempt(self._jobs, error):
                self._publisher.send_jobs(0)
            self._files.post(lambda: settle_uncertain(client, error, state.id))

    def _show_unknown(self, client: Client, error: SubmissionUncertainError) -> None:
        """Keep a request of unknown outcome in sight, also after further requests."""
        if client is self._studio.client():  # not that of another key by now
            show_attempt(client, self._jobs, error)

    def _on_dismiss(self, message: comm_requests.JobRequest) -> None:
        """Forget a request of unknown outcome, or hide a job that is done."""
        shown_id, client = message["job_id"], self._studio.client()
        job = self._jobs.get(shown_id)
        if job is not None and job.id and job.done:
            self._hide({"type": "hide", "clips": [{"job_id": shown_id, "index": None}], "on": True})
            return
        if self._jobs.remove(shown_id) is not None:
            self._files.post(lambda: forget_attempt(client, shown_id))
        self._publisher.send_jobs(0)

    def _on_media(self, message: comm_requests.MediaRequest) -> None:
        if message["media"] != "sample":
            self._media_of_job(message)
            return
        client = self._studio.client()
        answer_from_files(
            self._files,
            self._publisher,
            lambda send: self._media.answer_with_sample(client, message, send),
        )

    def _on_picture(self, message: comm_requests.PictureRequest) -> None:
        """Take in a part of a picture; the last one is answered when the picture is prepared."""
        ask, pictures = message["ask"], self._studio.pictures
        try:
            data = pictures.receive(message)
        except LegnextError as error:
            self._publisher.answer_message(refused(ask, error), ())
            return
        if data is None:
            answer: comm_messages.PictureMessage = {
                "type": "picture",
                "ask": ask,
                "picture": None,
                "error": None,
            }
            self._publisher.answer_message(answer, ())
            return
        answer_from_files(
            self._files,
            self._publisher,
            lambda send: pictures.take(ask, data, message["name"], send),
        )

    def _on_known_picture(self, message: comm_requests.KnownPictureRequest) -> None:
        pictures = self._studio.pictures
        answer_from_files(
            self._files,
            self._publisher,
            lambda send: pictures.describe(message["ask"], message["link"], send),
        )

    def _on_frame(self, message: comm_requests.FrameRequest) -> None:
        job, pictures = self._jobs.get(message["job_id"]), self._studio.pictures
        answer_from_files(
            self._files, self._publisher, lambda send: pictures.take_frame(job, message, send)
        )

    def _on_page(self, message: comm_requests.PageRequest) -> None:
        client = self._studio.client()
        self._files.post(lambda: self._publisher.send(older_jobs(client, self._jobs, message)))

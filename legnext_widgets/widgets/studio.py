"""The studio: controls, backend and gallery in one widget."""

from __future__ import annotations

import concurrent.futures
import logging
from collections import OrderedDict
from typing import Any, Literal

import traitlets

from legnext_widgets.client.checks import InvalidInputError
from legnext_widgets.client.errors import LegnextError, MissingAPIKeyError
from legnext_widgets.client.jobs import Job
from legnext_widgets.client.journal import Journal
from legnext_widgets.client.requests import Request
from legnext_widgets.client.sync_client import Client
from legnext_widgets.client.tracking import TrackedJob

from . import front_end
from .board import JobBoard
from .changes import IN_ONE_PAGE
from .inputs import NEUTRAL, Inputs, inputs_from, inputs_of, problems_of, request_of
from .snapshots import outcome, refused

_log = logging.getLogger("legnext_widgets")

SANDBOX_SPEED = 30.0
"""The sandbox that opens by itself: a job of four minutes takes eight seconds."""

_CLICKS = 200
_ON_ITS_WAY = "A request of this studio is already on its way. Nothing was sent a second time."


class _Text(traitlets.Unicode[str, str]):
    """A text; None stands for no text."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, "" if value is None else value)


class _Whole(traitlets.Int[int, int]):
    """A whole number; None stands for 0, and an enumeration for its value."""

    def validate(self, obj: Any, value: Any) -> Any:
        return int(super().validate(obj, 0 if value is None else value))


class VideoStudio(JobBoard):
    """Describe a clip or point at an image, generate, watch the jobs live, play what came of them.

    Args:
        client: A `Client` to use; it stays yours to close. Without one: a client from the
            environment, and where there is no API key one of the sandbox, marked as such.
        library: As for `Client`.
        budget_points: As for `Client`: points that the jobs of this studio may take in all.
        **inputs: First values of the inputs: `source` (`"image_url"`, `"image_job"`, `"text"`),
            `prompt`, `image_url`, `source_job_id`, `image_no` (0 to 3), `video_type` (0 or 1),
            `motion`, `raw`, `loop`, `end_image_url`, `batch_size` (0, 1, 2, 4), `callback`. Each is
            a trait, to `observe` and to `link`. Also `layout`.

    Raises:
        TypeError: An argument is unknown, or `client` is not a `Client`.
    """

    source = traitlets.Enum(("image_url", "image_job", "text"), "image_url").tag(sync=True)
    prompt = _Text("").tag(sync=True)
    image_url = _Text("").tag(sync=True)
    source_job_id = _Text("").tag(sync=True)
    image_no = _Whole(0).tag(sync=True)
    video_type = _Whole(0).tag(sync=True)
    motion = _Text("").tag(sync=True)
    raw = traitlets.Bool(False).tag(sync=True)
    loop = traitlets.Bool(False).tag(sync=True)
    end_image_url = _Text("").tag(sync=True)
    batch_size = _Whole(0).tag(sync=True)
    callback = _Text("").tag(sync=True)

    busy = traitlets.Bool(False, help="Whether a request is on its way.").tag(sync=True)
    _submission = traitlets.Dict(None, allow_none=True).tag(sync=True)

    def __init__(
        self,
        client: Client | None = None,
        *,
        library: Journal | Literal[False] | None = None,
        budget_points: int | None = None,
        **inputs: Any,
    ) -> None:
        unknown = set(inputs) - {*NEUTRAL, "layout"}
        if unknown:
            raise TypeError(f"VideoStudio has no arguments {', '.join(sorted(unknown))}")
        if client is not None and not isinstance(client, Client):
            raise TypeError("client must be a Client (an AsyncClient belongs to its own loop)")
        front_end.require_built()
        self._clicks: OrderedDict[str, None] = OrderedDict()
        self._sending = False
        self._client, self._owns_client = _client_for(client, library, budget_points)
        super().__init__(_face="studio", **inputs)
        self._sandbox_shown = False
        self._say_who_serves()
        self._unwatch.append(self._client._service.on_new_job(self._show_new))
        self._client._engine.run(self._client._service.recall(IN_ONE_PAGE))
        self.show(self._client.jobs)
        self._begin()

    @property
    def client(self) -> Client:
        """The client this studio works with."""
        return self._client

    @property
    def request(self) -> Request | None:
        """The request that the inputs now make, or None; `problems` says why."""
        try:
            return request_of(self._inputs())
        except InvalidInputError:
            return None

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with the inputs, by input; empty when they make a request."""
        return {field: problem.message for field, problem in problems_of(self._inputs()).items()}

    def submit(self) -> Job:
        """Sends the request that the inputs make: what the Generate button does.

        Returns:
            The job, as soon as the service has accepted it.

        Raises:
            ValueError: The inputs make no request; nothing was sent.
            LegnextError: As `Client.submit`; also when another request is on its way.
        """
        future = self._submit(None)
        if future is None:
            raise LegnextError(_ON_ITS_WAY)
        return Job(self._client, self._client._engine.result(future, leave_running=True))

    def close(self) -> None:
        """Stops the studio's work and removes it from view. Jobs go on and stay in the library."""
        was_open = self._open
        super().close()
        if was_open and self._owns_client:
            self._client.close()

    def _inputs(self) -> Inputs:
        return inputs_of({name: getattr(self, name) for name in NEUTRAL})

    def _submit(self, click: str | None) -> concurrent.futures.Future[TrackedJob] | None:
        """Begins to send; None when a request is on its way already."""
        with self._state:
            if self._sending:
                return None
            self._sending = True
        try:
            request = request_of(self._inputs())
            self.busy = True
            self._submission = outcome("sending", click)
            sending = self._client._engine.start(self._client._service.submit(request))
        except BaseException as error:
            self._submitted(click, None, error)
            raise
        sending.add_done_callback(lambda done: self._told_of_outcome(click, done))
        return sending

    def _told_of_outcome(
        self, click: str | None, done: concurrent.futures.Future[TrackedJob]
    ) -> None:
        error = None if done.cancelled() else done.exception()
        job = done.result() if not done.cancelled() and error is None else None
        self._publisher.post(lambda: self._submitted(click, job, error))

    def _submitted(
        self, click: str | None, job: TrackedJob | None, error: BaseException | None
    ) -> None:
        if job is not None:
            self._say_who_serves()
            self._submission = outcome("accepted", click, job.id)
        else:
            failure = error if isinstance(error, Exception) else LegnextError("Interrupted.")
            self._submission = refused(failure, click)
        with self._state:
            self._sending = False
        self.busy = False

    _intents = frozenset({"sync", "refresh", "media", "submit", "look_up", "reuse"})

    def _on_submit(self, content: dict[str, Any]) -> None:
        click = content.get("click")
        given = content.get("inputs")
        with self._state:
            if not isinstance(click, str) or click in self._clicks:
                return
            self._clicks[click] = None
            while len(self._clicks) > _CLICKS:
                self._clicks.popitem(last=False)
            sending = self._sending
        if isinstance(given, dict) and not sending:
            self._take_in(inputs_of(given))
        try:
            if self._submit(click) is None:
                self._submission = refused(LegnextError(_ON_ITS_WAY), click)
        except (InvalidInputError, LegnextError) as error:
            _log.info("Nothing was sent: %s", error)

    def _on_reuse(self, content: dict[str, Any]) -> None:
        """Sets the inputs to those of an earlier job, in full length."""
        job = self._shown.get(str(content.get("job_id")))
        if job is None or job.request is None:
            return
        try:
            again = inputs_from(job.request)
        except ValueError:
            return
        self._take_in(again)

    def _take_in(self, inputs: Inputs) -> None:
        with self.hold_trait_notifications():
            for name, value in inputs.items():
                try:
                    self.set_trait(name, value)
                except traitlets.TraitError:
                    _log.warning("The browser sent a value that %s does not take.", name)

    def _on_look_up(self, content: dict[str, Any]) -> None:
        job_id = str(content.get("job_id", "")).strip()
        self._client._engine.start(self._look_up(job_id))

    async def _look_up(self, job_id: str) -> None:
        try:
            await self._client._service.look_up(job_id)
        except LegnextError as error:
            self._answer_look_up(job_id, error.message)
        except ValueError as error:
            self._answer_look_up(job_id, str(error))
        else:
            self._answer_look_up(job_id, None)

    def _answer_look_up(self, job_id: str, error: str | None) -> None:
        answer = {"type": "looked_up", "job_id": job_id, "error": error}
        self._publisher.post(lambda: self.send(answer))

    def _show_new(self, job: TrackedJob) -> None:
        self.show([Job(self._client, job)])

    def _say_who_serves(self) -> None:
        """Says it again once the first answer showed that this is the sandbox."""
        service = self._client._service
        if self._service and self._sandbox_shown == service.sandbox:
            return
        self._sandbox_shown = service.sandbox
        embedded = self._client._embedded
        self._service = front_end.service_facts(
            base_url=self._client._settings.base_url,
            sandbox=service.sandbox,
            speed=service.follower.speed,
            note=embedded.note if embedded else None,
            examples=embedded.examples if embedded else [],
        )


def _client_for(
    client: Client | None, library: Journal | Literal[False] | None, budget_points: int | None
) -> tuple[Client, bool]:
    """The client to use, and whether it is the studio's own to close."""
    if client is not None:
        changed = {"library": library, "budget_points": budget_points}
        given = {name: value for name, value in changed.items() if value is not None}
        return (client.with_options(**given), True) if given else (client, False)
    try:
        return Client(library=library, budget_points=budget_points), True
    except MissingAPIKeyError:
        sandbox = Client.sandbox(
            speed=SANDBOX_SPEED, budget_points=budget_points, library=library or None
        )
        return sandbox, True

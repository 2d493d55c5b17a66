"""The studio: controls, backend and gallery in one widget."""

from __future__ import annotations

import logging
from functools import cached_property, partial
from typing import TYPE_CHECKING

import traitlets

import legnext_widgets as lw
from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.api.validation import require_known
from legnext_widgets.client.errors import InvalidInputError
from legnext_widgets.environment import echoes_updates

from .fields import Flag, JobId, Prompts, Text, Whole
from .inputs import SOURCES, inputs_of, problems_of, request_of
from .job_widget import NAMES_IN_USE, JobWidget, require_locale
from .kernel.account import AccountReport
from .kernel.media.pictures import PictureBox
from .kernel.protocol.traits import NEUTRAL_INPUTS
from .kernel.restore import last_batch, remove_attempt, restore_jobs
from .kernel.snapshots import service_facts
from .kernel.submitter import ReuseChoice, Submitter
from .notebook.cells import CellRegistry
from .studio_client import (
    ClientOptions,
    Handover,
    StudioClient,
    choose_client,
    keep_keys_out_of_logs,
    try_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Unpack

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.handles.jobs import Job
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.submission.reuse import Reuse
    from legnext_widgets.client.uploads.uploader import Uploader

    from .inputs import Rules, StudioOptions
    from .job_widget import Locale
    from .kernel.handlers.job_handlers import Handlers
    from .kernel.protocol import comm_requests, job_values, traits
    from .notebook.scheduling import PublishFrom
    from .studio_client import LibraryOption

_log = logging.getLogger("legnext_widgets")

_ARGUMENTS = (
    *NEUTRAL_INPUTS,
    *("layout", "client", "library", "budget_points", "allow_private_urls"),
    *("uploader", "locale", "publish_from"),
)

UNSEEN = 1.0
"""Seconds after which a studio asks for the balance even if no page shows it yet. Sooner, loading
the HTTP client and the sandbox would delay what a page shows first."""


class VideoStudio(JobWidget):
    """Describe a clip or point at an image, generate, watch the jobs live, play the videos.

    Args:
        client: A `Client` to use; it stays yours to close. Without one: a client from the
            environment, and where there is no API key one of the sandbox, marked as such.
        library: As for `Client`.
        budget_points: As for `Client`: points that the jobs of this studio may take in all.
        allow_private_urls: As for `Client`: whether links to private networks may be sent.
        uploader: As for `Client`: uploads the pictures that are dropped or picked in the studio.
        locale: Language of the user interface: `"en"`, `"zh-CN"`, `"es"`; None follows the browser.
        publish_from: Where changes are sent to the browser: in a `"thread"`, the default wherever
            threads can be started, or on the kernel's `"main_loop"`, where nothing is sent while a
            cell runs.
        **inputs: First values of the inputs: `source` (`"image_url"`, `"image_job"`, `"text"`),
            `prompt`, `image_url`, `source_job_id`, `image_no` (0 to 3), `video_type` (0 or 1),
            `motion`, `raw`, `loop`, `end_image_url`, `batch_size` (0, 1, 2, 4), `callback`. Each is
            a trait, to `observe` and to `link`. Also `layout`.

    Raises:
        TypeError: An argument is unknown, or an option of the client has the wrong type.
        TraitError: `source` is unknown, or an input or `layout` has the wrong type.
        ValueError: `budget_points`, `uploader`, `locale`, or `publish_from` is invalid. All other
            invalid inputs are accepted and listed in `problems`.
    """

    source = traitlets.Enum(SOURCES, "image_url", help="image_url, image_job, text.").tag(sync=True)
    prompt = Text("", help="Prompt; 1 to 8192 characters.").tag(sync=True)
    image_url = Text("", help="Link to the image to animate; http or https.").tag(sync=True)
    source_job_id = JobId("", help="ID of the job whose image to animate.").tag(sync=True)
    image_no = Whole(0, help="Which image of source_job_id, 0 to 3.").tag(sync=True)
    video_type = Whole(0, help="0 (480p) or 1 (720p).").tag(sync=True)
    motion = Text("", help="Amount of motion: low, high, or empty.").tag(sync=True)
    raw = Flag(default_value=False, help="Less of the service's own styling.").tag(sync=True)
    loop = Flag(default_value=False, help="End on the first frame.").tag(sync=True)
    end_image_url = Text("", help="Link to the last frame, or empty.").tag(sync=True)
    batch_size = Whole(0, help="Clips: 1, 2, or 4; 0 for the service's 4.").tag(sync=True)
    callback = Text("", help="Link that the service calls, or empty.").tag(sync=True)
    # Only for the page, which would lose them with a reload.
    _several = traitlets.Bool(default_value=False).tag(sync=True)
    _prompts = Prompts("").tag(sync=True)

    _reported = ("_service", "_account", "_submission", "_batch", "busy")

    busy = traitlets.Bool(default_value=False, help="Whether a request is on its way.").tag(
        sync=True
    )
    _submission = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _batch = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _account = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        client: Client | None = None,
        *,
        library: LibraryOption = None,
        budget_points: int | None = None,
        allow_private_urls: bool = False,
        uploader: Uploader | str | None = None,
        locale: Locale | None = None,
        publish_from: PublishFrom | None = None,
        **inputs: Unpack[StudioOptions],
    ) -> None:
        require_known("VideoStudio", inputs, _ARGUMENTS)
        if client is not None and not isinstance(client, lw.Client):
            raise TypeError("client must be a Client (an AsyncClient belongs to its own loop)")
        require_locale(locale)
        earlier = _STUDIOS.earlier()
        options = ClientOptions(client, library, budget_points, allow_private_urls, uploader)
        self._choose_client = partial(choose_client, options, earlier.client() if earlier else None)
        self._pictures = PictureBox()
        self._submitter = Submitter(self._report_submission)
        self._asked_balance = False
        # Opens the comm: the page makes its part of the studio ready while the client is made.
        super().__init__(_face="studio", locale=locale, publish_from=publish_from, **inputs)
        try:
            batch = self._follow_client()
        except BaseException:
            super().close()
            raise
        if not self._studio_client.has_key:
            keep_keys_out_of_logs()
        for name, value in {**self._reports(), "_batch": batch}.items():
            self.set_trait(name, value)
        self._start()
        self._files.post(self._ask_first_balance, after=UNSEEN)
        handover = Handover(lambda: self._studio_client, self.close)
        _STUDIOS.add(self, handover, self._views, self.close)
        if earlier is not None:
            earlier.complete(self._studio_client)

    @cached_property
    def _studio_client(self) -> StudioClient:
        """The client, made when it is first used."""
        return self._choose_client()

    _names_in_use = (
        *(*NAMES_IN_USE, *NEUTRAL_INPUTS),
        *("busy", "client", "problems", "request", "submit"),
    )

    def _about(self) -> str:
        if not self._is_open:
            return super()._about()
        identity = self.client.session.identity
        of = "the sandbox" if identity.sandbox else origin_of(self.client.config.base_url)
        return f" of {of},{super()._about()}"

    @property
    def client(self) -> Client:
        """The client this studio works with."""
        return self._studio_client.client

    @property
    def request(self) -> Request | None:
        """The request that the inputs now make, or None; `problems` says why."""
        try:
            return self._request()
        except InvalidInputError:
            return None

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with the inputs, by input; empty when they make a request."""
        found = problems_of(self._inputs(), **self._rules())
        return {field: problem.message for field, problem in found.items()}

    def submit(self, *, reuse: Reuse | None = None, take: int = 1) -> Job:
        """Send the request that the inputs make, as the Generate button does.

        Args:
            reuse: As for `Client.submit`: True gives the job that was made from the same request
                before; None as the client's option says.
            take: Which take of the same request, from 1.

        Returns:
            The job, as soon as the service has accepted it.

        Raises:
            ValueError: The inputs make no request, or `reuse` or `take` is outside its limits;
                nothing was sent.
            LegnextError: As `Client.submit`; also when another request is on its way.
        """
        client = self.client
        client.runtime.require_waiting()
        client.config.reuse_of(reuse)
        choice = ReuseChoice(reuse=reuse, take=take)
        sending = self._submitter.submit(client, self._request, None, choice)
        submitted = client.runtime.result(sending, leave_running=True)
        return lw.Job(client, submitted.state, reused=submitted.reused)

    def _request(self) -> Request:
        return request_of(self._inputs(), **self._rules())

    def _rules(self) -> Rules:
        private_urls = self.client.session.takes_private_urls
        return {"private_urls": private_urls, "pictures": self._pictures}

    def close(self) -> None:
        """Stop the studio's work and remove it from view. Jobs continue and stay in the library."""
        was_open = self._is_open
        super().close()
        if was_open:
            _STUDIOS.discard(self)
            self._stop_new_jobs()
            self._studio_client.close()

    def _make_handlers(self) -> Handlers:
        # Loaded with the first studio: naming its class must stay cheap.
        from .kernel.handlers.studio_handlers import StudioAccess, StudioHandlers

        access = StudioAccess(
            client=lambda: self.client,
            inputs=self._inputs,
            set_inputs=self._set_inputs,
            late_inputs=() if echoes_updates() else (*NEUTRAL_INPUTS, "_several", "_prompts"),
            ask_balance=self._ask_balance,
            use_key=self._use_key,
            pictures=self._pictures,
        )
        self._views.on_first = self._ask_first_balance
        return StudioHandlers(
            access,
            jobs=self._job_list,
            publisher=self._publisher,
            files=self._files,
            media=self._media,
            submitter=self._submitter,
            handlers=super()._make_handlers(),
        ).handlers

    def _follow_client(self) -> traits.Batch | None:
        """Show what the client knows, and each job that is new to it. It reads the library.

        Returns:
            The last batch of an earlier session.
        """
        client = self.client
        self._stop_new_jobs = client.session.on_new_job(self._show_new)
        restored = restore_jobs(client, self._job_list)
        self._account_report = AccountReport(
            client, restored, self._files.changed, self._files.post
        )
        return last_batch(client, self._job_list)

    def _show_new(self, state: JobState) -> None:
        """Show a job that is new to the client, perhaps instead of a request of unknown outcome."""
        self._job_list.add(lw.Job(self.client, state))
        if remove_attempt(self._job_list, state):
            self._publisher.send_jobs(0)

    def _ask_balance(self) -> None:
        self._asked_balance = True
        self._account_report.ask_balance()

    def _ask_first_balance(self) -> None:
        if not self._asked_balance:
            self._ask_balance()

    def _reports(self) -> dict[str, object]:
        """The traits that report on the service and the account. It reads the library."""
        return {"_service": self._service_facts(), "_account": self._account_report.facts()}

    def _inputs(self) -> traits.Inputs:
        return inputs_of({name: getattr(self, name) for name in NEUTRAL_INPUTS})

    def _set_inputs(self, inputs: Mapping[str, object]) -> None:
        with self.hold_trait_notifications():
            for name, value in inputs.items():
                try:
                    self.set_trait(name, value)
                except traitlets.TraitError:
                    _log.warning("The page sent a value that %s does not take.", name)

    def _report_submission(self, submission: traits.Submission) -> None:
        self._publisher.set(
            _service=self._service_facts(),  # the first answer shows whether it is the sandbox
            _submission=submission,
            busy=self._submitter.sending,
        )
        self._files.changed()
        if submission["phase"] == "accepted":
            self._ask_balance()  # points are reserved now

    def _read_files(self, changed: set[str]) -> None:
        super()._read_files(changed)
        if self._done_jobs(changed):
            self._ask_balance()
        elif changed:
            self._account_report.ask_class()
        self._publisher.set(**self._reports())

    def _service_facts(self) -> traits.Service:
        mine, sandbox = self._studio_client, self.client.session.identity.sandbox
        return service_facts(mine.client, has_key=mine.has_key, sandbox=sandbox)

    def _use_key(self, message: comm_requests.SaveKeyRequest) -> None:
        """Go on with an entered key, once the service has accepted it."""

        def answer(error: job_values.LocalizedMessage | None) -> None:
            self._publisher.send({"type": "key_saved", "ask": message["ask"], "error": error})

        try_key(
            message["key"],
            self._studio_client,
            post=self._files.post,
            use=self._replace_client,
            answer=answer,
        )

    def _replace_client(self, entered: StudioClient) -> None:
        former = self._studio_client
        self._stop_new_jobs()
        self._job_list.clear()
        self._studio_client = entered
        batch = self._follow_client()
        self._publisher.set(**self._reports(), _batch=batch)
        self._observers.changed()
        self._publisher.send_jobs(0)
        self._ask_balance()
        former.close(at_once=True)  # the page waits for an answer


_STUDIOS: CellRegistry[Handover] = CellRegistry()

"""The studio: controls, backend and gallery in one widget."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from legnext_widgets.client.client import Client
from legnext_widgets.client.errors import InvalidInputError, LegnextError, MissingAPIKeyError
from legnext_widgets.client.jobs import Job
from legnext_widgets.library import Library
from legnext_widgets.widgets.kernel.account import account_facts
from legnext_widgets.widgets.kernel.handlers import StudioHandlers
from legnext_widgets.widgets.kernel.publisher import Publisher
from legnext_widgets.widgets.kernel.restore import recall
from legnext_widgets.widgets.kernel.submitter import Submitter
from legnext_widgets.widgets.notebook.cells import MadeInCells
from legnext_widgets.widgets.notebook.log_filter import keep_keys_out
from legnext_widgets.widgets.notebook.scheduling import OnMainLoop, PublishFrom

from .inputs import NEUTRAL, Inputs, inputs_of, problems_of, request_of
from .notebook import bundle

_log = logging.getLogger("legnext_widgets")

SANDBOX_SPEED = 30.0
"""The sandbox that opens by itself: a job of four minutes takes eight seconds."""


if TYPE_CHECKING:
    from legnext_widgets.client.api.models import Balance
    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.config import ClientOptions
    from legnext_widgets.client.session.job_state import JobState
    from legnext_widgets.client.session.store import JobStore

    _Unicode = traitlets.Unicode[str, str]
    _Int = traitlets.Int[int, int]
else:  # the traitlets that Colab has cannot be subscripted
    _Unicode, _Int = traitlets.Unicode, traitlets.Int


class _Text(_Unicode):
    """A text; None stands for no text."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, "" if value is None else value)


class _Prompts(_Text):
    """What is written in the page to make several requests: kept as it is, up to a limit."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, value)[: bundle.PROMPTS_LIMIT]


class _Whole(_Int):
    """A whole number; None stands for 0, and an enumeration for its value."""

    def validate(self, obj: Any, value: Any) -> Any:
        return int(super().validate(obj, 0 if value is None else value))


class VideoStudio(StudioHandlers):
    """Describe a clip or point at an image, generate, watch the jobs live, play what came of them.

    Args:
        client: A `Client` to use; it stays yours to close. Without one: a client from the
            environment, and where there is no API key one of the sandbox, marked as such.
        library: As for `Client`.
        budget_points: As for `Client`: points that the jobs of this studio may take in all.
        locale: Language of the words in it: `"en"`, `"zh-CN"`, `"es"`; None follows the browser.
        publish_from: Where the browser is told of changes from: `"thread"`, `"main_loop"` (the
            kernel's, as Colab needs it), or None, which chooses for the kernel it runs in.
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
    # Of the page alone, which would lose it with a reload.
    _several = traitlets.Bool(False).tag(sync=True)
    _prompts = _Prompts("").tag(sync=True)

    busy = traitlets.Bool(False, help="Whether a request is on its way.").tag(sync=True)
    _submission = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _batch = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _account = traitlets.Dict().tag(sync=True)

    # The client of a key that was entered in the page: no cell could make it again.
    _entered: Client | None = None

    def __init__(
        self,
        client: Client | None = None,
        *,
        library: JobStore | Literal[False] | None = None,
        budget_points: int | None = None,
        locale: Literal["en", "zh-CN", "es"] | None = None,
        publish_from: PublishFrom | None = None,
        **inputs: Any,
    ) -> None:
        unknown = set(inputs) - {*NEUTRAL, "layout"}
        if unknown:
            raise TypeError(f"VideoStudio has no arguments {', '.join(sorted(unknown))}")
        if client is not None and not isinstance(client, Client):
            raise TypeError("client must be a Client (an AsyncClient belongs to its own loop)")
        if locale is not None and locale not in bundle.LOCALES:
            raise ValueError(f"locale must be one of {', '.join(bundle.LOCALES)}")
        bundle.require_built()
        self._asked_for = (client, library, budget_points)
        earlier = _MADE.earlier(lambda made: made._open, lambda made: made._views.all_gone)
        self._client, self._owns_client = _client_for(client, library, budget_points, earlier)
        self._keyless = client is None and self._client.embedded is not None
        self._entered = earlier._entered if earlier and earlier._entered is self._client else None
        if self._keyless:
            keep_keys_out()
        self._library = library
        self._balance: Balance | None = None
        self._recalled = 0
        self._submitter = Submitter(self._tell_outcome)
        super().__init__(_face="studio", publish_from=publish_from, **inputs)
        self._accountant = Publisher(lambda _: self._say_account(), self._place, "legnext-account")
        self._config = {**bundle.CONFIG, "locale": locale}
        self._begin_with_client()
        _MADE.note(self, self.close)
        if earlier is not None:
            earlier._make_way(self)

    def _begin_with_client(self) -> None:
        """Shows what the client knows and follows what it gets to know."""
        client = self._client
        if isinstance(self._place, OnMainLoop):
            client.runtime.while_waiting = self._place.while_waiting
        self._unwatch.append(client.session.on_new_job(self._show_new))
        self._recalled = recall(client, self._show_as)
        self.show(client.jobs)
        self._begin()
        self._say_who_serves()
        self._say_account()
        self._ask_balance()

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
        self._client.runtime.require_waiting()
        sending = self._submitter.submit(self._client, lambda: request_of(self._inputs()), None)
        return Job(self._client, self._client.runtime.result(sending, leave_running=True))

    def close(self) -> None:
        """Stops the studio's work and removes it from view. Jobs go on and stay in the library."""
        was_open = self._open
        if was_open:
            self._accountant.close()
        super().close()
        if was_open and self._owns_client:
            self._client.close()

    def _make_way(self, successor: VideoStudio) -> None:
        """Ends: the cell was run again, and what that made takes this one's place."""
        if self._client is successor._client:
            self._owns_client = False
        self.close()

    def _inputs(self) -> Inputs:
        return inputs_of({name: getattr(self, name) for name in NEUTRAL})

    def _tell_outcome(self, told: dict[str, Any], sending: bool) -> None:
        def write() -> None:
            self._say_who_serves()
            self._submission = told
            self.busy = sending
            self._say_account()

        if told["phase"] == "sending":
            self.busy, self._submission = True, told
        else:
            self._publisher.post(write)
        if told["phase"] == "accepted":
            self._ask_balance()  # its points are reserved now

    def _show_new(self, job: JobState) -> None:
        self.show([Job(self._client, job)])

    def _tell(self, changed: set[str]) -> None:
        super()._tell(changed)
        if any(job.done for job in self.jobs if job.id in changed):
            self._ask_balance()

    def _ask_balance(self) -> None:
        async def ask() -> None:
            try:
                self._balance = await self._client.session.balance()
            except LegnextError as error:
                _log.info("The balance could not be asked for: %s", error)
            self._accountant.changed()

        self._client.runtime.start(ask())

    def _say_account(self) -> None:
        journal = self._client.config.journal
        budget = self._client.session.budget
        facts = account_facts(self._balance, budget, journal, self._recalled)
        if facts != self._account:
            self._account = facts

    def _say_who_serves(self) -> None:
        """Says it again once the first answer showed that this is the sandbox."""
        service, embedded = self._client.session, self._client.embedded
        facts = bundle.service_facts(
            base_url=self._client.config.base_url,
            sandbox=service.identity.sandbox,
            speed=service.identity.speed,
            note=embedded.note if embedded else None,
            examples=embedded.examples if embedded else [],
            has_key=not self._keyless,
        )
        if facts != self._service:
            self._service = facts

    def _work_with(self, client: Client) -> None:
        """Goes on with another client, as after a key was given."""
        old, owned = self._client, self._owns_client
        for stop in self._unwatch:
            stop()
        self._unwatch.clear()
        self._shown.clear()
        self._client, self._owns_client, self._keyless = client, True, False
        self._entered = client
        self._balance = None
        self._begin_with_client()
        self._tell(set())
        self._send_jobs(0)
        if owned:
            old.close()


_MADE: MadeInCells[VideoStudio] = MadeInCells()


def _client_for(
    client: Client | None,
    library: JobStore | Literal[False] | None,
    budget_points: int | None,
    earlier: VideoStudio | None,
) -> tuple[Client, bool]:
    """The client to use, and whether it is the studio's own to close.

    When a cell is run again, its studio goes on with the client of the one before, so that a job
    has one poller and an embedded sandbox lives on.
    """
    alike = earlier is not None and earlier._asked_for == (client, library, budget_points)
    known = earlier._client if earlier and alike and earlier._owns_client else None
    if client is not None:
        given: ClientOptions = {}
        if library is not None:
            given["library"] = library
        if budget_points is not None:
            given["budget_points"] = budget_points
        return (client.with_options(**given), True) if given else (client, False)
    try:
        own = Client(library=library, budget_points=budget_points)
        if known is None or known.config.identity != own.config.identity:
            return own, True
        own.close()
        return known, True
    except MissingAPIKeyError:
        entered = earlier._entered if earlier is not None else None
        if known is not None and (known.embedded is not None or known is entered):
            return known, True
        memory = Library() if library is None else library
        sandbox = Client.sandbox(
            speed=SANDBOX_SPEED,
            budget_points=budget_points,
            library=memory,
            owns_library=library is None,
        )
        return sandbox, True

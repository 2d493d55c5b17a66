"""What a person does in the studio's front end, as the messages that tell of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, cast

import traitlets

from legnext_widgets.client.api.requests import ExtendVideo, Request, VideoUpscale
from legnext_widgets.client.client import Client
from legnext_widgets.client.errors import AuthenticationError, LegnextError
from legnext_widgets.client.messages import Message
from legnext_widgets.library import Filter, Library
from legnext_widgets.widgets.inputs import NEUTRAL, Inputs, inputs_from, inputs_of, request_of
from legnext_widgets.widgets.job_widget import JobWidget

from .batch_runner import StudioBatch
from .localized import told, told_of
from .media_transfer import Pull
from .preview import described, requests_of
from .restore import ATTEMPT
from .revisions import IN_ONE_PAGE

if TYPE_CHECKING:
    from legnext_widgets.client.api.validation import VideoNo
    from legnext_widgets.client.jobs import Job
    from legnext_widgets.client.session.store import JobStore

    from .submitter import Submitter

_log = logging.getLogger("legnext_widgets")


class StudioHandlers(JobWidget):
    """Takes the messages of the studio's views; each only hands work on."""

    _client: Client
    _submitter: Submitter
    _library: JobStore | Literal[False] | None
    _running_batch: StudioBatch | None = None

    if TYPE_CHECKING:

        def _inputs(self) -> Inputs: ...
        def _ask_balance(self) -> None: ...
        def _say_account(self) -> None: ...
        def _work_with(self, client: Client) -> None: ...

    _intents = JobWidget._intents | {
        "submit",
        "submit_many",
        "stop_batch",
        "extend",
        "upscale",
        "reuse",
        "describe",
        "look_up",
        "favourite",
        "annotate",
        "dismiss",
        "page",
        "balance",
        "save_key",
    }

    def _on_submit(self, content: dict[str, Any]) -> None:
        if not self._submitter.is_new(content.get("click")):
            return
        if not self._submitter.sending:
            self._take_in(self._given(content))
        self._send_request(content["click"], lambda: request_of(self._inputs()))

    def _on_extend(self, content: dict[str, Any]) -> None:
        if self._submitter.is_new(content.get("click")):
            prompt = str(content.get("prompt") or "").strip() or None
            job_id, number = content.get("job_id"), content.get("index")
            self._send_request(
                content["click"],
                lambda: ExtendVideo(cast("str", job_id), cast("VideoNo", number), prompt=prompt),
            )

    def _on_upscale(self, content: dict[str, Any]) -> None:
        if self._submitter.is_new(content.get("click")):
            job_id, number = content.get("job_id"), content.get("index")
            self._send_request(
                content["click"], lambda: VideoUpscale(cast("str", job_id), cast("VideoNo", number))
            )

    def _send_request(self, click: str, build: Any) -> None:
        try:
            self._submitter.submit(self._client, build, click)
        except (ValueError, LegnextError) as error:  # the browser was told by the submitter
            _log.info("Nothing was sent: %s", error)

    def _on_submit_many(self, content: dict[str, Any]) -> None:
        if not self._submitter.is_new(content.get("click")):
            return
        click = str(content["click"])
        if self._running_batch is not None and self._running_batch.running:
            self._submitter.refuse(LegnextError(Message("batch_under_way")), click)
            return
        inputs = cast("Inputs", {**NEUTRAL, **self._given(content)})
        try:
            requests: list[Request] = requests_of(inputs, _texts(content.get("prompts")) or [])
            budget = self._client.session.budget
            budget.check(request.endpoint.replace("-", "_") for request in requests)
        except (ValueError, LegnextError) as error:
            self._submitter.refuse(error, click)
            return
        self._running_batch = StudioBatch(self._client, requests, click, self._tell_batch)

    def _tell_batch(self, state: dict[str, Any]) -> None:
        self._publisher.post(lambda: self.set_trait("_batch", state))

    def _on_stop_batch(self, _: dict[str, Any]) -> None:
        if self._running_batch is not None:
            self._running_batch.stop()

    def _on_reuse(self, content: dict[str, Any]) -> None:
        """Sets the inputs to those of an earlier job, in full length."""
        job = self._shown.get(str(content.get("job_id")))
        if job is None or job.request is None:
            return
        try:
            self._take_in(inputs_from(job.request))
        except ValueError:
            return

    def _take_in(self, inputs: Inputs) -> None:
        with self.hold_trait_notifications():
            for name, value in inputs.items():
                try:
                    self.set_trait(name, value)
                except traitlets.TraitError:
                    _log.warning("The browser sent a value that %s does not take.", name)

    def _given(self, content: dict[str, Any]) -> Inputs:
        given = content.get("inputs")
        return inputs_of(given) if isinstance(given, dict) else inputs_of({})

    def _on_describe(self, content: dict[str, Any]) -> None:
        inputs = cast("Inputs", {**self._inputs(), **self._given(content)})
        facts = described(
            inputs,
            _texts(content.get("prompts")),
            self._client.session.budget,
            self._client.config.base_url,
        )
        self._answer(content, "described", **facts)

    def _on_look_up(self, content: dict[str, Any]) -> None:
        job_id = str(content.get("job_id", "")).strip()
        self._client.runtime.start(self._look_up(job_id))

    async def _look_up(self, job_id: str) -> None:
        error: dict[str, Any] | None = None
        try:
            await self._client.session.look_up(job_id)
        except (LegnextError, ValueError) as failure:
            error = told_of(failure)
        self._answer({}, "looked_up", job_id=job_id, error=error)

    def _on_favourite(self, content: dict[str, Any]) -> None:
        job, on = self._shown.get(str(content.get("job_id"))), bool(content.get("on"))
        if job is not None:
            job.state.favourite = on
            self._remember(job, lambda library: library.favourite(job.id, on))

    def _on_annotate(self, content: dict[str, Any]) -> None:
        job, note = self._shown.get(str(content.get("job_id"))), content.get("note")
        if job is not None and isinstance(note, str):
            job.state.note = note
            self._remember(job, lambda library: library.annotate(job.id, note))

    def _remember(self, job: Job, change: Any) -> None:
        """Writes a mark to the library, off this thread, and shows it."""
        library = self._client.config.journal

        def write() -> None:
            if isinstance(library, Library):
                try:
                    change(library)
                except KeyError:
                    _log.info("The library does not know job %s; the mark is not kept.", job.id)
            self._publisher.changed(job.id)

        self._publisher.post(write)

    def _on_dismiss(self, content: dict[str, Any]) -> None:
        """Forgets a request of unknown outcome, or hides a job that is done."""
        shown_id = str(content.get("job_id"))
        job = self._shown.pop(shown_id, None)
        library = self._client.config.journal
        if job is not None and shown_id.startswith(ATTEMPT) and isinstance(library, Library):
            attempt = shown_id.removeprefix(ATTEMPT)
            self._publisher.post(lambda: library.forget(attempt))
        self._publisher.post(lambda: self._send_jobs(0))

    def _on_media(self, content: dict[str, Any]) -> None:
        pull = Pull.read(content)
        if pull is None or pull.kind != "sample":
            super()._on_media(content)
            return
        embedded = self._client.embedded
        links = [sample["url"] for sample in embedded.examples] if embedded else []
        self._media.answer_with_sample(self._client, links, pull)

    def _on_page(self, content: dict[str, Any]) -> None:
        self._publisher.post(lambda: self._send_page(content))

    def _send_page(self, content: dict[str, Any]) -> None:
        library = self._client.config.journal
        if not isinstance(library, Library):
            self._answer(content, "paged", jobs=[], next=None, total=len(self._shown))
            return
        search, favourite = content.get("search"), content.get("favourite")
        before = content.get("before")
        wanted = Filter(
            search=search if isinstance(search, str) and search else None,
            favourite=favourite if isinstance(favourite, bool) else None,
            identity=self._client.session.identity,
        )
        try:
            page = library.page(
                wanted, limit=IN_ONE_PAGE, after=before if isinstance(before, str) else None
            )
        except ValueError:
            page = library.page(wanted, limit=IN_ONE_PAGE)
        ids = [record.job_id for record in page.records if record.job_id]
        for record in page.records:
            if record.job_id and record.job_id not in self._shown:
                self._client.runtime.run_at_once(self._client.session.restore_job(record))
        self._answer(
            content,
            "paged",
            jobs=self._snapshots(ids),
            next=page.next,
            total=library.count(wanted),
        )

    def _on_balance(self, _: dict[str, Any]) -> None:
        self._ask_balance()

    def _on_save_key(self, content: dict[str, Any]) -> None:
        """Makes a client of the key that was given; the key goes nowhere else."""
        ask = {"ask": content.get("ask")}
        try:
            # A budget counts anew: what the sandbox took were no points of this account.
            client = Client(
                str(content.get("key", "")),
                library=self._library,
                budget_points=self._client.session.budget.limit,
            )
        except (LegnextError, ValueError) as error:
            self._answer(ask, "key_saved", error=told_of(error))
            return

        async def check() -> None:
            try:
                await client.session.balance()
            except LegnextError as failure:
                self._publisher.post(client.close)
                refused = isinstance(failure, AuthenticationError)
                why = told(Message("key_refused")) if refused else told_of(failure)
                self._answer(ask, "key_saved", error=why)
                return
            self._publisher.post(lambda: self._work_with(client))
            self._answer(ask, "key_saved", error=None)

        client.runtime.start(check())


def _texts(given: object) -> list[str] | None:
    if not isinstance(given, list):
        return None
    return [text for text in given if isinstance(text, str)]

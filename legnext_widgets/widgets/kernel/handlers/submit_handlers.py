"""Handle the clicks that make jobs: one request, a next step, or a batch of them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import legnext_widgets as lw
from legnext_widgets.client.errors import LegnextError
from legnext_widgets.widgets.inputs import request_of, requests_of
from legnext_widgets.widgets.kernel.batch_runner import BatchQueue, QueuedBatch
from legnext_widgets.widgets.kernel.protocol.traits import NEUTRAL_INPUTS
from legnext_widgets.widgets.kernel.restore import forget_batch, remember_batch
from legnext_widgets.widgets.kernel.submitter import ANOTHER, ReuseChoice, find_made_before

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Callable, Mapping

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.validation import VideoNo
    from legnext_widgets.client.client import Client
    from legnext_widgets.widgets.kernel.protocol import comm_requests, traits
    from legnext_widgets.widgets.kernel.publisher import Publisher, WorkQueue
    from legnext_widgets.widgets.kernel.submitter import Submitter

    from .job_handlers import Handlers
    from .studio_handlers import StudioAccess

    _OneRequest = (
        comm_requests.SubmitRequest | comm_requests.ExtendRequest | comm_requests.UpscaleRequest
    )

_log = logging.getLogger("legnext_widgets")

_CHOICES: Mapping[comm_requests.Takes, ReuseChoice] = {
    "ask": ReuseChoice(reuse=False, ask=True),
    "reuse": ReuseChoice(reuse=True),
    "new": ANOTHER,
}


class SubmitHandlers:
    """The handlers of a studio that send requests, each click once.

    Args:
        studio: Access to the studio.
        publisher: Writes to the browser.
        files: Reads and writes files.
        submitter: Sends requests.
    """

    def __init__(
        self,
        studio: StudioAccess,
        *,
        publisher: Publisher,
        files: WorkQueue,
        submitter: Submitter,
    ) -> None:
        self._studio = studio
        self._publisher = publisher
        self._files = files
        self._submitter = submitter
        self._batches = BatchQueue(self._report_batch, submitter.note_unknown)
        self._beginning: concurrent.futures.Future[None] | None = None
        self._remembered: list[str] = []
        self.handlers: Handlers = {
            "extend": self._on_extend,
            "forget_batch": self._on_forget_batch,
            "resume_batch": lambda _: self._batches.resume(),
            "stop_batch": lambda _: self._batches.stop(),
            "submit": self._on_submit,
            "submit_many": self._on_submit_many,
            "upscale": self._on_upscale,
        }

    def _on_submit(self, message: comm_requests.SubmitRequest) -> None:
        if not self._submitter.is_new(message["click"]):
            return
        if not self._submitter.sending:
            self._studio.set_inputs(message["inputs"])
        self._submit(message, self._request)

    def _request(self) -> Request:
        return request_of(self._studio.inputs(), **self._studio.rules())

    def _on_extend(self, message: comm_requests.ExtendRequest) -> None:
        if self._submitter.is_new(message["click"]):
            prompt = message["prompt"].strip() or None
            self._submit(
                message,
                lambda: lw.ExtendVideo(
                    message["job_id"], cast("VideoNo", message["index"]), prompt=prompt
                ),
            )

    def _on_upscale(self, message: comm_requests.UpscaleRequest) -> None:
        if self._submitter.is_new(message["click"]):
            self._submit(
                message,
                lambda: lw.VideoUpscale(message["job_id"], cast("VideoNo", message["index"])),
            )

    def _submit(self, message: _OneRequest, build: Callable[[], Request]) -> None:
        choice = _CHOICES[message.get("takes", "ask")]
        try:
            self._submitter.submit(self._studio.client(), build, message["click"], choice)
        except (ValueError, LegnextError) as error:  # the submitter has reported it
            _log.info("Nothing was sent: %s", error)

    def _on_submit_many(self, message: comm_requests.SubmitManyRequest) -> None:
        click = message["click"]
        if not self._submitter.is_new(click):
            return
        client = self._studio.client()
        try:
            requests = requests_of(
                {**NEUTRAL_INPUTS, **message["inputs"]},
                message["prompts"],
                **self._studio.rules(),
            )
            takes = message.get("takes", "ask")
            if takes != "reuse":  # what is reused costs nothing
                kinds = [request.endpoint.replace("-", "_") for request in requests]
                client.session.budget.check(kinds)
        except (ValueError, LegnextError) as error:
            self._submitter.refuse(error, click)
            return

        before = self._beginning

        async def begin() -> None:
            if before is not None:  # batches run in the order of their clicks
                await asyncio.wait([asyncio.wrap_future(before)])
            found = await find_made_before(client, requests) if takes == "ask" else None
            if found is not None:
                self._submitter.report_made_before(found, click)
            elif self._batches.add(QueuedBatch(client, requests, click, reuse=takes == "reuse")):
                self._submitter.report_queued(click)

        self._beginning = client.runtime.start(begin())

    def _report_batch(self, client: Client, state: traits.Batch) -> None:
        if self._studio.client() is not client:  # it went on with another key meanwhile
            return
        self._publisher.set(_batch=state)
        if state["jobs"] != self._remembered:
            self._remembered = state["jobs"]
            self._files.post(lambda: remember_batch(client, state))

    def _on_forget_batch(self, message: comm_requests.ForgetBatchRequest) -> None:
        if not self._batches.running:
            client = self._studio.client()
            self._publisher.set(_batch=None)
            self._files.post(lambda: forget_batch(client, message["batch"]))

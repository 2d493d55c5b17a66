"""What studio and gallery share: jobs followed into traits, selection, clips for the browser."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from legnext_widgets.client.errors import LegnextError
from legnext_widgets.client.jobs import Job, Video
from legnext_widgets.widgets.kernel.media_transfer import MediaFiles, Pull
from legnext_widgets.widgets.kernel.publisher import Publisher
from legnext_widgets.widgets.kernel.revisions import IN_ONE_MESSAGE, IN_ONE_PAGE, Changes
from legnext_widgets.widgets.kernel.snapshots import snapshot
from legnext_widgets.widgets.kernel.views import Views
from legnext_widgets.widgets.notebook.containers import watch_boxes
from legnext_widgets.widgets.notebook.delivery import Delivery
from legnext_widgets.widgets.notebook.reading_copy import MOST_JOBS, reading_copy
from legnext_widgets.widgets.notebook.scheduling import OnMainLoop, PublishFrom, scheduler_for
from legnext_widgets.widgets.notebook.static_output import CopyBeside, poster_at

from .notebook import bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_log = logging.getLogger("legnext_widgets")


class JobWidget(anywidget.AnyWidget):
    """A widget that shows jobs.

    One writer tells the browser. Another one sets `jobs` and `videos`, as a person's
    observer may block in it, wait for a job, save a clip: the browser is not held up by that.
    Both are threads, or run on the kernel's main loop: see `hosts`.
    """

    _esm = bundle.LOADER

    _open = False

    # ipywidgets 7 displays itself by this, which would leave out the copy for readers.
    _ipython_display_ = None

    _face = traitlets.Unicode("gallery").tag(sync=True)
    _config = traitlets.Dict(bundle.CONFIG).tag(sync=True)
    _service = traitlets.Dict().tag(sync=True)
    _live = traitlets.Dict().tag(sync=True)
    _selected: traitlets.Dict[str, Any] = traitlets.Dict(None, allow_none=True).tag(sync=True)

    _reading_copy = traitlets.Unicode().tag(sync=True)

    jobs = traitlets.Tuple(help="The jobs shown, newest first.")
    videos = traitlets.Tuple(help="Their videos, newest job first.")
    selected = traitlets.Instance(
        Video, allow_none=True, help="The video a person chose, or None; may be set."
    )

    def __init__(self, *, publish_from: PublishFrom | None = None, **traits: Any) -> None:
        bundle.require_built()
        self._place = scheduler_for(publish_from)
        self._state = threading.RLock()
        self._shown: dict[str, Job] = {}
        self._changes = Changes()
        self._unwatch: list[Callable[[], object]] = []
        self._media = MediaFiles(self._say_media)
        self._views = Views()
        self._open = True
        copy_name = f"legnext-{uuid.uuid4().hex[:12]}"
        self._copy_beside = CopyBeside(copy_name, self._copy)
        name = f"legnext-{type(self).__name__}"
        self._publisher = Publisher(self._publish, self._place, name)
        self._teller = Publisher(self._tell, self._place, f"{name}-observers")
        self._delivery = Delivery(self._say, self._publisher.post)
        super().__init__(_reading_copy=copy_name, **traits)
        self.on_msg(self._on_message)
        self.observe(self._select_in_browser, "selected")
        self.observe(self._select_in_kernel, "_selected")
        self._delivery.begin()
        watch_boxes(_show_copy)

    def show(self, jobs: Iterable[Job]) -> None:
        """Adds jobs to those shown, and follows their changes."""
        for job in jobs:
            if job.id:
                self._show_as(job.id, job)

    def _show_as(self, shown_id: str, job: Job) -> None:
        if shown_id in self._shown:
            return
        self._shown[shown_id] = job
        if job.client is not None and isinstance(self._place, OnMainLoop):
            job.client.runtime.while_waiting = self._place.while_waiting
        tell = self._told(shown_id)
        self._unwatch.append(job.state.watch(tell))
        tell()

    def _begin(self) -> None:
        """Sets the traits for the first time, before anybody can observe them."""
        self._publish(set(self._shown))
        self._tell(set(self._shown))

    def close(self) -> None:
        """Stops the widget's work and removes it from view. Jobs go on at the service."""
        if self._open:
            self._open = False
            for stop in self._unwatch:
                stop()
            self._publisher.close()
            self._teller.close()
            self._media.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Shows the widget and, beside it, a copy for readers who have no kernel."""
        self._copy_beside.show()
        return super()._repr_mimebundle_(**kwargs)

    def _copy(self) -> str:
        shown = [self._shown.get(shown_id) for shown_id in self._newest_first()]
        jobs = [job for job in shown if job is not None and job.id]
        posters = {
            (job.id, number): poster
            for job in jobs[:MOST_JOBS]
            for number, path in job.state.posters.items()
            if (poster := poster_at(path)) is not None
        }
        sandbox = all(self._is_sandbox(job) for job in jobs)
        return reading_copy(
            [job.state for job in jobs], posters, sandbox=sandbox, name=self._reading_copy
        )

    def _told(self, shown_id: str) -> Callable[[], None]:
        publisher, teller = self._publisher, self._teller

        def tell() -> None:
            publisher.changed(shown_id)
            teller.changed(shown_id)

        return tell

    def _newest_first(self) -> list[str]:
        def age(numbered: tuple[int, tuple[str, Job]]) -> tuple[float, int]:
            known_since, (_, job) = numbered
            created = job.state.created_at
            # The service's clock has whole seconds; within one, what became known later is newer.
            return (created.timestamp() if created else float("inf"), known_since)

        newest_first = sorted(enumerate(list(self._shown.items())), key=age, reverse=True)
        return [shown_id for _, (shown_id, _) in newest_first]

    def _is_sandbox(self, job: Job) -> bool:
        return job.state.sandbox or (job.client is not None and job.client.session.identity.sandbox)

    def _snapshots(self, shown_ids: Iterable[str]) -> list[dict[str, Any]]:
        shown = [(shown_id, self._shown.get(shown_id)) for shown_id in shown_ids]
        return [
            snapshot(job.state, sandbox=self._is_sandbox(job), job_id=shown_id)
            for shown_id, job in shown
            if job is not None
        ]

    def _publish(self, changed: set[str]) -> None:
        """Tells the browser of changed jobs, a few in each message."""
        ids = [job_id for job_id in list(self._shown) if job_id in changed]
        for start in range(0, len(ids), IN_ONE_MESSAGE):
            some = ids[start : start + IN_ONE_MESSAGE]
            with self._state:
                since = self._changes.note(some)
                revision = self._changes.revision
            self._live = {
                "revision": revision,
                "since": since,
                "jobs": self._snapshots(some),
                "total": len(self._shown),
            }

    def _tell(self, changed: set[str]) -> None:
        """Tells people's observers; one that raises does not keep the others from being told."""
        newest_first = [self._shown.get(shown_id) for shown_id in self._newest_first()]
        jobs = tuple(job for job in newest_first if job is not None and job.id)
        videos = tuple(video for job in jobs for video in job.videos)
        try:
            if changed:
                self._set_and_tell("jobs", jobs)
        finally:
            if videos != self.videos:
                self.videos = videos
            if any(job.done for job in jobs if job.id in changed):
                self._copy_beside.update()

    def _set_and_tell(self, name: str, value: object) -> None:
        """Sets a trait and tells its observers, even of an equal value: jobs change inside."""
        old = getattr(self, name)
        if old != value:
            self.set_trait(name, value)
        else:
            self.notify_change(
                traitlets.Bunch(name=name, old=old, new=value, owner=self, type="change")
            )

    def _on_message(self, _: object, content: Any, _buffers: object) -> None:
        """Takes a message of the browser; only hands work on, whatever thread this is."""
        kind = content.get("type") if isinstance(content, dict) else None
        handler = getattr(self, f"_on_{kind}", None) if isinstance(kind, str) else None
        if handler is None or kind not in self._intents:
            _log.warning("An unknown message came from the browser.")
            return
        handler(content)

    _intents: frozenset[str] = frozenset({"front_end", "sync", "refresh", "media", "page", "view"})

    def _on_front_end(self, content: dict[str, Any]) -> None:
        self._delivery.answer(content)

    def _on_view(self, content: dict[str, Any]) -> None:
        self._views.take(content)

    def _on_sync(self, content: dict[str, Any]) -> None:
        revision = content.get("since")
        since = revision if isinstance(revision, int) else 0
        self._publisher.post(lambda: self._send_jobs(since))

    def _send_jobs(self, since: int) -> None:
        with self._state:
            revision = self._changes.revision
            later = self._changes.since(since)
        jobs = self._newest_first()[:IN_ONE_PAGE] if since <= 0 else later
        self.send(
            {
                "type": "jobs",
                "revision": revision,
                "since": max(0, since),
                "jobs": self._snapshots(jobs),
                "total": len(self._shown),
            }
        )

    def _on_page(self, content: dict[str, Any]) -> None:
        """Gives a page of the jobs shown; `before` is how many the browser has already."""
        before = content.get("before")
        start = int(before) if isinstance(before, str) and before.isdecimal() else 0
        ids = self._newest_first()
        end = start + IN_ONE_PAGE
        self._answer(
            content,
            "paged",
            jobs=self._snapshots(ids[start:end]),
            next=str(end) if end < len(ids) else None,
            total=len(ids),
        )

    def _answer(self, question: dict[str, Any], kind: str, **facts: Any) -> None:
        answer = {"type": kind, "ask": question.get("ask"), **facts}
        self._publisher.post(lambda: self.send(answer))

    def _say(self, content: dict[str, Any]) -> None:
        self.send(content)

    def _on_refresh(self, content: dict[str, Any]) -> None:
        job = self._shown.get(str(content.get("job_id")))
        if job is not None and job.client is not None:
            self._start(job, job.client.session.refresh(job.state))

    def _start(self, job: Job, work: Any) -> None:
        """Begins work on the job's engine; its failure is shown at the job."""

        async def shown() -> None:
            try:
                await work
            except LegnextError as error:
                job.state.poll_failed(error)

        if job.client is not None:
            job.client.runtime.start(shown())

    def _on_media(self, content: dict[str, Any]) -> None:
        job, pull = self._shown.get(str(content.get("job_id"))), Pull.read(content)
        if job is None or pull is None:
            self._media.refuse(content.get("pull"), "There is no such clip.", retry=False)
            return
        self._publisher.post(lambda: self._media.answer(job, pull))

    def _say_media(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self._publisher.post(lambda: self.send(content, buffers))

    def _select_in_browser(self, change: Any) -> None:
        video = change.new
        chosen = None if video is None else {"job_id": video.job_id, "index": video.index}
        if self._selected != chosen:
            self.set_trait("_selected", chosen)

    def _select_in_kernel(self, change: Any) -> None:
        chosen = change.new or {}
        job = self._shown.get(str(chosen.get("job_id")))
        index = chosen.get("index")
        videos = job.videos if job else []
        found = videos[index] if isinstance(index, int) and 0 <= index < len(videos) else None
        if self.selected != found:
            self.selected = found


def _show_copy(widget: object) -> None:
    if isinstance(widget, JobWidget) and widget._open:
        widget._copy_beside.show()

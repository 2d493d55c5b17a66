"""What the studio and the gallery share: jobs, their videos, the selection."""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import anywidget
import traitlets

from legnext_widgets.client.progress.report import counted

from .kernel.handlers.job_handlers import Handlers, JobHandlers, dispatch
from .kernel.job_list import JobList, is_sandbox
from .kernel.media.media_transfer import MediaTransfer
from .kernel.protocol.traits import LIMITS
from .kernel.publisher import Publisher, WorkQueue
from .notebook import bundle
from .notebook.cells import Views
from .notebook.nested_widgets import on_display_inside
from .notebook.scheduling import choose_scheduler
from .notebook.static_output import MAX_JOBS, StaticOutput, read_poster, static_copy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from legnext_widgets.client.handles.jobs import Job, Video

    from .kernel.protocol import comm_requests
    from .kernel.protocol.job_values import Selection
    from .kernel.protocol.traits import Config
    from .notebook.scheduling import PublishFrom


Locale: TypeAlias = Literal["en", "zh-CN", "es"]
"""A language that the front end has texts in."""

NAMES_IN_USE = ("jobs", "videos", "selected", "layout", "observe", "unobserve", "close")
"""What people use of a widget, for tab completion; its other names are out of sight."""


class JobWidget(anywidget.AnyWidget):
    """A widget that shows jobs.

    A subclass adds what it shows first and then calls `_start`.

    Args:
        publish_from: See `VideoStudio`.
        locale: See `VideoStudio`.
        **traits: First values of the traits.
    """

    _esm = bundle.LOADER

    # Closed until it is made: ipywidgets closes also what failed to be made.
    _is_open = False
    _answers = False

    # Which media of a job are shown, by its id; all of those that are not named here.
    _only: Mapping[str, Collection[int]] = MappingProxyType({})

    # ipywidgets 7 displays itself by this, which would leave out the static copy.
    _ipython_display_ = None

    _face = traitlets.Unicode("gallery").tag(sync=True)
    _config = traitlets.Dict().tag(sync=True)
    _service = traitlets.Dict().tag(sync=True)
    _live = traitlets.Dict().tag(sync=True)
    _selected: traitlets.Dict[str, Any] = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _reading_copy = traitlets.Unicode().tag(sync=True)

    # What a page may have missed; changes of jobs have messages of their own.
    _reported: tuple[str, ...] = ("_service",)

    if TYPE_CHECKING:
        jobs: tuple[Job, ...]
        videos: tuple[Video, ...]
        selected: Video | None
    else:
        jobs = traitlets.Tuple(help="The jobs shown, newest first.")
        videos = traitlets.Tuple(help="Their videos, newest job first.")
        selected = traitlets.Instance(
            "legnext_widgets.Video",
            allow_none=True,
            help="The video a person chose, or None; may be set.",
        )

    # For tab completion.
    _names_in_use: Collection[str] = NAMES_IN_USE

    def __init__(
        self,
        *,
        publish_from: PublishFrom | None = None,
        locale: str | None = None,
        **traits: Any,  # noqa: ANN401 - values of traits, which check them
    ) -> None:
        bundle.require_built()
        scheduler = choose_scheduler(publish_from)
        name = f"legnext-{type(self).__name__}"
        self._job_list = JobList(self._job_changed, self._only)
        self._publisher = Publisher(self, self._job_list, scheduler, name)
        self._observers = WorkQueue(self._update_jobs, scheduler, f"{name}-observers")
        self._files = WorkQueue(self._read_files, scheduler, f"{name}-files")
        self._media = MediaTransfer(self._publisher.send)
        self._delivery = bundle.Delivery(
            self._publisher.send, self._publisher.post, self._publisher.answer_message
        )
        self._views = Views()
        self._handlers = self._make_handlers()
        copy_name = f"legnext-{uuid.uuid4().hex[:12]}"
        self._static_output = StaticOutput(copy_name, self._make_static_copy)
        self._is_open = True
        self.on_msg(self._on_message)
        config: Config = {"limits": LIMITS, "locale": locale}
        super().__init__(_config=config, _reading_copy=copy_name, **traits)
        self.observe(self._select_in_browser, "selected")
        self.observe(self._select_in_kernel, "_selected")
        on_display_inside(self, self._show_static_copy)

    def _start(self) -> None:
        """Set the traits for the first time, then follow changes."""
        self._update_jobs(set())
        for queue in (self._publisher, self._observers, self._files):
            queue.start()
        self._observers.changed()
        self._delivery.start()
        self._answers = True

    def _make_handlers(self) -> Handlers:
        """Return the methods that take the messages of a page, by type."""
        # Loaded with the first widget: naming its class must stay cheap.
        from .kernel.handlers.clip_handlers import ClipHandlers

        self._clip_handlers = ClipHandlers(
            jobs=self._job_list,
            publisher=self._publisher,
            files=self._files,
            media=self._media,
        )
        handlers = JobHandlers(
            jobs=self._job_list,
            publisher=self._publisher,
            files=self._files,
            media=self._media,
            delivery=self._delivery,
            views=self._views,
            reports=self._reported,
        ).handlers
        return {**handlers, **self._clip_handlers.handlers, "view": self._on_view}

    def _on_view(self, message: comm_requests.ViewMessage) -> None:
        """Count a view. With the last one the notices go that offer to undo a deletion."""
        self._views.update(message)
        if self._views.all_closed:
            self._files.post(self._clip_handlers.finish)

    def __dir__(self) -> list[str]:
        own = [name for cls in type(self).__mro__ if _is_foreign(cls) for name in vars(cls)]
        return sorted({*self._names_in_use, *own})

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{self._about()}>"

    def _about(self) -> str:
        """Describe it for its repr, with a space before."""
        if not self._is_open:
            return " (closed)"
        jobs = self._job_list.jobs()
        running = sum(not job.done for job in jobs)
        shown = counted(len(jobs), "job")
        return f" {shown}, {running} running" if running else f" {shown}"

    def close(self) -> None:
        """Stop the widget's work and remove it from view. Jobs continue at the service."""
        if self._is_open:
            self._is_open = False
            self._clip_handlers.finish()
            self._job_list.stop()
            for queue in (self._publisher, self._observers, self._files):
                queue.close()
            self._media.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - as in ipywidgets
        """Show the widget and, beside it, a static copy for readers who have no kernel."""
        self._static_output.show()
        return super()._repr_mimebundle_(**kwargs)

    def _show_static_copy(self) -> None:
        if self._is_open:
            self._static_output.show()

    def _make_static_copy(self) -> str:
        jobs = self._job_list.jobs()
        posters = {
            (job.id, index): poster
            for job in jobs[:MAX_JOBS]
            for index, path in job.state.posters.items()
            if (poster := read_poster(path)) is not None
        }
        sandbox = all(is_sandbox(job) for job in jobs)
        states = [job.state for job in jobs]
        return static_copy(states, posters, sandbox=sandbox, name=self._reading_copy)

    def _job_changed(self, shown_id: str) -> None:
        for queue in (self._publisher, self._observers, self._files):
            queue.changed(shown_id)

    def _done_jobs(self, changed: set[str]) -> list[Job]:
        return [job for job in self._job_list.jobs() if job.id in changed and job.done]

    def _read_files(self, changed: set[str]) -> None:
        """Do what reads files, after changes."""
        if self._done_jobs(changed):
            self._static_output.update()

    def _update_jobs(self, changed: set[str]) -> None:
        """Set `jobs` and `videos`. If one observer raises, the others are called all the same."""
        jobs = tuple(self._job_list.jobs())
        videos = tuple(video for job in jobs for video in job.videos if not video.hidden)
        try:
            if self.jobs != jobs:
                self.set_trait("jobs", jobs)
            elif changed:  # an equal tuple of jobs that changed inside
                change = {"name": "jobs", "old": jobs, "new": jobs, "owner": self, "type": "change"}
                self.notify_change(traitlets.Bunch(change))
        finally:
            if self.videos != videos:
                self.set_trait("videos", videos)

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        if self._answers:
            self._dispatch(content)
        else:  # on another thread of the kernel, before all is there to answer with
            self._publisher.post(lambda: self._dispatch(content))

    def _dispatch(self, content: object) -> None:
        dispatch(self._handlers, content, self._refuse_pull)

    def _refuse_pull(self, pull: str) -> None:
        self._media.refuse(pull, "There is no such clip.", retry=False)

    def _select_in_browser(self, change: traitlets.Bunch) -> None:
        video: Video | None = change.new
        chosen: Selection | None = None
        if video is not None:
            chosen = {"job_id": video.job_id, "index": video.index}
        if self._selected != chosen:
            self.set_trait("_selected", chosen)

    def _select_in_kernel(self, change: traitlets.Bunch) -> None:
        chosen = change.new or {}
        job = self._job_list.get(str(chosen.get("job_id")))
        index = chosen.get("index")
        videos = job.videos if job else []
        found = videos[index] if isinstance(index, int) and 0 <= index < len(videos) else None
        if self.selected != found:
            self.selected = found


def require_locale(locale: str | None) -> None:
    """Check that there are texts for a locale; None follows the browser.

    Raises:
        ValueError: There are none.
    """
    if locale is not None and locale not in get_args(Locale):
        raise ValueError(f"locale must be one of {', '.join(get_args(Locale))}")


def _is_foreign(cls: type) -> bool:
    """Whether a class is a user's own, which has made a subclass."""
    package = cls.__module__.partition(".")[0]
    return package not in ("legnext_widgets", "anywidget", "ipywidgets", "traitlets", "builtins")

"""Render the images and clips of jobs in worker threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from legnext_widgets.client.api.urls import origin_of
from legnext_widgets.client.api.values.reachability import is_loopback
from legnext_widgets.client.redaction import without_query
from legnext_widgets.sandbox.serving.workers import StoppedError, Workers
from legnext_widgets.sandbox.simulation.jobs import Failure, MediaFile

from .fetch import fetch, is_reserved
from .media_store import TAKEN
from .producer import IMAGES, OnDone, SourceError, clip_count, grid_path, media_path
from .scenes import aspect_for, number_for, picture_of, sample_of_link, scenes_for

if TYPE_CHECKING:
    from PIL import Image

    from legnext_widgets.sandbox.simulation.jobs import Job

    from .camera import Shot
    from .media_store import MediaStore
    from .pan_zoom import PlateOf

Render: TypeAlias = Callable[[str], MediaFile]
"""Renders a clip for the path that will serve it."""

# What draws (`camera`, `pan_zoom`, `encoding`, with Pillow and PyAV) is imported by the first job,
# in a worker thread: a sandbox without jobs costs neither time nor memory.


class Renderer:
    """The producer that fetches pictures and renders clips.

    Args:
        media: Holds and serves the files.
        offline: Fetch nothing from other machines.
        threads: How many clips are encoded at once.
        sound: Give clips a tone.
    """

    note: str | None = None

    def __init__(
        self, media: MediaStore, *, offline: bool, threads: int, sound: bool = False
    ) -> None:
        self._media = media
        self._sound = sound
        self._offline = offline
        self._renderers = Workers("render", threads)
        self._preparers = Workers("prepare", 4)

    def start(self, job: Job, on_done: OnDone) -> None:
        """Begin to make the files of a job."""
        pending = _Pending(job, on_done)
        self._preparers.do(partial(pending.run, partial(self._prepare, job, pending)))

    def close(self) -> None:
        """Abandon all work and wait until it has ended."""
        self._renderers.stopping.set()
        self._preparers.close()
        self._renderers.close()

    def _prepare(self, job: Job, pending: _Pending) -> None:
        """Make the images of a job, or prepare its clips and render several at once."""
        if job.kind == "diffusion":
            pending.finish(*self._images(job))
            return
        clips_of = {
            "video_diffusion": self._new_clips,
            "extend_video": self._extensions,
            "video_upscale": self._upscale,
        }[job.kind]
        clips = clips_of(job)
        pending.expect(len(clips))
        for number, render in enumerate(clips):
            task = partial(self._render, job, pending, number, render)
            self._renderers.do(partial(pending.run, task))

    def _render(self, job: Job, pending: _Pending, number: int, render: Render) -> None:
        if not pending.settled:
            media = render(media_path(job, number, ".mp4"))
            pending.add(number, self._media.publish(media))

    # Images

    def _images(self, job: Job) -> tuple[list[MediaFile], MediaFile]:
        from . import pan_zoom

        text = job.order.prompt.words
        scenes = scenes_for(text, IMAGES)
        names = ", ".join(scene.name for scene in scenes)
        job.logs.append(f"sandbox: no image was generated; by its words the text got {names}")
        images, pictures = [], []
        for number, scene in enumerate(scenes):
            if self._preparers.stopping.is_set():
                raise StoppedError
            picture = pan_zoom.open_picture(picture_of(scene))
            picture = pan_zoom.crop_to(picture, aspect_for(text))
            pictures.append(picture)
            images.append(self._save_image(media_path(job, number, ".png"), picture))
        width, height = pictures[0].width // 2, pictures[0].height // 2
        grid = pictures[0].resize((width * 2, height * 2))
        for number, picture in enumerate(pictures):
            place = (number % 2 * width, number // 2 * height)
            grid.paste(picture.resize((width, height)), place)
        return images, self._save_image(grid_path(job, ".png"), grid)

    def _save_image(self, path: str, picture: Image.Image) -> MediaFile:
        from .watermark import Watermark

        file = self._media.root / Path(path).name
        clean = file.with_suffix(".clean.png")
        picture.save(clean, compress_level=1)
        Watermark(*picture.size).draw_on(picture).save(file, compress_level=3)
        return self._media.publish(MediaFile(path, file, picture=clean))

    # Clips

    def _new_clips(self, job: Job) -> list[Render]:
        from . import camera, pan_zoom

        prompt = job.order.prompt
        picture = self._source(job)
        end = self._linked(job, prompt.end_image_url) if prompt.end_image_url else None
        size = camera.clip_size(*pan_zoom.open_picture(picture).size, job.order.video_type)
        shots = [
            camera.plan_shot(picture, number, job.seed, prompt, end_picture=end)
            for number in range(clip_count(job))
        ]
        return self._renders(shots, size)

    def _extensions(self, job: Job) -> list[Render]:
        from . import camera, encoding

        before, prompt = _source_clip(job), job.order.prompt
        if before.end is not None:
            picture, view = before.end.picture, before.end.view
        else:  # a clip of a sandbox that ended: it continues from its last frame
            picture, view = self._media.root / f"last-{job.id}.png", camera.View()
            encoding.save_last_frame(before.file, picture)
        shots = [
            camera.plan_shot(picture, number, job.seed, prompt, start=view)
            for number in range(clip_count(job))
        ]
        size = encoding.size_of(before.file)
        return self._renders(shots, size, before)

    def _upscale(self, job: Job) -> list[Render]:
        return [partial(self._render_larger, _source_clip(job).file)]

    def _renders(
        self, shots: list[Shot], size: tuple[int, int], before: MediaFile | None = None
    ) -> list[Render]:
        """Return what renders the clips of a job, from the same few plates."""
        from . import pan_zoom

        plate_of = lru_cache(pan_zoom.plate)
        return [partial(self._render_shot, shot, size, plate_of, before) for shot in shots]

    def _render_shot(
        self,
        shot: Shot,
        size: tuple[int, int],
        plate_of: PlateOf,
        before: MediaFile | None,
        path: str,
    ) -> MediaFile:
        from . import encoding, pan_zoom

        file = self._media.root / Path(path).name
        frames = pan_zoom.frames(shot, *size, plate_of)
        first: Path | None = None
        if before is not None and before.end is not None:
            first = before.file
        elif before is not None:  # it may be encoded in another way, so it cannot be copied
            frames = chain(encoding.scaled_frames(before.file, size), frames)
        stopped = self._renderers.stopping.is_set
        encoding.encode(file, size, frames, before=first, sound=self._sound, stopped=stopped)
        return MediaFile(path, file, end=shot.end)

    def _render_larger(self, before: Path, path: str) -> MediaFile:
        """Scale a clip to one and a half times its size: 480p becomes 720p, 720p becomes 1080p."""
        from . import encoding

        file = self._media.root / Path(path).name
        width, height = (round(length * 0.75) * 2 for length in encoding.size_of(before))
        frames = encoding.scaled_frames(before, (width, height))
        stopped = self._renderers.stopping.is_set
        encoding.encode(file, (width, height), frames, sound=self._sound, stopped=stopped)
        return MediaFile(path, file)

    # Where pictures come from

    def _source(self, job: Job) -> Path:
        earlier = job.source_file
        if earlier is None:
            return self._linked(job, job.order.prompt.image_url or "")
        return _picture_in(earlier)

    def _linked(self, job: Job, link: str) -> Path:
        """Return the picture behind a link: one of this sandbox, a stand-in, or one fetched."""
        sample = sample_of_link(link)
        if sample is not None:
            return picture_of(sample)
        path = urlsplit(link).path
        own = self._media.find(path)
        # A picture of the user has the same path in every sandbox, also in one that ended.
        taken = path.startswith(f"{TAKEN}/") and is_loopback(link)
        if own is not None and (taken or origin_of(link) == job.order.origin):
            return _picture_in(own)
        if taken:
            return self._stand_in(job, link, "it was given to a sandbox that ended")
        if is_reserved(link):
            return self._stand_in(job, link, "an example link leads nowhere")
        if self._offline and not is_loopback(link):
            return self._stand_in(job, link, "offline")
        content = fetch(link, self._preparers.stopping, loopback_only=self._offline)
        file = self._media.root / f"fetched-{number_for(f'{job.id} {link}'):x}"
        file.write_bytes(content)
        return file

    def _stand_in(self, job: Job, link: str, reason: str) -> Path:
        (scene,) = scenes_for(f"{job.order.prompt.words} {urlsplit(link).path}")
        job.logs.append(
            f"sandbox: {reason}; by the words of the prompt the packaged picture {scene.name} "
            f"stands in for {without_query(link)}"
        )
        return picture_of(scene)


class _Pending:
    """The files of a job until all are ready, or one of them has failed."""

    def __init__(self, job: Job, on_done: OnDone) -> None:
        self._job = job
        self._on_done = on_done
        self._lock = threading.Lock()
        self._files: dict[int, MediaFile] = {}
        self._count = 0
        self.settled = False

    def expect(self, count: int) -> None:
        """Finish when so many files were added."""
        self._count = count

    def add(self, number: int, media: MediaFile) -> None:
        """Add one file."""
        with self._lock:
            self._files[number] = media
            complete = len(self._files) == self._count
        if complete:
            self.finish([self._files[i] for i in range(self._count)])

    def finish(self, result: list[MediaFile] | Failure, grid: MediaFile | None = None) -> None:
        """Report the result, once."""
        with self._lock:
            if self.settled:
                return
            self.settled = True
        self._on_done(self._job, result, grid)

    def run(self, task: Callable[[], None]) -> None:
        """Run a part of the work; an exception fails the job, and the worker lives on."""
        try:
            task()
        except StoppedError:
            raise
        except SourceError as error:
            self.finish(Failure(400, str(error)))
        except Exception as error:
            message = f"the sandbox could not make it: {type(error).__name__}: {error}"
            self.finish(Failure(500, message))
            raise


def _source_clip(job: Job) -> MediaFile:
    if job.source_file is None:
        raise ValueError("the clip to use is gone")
    return job.source_file


def _picture_in(media: MediaFile) -> Path:
    if media.picture is None:
        raise SourceError("the source is not an image")
    return media.picture

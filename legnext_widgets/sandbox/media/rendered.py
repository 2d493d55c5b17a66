"""Makes real images and clips, in worker threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PIL import Image

from legnext_widgets.client.addresses import origin_of, without_query

from . import pictures
from .jobs import Output, Trouble
from .motion.encoding import RenderingStoppedError, encode
from .motion.frames import ShotFrames
from .motion.plates import PictureUnreadableError, open_picture
from .motion.poses import move_for
from .motion.shots import FRAMES, MORE_FRAMES, AirKind, Recipe, Shot, clip_size
from .production import IMAGES, Made, clip_count, grid_path, media_path
from .stills.catalogue import MOODS, aspect_for, mood_for, number_for, scene_for, scene_named
from .stills.drawing import draw
from .stills.shelf import Drawn, Shelf, save
from .workers import Workers

if TYPE_CHECKING:
    from .jobs import Job
    from .media import MediaFolder

_IMAGE_AREA = 816 * 816
_Source = tuple[Path, Path | None]


class RenderedProduction:
    """Draws, fetches, renders.

    Args:
        media: Where files are kept and served from.
        offline: Fetch nothing from beyond this machine.
        threads: How many clips are encoded at once.
    """

    note: str | None = None

    def __init__(self, media: MediaFolder, *, offline: bool, threads: int) -> None:
        self._media = media
        self._offline = offline
        self._renderers = Workers("render", threads)
        self._errands = Workers("errand", 4)
        self._shelf: Shelf | None = None
        self._shelf_lock = threading.Lock()

    def start(self, job: Job, made: Made) -> None:
        """Begins to make what the job is for."""
        if job.kind == "diffusion":
            collected = _Collected(job, IMAGES, partial(self._images_made, made))
            for number in range(IMAGES):
                self._do(collected, partial(self._draw_image, job, number, collected))
        elif job.kind == "video_diffusion":
            collected = _Collected(job, clip_count(job), partial(_clips_made, made))
            begin = partial(self._begin_clips, job, collected)
            self._errands.do(partial(_guarded, collected, begin))
        else:
            collected = _Collected(job, clip_count(job), partial(_clips_made, made))
            recipes = self._upscale(job) if job.kind == "video_upscale" else self._extensions(job)
            self._render(job, recipes, collected)

    def still(self, name: str) -> Path:
        """The file of one of the example pictures."""
        return self._example(name).shown

    def close(self) -> None:
        """Gives up what is being made and waits until nobody works any more."""
        self._renderers.stopping.set()
        self._errands.close()
        self._renderers.close()

    def _do(self, collected: _Collected, task: Callable[[], None]) -> None:
        self._renderers.do(partial(_guarded, collected, task))

    # Images

    def _draw_image(self, job: Job, number: int, collected: _Collected) -> None:
        text = job.order.prompt.words
        aspect = aspect_for(text)
        height = round((_IMAGE_AREA / aspect) ** 0.5 / 2) * 2
        size = (round(height * aspect / 2) * 2, height)
        mood = (mood_for(text) + number) % MOODS
        picture, near = draw(scene_for(text), mood, job.seed + number, size)
        path = media_path(job, number, ".png")
        drawn = save(picture, near, self._media.root, Path(path).stem, ".png")
        collected.add(number, self._output(path, drawn.shown, drawn))

    def _images_made(self, made: Made, job: Job, outputs: list[Output] | Trouble) -> None:
        if isinstance(outputs, Trouble):
            made(job, outputs, None)
            return
        path = grid_path(job, ".png")
        file = self._media.root / Path(path).name
        with Image.open(outputs[0].file or "") as first:
            width, height = first.width // 2, first.height // 2
        grid = Image.new("RGB", (width * 2, height * 2))
        for number, output in enumerate(outputs):
            with Image.open(output.file or "") as picture:
                grid.paste(
                    picture.resize((width, height)), (number % 2 * width, number // 2 * height)
                )
        grid.save(file, compress_level=3)
        made(job, outputs, self._output(path, file))

    # Clips

    def _begin_clips(self, job: Job, collected: _Collected) -> None:
        order = job.order
        source = self._source(job)
        end = order.prompt.end_image_url
        end_picture = self._linked(job, end)[0] if end else None
        width, height = clip_size(*open_picture(source[0]).size, order.video_type)
        recipes = [
            Recipe(width, height, (self._shot(job, number, source, end_picture),))
            for number in range(clip_count(job))
        ]
        self._render(job, recipes, collected)

    def _shot(self, job: Job, number: int, source: _Source, end_picture: Path | None) -> Shot:
        prompt = job.order.prompt
        high = prompt.motion == "high"
        loop = prompt.loop and end_picture is None
        move = move_for(number, job.seed, high=high, raw=prompt.raw, loop=loop)
        air = AirKind(number, job.seed)
        return Shot(*source, move, FRAMES, air, prompt.raw, high, end_picture)

    def _extensions(self, job: Job) -> list[Recipe]:
        earlier = job.source_output
        if earlier is None or earlier.recipe is None:
            raise ValueError("the clip to extend was not made here")
        prompt = job.order.prompt
        high = prompt.motion == "high"
        picture, depth, pose = earlier.recipe.shots[-1].after()
        air = earlier.recipe.shots[-1].air_after()
        recipes = []
        for number in range(clip_count(job)):
            move = move_for(
                number, job.seed, high=high, raw=prompt.raw, loop=prompt.loop, start=pose
            )
            shot = Shot(picture, depth, move, MORE_FRAMES, air, prompt.raw, high, continues=True)
            shots = (*earlier.recipe.shots, shot)
            recipes.append(Recipe(earlier.recipe.width, earlier.recipe.height, shots))
        return recipes

    def _upscale(self, job: Job) -> list[Recipe]:
        earlier = job.source_output
        if earlier is None or earlier.recipe is None:
            raise ValueError("the clip to upscale was not made here")
        return [earlier.recipe.larger()]

    def _render(self, job: Job, recipes: list[Recipe], collected: _Collected) -> None:
        before = (
            job.source_output.file if job.kind == "extend_video" and job.source_output else None
        )
        for number, recipe in enumerate(recipes):
            self._do(collected, partial(self._render_clip, job, number, recipe, before, collected))

    def _render_clip(
        self, job: Job, number: int, recipe: Recipe, before: Path | None, collected: _Collected
    ) -> None:
        if collected.settled:
            return
        path = media_path(job, number, ".mp4")
        file = self._media.root / Path(path).name
        size = (recipe.width, recipe.height)
        shots = recipe.shots[-1:] if before else recipe.shots
        frames = (frame for shot in shots for frame in ShotFrames(shot, *size))
        encode(file, size, frames, before=before, stopped=self._renderers.stopping.is_set)
        self._media.publish(path, file)
        collected.add(number, Output(path, file, recipe=recipe))

    # Where pictures come from

    def _source(self, job: Job) -> _Source:
        earlier = job.source_output
        if earlier is None:
            return self._linked(job, job.order.prompt.image_url or "")
        return self._of_output(earlier)

    def _of_output(self, output: Output) -> _Source:
        if output.still is not None:
            drawn = self._example(output.still)
            return drawn.picture, drawn.depth
        if output.picture is None:
            raise PictureUnreadableError("the source is not an image")
        return output.picture, output.depth

    def _linked(self, job: Job, link: str) -> _Source:
        """The picture behind a link: one of our own, one that stands in, or one that is fetched."""
        if origin_of(link) == job.order.origin and (own := self._own(urlsplit(link).path)):
            return own
        if pictures.is_reserved(link):
            return self._stand_in(link, job.order.prompt.words)
        if self._offline and not pictures.is_loopback(link):
            job.logs.append(f"offline: a drawn picture stands in for {without_query(link)}")
            return self._stand_in(link, job.order.prompt.words)
        found = pictures.fetch(link, loopback_only=self._offline)
        file = self._media.root / f"fetched-{number_for(f'{job.id} {link}'):x}"
        file.write_bytes(found)
        open_picture(file)
        return file, None

    def _own(self, path: str) -> _Source | None:
        folder, _, name = path.rpartition("/")
        scene = scene_named(name.removesuffix(".jpg"))
        if folder == "/stills" and scene is not None:
            drawn = self._example(scene.name)
            return drawn.picture, drawn.depth
        output = self._media.output_at(path)
        return self._of_output(output) if output is not None else None

    def _stand_in(self, link: str, words: str) -> _Source:
        scene = scene_for(f"{words} {urlsplit(link).path}")
        number = number_for(link)
        drawn = self._shelf_().take(scene, mood_for(f"{words} {link}"), number % 1000, scene.size)
        return drawn.picture, drawn.depth

    def _example(self, name: str) -> Drawn:
        scene = scene_named(name)
        if scene is None:
            raise KeyError(name)
        return self._shelf_().take(scene, scene.mood, scene.seed, scene.size)

    def _shelf_(self) -> Shelf:
        with self._shelf_lock:
            if self._shelf is None:
                self._shelf = Shelf(self._media.root)
            return self._shelf

    def _output(self, path: str, file: Path, drawn: Drawn | None = None) -> Output:
        output = Output(
            path, file, drawn.picture if drawn else None, drawn.depth if drawn else None
        )
        self._media.publish(path, file, output)
        return output


class _Collected:
    """The parts of a job until all are there, or one of them went wrong."""

    def __init__(
        self, job: Job, count: int, settle: Callable[[Job, list[Output] | Trouble], None]
    ) -> None:
        self._job = job
        self._settle = settle
        self._lock = threading.Lock()
        self._parts: dict[int, Output] = {}
        self._count = count
        self.settled = False

    def add(self, number: int, output: Output) -> None:
        with self._lock:
            self._parts[number] = output
            if self.settled or len(self._parts) < self._count:
                return
            self.settled = True
        try:
            self._settle(self._job, [self._parts[i] for i in range(self._count)])
        except Exception as error:  # such as a grid that could not be drawn
            self._settle(self._job, _failure(error))
            raise

    def fail(self, trouble: Trouble) -> None:
        with self._lock:
            if self.settled:
                return
            self.settled = True
        self._settle(self._job, trouble)


def _clips_made(made: Made, job: Job, outputs: list[Output] | Trouble) -> None:
    made(job, outputs, None)


def _guarded(collected: _Collected, task: Callable[[], None]) -> None:
    """Does a task; what goes wrong ends the job, not the worker."""
    try:
        task()
    except RenderingStoppedError:
        return
    except (pictures.PictureError, PictureUnreadableError) as error:
        collected.fail(Trouble(400, str(error)))
    except Exception as error:
        collected.fail(_failure(error))
        raise


def _failure(error: Exception) -> Trouble:
    return Trouble(500, f"the sandbox could not make it: {type(error).__name__}: {error}")

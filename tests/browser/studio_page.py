"""A studio in a notebook, by what a person sees of it: names of fields, jobs, clips that move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Locator

MOVING = 0.5
"""Seconds into a clip after which it is taken to play."""

# Each status that was shown, and each first picture that moved, with the time it was seen. Media
# events do not bubble, but they can be captured.
_START_RECORDING = """() => {
  const seen = window.seenOfJobs = {statuses: [], playback: []};
  const last = new Map();
  const look = () => {
    for (const job of document.querySelectorAll('.legnext-widgets [data-job-id][data-status]')) {
      const {jobId, status} = job.dataset;
      if (last.get(jobId) === status) continue;
      last.set(jobId, status);
      seen.statuses.push({job: jobId, status, at: Date.now() / 1000});
    }
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, attributeFilter: ['data-status', 'data-job-id'],
  });
  look();
  document.addEventListener('timeupdate', event => {
    const video = event.target;
    if (!(video.currentTime > 0) || video.paused) return;
    const job = video.closest('[data-job-id]')?.dataset.jobId;
    const clip = video.closest('[data-clip]')?.dataset.clip;
    if (job && !seen.playback.some(entry => entry.job === job && entry.clip === clip))
      seen.playback.push({job, clip, at: Date.now() / 1000});
  }, {capture: true});
}"""


@dataclass(frozen=True)
class PlayedClip:
    """A clip that was seen playing.

    Attributes:
        index: Its number within the job, from 0.
        width: Pixels of the video itself, not of the page.
        height: Likewise.
        position: Seconds to which it had played when it was looked at.
    """

    index: int
    width: int
    height: int
    position: float


@dataclass(frozen=True)
class Recording:
    """What a job showed while it was recorded; times are seconds since 1970.

    Attributes:
        statuses: Each status, once for each change.
        completed_at: When the page first said `completed`.
        first_playback_at: When a picture first moved.
    """

    statuses: tuple[str, ...]
    completed_at: float | None
    first_playback_at: float | None


def frame_of(place: Locator) -> Frame:
    """The page that an element stands in, or the frame."""
    frame = place.element_handle().owner_frame()
    assert frame is not None
    return frame


def _enter(field: Locator, text: str, *, by_keys: bool) -> None:
    """Replaces the text of a field."""
    field.click()
    if by_keys:
        field.press("Control+a")
        field.press_sequentially(text)
    else:
        field.fill(text)


class StudioPage:
    """One view of a studio.

    Args:
        root: The view's outermost element.
    """

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page = root.page
        self.prompt = root.get_by_role("textbox", name="Prompt", exact=True)
        self.image_url = root.get_by_role("textbox", name="Image URL", exact=True)
        self.generate = root.get_by_role("button", name="Generate", exact=True)
        self.gallery = root.get_by_role("region", name="Gallery")
        self.queue = root.get_by_role("region", name="Queue")
        self.jobs = root.locator("[data-job-id]")

    @classmethod
    def within(cls, place: Locator) -> StudioPage:
        """The only view within a cell's output; waits until it is drawn."""
        root = place.locator(".legnext-widgets")
        expect(root).to_be_visible(timeout=60_000)
        return cls(root)

    def start_recording(self) -> None:
        """Begins to note what all jobs of the page show."""
        self.page.evaluate(_START_RECORDING)

    def recording_of(self, job_id: str) -> Recording:
        """What was noted of one job so far."""
        seen: dict[str, list[dict[str, Any]]] = self.page.evaluate("() => window.seenOfJobs")
        statuses = [entry for entry in seen["statuses"] if entry["job"] == job_id]
        completed = [entry["at"] for entry in statuses if entry["status"] == "completed"]
        played = [entry["at"] for entry in seen["playback"] if entry["job"] == job_id]
        return Recording(
            statuses=tuple(entry["status"] for entry in statuses),
            completed_at=min(completed, default=None),
            first_playback_at=min(played, default=None),
        )

    def fill_in(self, prompt: str, image_url: str | None = None, *, by_keys: bool = False) -> None:
        """Enters a prompt and chooses a picture: a link, or the first of the samples.

        Args:
            prompt: The prompt.
            image_url: The link.
            by_keys: Whether they are typed, which takes 20 ms of the processor for each key; else
                each text is put in at once.
        """
        if image_url is None:
            self.root.get_by_role("button", name="Use sample image").first.click()
        else:
            _enter(self.image_url, image_url, by_keys=by_keys)
        _enter(self.prompt, prompt, by_keys=by_keys)

    def source(self, name: str) -> Locator:
        """One of the choices of what a clip starts from, by the words on it."""
        return self.root.get_by_role("radio", name=name, exact=True)

    def choose_source(self, name: str) -> None:
        """Chooses what the clip starts from."""
        # The radio button itself is drawn by the words beside it, which a person presses.
        self.source(name).locator("..").click()
        expect(self.source(name)).to_be_checked()

    def press_generate(self, *, another_take: bool = False) -> str:
        """Presses Generate and waits until the queue shows the new job.

        Args:
            another_take: Whether the studio asks if another take is meant, and gets a yes.

        Returns:
            The new job's id.
        """
        known = self.job_ids()
        self.generate.click()
        if another_take:
            yes = self.root.get_by_role("button", name="Generate another take")
            expect(yes).to_be_visible()
            # Half a second in which a press counts as the end of the one before.
            self.root.page.wait_for_timeout(600)
            yes.click()
        frame_of(self.root).wait_for_function(
            """([root, known]) => [...root.querySelectorAll('[data-job-id]')]
              .some(job => !known.includes(job.dataset.jobId))""",
            arg=[self.root.element_handle(), known],
            timeout=120_000,
        )
        # The list scrolls to its top then, which may bring older jobs into view, too.
        return next(job_id for job_id in self.job_ids() if job_id not in known)

    def job_ids(self) -> list[str]:
        """The ids of all jobs in view, newest first, each once."""
        ids: list[str] = self.jobs.evaluate_all("jobs => jobs.map(job => job.dataset.jobId)")
        return list(dict.fromkeys(ids))

    def job(self, job_id: str) -> Locator:
        """The entry of a job, in the queue or the gallery."""
        return self.root.locator(f'[data-job-id="{job_id}"]')

    def clip(self, job_id: str, index: int) -> Locator:
        """One clip of a job in the gallery."""
        return self.job(job_id).locator(f'[data-clip="{index}"]')

    def wait_for_clips(self, job_id: str, count: int = 4, timeout: float = 150) -> None:
        """Waits until the gallery shows all clips of a job."""
        clips = self.gallery.locator(f'[data-job-id="{job_id}"] [data-clip]')
        expect(clips).to_have_count(count, timeout=timeout * 1000)

    def open_large(self, job_id: str, index: int) -> Locator:
        """Presses a clip; gives the large view that opens."""
        self.clip(job_id, index).locator(".clip-open").click()
        large = self.root.get_by_role("dialog")
        expect(large).to_be_visible()
        return large

    def play(self, job_id: str, index: int) -> PlayedClip:
        """Points at a clip and waits until it has played for half a second."""
        clip = self.clip(job_id, index)
        clip.scroll_into_view_if_needed()
        clip.hover()
        video = clip.locator("video")
        video.wait_for(state="attached", timeout=90_000)
        frame_of(self.root).wait_for_function(
            "([video, position]) => video.currentTime > position && video.videoWidth > 0",
            arg=[video.element_handle(), MOVING],
            timeout=90_000,
        )
        seen = video.evaluate("video => [video.videoWidth, video.videoHeight, video.currentTime]")
        return PlayedClip(index, seen[0], seen[1], seen[2])

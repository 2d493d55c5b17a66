"""Define the methods of the endpoints once, for `Client` and `AsyncClient`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic

from legnext_widgets.client.api.requests import (
    Diffusion,
    ExtendVideo,
    Request,
    VideoDiffusion,
    VideoType,
    VideoTypeLike,
    VideoUpscale,
)

from .core import ClientCore
from .twin import SubmittedT_co, Twin, prepares_pictures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from legnext_widgets.client.api.validation import BatchSize, ImageNo, Motion, VideoNo
    from legnext_widgets.client.pictures.sources import PictureSource
    from legnext_widgets.client.session.submission.batch import BatchProgress
    from legnext_widgets.client.session.submission.reuse import Reuse


class BaseClient(ClientCore, Twin, ABC, Generic[SubmittedT_co]):
    """The Legnext AI video API, generic in what submitting a request gives."""

    @prepares_pictures
    def video_diffusion(
        self,
        prompt: str | None = None,
        *,
        image_url: str | None = None,
        image: PictureSource | None = None,
        job_id: str | None = None,
        image_no: ImageNo | None = None,
        video_type: VideoTypeLike = VideoType.SD,
        motion: Motion | None = None,
        raw: bool = False,
        loop: bool = False,
        end_image_url: str | None = None,
        end_image: PictureSource | None = None,
        batch_size: BatchSize | None = None,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Animate an image: up to four videos of 4 to 5 s, in 3 to 5 minutes, for 480 points.

        Either `job_id` and `image_no` name an image of an earlier job, or `image_url` (or a link at
        the head of `prompt`) or `image` is the image and `prompt` says what happens. Times and
        limits are those of the service's documentation; points are as seen in recordings of real
        jobs.

        Args:
            prompt: What happens; 1 to 8192 characters, with the link and the options counted.
            image_url: http(s) link of the image.
            image: The image itself: a path, bytes, open file, image of Pillow, numpy array, figure
                or axes of matplotlib, or a link. It is made upright and at most 2,048 pixels long,
                without EXIF data, and uploaded by the `uploader` of the client.
            job_id: Id of an image job, at most 3 days old.
            image_no: Which of its images, 0 to 3.
            video_type: `VideoType.SD` (0, 480p) or `VideoType.HD` (1, 720p).
            motion: `"low"` (the service's default) or `"high"`.
            raw: Less of the service's own styling.
            loop: End on the first frame.
            end_image_url: http(s) link of the last frame.
            end_image: The last frame, in any form that `image` takes.
            batch_size: How many videos: 1, 2 or 4 (the service's default).
            callback: http(s) link to which the service posts the finished task.
            reuse: True returns the library's job of the same request instead of a new one;
                `"renew"` does the same, but makes a new job if the files of the old one no longer
                exist. None uses the client's option.
            take: Which take of the same request, from 1.

        Returns:
            The job, which is followed in the background.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            BudgetExceededError: It would exceed `budget_points`; nothing was sent.
            UploadError: The picture could not be uploaded; nothing was sent.
            TransportError: The service could not be reached; nothing was sent.
            APIError: The service refused; no points were spent. One subclass per HTTP status.
            SubmissionUncertainError: It was sent and no clear answer came; it is not sent again.
            NotFoundError: With `reuse`: the files of its job no longer exist; nothing was sent.
        """
        return self.submit(
            VideoDiffusion(
                prompt,
                image_url=image_url,
                image=image,
                job_id=job_id,
                image_no=image_no,
                video_type=video_type,
                motion=motion,
                raw=raw,
                loop=loop,
                end_image_url=end_image_url,
                end_image=end_image,
                batch_size=batch_size,
                callback=callback,
            ),
            reuse=reuse,
            take=take,
        )

    def extend_video(
        self,
        job_id: str,
        video_no: VideoNo,
        *,
        prompt: str | None = None,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Make a video about 4 s longer, at most four times (to about 21 s).

        Args:
            job_id: Id of a video job, at most 3 days old.
            video_no: Which of its videos, 0 to 3.
            prompt: What happens next; 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.
            reuse: True returns the library's job of the same request instead of a new one;
                `"renew"` does the same, but makes a new job if the files of the old one no longer
                exist. None uses the client's option.
            take: Which take of the same request, from 1.

        Returns:
            The job, which is followed in the background.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            BudgetExceededError: It would exceed `budget_points`; nothing was sent.
            TransportError: The service could not be reached; nothing was sent.
            APIError: The service refused; no points were spent. One subclass per HTTP status.
            SubmissionUncertainError: It was sent and no clear answer came; it is not sent again.
            NotFoundError: With `reuse`: the files of its job no longer exist; nothing was sent.
        """
        request = ExtendVideo(job_id, video_no, prompt=prompt, callback=callback)
        return self.submit(request, reuse=reuse, take=take)

    def video_upscale(
        self,
        job_id: str,
        video_no: VideoNo,
        *,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Make a video larger, in 4 to 6 minutes, for 120 points.

        Args:
            job_id: Id of a video job, at most 3 days old.
            video_no: Which of its videos, 0 to 3.
            callback: http(s) link to which the service posts the finished task.
            reuse: True returns the library's job of the same request instead of a new one;
                `"renew"` does the same, but makes a new job if the files of the old one no longer
                exist. None uses the client's option.
            take: Which take of the same request, from 1.

        Returns:
            The job, which is followed in the background.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            BudgetExceededError: It would exceed `budget_points`; nothing was sent.
            TransportError: The service could not be reached; nothing was sent.
            APIError: The service refused; no points were spent. One subclass per HTTP status.
            SubmissionUncertainError: It was sent and no clear answer came; it is not sent again.
            NotFoundError: With `reuse`: the files of its job no longer exist; nothing was sent.
        """
        request = VideoUpscale(job_id, video_no, callback=callback)
        return self.submit(request, reuse=reuse, take=take)

    def diffusion(
        self,
        text: str,
        *,
        callback: str | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> SubmittedT_co:
        """Make four images from a text, in 30 to 80 s, for 80 points; `Job.animate` animates one.

        Args:
            text: What the images show; 1 to 8192 characters.
            callback: http(s) link to which the service posts the finished task.
            reuse: True returns the library's job of the same request instead of a new one;
                `"renew"` does the same, but makes a new job if the files of the old one no longer
                exist. None uses the client's option.
            take: Which take of the same request, from 1.

        Returns:
            The job, which is followed in the background.

        Raises:
            ValueError: An argument is outside its limits; nothing was sent.
            BudgetExceededError: It would exceed `budget_points`; nothing was sent.
            TransportError: The service could not be reached; nothing was sent.
            APIError: The service refused; no points were spent. One subclass per HTTP status.
            SubmissionUncertainError: It was sent and no clear answer came; it is not sent again.
            NotFoundError: With `reuse`: the files of its job no longer exist; nothing was sent.
        """
        return self.submit(Diffusion(text, callback=callback), reuse=reuse, take=take)

    @abstractmethod
    def upload(self, picture: PictureSource) -> object:
        """Upload a picture, such as to use its link several times.

        Args:
            picture: In any form that the `image` of `video_diffusion` takes.

        Returns:
            The link.

        Raises:
            ValueError: It is no picture.
            UploadError: It could not be uploaded, or there is no place for it.
        """

    @abstractmethod
    def submit(
        self, request: Request, *, reuse: Reuse | None = None, take: int = 1
    ) -> SubmittedT_co:
        """Send a request object; its job is followed in the background from then on.

        Ctrl-C, or cancelling the awaiting task, does not recall a request that was sent: its job is
        followed to its end and appears in `jobs`.

        With `reuse`, nothing is sent if the library has a job of this account that was made from
        the same request. That job is returned instead, with its kept clips if it is completed; a
        running one is followed. If it is unknown whether the request was accepted, the same
        `SubmissionUncertainError` is raised again. What failed or was refused is sent again.
        Spaces, the order of options, defaults and the callback make no difference. Kernels, threads
        and computers that share the library and ask at the same moment send one request.

        Args:
            request: A `VideoDiffusion`, `ExtendVideo`, `VideoUpscale` or `Diffusion`.
            reuse: True, False, or `"renew"`: as True, but send again what neither the library nor
                the service still has. None uses the client's option.
            take: Which take of the same request, from 1. Each is a separate job, and is reused as
                such. Without `reuse`, the next free one from this number on.

        Returns:
            The job. `reused` says whether it existed before; such a job costs nothing.

        Raises:
            TypeError: It is not a request object.
            ValueError: `reuse` without a library, or an option out of its limits.
            NotFoundError: The library has no clips of the job any more and the service has
                forgotten it; nothing was sent.
            LegnextError: As with `video_diffusion`.
        """

    @abstractmethod
    def submit_many(
        self,
        requests: Iterable[Request],
        *,
        progress: BatchProgress | bool | None = None,
        reuse: Reuse | None = None,
        take: int = 1,
    ) -> object:
        """Send many requests and wait for them, at most `max_concurrent` jobs running at once.

        A failure does not stop other requests. If the service asks to wait (429), the whole batch
        waits, up to 60 s at a time. Only after three consecutive requests that were not accepted,
        because of the key (401), the credits (402), the rate limit (429) or the connection, are no
        more sent; running jobs continue. Ctrl-C, or cancelling the awaiting task, leaves running
        jobs running. `resume_many()` sends the rest, nothing twice.

        With `reuse=True` the same call continues where it stopped, also after the kernel or the
        machine died: completed jobs are returned, running ones followed, and the rest is sent.

        Args:
            requests: Request objects.
            progress: Whether a line shows the progress, as for `Client`; or a callable, called
                with the number of finished jobs and of all jobs.
            reuse: As for `submit`, for each of them.
            take: The take of a request; if the same request is in the list again, that is the next
                take.

        Returns:
            A job for each request, in order. One that could not be started has status `failed` and
            the reason in `error`; one whose outcome is unknown has status `uncertain`.

        Raises:
            TypeError: An item is not a request object; nothing was sent.
            ValueError: `reuse` without a library, or an option out of its limits.
        """

    @abstractmethod
    def resume_many(self) -> object:
        """Continue the last `submit_many` of this client: after Ctrl-C, or when it stopped.

        Requests that were certainly not accepted are sent again: those refused with 401, 402 or
        429, and those that did not reach the service.

        Returns:
            A job for each request, in order; an empty list when there was no batch.
        """

    @abstractmethod
    def job(self, job_id: str) -> SubmittedT_co:
        """Return a handle of a job of this account. The service is not asked yet.

        Args:
            job_id: The job's id, a UUID.

        Raises:
            ValueError: It is not a job id.
        """

    @abstractmethod
    def balance(self) -> object:
        """Return the account's balance.

        Raises:
            LegnextError: The service could not be reached, or gave no balance.
        """

    @abstractmethod
    def active_tasks(self) -> object:
        """Fetch the running tasks of the account, submitted by any program.

        Raises:
            LegnextError: The service could not be reached, or gave no list of tasks.
        """

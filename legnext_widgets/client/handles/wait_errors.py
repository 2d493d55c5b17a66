"""Make errors and notes of waits that end early, and of jobs without videos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.errors import DownloadError, JobFailedError, JobTimeoutError
from legnext_widgets.client.session.retry import is_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from legnext_widgets.client.errors import LegnextError
    from legnext_widgets.client.session.job_state import JobState

    from .job_handle import JobHandle


def timeout_of(job: JobHandle[Any, Any], timeout: float | None) -> JobTimeoutError:
    """Make the error of a wait that took too long.

    It says that the job continues only if the service has ever shown it.
    """
    again = f'Wait again, or in another session with client.job("{job.id}").wait().'
    waited = f"after waiting {timeout:g} s"
    if job.state.task is None:
        text = f"The service has given no status of job {job.id} {waited}."
    elif job.state.awaits_output:
        text = f"Job {job.id} is completed, but the service has given no links {waited}."
    else:
        text = f"Job {job.id} is still {job.status} {waited}. It continues at the service."
    return JobTimeoutError(_joined(text, last_problem(job.state), again), job=job)


def timeout_of_many(
    jobs: Sequence[JobHandle[Any, Any]], total: int, timeout: float | None
) -> JobTimeoutError:
    """Make the error of a wait for several jobs that took too long.

    Args:
        jobs: Those that are not done.
        total: How many were waited for.
        timeout: Seconds.
    """
    text = f"{len(jobs)} of {total} jobs are not done after {timeout:g} s."
    unseen = sum(job.state.task is None for job in jobs)
    if not unseen:
        text += " They continue at the service."
    elif unseen < len(jobs):
        text += f" The service has given no status of {unseen} of them; the others continue."
    else:
        text += " The service has given no status of them."
    problems = ((job.id, last_problem(job.state)) for job in jobs)
    problem = next((f"Job {job_id}: {why}" for job_id, why in problems if why), "")
    return JobTimeoutError(_joined(text, problem, "Wait again with lw.wait(jobs)."), job=jobs[0])


def last_problem(state: JobState) -> str:
    """Say why the last poll of a job failed; empty when it did not."""
    error = state.last_poll_error
    if error is None:
        return ""
    event = "The service does not show it" if is_refusal(error) else "The last check failed"
    return f"{event}: {str(error).rstrip('.')}."


def no_videos(job: JobHandle[Any, Any]) -> LegnextError:
    """Make the error of a job that has no videos to download."""
    failure = JobFailedError.of_job(job)
    if failure is not None:
        return failure
    if not job.done:
        return DownloadError(
            f"Job {job.id} is not done (its status is {job.status}) and has no videos yet. Call "
            "wait() first."
        )
    if job.images:
        return DownloadError(
            f"Job {job.id} has images, not videos. Their links are in job.images; "
            "job.animate(0) makes videos of the first."
        )
    return DownloadError(f"Job {job.id} has no videos.")


def ending_note(job_ids: Sequence[str]) -> str:
    """Say which jobs continue after a wait that was interrupted.

    Args:
        job_ids: Those that are not done.
    """
    if len(job_ids) == 1:
        return (
            f"Job {job_ids[0]} continues at the service. Wait again with .wait(), or later with "
            f'client.job("{job_ids[0]}").wait().'
        )
    shown = ", ".join(job_ids[:_MOST_IDS])
    more = f" and {len(job_ids) - _MOST_IDS} more" if len(job_ids) > _MOST_IDS else ""
    return (
        f"{len(job_ids)} jobs continue at the service: {shown}{more}. Wait again with "
        "lw.wait(jobs), or later for each with client.job(id).wait()."
    )


_MOST_IDS = 50


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)

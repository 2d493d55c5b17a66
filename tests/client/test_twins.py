"""Both clients share their definitions; types, signatures and docstrings are right on each side."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any, assert_type

import pytest

import legnext_widgets as lw
from legnext_widgets.client.errors import InvalidInputError

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
PAIRS = [(lw.Client, lw.AsyncClient), (lw.Job, lw.AsyncJob), (lw.Video, lw.AsyncVideo)]


def typed(client: lw.Client) -> None:
    """Not run: mypy checks it."""
    job = client.video_diffusion("x", image_url="https://a.example/b.jpg", video_type=1)
    assert_type(job, lw.Job)
    assert_type(client.extend_video(JOB, 0), lw.Job)
    assert_type(client.video_upscale(JOB, 3), lw.Job)
    assert_type(client.diffusion("x"), lw.Job)
    assert_type(client.submit(lw.Diffusion("x")), lw.Job)
    assert_type(client.submit_many([]), list[lw.Job])
    assert_type(client.job(JOB), lw.Job)
    assert_type(client.jobs, list[lw.Job])
    assert_type(client.balance(), lw.Balance)
    assert_type(client.active_tasks(), list[lw.Task])
    assert_type(client.with_options(max_retries=0), lw.Client)
    assert_type(lw.Client.sandbox(speed=60, seed=1), lw.Client)
    assert_type(job.wait(), lw.Job)
    assert_type(job.videos, list[lw.Video])
    assert_type(job.extend(job.videos[0].index), lw.Job)
    assert_type(job.upscale(0), lw.Job)
    assert_type(job.animate(0, motion="high", batch_size=2, video_type=lw.VideoType.HD), lw.Job)
    assert_type(job.download(), list[Path])
    assert_type(job.videos[0].save("a.mp4"), Path)
    assert_type(job.videos[0].read(), bytes)


async def typed_awaiting(client: lw.AsyncClient) -> None:
    """Not run: mypy checks it."""
    task = asyncio.create_task(client.video_diffusion("x", job_id=JOB, image_no=1, motion="low"))
    assert_type(await task, lw.AsyncJob)
    assert_type(await client.extend_video(JOB, 0), lw.AsyncJob)
    assert_type(await client.video_upscale(JOB, 3), lw.AsyncJob)
    assert_type(await client.diffusion("x"), lw.AsyncJob)
    assert_type(await client.submit(lw.Diffusion("x")), lw.AsyncJob)
    assert_type(await client.submit_many([]), list[lw.AsyncJob])
    assert_type(client.jobs, list[lw.AsyncJob])
    assert_type(await client.balance(), lw.Balance)
    assert_type(await client.active_tasks(), list[lw.Task])
    assert_type(client.with_options(timeout=1), lw.AsyncClient)
    assert_type(lw.AsyncClient.sandbox(), lw.AsyncClient)
    job = await client.job(JOB)
    assert_type(job, lw.AsyncJob)
    assert_type(await job, lw.AsyncJob)
    assert_type(await job.wait(1), lw.AsyncJob)
    assert_type(job.videos, list[lw.AsyncVideo])
    assert_type(await job.extend(0, prompt="x"), lw.AsyncJob)
    assert_type(await job.upscale(0), lw.AsyncJob)
    assert_type(await job.animate(0, loop=True), lw.AsyncJob)
    assert_type(await job.download(), list[Path])
    assert_type(await job.videos[0].save("a.mp4"), Path)
    assert_type(await job.videos[0].read(), bytes)


def refused_by_type_checkers(client: lw.Client) -> None:
    """Not run: mypy reports an unused `ignore` where it accepts one of these."""
    client.video_diffusion("x", motion="fast")  # type: ignore[arg-type]
    client.video_diffusion("x", batch_size=3)  # type: ignore[arg-type]
    client.video_diffusion("x", video_type=2)  # type: ignore[arg-type]
    client.extend_video(JOB, 4)  # type: ignore[arg-type]
    client.with_options(nonsense=1)  # type: ignore[call-arg]
    lw.Client.sandbox(nonsense=1)  # type: ignore[call-arg]
    client.job(JOB).animate(0, nonsense=1)  # type: ignore[call-arg]


def public_methods(cls: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in inspect.getmembers(cls, callable)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("blocking", "awaiting"), PAIRS)
def test_both_sides_have_the_same_methods_parameters_and_docstrings(blocking, awaiting):
    methods, others = public_methods(blocking), public_methods(awaiting)
    only = {"close", "aclose", "from_record"}

    assert methods.keys() - only == others.keys() - only
    for name in methods.keys() - only:
        one, other = inspect.signature(methods[name]), inspect.signature(others[name])
        assert [*one.parameters] == [*other.parameters], name
        if name != "watch":  # the callback takes a job of its own side
            assert one.parameters == other.parameters, name
        assert methods[name].__doc__ == others[name].__doc__, name


@pytest.mark.parametrize("cls", [cls for pair in PAIRS for cls in pair])
def test_every_public_member_has_a_whole_docstring(cls):
    for name, member in inspect.getmembers(cls):
        if not name.startswith("_") and (callable(member) or isinstance(member, property)):
            assert member.__doc__, name
            assert "see `" not in member.__doc__, name
    assert "Args:" in (cls.__doc__ or "") or "Attributes:" in (cls.__doc__ or "")


@pytest.mark.parametrize(
    ("method", "returns"),
    [
        (lw.Client.extend_video, "Job"),
        (lw.AsyncClient.extend_video, "AsyncJob"),
        (lw.Job.animate, "Job"),
        (lw.AsyncJob.animate, "AsyncJob"),
    ],
)
def test_a_shared_method_shows_the_return_type_and_name_of_its_side(method, returns):
    assert inspect.signature(method).return_annotation == returns
    assert method.__qualname__ in {
        f"{cls.__name__}.{method.__name__}" for pair in PAIRS for cls in pair
    }
    assert inspect.iscoroutinefunction(method) == (returns == "AsyncJob")
    source = inspect.getsource(method).lstrip().removeprefix("@prepares_pictures").lstrip()
    assert source.startswith(f"def {method.__name__}(")


def test_values_that_type_checkers_refuse_are_refused_when_run(client, stub):
    for bad in ({"motion": "fast"}, {"batch_size": 3}, {"video_type": 2}, {"motion": 1}):
        with pytest.raises(InvalidInputError):
            client.video_diffusion("x", image_url="https://a.example/b.jpg", **bad)
    for number in (4, -1, True, "0", None):
        with pytest.raises(InvalidInputError):
            client.extend_video(JOB, number)
    assert stub.posted == []


@pytest.mark.parametrize("kind", [lw.Client, lw.AsyncClient])
def test_the_number_of_retries_is_an_option_and_is_checked(kind):
    client = kind("key", library=False, max_retries=1)

    assert client.config.max_retries == 1
    assert client.with_options(timeout=5).config.max_retries == 1
    assert client.with_options(max_retries=0).config.max_retries == 0
    assert kind("key", library=False).config.max_retries == 3
    with pytest.raises(ValueError, match="max_retries"):
        kind("key", library=False, max_retries=-1)


async def test_an_option_of_a_sandbox_reaches_its_client():
    client = lw.AsyncClient.sandbox(max_retries=2, budget_points=5)

    assert (client.config.max_retries, client.config.budget_points) == (2, 5)
    assert client.config.identity.sandbox
    await client.aclose()

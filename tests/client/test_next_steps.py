"""A next step that can never work is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import legnext_widgets as lw
from tests.support.task_factory import task

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
STEPS: dict[str, Callable[[Any], Any]] = {
    "extend": lambda job: job.extend(0),
    "upscale": lambda job: job.upscale(0),
    "animate": lambda job: job.animate(0, "it moves"),
}


def known(client: Any, status: str, kind: str) -> Any:
    job = client.job(JOB)
    job.state.update(lw.Task.parse(task(JOB, status, kind)))
    return job


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("extend", "diffusion"),
        ("upscale", "diffusion"),
        ("animate", "video_diffusion"),
        ("animate", "extend_video"),
        ("animate", "video_upscale"),
    ],
)
@pytest.mark.parametrize("status", ["processing", "completed"])
def test_a_job_of_another_kind_is_refused(connect, stub, step, kind, status):
    with pytest.raises(ValueError, match=f"{step} needs the job of .*{kind}.* Nothing was sent"):
        STEPS[step](known(connect(), status, kind))
    assert stub.posted == []


@pytest.mark.parametrize("step", STEPS)
def test_a_failed_job_is_refused(connect, stub, step):
    kind = "diffusion" if step == "animate" else "video_diffusion"
    with pytest.raises(ValueError, match="it failed"):
        STEPS[step](known(connect(), "failed", kind))
    assert stub.posted == []


@pytest.mark.parametrize("step", STEPS)
def test_a_job_of_a_batch_that_was_not_started_is_refused(connect, stub, step):
    client = connect()
    request: Any = lw.Diffusion("a") if step == "animate" else lw.VideoUpscale(JOB, 0)
    stub.others[f"/api/v1/{request.endpoint}"] = lambda _: stub_refusal()
    (job,) = client.submit_many([request])
    posted = len(stub.posted)
    with pytest.raises(ValueError, match="it failed"):
        STEPS[step](job)
    assert len(stub.posted) == posted


def stub_refusal() -> Any:
    from tests.support.raw_service import Reply

    return Reply(403, {"code": 403, "message": "no"})


def test_a_clip_that_is_not_there_is_refused(connect, stub):
    job = known(connect(), "completed", "video_diffusion")
    count = len(job.videos)
    assert 0 < count < 5
    job.state.task.output.video_urls.pop()
    with pytest.raises(ValueError, match=f"not {count - 1}. Nothing was sent"):
        job.extend(count - 1)
    assert stub.posted == []


@pytest.mark.parametrize(
    ("step", "kind", "status"),
    [
        ("extend", "video_diffusion", "completed"),
        ("extend", "extend_video", "completed"),
        ("upscale", "extend_video", "completed"),
        ("animate", "diffusion", "completed"),
        ("extend", "a_new_kind", "completed"),
        ("extend", "video_diffusion", "processing"),
    ],
)
def test_what_may_work_is_left_to_the_service(connect, stub, step, kind, status):
    STEPS[step](known(connect(), status, kind))
    assert len(stub.posted) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_job_that_is_only_known_by_its_id_is_left_to_the_service(connect, stub, step):
    STEPS[step](connect().job(JOB))
    assert len(stub.posted) == 1


def test_an_unknown_option_of_animate_is_named_with_those_that_exist(connect, stub):
    job = known(connect(), "completed", "diffusion")

    with pytest.raises(TypeError, match=r"animate\(\) has no option 'lop'. Did you mean 'loop'\?"):
        job.animate(0, lop=True)
    assert stub.posted == []

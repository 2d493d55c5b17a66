"""The one door: every answer about a job has the same effects, in the same order, once."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.session.identity import CurrentIdentity, Identity
from legnext_widgets.client.session.receiver import Receiver
from legnext_widgets.client.session.submission.budget import Budget
from tests.support.raw_service import Reply
from tests.support.task_factory import task
from tests.support.waiting import wait_until

from .recording_store import RecordingStore

JOB = "5f0c8a1e-0000-4000-8000-00000000abcd"
OTHER = "5f0c8a1e-0000-4000-8000-00000000abce"


class Effects:
    """A receiver whose effects are noted in order."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        noting = self

        class NotedBudget(Budget):
            def count(self, counted: Task) -> None:
                noting.seen.append(f"budget, the state is {noting.receiver.jobs[JOB].status}")
                super().count(counted)

        class NotedStore(RecordingStore):
            def observe(self, identity: Identity, observed: Mapping[str, Any]) -> Any:
                noting.seen.append("store")
                return super().observe(identity, observed)

        self.budget = NotedBudget(None)
        identity = CurrentIdentity(lambda: Identity("service", "account"))
        self.receiver = Receiver(identity, self.budget, NotedStore())
        keeper: Any = SimpleNamespace(
            keep_when_completed=lambda job: self.seen.append("clip keeper")
        )
        self.receiver.clip_keeper = keeper

    def submitted(self) -> None:
        """Bring in a job that was submitted here."""
        self.receiver.on_new_job(lambda job: self.seen.append("told of a new job"))
        state = self.receiver.receive(
            Task.of(task(JOB)), source="submission", request=lw.Diffusion("x"), attempt_id="1"
        )
        state.watch(lambda: self.seen.append("subscribers"))


async def test_an_answer_changes_state_budget_store_clips_and_subscribers_in_this_order():
    effects = Effects()
    effects.submitted()
    effects.seen.clear()

    effects.receiver.receive(Task.of(task(JOB, "completed")), source="poll")
    await effects.receiver.written()

    assert effects.seen == [
        "budget, the state is completed", "store", "clip keeper", "subscribers",
    ]  # fmt: skip


async def test_a_submission_is_not_stored_again_since_it_was_stored_before_it_was_read():
    effects = Effects()

    effects.submitted()

    assert effects.seen == ["budget, the state is pending", "clip keeper", "told of a new job"]


async def test_the_same_answer_again_changes_nothing():
    effects = Effects()
    effects.submitted()
    effects.receiver.receive(Task.of(task(JOB, "processing")), source="poll")
    effects.seen.clear()

    effects.receiver.receive(Task.of(task(JOB, "processing")), source="poll")
    await effects.receiver.written()

    assert effects.seen == ["budget, the state is processing", "clip keeper"]


async def test_an_old_answer_that_comes_late_is_neither_counted_nor_stored():
    effects = Effects()
    effects.submitted()
    effects.receiver.receive(Task.of(task(JOB, "completed")), source="poll")
    spent = effects.budget.spent
    effects.seen.clear()

    state = effects.receiver.receive(Task.of(task(JOB, "processing")), source="poll")
    await effects.receiver.written()

    assert state.status == "completed"
    assert effects.seen == ["clip keeper"]
    assert effects.budget.spent == spent


def test_a_delivery_to_a_callback_ends_the_waiting(connect, driver, stub, journal):
    client = connect(library=journal)
    job = client.diffusion("a sea")
    delivered = lw.Task.parse(task(job.id, "completed"))

    driver.run(client, received(client, delivered))

    assert job.wait(10).status == "completed"
    wait_until(
        lambda: ("observe", job.id, "completed") in journal.diary, "it is stored", every=0.01
    )


def test_a_delivery_about_an_unknown_job_brings_it_in(connect, driver):
    client = connect()

    driver.run(client, received(client, lw.Task.parse(task(JOB, "completed"))))

    assert client.job(JOB).status == "completed"
    assert not client.job(JOB).state.submitted_here


def test_a_delivery_that_names_no_job_is_refused(connect, driver):
    client = connect()

    with pytest.raises(ValueError, match="has no job ID"):
        driver.run(client, received(client, lw.Task.parse({"status": "failed"})))


async def received(client: Any, delivered: Task) -> None:
    client.session.receive(delivered)


def test_the_list_of_running_tasks_brings_progress_to_known_jobs_alone(connect, stub):
    client = connect(library=False)
    client.session.tune(pace=slow())
    job = client.diffusion("a sea")
    listed = {"job_id": job.id, "task_type": "diffusion", "status": "processing", "progress": 30}
    stub.active = [listed, listed | {"job_id": OTHER}]

    client.active_tasks()

    assert (job.status, job.progress) == ("processing", 0.3)
    assert job.usage.frozen == 480  # which the list does not name
    assert [known.id for known in client.jobs] == [job.id]


def test_a_final_status_in_the_list_is_left_to_the_poll_that_brings_the_output(connect, stub):
    client = connect(library=False)
    client.session.tune(pace=slow())
    job = client.diffusion("a sea")
    stub.active = [{"job_id": job.id, "status": "completed"}]

    client.active_tasks()

    assert not job.done
    stub.jobs[job.id] = task(job.id, "completed")
    assert len(job.refresh().videos) == 4


def slow() -> Any:
    from legnext_widgets.client.schedule import Pace

    return Pace(first=3600.0)


def test_a_final_status_is_one_however_it_is_written(client, stub):
    job = client.diffusion("a sea")
    stub.jobs[job.id] = task(job.id, "completed") | {"status": "Completed"}

    assert job.wait(10).done
    assert len(job.videos) == 4


def test_a_poll_is_not_needed_for_a_job_that_another_answer_ended(connect, stub):
    client = connect(library=False)
    job = client.diffusion("a sea")
    wait_until(lambda: stub.polled, "it is polled", every=0.01)
    stub.jobs[job.id] = task(job.id, "completed")
    job.refresh()
    polls = len(stub.polled)

    wait_until(lambda: client.session.poller.count == 0, "it is polled no more", every=0.01)

    assert len(stub.polled) <= polls + 1  # one may have been on its way


def test_a_404_for_an_old_job_is_stored_and_one_for_a_young_job_is_not(connect, stub, tmp_path):
    with lw.Library(tmp_path) as library:
        client = connect(library=library)
        job = client.diffusion("a sea")
        stub.others["/api/v1/job/"] = lambda _: Reply(404)
        with pytest.raises(lw.NotFoundError):
            job.refresh()
        assert [found.id for found in library.unfinished()] == [job.id]

        client.session.receiver.young = 0.0
        with pytest.raises(lw.NotFoundError):
            job.refresh()
        wait_until(lambda: not library.unfinished(), "it is given up", every=0.01)

"""The store: budgets are exact, the queue is fair, and nothing is settled twice."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.gateway.store import tables
from legnext_widgets.gateway.store.database import Database, DatabaseError
from legnext_widgets.gateway.store.job_queue import fair_order
from legnext_widgets.gateway.store.matching import ListedJob
from legnext_widgets.gateway.store.models import Attempt, Member, Order, RefusedError
from legnext_widgets.gateway.store.prices import price_class
from legnext_widgets.gateway.store.store import Store
from legnext_widgets.gateway.web.orders import read_order
from tests.support import task_factory as factory
from tests.support.processes import quick_processes

NOW = 1_760_000_000.0
IMAGE = read_order("diffusion", b'{"text": "a boat"}')
VIDEO = read_order("video-diffusion", b'{"prompt": "https://example.com/a.png a boat"}')


def key() -> str:
    return str(uuid.uuid4())


def member(store: Store, name: str = "ada") -> Member:
    return store.members.of_name(name, NOW)


def reserve(store: Store, name: str = "ada", now: float = NOW) -> Attempt:
    return store.reservations.reserve(member(store, name), key(), IMAGE, now)[0]


def task(job: str, status: str = "processing", **usage: int) -> Task:
    return Task.of({"job_id": job, "status": status, "meta": {"usage": usage}})


def start(store: Store, attempt: Attempt, job: str = "") -> str:
    """Send what is first in the queue, which is `attempt`."""
    claimed = store.queue.claim("me", NOW)
    assert claimed is not None
    assert claimed.id == attempt.id
    job = job or key()
    store.outcomes.accept(attempt.id, job, task(job, frozen=80), NOW, NOW)
    return job


# --- reservations ---------------------------------------------------------------------------------


def test_the_same_key_and_request_give_the_same_attempt_and_hold_points_once(store: Store) -> None:
    first, new = store.reservations.reserve(member(store), "key", IMAGE, NOW)
    again, new_again = store.reservations.reserve(member(store), "key", IMAGE, NOW + 9)

    assert (new, new_again) == (True, False)
    assert first.id == again.id
    assert member(store).held == 80


def test_the_same_key_with_another_request_is_refused(store: Store) -> None:
    store.reservations.reserve(member(store), "key", IMAGE, NOW)
    with pytest.raises(RefusedError) as caught:
        store.reservations.reserve(member(store), "key", VIDEO, NOW)

    assert caught.value.status == 422
    assert member(store).held == 80


def test_two_students_may_use_the_same_key(store: Store) -> None:
    ids = {store.reservations.reserve(member(store, n), "key", IMAGE, NOW)[0].id for n in "ab"}
    assert len(ids) == 2


def test_a_request_over_the_budget_stores_nothing(store: Store) -> None:
    store.members.set_limit("ada", 100, NOW) or member(store)
    store.members.set_limit("ada", 100, NOW)
    reserve(store)
    with pytest.raises(RefusedError) as caught:
        reserve(store)

    assert caught.value.status == 402
    assert "20 points left" in str(caught.value)
    assert len(store.queries.active(member(store).id)) == 1
    assert member(store).held == store.members.whole_class().held == 80


def test_the_budget_of_the_class_binds_as_well_and_holds_nothing_of_the_student(
    database_url: str,
) -> None:
    store = Store(database_url, member_points=2000, class_points=100)
    reserve(store, "ada")
    with pytest.raises(RefusedError, match="The class has 20 points left"):
        reserve(store, "bob")
    assert member(store, "bob").held == 0
    store.close()


def test_a_blocked_student_starts_nothing_and_keeps_what_runs(store: Store) -> None:
    attempt = reserve(store)
    start(store, attempt)
    store.members.set_blocked("ada", blocked=True, now=NOW)
    with pytest.raises(RefusedError) as caught:
        reserve(store)

    assert caught.value.status == 403
    assert store.queries.own(member(store).id, attempt.id)


def test_a_job_of_another_student_cannot_be_continued(store: Store) -> None:
    attempt = reserve(store, "ada")
    start(store, attempt)
    body = f'{{"jobId": "{attempt.id}", "imageNo": 0}}'.encode()
    with pytest.raises(RefusedError) as caught:
        store.reservations.reserve(
            member(store, "bob"), key(), read_order("video-diffusion", body), NOW
        )
    assert caught.value.status == 404


def test_a_price_is_learned_from_what_the_service_freezes(store: Store) -> None:
    start(store, attempt := reserve(store))
    store.outcomes.receive(attempt.id, task("j", frozen=95), NOW, NOW)
    assert member(store).held == 95
    assert reserve(store).held == 95


HD = read_order(
    "video-diffusion", b'{"prompt": "https://example.com/a.png a boat", "videoType": 1}'
)


def make(store: Store, order: Order, name: str = "ada", frozen: int = 0) -> Attempt:
    """Accept an order; with `frozen`, also start it, for so many points."""
    attempt, _ = store.reservations.reserve(member(store, name), key(), order, NOW)
    if frozen:
        assert store.queue.claim("me", NOW)
        job = key()
        store.outcomes.accept(attempt.id, job, task(job, frozen=frozen), NOW, NOW)
    return attempt


def test_a_price_is_that_of_the_same_type_and_number_of_videos(store: Store) -> None:
    member(store)
    store.members.set_limit("ada", 10**6, NOW)
    hd = make(store, HD, frozen=1536)
    one = read_order("video-diffusion", b'{"prompt": "https://example.com/a.png a --bs 1"}')
    make(store, one, frozen=600)

    assert make(store, HD).held == 1536
    assert make(store, VIDEO).held == 480
    assert make(store, one).held == 600
    longer = read_order("extend-video", f'{{"jobId": "{hd.id}", "videoNo": 0}}'.encode())
    make(store, IMAGE)
    assert make(store, longer).held == 480


def test_a_dear_job_takes_no_points_of_others_for_cheap_ones(store: Store) -> None:
    store.members.set_limit(member(store, "rich").name, 10**6, NOW)
    store.members.set_limit(member(store).name, 1000, NOW)
    make(store, HD, "rich", frozen=1536)
    assert make(store, VIDEO).held == 480


@pytest.mark.parametrize(
    ("endpoint", "fields", "source", "expected"),
    [
        ("diffusion", {"text": "a"}, None, "diffusion/0/4"),
        ("video-diffusion", {"prompt": "a --bs 2", "videoType": 1}, None, "video-diffusion/1/2"),
        ("video-diffusion", {"jobId": "j", "imageNo": 0}, "diffusion/0/4", "video-diffusion/0/4"),
        ("extend-video", {"jobId": "j"}, "video-diffusion/1/2", "extend-video/1/1"),
        ("video-upscale", {"jobId": "j"}, "extend-video/1/1", "video-upscale/1/1"),
        ("video-upscale", {"jobId": "j"}, None, "video-upscale/0/1"),
    ],
)
def test_what_has_one_price(
    endpoint: str, fields: dict[str, object], source: str | None, expected: str
) -> None:
    assert price_class(endpoint, json.dumps(fields), source) == expected


def test_a_database_without_price_classes_gets_them(database_url: str) -> None:
    store = Store(database_url, member_points=None)
    make(store, HD, frozen=1536)
    spent = store.members.whole_class()
    with store.database.write() as connection:
        connection.execute(text("DROP INDEX attempts_by_price"))
        connection.execute(text("ALTER TABLE attempts DROP COLUMN priced_as"))
        connection.execute(update(tables.schema_version).values(version=1))
    store.close()

    for _ in range(2):
        store = Store(database_url, member_points=None)
        assert store.members.whole_class() == spent
        assert store.queries.counts() == {"running": 1}
        store.close()
    store = Store(database_url, member_points=None)
    assert make(store, HD).held == 1536
    assert make(store, VIDEO).held == 480
    store.close()


def race(url: str, number: int, results: multiprocessing.Queue[int]) -> None:
    """In a process of its own: reserve for ever new students, until the class has no points."""
    store = Store(url, member_points=None)
    got = 0
    for n in range(number):
        try:
            reserve(store, f"student {n % 7}")
            got += 1
        except RefusedError:
            continue
    store.close()
    results.put(got)


def test_racing_processes_never_exceed_the_budget_of_the_class(database_url: str) -> None:
    processes, each, fits = 3, 20, 40
    Store(database_url, class_points=fits * 80).close()
    context = quick_processes(__name__)
    results: multiprocessing.Queue[int] = context.Queue()
    racing = [
        context.Process(target=race, args=(database_url, each, results)) for _ in range(processes)
    ]
    for process in racing:
        process.start()
    got = [results.get(timeout=60) for _ in racing]
    for process in racing:
        process.join(30)

    store = Store(database_url)
    whole = store.members.whole_class()
    assert sum(got) == fits
    assert (whole.held, whole.left) == (fits * 80, 0)
    assert sum(one.held for one in store.members.all()) == fits * 80
    store.close()


# --- points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "usage", "spent"),
    [
        ("completed", {"frozen": 80, "consume": 70}, 70),
        ("completed", {}, 80),
        ("failed", {"frozen": 80, "consume": 0}, 0),
        ("failed", {}, 0),
    ],
)
def test_a_job_is_settled_once_with_what_it_took(
    store: Store, status: str, usage: dict[str, int], spent: int
) -> None:
    attempt = reserve(store)
    job = start(store, attempt)
    for _ in range(3):
        store.outcomes.receive(attempt.id, task(job, status, **usage), NOW, NOW)

    for one in (member(store), store.members.whole_class()):
        assert (one.held, one.spent) == (0, spent)


@pytest.mark.parametrize("later", ["failed", "processing", "completed"])
def test_a_job_that_is_asked_for_again_keeps_its_links(store: Store, later: str) -> None:
    attempt = reserve(store)
    job = start(store, attempt)
    made = factory.task(job, "completed", urls=["https://example.com/1.mp4"])
    store.outcomes.receive(attempt.id, Task.of(made), NOW, NOW)

    lost = factory.task(job, later) | {"output": None}
    store.outcomes.receive(attempt.id, Task.of(lost), NOW, NOW)

    kept = store.queries.get(attempt.id)
    assert kept is not None
    assert kept.state == "completed"
    assert Task.parse(kept.task or "").output.video_urls == ["https://example.com/1.mp4"]


def test_a_refusal_returns_the_points(store: Store) -> None:
    attempt = reserve(store)
    store.queue.claim("me", NOW)
    store.outcomes.refuse(attempt.id, 403, "Sensitive content", NOW)
    assert (member(store).held, member(store).spent) == (0, 0)


def test_an_uncertain_attempt_holds_its_points_until_the_teacher_closes_it(store: Store) -> None:
    first, second = uncertain(store), uncertain(store)
    assert member(store).held == 160

    assert store.outcomes.close(first.id, was_made=True, now=NOW)
    assert store.outcomes.close(second.id, was_made=False, now=NOW)
    assert not store.outcomes.close(second.id, was_made=True, now=NOW)
    assert (member(store).held, member(store).spent) == (0, 80)


def test_settling_twice_at_once_counts_once(store: Store) -> None:
    attempt = reserve(store)
    job = start(store, attempt)
    done = task(job, "completed", consume=80)
    threads = [
        threading.Thread(target=store.outcomes.receive, args=(attempt.id, done, NOW, NOW))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert member(store).spent == 80


# --- the queue ------------------------------------------------------------------------------------


def test_no_more_run_than_there_are_slots(store: Store) -> None:
    for _ in range(9):
        reserve(store)
    claimed = [store.queue.claim("me", NOW) for _ in range(9)]
    assert sum(one is not None for one in claimed) == 6


def test_one_who_sends_many_does_not_hold_up_the_others(store: Store) -> None:
    store.members.set_limit(member(store, "many").name, 10**6, NOW)
    for n in range(200):
        reserve(store, "many", NOW + n / 1000)
    others = [f"student {n:02}" for n in range(29)]
    for n, name in enumerate(others):
        reserve(store, name, NOW + 1 + n / 1000)

    started: list[str] = []
    while len(started) < 36:
        claimed = store.queue.claim("me", NOW + 2)
        if claimed is None:  # the oldest of those that run is done
            done = min(
                (one for one in store.queries.waiting() if one.state == "running"),
                key=lambda one: one.sent_at or 0,
            )
            store.outcomes.receive(done.id, task(done.upstream_id or "", "completed"), NOW, NOW)
            continue
        started.append(claimed.name)
        store.outcomes.accept(claimed.id, key(), task("j"), NOW, NOW + len(started))

    assert set(started[:30]) == {"many", *others}
    assert Counter(started[:30])["many"] == 1


def test_the_shown_places_are_the_order_in_which_they_start(store: Store) -> None:
    for n, name in enumerate("aaabbc"):
        reserve(store, name, NOW + n)
    places = store.queue.places(NOW + 9)
    claimed = [store.queue.claim("me", NOW + 9) for _ in range(6)]
    assert [one.id for one in claimed if one] == places


@given(st.lists(st.integers(0, 4), max_size=40))
def test_every_student_gets_a_turn_before_one_gets_two(members: list[int]) -> None:
    waiting = [(str(n), one) for n, one in enumerate(members)]
    order = fair_order(waiting, {}, {})
    whose = dict(waiting)

    assert sorted(order) == sorted(whose)
    first = [whose[one] for one in order[: len(set(members))]]
    assert len(set(first)) == len(first)


def test_nothing_starts_while_the_line_is_stopped(store: Store) -> None:
    reserve(store)
    store.members.set_stopped(stopped=True, now=NOW)
    assert store.queue.claim("me", NOW) is None
    store.members.set_stopped(stopped=False, now=NOW)
    assert store.queue.claim("me", NOW)


def test_looking_at_a_line_that_cannot_move_wakes_no_one(store: Store) -> None:
    woken: list[None] = []
    store.database.on_commit.append(lambda: woken.append(None))
    reserve(store)
    store.members.set_stopped(stopped=True, now=NOW)
    woken.clear()

    assert store.queue.claim("me", NOW) is None
    assert woken == [], "the queue would look again at once, without end"

    store.members.set_stopped(stopped=False, now=NOW)
    assert woken, "a change does"
    woken.clear()
    assert store.queue.claim("me", NOW) is not None
    assert woken


def test_what_is_put_back_waits_for_its_time(store: Store) -> None:
    attempt = reserve(store)
    store.queue.claim("me", NOW)
    store.outcomes.put_back(attempt.id, NOW + 30, NOW)
    assert store.queue.claim("me", NOW + 1) is None
    assert store.queue.claim("me", NOW + 31)


def test_a_blocked_student_takes_no_place_in_the_line(store: Store) -> None:
    for n, name in enumerate(("ada", "ada", "bob")):
        reserve(store, name, NOW + n)
    bobs = store.queries.active(member(store, "bob").id)[0]
    store.members.set_blocked("ada", blocked=True, now=NOW)

    assert store.queue.places(NOW + 9) == [bobs.id]
    assert store.queue.load(NOW + 9) == (0, 1)
    store.members.set_blocked("ada", blocked=False, now=NOW)
    assert len(store.queue.places(NOW + 9)) == 3


def test_a_request_of_unknown_outcome_counts_for_some_minutes_only(store: Store) -> None:
    uncertain(store, "zoe")
    assert store.queue.load(NOW + 1) == (1, 0)
    late = NOW + 7 * 86_400
    first, second = reserve(store, "zoe", late), reserve(store, "bob", late + 1)

    assert store.queue.load(late + 2) == (0, 2)
    assert store.queue.places(late + 2) == [first.id, second.id]
    claimed = store.queue.claim("me", late + 2)
    assert claimed is not None
    assert claimed.id == first.id


def test_a_clock_that_is_set_back_holds_up_nothing(store: Store) -> None:
    running, queued = reserve(store), reserve(store, now=NOW + 1)
    start(store, running)
    store.queue.claim("me", NOW)
    store.outcomes.put_back(queued.id, NOW + 600, NOW)
    store.queries.set_poll(running.id, NOW + 600)
    assert store.queries.claim_polls(NOW, 30, 9) == [], "a long pause is one"
    assert store.queue.claim("me", NOW) is None

    earlier = NOW - 3600
    assert store.queries.next_poll(earlier) == 0
    assert [one.id for one in store.queries.claim_polls(earlier, 30, 9)] == [running.id]
    claimed = store.queue.claim("me", earlier)
    assert claimed is not None
    assert claimed.id == queued.id


def test_a_sender_that_ended_before_the_clock_was_set_back_is_no_longer_alive(store: Store) -> None:
    reserve(store)
    store.queue.heartbeat("old", NOW)
    store.queue.claim("old", NOW)
    store.queue.heartbeat("new", NOW - 3600)
    assert store.queue.mark_lost_uncertain("new", NOW - 3600) == 1


def claim_all(url: str, results: multiprocessing.Queue[list[str]]) -> None:
    """In a process of its own: claim as long as there is something, and finish each at once."""
    store = Store(url, slots=6)
    got: list[str] = []
    while (attempt := store.queue.claim(key(), time.time())) is not None:
        got.append(attempt.id)
        store.outcomes.refuse(attempt.id, 400, "no", time.time())
    store.close()
    results.put(got)


def test_several_processes_never_claim_one_attempt_twice(database_url: str) -> None:
    store = Store(database_url, member_points=None)
    ids = {reserve(store, f"student {n % 5}").id for n in range(30)}
    context = quick_processes(__name__)
    results: multiprocessing.Queue[list[str]] = context.Queue()
    claiming = [context.Process(target=claim_all, args=(database_url, results)) for _ in range(2)]
    for process in claiming:
        process.start()
    got = [one for _ in claiming for one in results.get(timeout=60)]
    for process in claiming:
        process.join(30)
    store.close()

    assert sorted(got) == sorted(ids)


# --- crashes --------------------------------------------------------------------------------------


def test_what_an_ended_process_was_sending_becomes_uncertain_and_is_not_sent_again(
    store: Store,
) -> None:
    attempt = reserve(store)
    store.queue.heartbeat("old", NOW)
    store.queue.claim("old", NOW)
    store.queue.heartbeat("new", NOW + 5)
    assert store.queue.mark_lost_uncertain("new", NOW + 5) == 0, "it may still live"
    assert store.queue.mark_lost_uncertain("new", NOW + 60) == 1

    found = store.queries.get(attempt.id)
    assert found is not None
    assert found.state == "uncertain"
    assert store.queue.claim("new", NOW + 60) is None


def test_an_answer_that_comes_late_still_makes_the_job_known(store: Store) -> None:
    attempt = reserve(store)
    store.queue.claim("slow", NOW)
    store.outcomes.mark_uncertain(attempt.id, "lost", NOW)
    store.outcomes.accept(attempt.id, "job", task("job", frozen=80), NOW, NOW)

    found = store.queries.get(attempt.id)
    assert found is not None
    assert (found.state, found.upstream_id) == ("running", "job")


def uncertain(store: Store, name: str = "ada") -> Attempt:
    attempt = reserve(store, name)
    store.queue.claim("me", NOW)
    store.outcomes.mark_uncertain(attempt.id, "lost", NOW)
    return attempt


def listed(job: str, kind: str = "diffusion", after: float | None = 1) -> ListedJob:
    """A job of the account that was made so many seconds after the requests of these tests."""
    return ListedJob(job, kind, None if after is None else NOW + after)


def test_the_only_job_made_at_its_time_belongs_to_an_uncertain_attempt(store: Store) -> None:
    attempt = uncertain(store)
    known = start(store, reserve(store))
    jobs = [listed("found"), listed(known.upper()), listed("other", "video_upscale")]
    jobs += [listed("earlier", after=-60), listed("later", after=600)]
    assert store.outcomes.match(jobs, NOW, NOW) == {attempt.id: "found"}


@pytest.mark.parametrize("after", [-86_400, -30, 300, None])
def test_a_job_made_at_another_time_or_at_none_is_left_to_the_teacher(
    store: Store, after: float | None
) -> None:
    attempt = uncertain(store)
    assert store.outcomes.match([listed("of a stranger", after=after)], NOW, NOW) == {}
    found = store.queries.get(attempt.id)
    assert found is not None
    assert (found.state, found.upstream_id) == ("uncertain", None)


@pytest.mark.parametrize(
    "why",
    ["two jobs", "one without a time", "two attempts", "one is being sent", "one was closed"],
)
def test_a_doubtful_match_is_left_to_the_teacher(store: Store, why: str) -> None:
    uncertain(store)
    jobs = [listed("found")]
    if why == "two jobs":
        jobs.append(listed("another"))
    elif why == "one without a time":
        jobs.append(listed("another", after=None))
    elif why == "two attempts":
        uncertain(store, "bob")
    elif why == "one was closed":
        assert store.outcomes.close(uncertain(store, "bob").id, was_made=True, now=NOW)
    else:
        reserve(store)
        store.queue.claim("me", NOW)
    assert store.outcomes.match(jobs, NOW, NOW) == {}


def test_requests_of_different_times_each_get_their_own_job(store: Store) -> None:
    first = uncertain(store)
    second = reserve(store, "bob", NOW + 600)
    store.queue.claim("me", NOW + 600)
    store.outcomes.mark_uncertain(second.id, "lost", NOW + 600)
    jobs = [listed("one"), listed("two", after=601)]
    assert store.outcomes.match(jobs, NOW, NOW) == {first.id: "one", second.id: "two"}


# --- changes, polls, tokens, versions -------------------------------------------------------------


def test_a_student_hears_of_own_changes_and_of_the_line_only(store: Store) -> None:
    ada, bob = member(store, "ada"), member(store, "bob")
    after = store.queries.seq()
    mine = reserve(store, "ada")
    reserve(store, "bob")
    found, following = store.queries.changes(ada.id, after)

    assert [change.attempt for change in found] == [mine.id]
    assert following == store.queries.seq()
    assert store.queries.changes(bob.id, following) == ([], following)


def test_a_running_job_is_asked_for_by_one_process(store: Store) -> None:
    attempt = reserve(store)
    start(store, attempt)
    first = store.queries.claim_polls(NOW + 1, 30, 9)
    assert [one.id for one in first] == [attempt.id]
    assert store.queries.claim_polls(NOW + 1, 30, 9) == []
    assert store.queries.claim_polls(NOW + 40, 30, 9), "after a crash another one takes over"


def test_tokens_are_stored_as_hashes_expire_and_do_not_reset_a_budget(store: Store) -> None:
    token = store.members.make_token("ada", now=NOW, seconds=60, points=500)
    reserve(store)
    again = store.members.make_token("ada", now=NOW, seconds=60, points=500)

    with store.engine.connect() as connection:
        rows = str(connection.execute(select(tables.tokens)).all())
    assert token not in rows
    assert store.members.owner_of(token, NOW + 59)
    assert store.members.owner_of(token, NOW + 61) is None
    assert (member(store).held, member(store).limit) == (80, 500)
    assert store.members.revoke("ada") == 2
    assert store.members.owner_of(again, NOW) is None


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(update(tables.schema_version).values(version=99))
    database.close()
    with pytest.raises(DatabaseError, match="newer version"):
        Database(database_url)


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "mysql://a@b/c"])
def test_an_address_that_cannot_be_a_database_is_refused_plainly(url: str) -> None:
    with pytest.raises(DatabaseError):
        Database(url)


def test_two_gateways_cannot_work_on_one_sqlite_file(tmp_path) -> None:
    url = f"sqlite:///{(tmp_path / 'gateway.sqlite').as_posix()}"
    first, second = Database(url), Database(url)
    first.lock()
    with pytest.raises(DatabaseError, match="Another gateway"):
        second.lock()
    first.close()
    second.lock()
    second.close()


def test_counts_are_read_from_every_table(store: Store) -> None:
    reserve(store, "ada")
    start(store, reserve(store, "bob")) if store.queue.claim("me", NOW) else None
    assert store.queries.counts() == {"sending": 1, "running": 1}
    assert store.queries.totals() == {member(store, n).id: (1, 0) for n in ("ada", "bob")}

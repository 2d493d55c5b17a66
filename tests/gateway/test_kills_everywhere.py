"""No job is lost, made twice or counted twice, whichever process dies, and whenever."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

import legnext_widgets as lw
from legnext_widgets.gateway.store.store import Store
from tests.gateway.classroom import KEY, wait_for
from tests.gateway.upstream_process import POINTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]

KILLS = int(os.environ.get("LEGNEXT_RANDOM_KILLS", "16"))
STUDENTS = ("ada", "bob")
JOBS = 20
LONGEST_LIFE = 1.5
"""Seconds between two kills, at most."""


class Process:
    """A process that is killed and started again with the same words."""

    def __init__(self, module: str, *words: str, health: str = "") -> None:
        self._words = [sys.executable, "-m", f"tests.gateway.{module}", *words]
        self._health = health
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._words,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(self._health, headers={"x-api-key": KEY}, timeout=5).is_success
        return False

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def library_of(folder: Path, student: str) -> Path:
    return folder / f"library of {student}"


def test_nothing_is_lost_whichever_process_is_killed(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(2026)
    ledger, ports = tmp_path / "ledger", (free_port(), free_port())
    service, gateway_url = (f"http://127.0.0.1:{port}" for port in ports)
    store = Store(database_url, member_points=10**6)
    tokens = {
        name: store.members.make_token(name, now=time.time(), seconds=9999) for name in STUDENTS
    }
    balance = f"{service}/api/account/balance"
    processes = {
        "service": Process("upstream_process", str(ledger), ports[0], health=balance),
        "gateway": Process(
            "gateway_process", database_url, service, ports[1], health=f"{gateway_url}/health"
        ),
    }
    servers = list(processes.values())
    for name in STUDENTS:
        words = (gateway_url, tokens[name], str(library_of(tmp_path, name)), name, str(JOBS))
        processes[name] = Process("student_process", *words)
    killed: Counter[str] = Counter()
    try:
        wait_for(servers[1].answers, 60)
        while killed.total() < KILLS:
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            name = chance.choice(list(processes))
            if not processes[name].ended:
                processes[name].kill()
                killed[name] += 1
            processes[name].start()
            if processes[name] in servers:
                wait_for(processes[name].answers, 60)
        for name in STUDENTS:
            wait_for(lambda each=processes[name]: each.ended, 300)
            assert processes[name].process.returncode == 0
        settled = ("completed", "failed", "uncertain")
        wait_for(lambda: all(each.state in settled for each in store.queries.newest()), 120)
        unknown = {name: open_again(gateway_url, tokens[name], tmp_path, name) for name in STUDENTS}
        check(store, ledger, tmp_path, unknown, killed)
    finally:
        for each in processes.values():
            each.kill()
        store.close()


def open_again(url: str, token: str, folder: Path, student: str) -> set[str]:
    """Open the student's library once more, with all servers up; gives what stays unknown."""
    with (
        lw.Library(library_of(folder, student)) as library,
        lw.Client(token, base_url=url, library=library, progress=False) as client,
        httpx.Client(base_url=url, headers={"x-api-key": token}, timeout=30) as http,
    ):
        client.balance()

        def unknown() -> set[str]:
            return {str(job.state.attempt_id) for job in library.uncertain()}

        def at_gateway(key: str) -> bool:
            return http.get(f"/gateway/attempts/{key}").status_code == 200

        wait_for(lambda: not any(map(at_gateway, unknown())), 60)
        return unknown()


def check(
    store: Store, ledger: Path, folder: Path, unknown: dict[str, set[str]], killed: Counter[str]
) -> None:
    """Compare what the students, the gateway and the service know."""
    made = Counter(json.loads(line)["text"] for line in ledger.read_text().splitlines())
    attempts = store.queries.newest()
    states = Counter(each.state for each in attempts)
    words = Counter(json.loads(each.payload)["text"] for each in attempts)
    wanted = {f"{name} {number}" for name in STUDENTS for number in range(JOBS)}
    assert max(made.values()) == max(words.values()) == 1, "sent twice"
    assert set(made) <= set(words) <= wanted

    # Each student has every job of theirs; the rest never arrived, and they know which that is.
    for name in STUDENTS:
        own = {each.id for each in attempts if each.name == name}
        with lw.Library(library_of(folder, name)) as library:
            assert {job.id for job in library.jobs()} == own
        assert len(own) + len(unknown[name]) == JOBS

    done = {json.loads(each.payload)["text"] for each in attempts if each.state == "completed"}
    open_ = {json.loads(each.payload)["text"] for each in attempts if each.state == "uncertain"}
    assert done <= set(made) <= done | open_, "lost"
    whole = store.members.whole_class()
    assert (whole.spent, whole.held) == (POINTS * len(done), POINTS * len(open_))
    assert whole.spent <= POINTS * len(made) <= whole.spent + whole.held
    print(
        f"\n{killed.total()} kills {dict(killed)}, {len(made)} jobs made of {len(wanted)}, "
        f"{dict(states)}, {sum(map(len, unknown.values()))} never arrived"
    )

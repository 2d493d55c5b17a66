"""No job is lost, none is sent twice and no point is counted twice, whenever the gateway dies."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from legnext_widgets.gateway.store.store import Store
from legnext_widgets.sandbox import Sandbox
from tests.gateway.classroom import KEY, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL"),
]

STAGES = ("arrived", "acted", "half_sent", "sent")
AT_EVENTS = [(method, stage) for method in ("POST", "GET") for stage in STAGES]
RANDOM_KILLS = int(os.environ.get("LEGNEXT_RANDOM_KILLS", "12"))
POINTS = 80


@dataclass
class Campaign:
    """One gateway after the other on one database, before one service.

    Attributes:
        database: Its address.
        service: What the gateways send to.
        port: Where they listen.
        kills: How many were killed.
    """

    database: str
    service: Sandbox
    port: int = 0
    kills: int = 0
    process: subprocess.Popen[bytes] | None = None
    deadly: tuple[str, str] | None = None
    dying: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        words = [self.database, self.service.base_url, str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.gateway.gateway_process", *words],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.answers, 60)

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health", timeout=5).status_code == 200
        return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on_stage(self, stage: str, call) -> None:
        """Kill the gateway at the chosen stage of its next request; the answer finds no reader."""
        with self.dying:
            if self.deadly != (call.method, stage) or "/api/v1/" not in call.path:
                return
            self.deadly = None
            self.kill()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self.kills += 1


def post(campaign: Campaign, token: str, key: str, text: str) -> str:
    """Send one paid request, again with the same key until there is an answer."""
    headers = {"x-api-key": token, "idempotency-key": key}
    for _ in range(2000):
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.post(
                f"{campaign.url}/api/v1/diffusion", json={"text": text}, headers=headers, timeout=30
            )
            if answer.status_code == 200:
                job_id: str = answer.json()["job_id"]
                return job_id
        time.sleep(0.02)
    raise AssertionError("the gateway does not answer")


def run_campaign(database: str, kills: list[Callable[[Campaign], None]]) -> None:
    service = Sandbox(4000, packaged=True, api_key=KEY, points=10**9, offline=True)
    campaign = Campaign(database, service)

    async def hook(stage: str, call) -> None:
        import asyncio

        await asyncio.to_thread(campaign.on_stage, stage, call)

    service.add_hook(hook)
    service.start()
    store = Store(database, member_points=10**6)
    tokens = [
        store.members.make_token(name, now=time.time(), seconds=9999) for name in ("ada", "bob")
    ]
    wanted: dict[str, str] = {}
    campaign.start()
    try:
        for n, kill in enumerate(kills):
            posting = []
            for student, token in enumerate(tokens):
                text, key = f"job {n} of {student}", str(uuid.uuid4())

                def send(token: str = token, key: str = key, text: str = text) -> None:
                    wanted[text] = post(campaign, token, key, text)
                    assert post(campaign, token, key, text) == wanted[text]

                posting.append(threading.Thread(target=send))
            kill(campaign)
            for thread in posting:
                thread.start()
            wait_for(lambda: campaign.process and campaign.process.poll() is not None, 60)
            campaign.start()
            for thread in posting:
                thread.join(120)
        settled = ("completed", "failed", "uncertain")
        wait_for(lambda: all(each.state in settled for each in store.queries.newest()), 120)
        check(store, service, wanted, campaign.kills)
    finally:
        if campaign.process is not None:
            campaign.process.kill()
            campaign.process.wait(30)
        service.close()
        store.close()


def check(store: Store, service: Sandbox, wanted: dict[str, str], kills: int) -> None:
    """Compare what the gateway knows with what the service saw."""
    attempts = store.queries.newest()
    assert sorted(each.id for each in attempts) == sorted(wanted.values())
    calls = [call for call in list(service.calls) if call.method == "POST" and call.body]
    sent = Counter(json.loads(call.body)["text"] for call in calls)
    assert set(sent) <= set(wanted)
    assert max(sent.values()) == 1, "sent twice"

    states = Counter(each.state for each in attempts)
    account = service.accounts.of(KEY)
    assert account is not None
    taken = 10**9 - account.points
    whole = store.members.whole_class()
    assert whole.spent == POINTS * states["completed"]
    assert whole.held == POINTS * states["uncertain"]
    assert whole.spent <= taken <= whole.spent + whole.held
    assert sum(each.spent for each in store.members.all()) == whole.spent
    print(f"\n{kills} kills, {len(attempts)} jobs, {dict(states)}, {taken} points taken")


def at(method: str, stage: str) -> Callable[[Campaign], None]:
    """Kill at a stage of the next request to the service."""

    def kill(campaign: Campaign) -> None:
        campaign.deadly = (method, stage)

    return kill


def after(seconds: float) -> Callable[[Campaign], None]:
    """Kill after a time."""

    def kill(campaign: Campaign) -> None:
        threading.Timer(seconds, campaign.kill).start()

    return kill


def test_nothing_is_lost_when_the_gateway_is_killed_at_any_step(database_url: str) -> None:
    run_campaign(database_url, [at(*event) for event in AT_EVENTS])


def test_nothing_is_lost_when_the_gateway_is_killed_at_random_moments(database_url: str) -> None:
    chance = random.Random(2026)
    run_campaign(database_url, [after(chance.uniform(0, 0.6)) for _ in range(RANDOM_KILLS)])

"""What is asked for with a request is what the sandbox understands, over its real HTTP face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import legnext_widgets as lw
from legnext_widgets.client.api.prompt import PromptParts
from legnext_widgets.client.api.validation import PROMPT_LIMIT
from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.simulation.example_job import JOB_ID as IMAGE_JOB
from legnext_widgets.sandbox.simulation.jobs import Order
from tests.support.waiting import wait_until

KEY = "round-trip"


@dataclass(frozen=True)
class Both:
    """A client, the sandbox it calls, and a video job that is there."""

    client: lw.Client
    sandbox: Sandbox
    video_job: str

    def understood(self, request: Any) -> tuple[Order, lw.Job]:
        """Sends a request; gives what the sandbox made of it, and the job."""
        job = self.client.submit(request)
        account = self.sandbox.accounts.of(KEY)
        assert account is not None
        made = self.sandbox.scheduler.find(account, job.id)
        assert made is not None
        return made.order, job


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with Sandbox(20_000, seed=7, packaged=True, points=10**9) as sandbox:
        # Not on a socket: the transport hands the app what httpx would have written there.
        http = httpx.AsyncClient(transport=sandbox.transport())
        options: dict[str, Any] = {"library": False, "http_client": http}
        with lw.Client(KEY, base_url=sandbox.base_url, **options) as client:
            video = client.video_diffusion("waves", job_id=IMAGE_JOB, image_no=0).wait(60)
            yield Both(client, sandbox, video.id)


word = st.text(
    st.characters(exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1, max_size=12
).filter(lambda text: not text.startswith("--") and "://" not in text and not text.isspace())
flags_of_others = st.sampled_from(["--ar 16:9", "--motionless", "a--raw", "--bs=2", "--loops"])
between = st.sampled_from([" ", "  ", "\n", "\t", "\u3000"])
words = st.builds(
    lambda first, rest: first + "".join(f"{gap}{more}" for gap, more in rest),
    word,
    st.lists(st.tuples(between, word | flags_of_others), max_size=5),
)
links = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9?=&%._-]{0,20}", fullmatch=True) | (
    st.sampled_from(
        [
            "https://bücher.example/ü/猫.png?q=ä#teil",
            "https://example.com/a%20b.jpg?x=--loop&y=1,2;3#--raw",
            "http://[2001:db8::1]:8080/(1)/'a'.png",
            "HTTPS://EXAMPLE.com/A.JPG",
            "https://user@example.com/~a/@b/$c!*+",
            "https://example.com/\N{GRINNING FACE}.png",
        ]
    )
)
numbers = st.integers(0, 3)
callbacks = st.none() | links
options = st.fixed_dictionaries(
    {},
    optional={
        "motion": st.sampled_from(["low", "high"]),
        "raw": st.booleans(),
        "loop": st.booleans(),
        "end_image_url": links,
        "batch_size": st.sampled_from([1, 2, 4]),
    },
)
few = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def parts(prompt: str | None, image_url: str | None = None, **chosen: Any) -> PromptParts:
    return PromptParts(words=prompt or "", image_url=image_url, **chosen)


@few
@given(words, links, options, st.sampled_from([0, 1]), callbacks, st.booleans())
def test_an_animated_link_is_understood(both, prompt, link, chosen, quality, callback, at_head):
    where = {} if at_head else {"image_url": link}
    text = f"{link} {prompt}" if at_head else prompt
    request = lw.VideoDiffusion(text, video_type=quality, callback=callback, **where, **chosen)

    order, job = both.understood(request)

    assert order.prompt == parts(prompt, link, **chosen)
    assert (order.kind, order.video_type, order.source_job) == ("video_diffusion", quality, None)
    assert order.callback == (callback or "")
    assert job.task.config["webhook_config"]["endpoint"] == (callback or "")
    assert job.request == request


@few
@given(st.none() | words, numbers, options, st.sampled_from([0, 1]), st.booleans())
def test_an_animated_image_of_a_job_is_understood(both, prompt, number, chosen, quality, upper):
    source = IMAGE_JOB.upper() if upper else IMAGE_JOB
    request = lw.VideoDiffusion(
        prompt, job_id=source, image_no=number, video_type=quality, **chosen
    )

    order, _ = both.understood(request)

    assert order.prompt == parts(prompt, **chosen)
    assert (order.source_job, order.source_no, order.video_type) == (IMAGE_JOB, number, quality)


@few
@given(st.none() | words, numbers, callbacks)
def test_an_extension_an_upscale_and_images_are_understood(both, prompt, number, callback):
    source = (both.video_job, number)

    extended, _ = both.understood(lw.ExtendVideo(*source, prompt=prompt, callback=callback))
    larger, _ = both.understood(lw.VideoUpscale(*source, callback=callback))
    images, _ = both.understood(lw.Diffusion(prompt or "a sea", callback=callback))

    assert (extended.kind, extended.prompt) == ("extend_video", parts(prompt))
    assert (larger.kind, larger.prompt) == ("video_upscale", parts(None))
    assert (images.kind, images.prompt) == ("diffusion", parts(prompt or "a sea"))
    assert (extended.source_job, extended.source_no) == source
    assert (larger.source_job, larger.source_no) == source
    assert {order.callback for order in (extended, larger, images)} == {callback or ""}


def test_the_longest_prompt_is_understood(both):
    text = "\N{GRINNING FACE}" * PROMPT_LIMIT

    order, job = both.understood(lw.Diffusion(text))

    assert order.prompt.words == text
    wait_until(lambda: job.refresh().done, "it is done")

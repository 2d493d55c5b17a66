"""The same request has the same key, and another request has another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import legnext_widgets as lw
from legnext_widgets.client.api.values.prompt import PromptParts, compose
from legnext_widgets.client.api.values.request_key import request_key

SEA = "https://example.com/sea.jpg"
IMAGE_JOB = "9438247a-be09-48f4-87c9-262a6d8cc786"


def key(request: Any) -> str:
    return request_key(request.endpoint, request.payload())


def sea(words: str = "Waves roll in", link: str = SEA, **options: Any) -> lw.VideoDiffusion:
    return lw.VideoDiffusion(words, image_url=link, **options)


SAME = {
    "spaces and line ends": sea("  Waves\n   roll\tin "),
    "the link at the head of the prompt": lw.VideoDiffusion(f"{SEA} Waves roll in"),
    "a default that is stated": sea(motion="low", batch_size=4, video_type=0, raw=False),
    "a default that is written into the prompt": sea("Waves roll in --bs 4 --motion low"),
    "an option before the words": lw.VideoDiffusion(f"{SEA} --motion LOW Waves roll in"),
    "a callback": sea(callback="https://example.com/done"),
    "capitals in the host's name": sea(link="HTTPS://Example.COM/sea.jpg"),
}


@pytest.mark.parametrize("what", SAME)
def test_it_is_the_same_request_with(what: str) -> None:
    assert key(SAME[what]) == key(sea())


OTHERS = {
    "other words": sea("Waves roll out"),
    "other capitals": sea("waves roll in"),
    "another flag of the service": sea("Waves roll in --seed 7"),
    "another picture": sea(link="https://example.com/SEA.jpg"),
    "another picture by a parameter": sea(link=f"{SEA}?id=2"),
    "another quality": sea(video_type=1),
    "more motion": sea(motion="high"),
    "fewer clips": sea(batch_size=1),
    "a loop": sea(loop=True),
    "an end": sea(end_image_url=SEA),
    "an image of a job": lw.VideoDiffusion("Waves roll in", job_id=IMAGE_JOB, image_no=0),
    "another endpoint": lw.Diffusion("Waves roll in"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_it_is_another_request_with(what: str) -> None:
    keys = [key(request) for request in (sea(), *OTHERS.values())]
    assert keys.count(key(OTHERS[what])) == 1


@pytest.mark.parametrize(
    "signature",
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=1&X-Amz-Signature={}",
        "X-Goog-Expires=86400&X-Goog-Signature={}",
        "Expires={}&Signature=abc&Key-Pair-Id=K1",
        "sv=2024-01-01&se={}&sr=b&sp=r&sig=abc",
    ],
)
def test_a_link_that_is_signed_anew_leads_to_the_same_picture(signature: str) -> None:
    first, second = (sea(link=f"{SEA}?v=3&{signature.format(it)}") for it in (1, 2))
    assert key(first) == key(second) == key(sea(link=f"{SEA}?v=3"))
    assert key(first) != key(sea(link=f"{SEA}?v=4&{signature.format(1)}"))


@pytest.mark.parametrize("name", ["token", "key", "expires", "sp"])
def test_a_parameter_that_may_choose_the_picture_counts(name: str) -> None:
    assert key(sea(link=f"{SEA}?{name}=1")) != key(sea(link=f"{SEA}?{name}=2"))


def test_the_id_of_a_job_may_be_written_in_capitals() -> None:
    upper = lw.ExtendVideo(IMAGE_JOB.upper(), 1)
    assert key(upper) == key(lw.ExtendVideo(IMAGE_JOB, 1))
    assert key(upper) != key(lw.ExtendVideo(IMAGE_JOB, 2))
    assert key(upper) != key(lw.VideoUpscale(IMAGE_JOB, 1))


def test_an_extension_has_no_default_that_is_known() -> None:
    plain, low = (lw.ExtendVideo(IMAGE_JOB, 1, prompt=words) for words in ("on", "on --motion low"))
    assert key(plain) != key(low)


def test_accents_may_be_composed_or_not() -> None:
    assert key(lw.Diffusion("caf\u00e9")) == key(lw.Diffusion("cafe\u0301"))


def test_pictures_of_an_embedded_sandbox_are_the_same_at_any_port() -> None:
    def key_at(port: int, path: str = "/stills/sea.jpg") -> str:
        origin = f"http://127.0.0.1:{port}"
        request = sea(link=f"{origin}{path}")
        return request_key(request.endpoint, request.payload(), own_origin=origin)

    assert key_at(4001) == key_at(4002) != key_at(4001, "/stills/lake.jpg")


@given(st.permutations(["--motion high", "--raw", "--loop", "--bs 2", f"--end {SEA}", "a", "b"]))
def test_the_order_of_the_options_makes_no_difference(pieces: list[str]) -> None:
    words = [piece for piece in pieces if not piece.startswith("--")]
    prompt = compose(PromptParts(" ".join(words), SEA, "high", True, True, SEA, 2))
    shuffled = {"prompt": f"{SEA} {' '.join(pieces)}"}
    assert request_key("video-diffusion", shuffled) == request_key(
        "video-diffusion", {"prompt": prompt, "videoType": 0}
    )

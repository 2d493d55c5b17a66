"""What a submission sends, and what it refuses to send."""

from __future__ import annotations

import httpx
import pytest

import legnext_widgets as lw
from tests.support.raw_service import Reply
from tests.support.task_factory import body

from .conftest import KEY

IMAGE_JOB = "c6821434-5e41-408f-b42b-2562306b109c"
VIDEO_JOB = body("video-completed-signed")["job_id"]
LINK = "https://example.com/image.jpg"


def test_the_image_link_mode_sends_what_the_documentation_shows(client, stub):
    job = client.video_diffusion(
        f"{LINK} A cinematic shot", video_type=1, callback="https://webhook.site/x"
    )

    (post,) = stub.posted
    assert post.path == "/api/v1/video-diffusion"
    assert post.headers["x-api-key"] == KEY
    assert post.headers["content-type"] == "application/json"
    assert post.json == {
        "prompt": f"{LINK} A cinematic shot",
        "videoType": 1,
        "callback": "https://webhook.site/x",
    }
    assert job.request.image_url is None
    assert (job.status, job.done, job.videos) == ("pending", False, [])
    assert (job.usage.frozen, job.usage.consumed) == (480, 0)


def test_the_image_job_mode_sends_what_the_documentation_shows(client, stub):
    client.video_diffusion("Make it move", job_id=IMAGE_JOB, image_no=0, motion="high", loop=True)

    assert stub.posted[0].json == {
        "jobId": IMAGE_JOB,
        "imageNo": 0,
        "prompt": "Make it move --motion high --loop",
        "videoType": 0,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"prompt": "text alone"},
        {"prompt": LINK},
        {"prompt": "x" * 8193, "image_url": LINK},
        {"prompt": f"{LINK} " + "x" * (8192 - len(LINK))},
        {"prompt": "x", "image_url": "ftp://example.com/x.jpg"},
        {"prompt": "x", "image_url": LINK, "video_type": 2},
        {"prompt": "x", "image_url": LINK, "video_type": True},
        {"prompt": "x", "image_url": LINK, "batch_size": 3},
        {"prompt": "x", "image_url": LINK, "motion": "fast"},
        {"prompt": "half a character \ud800", "image_url": LINK},
        {"job_id": IMAGE_JOB},
        {"job_id": IMAGE_JOB, "image_no": 4},
        {"job_id": "not-an-id", "image_no": 0},
        {"job_id": IMAGE_JOB, "image_no": 0, "image_url": LINK},
    ],
)
def test_bad_arguments_are_named_before_anything_is_sent(client, stub, arguments):
    with pytest.raises(ValueError, match=r"must|missing|cannot"):
        client.video_diffusion(**arguments)

    assert stub.posted == []


def test_only_request_objects_are_sent(client, stub):
    with pytest.raises(TypeError, match="request object"):
        client.submit({"prompt": "x"})


def test_extending_upscaling_and_animating_go_on_from_a_job(client, stub):
    job = client.job(VIDEO_JOB)

    job.extend(1, prompt="and then")
    job.upscale(2)
    job.animate(3, "waves", raw=True)
    client.diffusion("a sea")

    assert [(post.path.rpartition("/")[2], post.json) for post in stub.posted] == [
        ("extend-video", {"jobId": VIDEO_JOB, "videoNo": 1, "prompt": "and then"}),
        ("video-upscale", {"jobId": VIDEO_JOB, "videoNo": 2}),
        (
            "video-diffusion",
            {"jobId": VIDEO_JOB, "imageNo": 3, "prompt": "waves --raw", "videoType": 0},
        ),
        ("diffusion", {"text": "a sea"}),
    ]


def test_an_http_client_that_breaks_in_its_own_way_leaves_the_outcome_unknown(driver, stub):
    def answer(request: httpx.Request) -> httpx.Response:
        raise KeyError("mine")

    own = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    client = driver.client(KEY, base_url=stub.url, library=False, http_client=own)

    with pytest.raises(lw.SubmissionUncertainError, match="KeyError"):
        client.diffusion("x")


@pytest.mark.parametrize("given", ["hd", 2, True])
def test_a_wrong_quality_is_answered_with_the_two_that_exist(given):
    with pytest.raises(ValueError, match=r"video_type must be VideoType.SD \(0, 480p\) or .*, not"):
        lw.VideoDiffusion("x", image_url=LINK, video_type=given)


def test_a_lost_answer_is_told_in_the_words_of_the_connection(client, stub):
    stub.posts = [Reply(raw=b"", then="close")]

    with pytest.raises(lw.SubmissionUncertainError) as error:
        client.diffusion("x")

    lost = "the connection broke: Server disconnected without sending a response. It may be running"
    assert lost in str(error.value)

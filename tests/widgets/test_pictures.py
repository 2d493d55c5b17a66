"""Pictures that a page gives to a studio: in parts, checked, and used by the next request."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from tests.pictures.picture_factory import PLACE, phone_jpeg, photo, saved
from tests.support.waiting import wait_until
from tests.widgets.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEIC = b"\0\0\0\x18ftypheic" + bytes(40)


@pytest.fixture
def client() -> Iterator[lw.Client]:
    with lw.Client.sandbox(speed=2000, packaged=True) as client:
        yield client


def answers(browser: Browser, count: int) -> bool:
    return len(browser.heard("picture")) >= count


def give(browser: Browser, data: bytes, *, parts: int = 1, upload: str = "u") -> dict[str, Any]:
    """Return a picture as a page does, and return the last answer."""
    size = -(-len(data) // parts)
    for part in range(parts):
        ask = f"{upload}-{part}"
        text = base64.b64encode(data[part * size : (part + 1) * size]).decode()
        answered = len(browser.heard("picture")) + 1
        browser.say(
            type="picture",
            ask=ask,
            upload=upload,
            part=part,
            parts=parts,
            data=text,
            name="holiday.jpg",
        )
        wait_until(partial(answers, browser, answered), "the part is answered")
        assert browser.heard("picture")[-1]["ask"] == ask
    return browser.heard("picture")[-1]


def test_a_picture_in_parts_becomes_the_image_of_the_next_request(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    answer = give(browser, phone_jpeg(), parts=5)

    taken = answer["picture"]
    assert answer["error"] is None
    assert taken["link"].startswith("picture:")
    assert taken["name"] == "holiday.jpg"
    assert taken["size"].startswith("640 x 480, ")
    assert taken["preview"].startswith("data:image/jpeg;base64,")
    assert len(browser.heard("picture")) == 5
    assert all(each["picture"] is None for each in browser.heard("picture")[:4])
    browser.set(image_url=taken["link"])
    request = studio.request
    assert isinstance(request, lw.VideoDiffusion)
    assert PLACE not in request.pictures["image_url"].data
    assert studio.problems == {}


def test_the_studio_sends_the_link_of_a_given_picture(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    link = give(browser, saved(photo(), "PNG"))["picture"]["link"]
    browser.set(image_url=link, end_image_url=link)

    job = studio.submit()

    assert isinstance(job.request, lw.VideoDiffusion)
    assert "/sandbox/pictures/" in (job.request.image_url or "")
    assert job.request.end_image_url == job.request.image_url


@pytest.mark.parametrize(
    ("data", "says"), [(b"only text", "text file"), (HEIC, "pillow-heif"), (b"", "empty")]
)
def test_what_is_no_picture_is_refused_with_the_reason(
    studio: lw.VideoStudio, browser: Browser, data: bytes, says: str
) -> None:
    answer = give(browser, data)

    assert answer["picture"] is None
    assert says in answer["error"]["text"]


def test_a_part_that_comes_twice_counts_once(studio: lw.VideoStudio, browser: Browser) -> None:
    data = phone_jpeg()
    half = len(data) // 2
    for ask, part in (("a", data[:half]), ("b", data[:half]), ("c", data[half:])):
        number = 0 if part is not data[half:] and ask != "c" else 1
        text = base64.b64encode(part).decode()
        browser.say(type="picture", ask=ask, upload="u", part=number, parts=2, data=text, name="x")

    wait_until(lambda: len(browser.heard("picture")) == 3, "all parts are answered")
    assert browser.heard("picture")[-1]["picture"]["size"].startswith("640 x 480")


def test_a_link_that_stands_for_no_picture_any_more_is_a_problem(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    browser.set(image_url="picture:gone.jpg")

    assert studio.request is None
    assert "no longer has" in studio.problems["image_url"]


def test_what_would_be_sent_is_shown_with_an_example_link(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    link = give(browser, phone_jpeg())["picture"]["link"]
    browser.say(
        type="describe", ask="d", inputs={"image_url": link, "prompt": "waves"}, prompts=None
    )

    wait_until(lambda: browser.heard("described"), "it is described")
    (described,) = browser.heard("described")
    assert "https://example.com/" in described["json"]
    assert described["problem"] is None


def test_the_page_knows_where_pictures_go(client: lw.Client) -> None:
    def where(studio: Any) -> Any:
        facts = studio._service["uploads"]
        studio.close()
        return facts

    assert where(lw.VideoStudio(client)) == {"where": "the sandbox", "hours": None, "stays": True}
    bucket = "s3://pictures/of-mine?endpoint=https://minio.example.com"
    own = where(lw.VideoStudio(client, uploader=bucket))
    assert own == {
        "where": "s3://pictures/of-mine at https://minio.example.com",
        "hours": 24.0,
        "stays": False,
    }


def test_a_frame_of_a_clip_becomes_the_image(
    client: lw.Client, studio: lw.VideoStudio, browser: Browser
) -> None:
    job = client.video_diffusion("waves", image=photo(), batch_size=1).wait(60)
    wait_until(lambda: any(each.id == job.id for each in studio.jobs), "the studio shows it")

    browser.say(type="frame", ask="f", job_id=job.id, index=0, at=1_000)
    wait_until(lambda: browser.heard("picture"), "the frame is there", timeout=60)
    (answer,) = browser.heard("picture")
    assert answer["picture"]["name"] == "1.0 s"

    browser.say(type="frame", ask="g", job_id=job.id, index=7, at=0)
    wait_until(lambda: len(browser.heard("picture")) == 2, "no such clip")
    assert browser.heard("picture")[-1]["error"]["text"] == "There is no such clip."


@pytest.mark.parametrize(("kind", "head"), [("gif", b"GIF89a"), ("webp", b"RIFF")])
def test_a_clip_is_saved_as_an_animation(
    client: lw.Client, studio: lw.VideoStudio, browser: Browser, kind: str, head: bytes
) -> None:
    job = client.video_diffusion("waves", image=photo(), batch_size=1).wait(60)
    wait_until(lambda: any(each.id == job.id for each in studio.jobs), "the studio shows it")

    browser.say(type="media", pull="p", job_id=job.id, media=kind, index=0, chunk=0)
    wait_until(lambda: browser.heard("media"), "it is there", timeout=60)
    ((message, buffers),) = [each for each in browser.received if each[0]["type"] == "media"]
    assert message["mime"] == f"image/{kind}"
    assert bytes(buffers[0]).startswith(head)


def ask(browser: Browser, **message: Any) -> dict[str, Any]:
    """Ask about a picture and return the answer."""
    answered = len(browser.heard("picture")) + 1
    browser.say(**message)
    wait_until(partial(answers, browser, answered), "it is answered")
    return browser.heard("picture")[-1]


def test_a_page_that_was_loaded_again_learns_what_the_picture_is(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    taken = give(browser, phone_jpeg())["picture"]

    answer = ask(browser, type="known_picture", ask="k", link=taken["link"])

    assert answer["ask"] == "k"
    assert answer["picture"] == taken
    assert taken["name"] == "holiday.jpg"


def test_a_picture_that_the_kernel_does_not_have_is_named_in_any_language(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    answer = ask(browser, type="known_picture", ask="k", link="picture:gone.jpg")

    assert answer["picture"] is None
    assert answer["error"]["code"] == "picture_gone"


def test_an_heic_photo_is_refused_in_one_translated_sentence(
    studio: lw.VideoStudio, browser: Browser
) -> None:
    error = give(browser, HEIC)["error"]

    assert error["code"] == "picture_heic"
    assert "Most Compatible" in error["text"]
    assert error["text"].count(". ") == 0


def test_a_job_of_an_earlier_session_is_used_again_with_its_pictures(tmp_path: Path) -> None:
    library = lw.Library(tmp_path)
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        job = client.video_diffusion("waves", image=photo(), end_image=phone_jpeg()).wait(60)
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        studio = lw.VideoStudio(client)
        browser = Browser(studio)
        wait_until(lambda: any(each.id == job.id for each in studio.jobs), "it is shown")

        browser.say(type="reuse", job_id=job.id)
        wait_until(lambda: studio.end_image_url, "the inputs are filled")

        assert studio.image_url.startswith("picture:")
        answer = ask(browser, type="known_picture", ask="k", link=studio.end_image_url)
        assert answer["picture"]["preview"].startswith("data:image/jpeg;base64,")
        assert studio.request is not None
        assert job.request is not None
        assert studio.request.identity() == job.request.identity(), "it is the same request"
        again = studio.submit().wait(60)
        assert isinstance(again.request, lw.VideoDiffusion)
        assert client.config.base_url in (again.request.image_url or "")
        studio.close()
    library.close()


def test_a_picture_that_is_gone_from_the_library_is_asked_for(tmp_path: Path) -> None:
    library = lw.Library(tmp_path)
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        job = client.video_diffusion("waves", image=photo()).wait(60)
    for path in tmp_path.glob("pictures/*"):
        path.unlink()
    with lw.Client.sandbox(speed=2000, packaged=True, library=library) as client:
        studio = lw.VideoStudio(client)
        browser = Browser(studio)
        wait_until(lambda: any(each.id == job.id for each in studio.jobs), "it is shown")

        browser.say(type="reuse", job_id=job.id)
        wait_until(lambda: studio.image_url, "the inputs are filled")

        assert "add it again" in studio.problems["image_url"]
        studio.close()
    library.close()

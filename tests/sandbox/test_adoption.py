"""The sandbox survives its kernel: a new one takes up what the library knows of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import legnext_widgets as lw
from legnext_widgets.client.session.polling.durations import rendering_durations
from legnext_widgets.sandbox import Sandbox
from legnext_widgets.sandbox.media.scenes import sample_links, sample_of_link
from tests.sandbox.conftest import QUICK
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.caller import Caller


@pytest.fixture
def library(tmp_path: Path) -> Iterator[lw.Library]:
    with lw.Library(tmp_path / "library") as library:
        yield library


def kept(job: lw.Job) -> lw.Job:
    job.wait(240)
    wait_until(lambda: all(video.kept for video in job.videos), "its clips are kept")
    return job


@pytest.mark.parametrize("packaged", [True, False])
def test_what_was_made_before_a_restart_is_extended_upscaled_and_animated(
    library: lw.Library, packaged: bool
) -> None:
    if not packaged:
        pytest.importorskip("av")
    (_, sample), *_ = sample_links()
    with lw.Client.sandbox(speed=QUICK, packaged=packaged, library=library) as first:
        clips = kept(first.video_diffusion("waves", image_url=sample, batch_size=1))
        images = first.diffusion("a forest and a lighthouse").wait(240)

    with lw.Client.sandbox(speed=QUICK, packaged=packaged, library=library) as second:
        again = second.job(clips.id).refresh()
        assert again.status == "completed"
        assert again.videos[0].url != clips.videos[0].url, "a fresh link of the new sandbox"
        assert kept(again.extend(0, prompt="on --bs 1")).videos[0].read()[4:8] == b"ftyp"
        assert again.upscale(0).wait(240).videos[0].read()[4:8] == b"ftyp"
        animated = second.video_diffusion(job_id=images.id, image_no=2, batch_size=1)
        assert animated.wait(240).videos[0].read()[4:8] == b"ftyp"
        assert second.submit(clips.request).wait(240).done, "use again"  # type: ignore[arg-type]


def test_a_clip_that_was_encoded_in_another_way_is_whole_at_the_start_of_its_extension(
    library: lw.Library,
) -> None:
    """A packaged clip stands for one of an earlier version: its packets cannot be copied."""
    pytest.importorskip("av")
    from .probe import difference, probe

    (_, sample), *_ = sample_links()
    with lw.Client.sandbox(speed=QUICK, packaged=True, library=library) as first:
        clips = kept(first.video_diffusion("waves", image_url=sample, batch_size=1))
        before = probe(clips.videos[0].read())

    with lw.Client.sandbox(speed=QUICK, library=library) as second:
        extended = second.job(clips.id).extend(0, prompt="on --bs 1").wait(240)
        clip = probe(extended.videos[0].read())
    assert clip.count > before.count + 48
    assert difference(clip.frames[: before.count], before.frames) < 1
    assert clip.change(before.count - 1, before.count) < 2.5, "no cut where the extension begins"
    assert clip.change(before.count, -1) > 1, "and it moves on"


def test_a_job_that_ran_when_its_kernel_died_goes_on_in_the_next_sandbox(
    library: lw.Library,
) -> None:
    with lw.Client.sandbox(speed=1, packaged=True, library=library) as first:
        running = first.video_diffusion("waves", image_url="https://example.com/a.png")
        assert not running.done
    studio = lw.VideoStudio(lw.Client.sandbox(speed=QUICK, packaged=True, library=library))
    assert [job.id for job in studio.jobs] == [running.id]
    wait_until(lambda: len(studio.videos) == 4, "it is completed, under its id")
    assert studio.videos[0].read()[4:8] == b"ftyp"
    studio.close()
    studio.client.close()


async def test_clips_that_were_not_kept_are_replaced_and_others_are_unknown(
    library: lw.Library, tmp_path: Path
) -> None:
    library.keep_clips = False
    with lw.Client.sandbox(speed=QUICK, packaged=True, library=library) as first:
        job = first.video_diffusion("waves", image_url="https://example.com/a.png").wait(240)
    with lw.Client.sandbox(speed=QUICK, packaged=True, library=library) as second:
        again = second.job(job.id).refresh()
        assert again.task is not None
        assert "stands in" in str(again.task.logs)
        assert again.videos[3].read()[4:8] == b"ftyp"
        with pytest.raises(lw.NotFoundError):
            second.job("00000000-0000-4000-8000-000000000000").refresh()


async def test_lasting_links_and_links_of_yesterdays_port_mean_the_same_picture(
    producer: Caller, rendering: Sandbox
) -> None:
    title, lasting = sample_links()[5]
    assert (title, lasting) in rendering.sample_links
    yesterday = "http://127.0.0.1:9/stills/dunes.jpg"
    for link in (lasting, yesterday):
        scene = sample_of_link(link)
        assert scene is not None
        assert scene.name == "dunes"
        task = await producer.made("video-diffusion", {"prompt": f"{link} go --bs 1"})
        assert task["logs"] == []
    assert sample_of_link("https://example.com/stills/dunes.jpg") is None


def test_the_clock_learns_how_fast_this_computer_draws() -> None:
    # At 30 times the speed a video takes 6.8 s, unless drawing it takes longer.
    assert rendering_durations("video_diffusion", [20.0, 18.0, 200.0, 0.4], 30.0) == [600.0, 540.0]
    assert rendering_durations("video_diffusion", [200.0, 6.0], 1.0) == [200.0]
    assert rendering_durations("video_diffusion", [], 30.0) == []


def test_the_shown_request_runs_when_it_is_pasted(
    library: lw.Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.widgets.browser import Browser

    monkeypatch.setenv("LEGNEXT_LIBRARY", str(library.path))
    monkeypatch.delenv("LEGNEXT_API_KEY", raising=False)
    (_, sample), *_ = sample_links()
    with lw.Client.sandbox(speed=QUICK, packaged=True, library=library) as client:
        images = client.diffusion("a forest").wait(240)
        studio = lw.VideoStudio(client, prompt="waves", image_url=sample)
        browser = Browser(studio)
        codes: dict[str, str] = {}
        for ask, inputs in (
            ("link", {}),
            ("job", {"source": "image_job", "source_job_id": images.id}),
        ):
            browser.say(type="describe", ask=ask, inputs=inputs, prompts=None)
            wait_until(lambda: len(browser.heard("described")) > len(codes), "the code came")
            shown = browser.heard("described")[-1]
            codes[ask] = shown["python"]
            assert '-H "x-api-key: sandbox"' in shown["curl"]
        studio.close()
    # What is pasted draws its clips; other tests draw some, and it takes its time.
    drawing = Sandbox.__init__.__kwdefaults__ or {}
    monkeypatch.setattr(Sandbox.__init__, "__kwdefaults__", {**drawing, "packaged": True})
    for code in codes.values():
        names: dict[str, object] = {}
        exec(code, names)
        job, used = names["job"], names["client"]
        assert isinstance(job, lw.Job)
        assert isinstance(used, lw.Client)
        assert len(job.videos) == 4
        used.close()


def test_a_sandbox_over_http_behaves_as_the_embedded_one(
    library: lw.Library, served: Sandbox
) -> None:
    from tests.widgets.browser import Browser

    served.adopt(library.record)
    with lw.Client("any", base_url=served.base_url, library=library) as client:
        studio = lw.VideoStudio(client, prompt="waves")
        browser = Browser(studio)
        browser.say(type="view", view="v", open=True)
        wait_until(lambda: studio._service["examples"], "its sample pictures are offered")
        assert [each["url"] for each in studio._service["examples"]] == [
            url for _, url in sample_links()
        ]
        browser.say(type="media", pull="p", job_id="", media="sample", index=3, chunk=0)
        wait_until(lambda: browser.heard("media"), "a sample came")
        assert browser.heard("media")[0]["mime"] == "image/jpeg"
        studio.image_url = studio._service["examples"][0]["url"]
        job = kept(studio.submit())
        studio.close()
    with Sandbox(QUICK, packaged=True).start() as restarted:
        restarted.adopt(library.record)
        with lw.Client("any", base_url=restarted.base_url, library=library) as client:
            assert client.job(job.id).extend(1).wait(240).done

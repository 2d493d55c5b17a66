"""Pieces of Colab and VS Code, which cannot run here: frames, policies, themes and secrets."""

from __future__ import annotations

import base64
import html
import json
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.client.api.auth import Secret, find_key
from legnext_widgets.widgets.notebook import bundle
from legnext_widgets.widgets.notebook.bundle import front_end_message
from tests.browser.studio_page import StudioPage
from tests.support.chromium import start_chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Frame, Page

    from tests.support.service import Service

CLIP = Path(lw.__file__).parent / "sandbox" / "assets" / "clip-0.mp4"

# An anywidget model that gives its loader the code, and answers pulls, from what the page carries.
PAGE = """<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}"></head>
<body class="{classes}"><div id="place"></div><script type="module">
const state = {state};
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const clip = bytes("{clip}");
const code = JSON.parse(new TextDecoder().decode(bytes("{code}")));
const listeners = new Map();
const tell = (name, ...said) => (listeners.get(name) ?? []).forEach((call) => call(...said));
window.sent = [];
window.failures = [];
const note = (failure) => window.failures.push(String(failure));
window.addEventListener('error', (event) => note(event.message));
window.addEventListener('unhandledrejection', (event) => note(event.reason));
const model = {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; tell('change:' + name); }},
  save_changes: () => {{}},
  on: (name, call) => listeners.set(name, [...(listeners.get(name) ?? []), call]),
  off: (name, call) => listeners.set(name, (listeners.get(name) ?? []).filter((c) => c !== call)),
  send: (message) => {{
    window.sent.push(message);
    if (message.type === 'front_end') setTimeout(() => tell('msg:custom', code, []));
    if (message.type !== 'media' || message.media !== 'video') return;
    const about = {{type: 'media', pull: message.pull, chunk: 0, chunks: 1}};
    const view = new DataView(clip.buffer);
    const answer = {{...about, bytes: clip.length, mime: 'video/mp4'}};
    setTimeout(() => tell('msg:custom', answer, [view]));
  }},
}};
const source = new Blob([bytes("{loader}")], {{type: 'text/javascript'}});
const made = await import(URL.createObjectURL(source));
const widget = typeof made.default === 'function' ? await made.default() : made.default;
await widget.initialize?.({{model}});
await widget.render({{model, el: document.getElementById('place')}});
</script></body></html>"""

POLICIES = {
    # Its output frames: another origin without storage, for scripts of the page and blobs only.
    "colab": "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; "
    "img-src https: data: blob:; media-src https: blob:",
    # Its webviews: the same, with what notebooks need to evaluate.
    "vscode": "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: https:; "
    "style-src 'unsafe-inline' https:; img-src https: data: blob:; media-src https: data: blob:",
}
ATTRIBUTES = "allow-scripts allow-forms allow-popups allow-downloads allow-pointer-lock"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture
def finished(serve: Callable[..., Service], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The traits of a studio with a finished job, as a front end gets them."""
    service = serve(500)
    with lw.Client(service.key, base_url=service.url, library=False) as client:
        studio = lw.VideoStudio(client)
        client.video_diffusion("a kite", image_url="https://example.com/a.png").wait(60)
        seen: list[dict[str, Any]] = []
        monkeypatch.setattr(studio, "send", lambda content, *_: seen.append(content))
        studio._send_jobs(0)
        state = studio.get_state()
        studio.close()
    kept = {name: value for name, value in state.items() if name not in ("layout", "_esm")}
    live = {key: value for key, value in seen[-1].items() if key != "type"}
    return {**kept, "_live": live}


def show(browser: Browser, state: dict[str, Any], host: str, classes: str = "") -> Page:
    """Opens a page with the widget in a frame such as the host has."""
    inner = PAGE.format(
        policy=POLICIES[host],
        classes=classes,
        state=json.dumps(state).replace("</", "<\\/"),
        clip=base64.b64encode(CLIP.read_bytes()).decode(),
        code=base64.b64encode(json.dumps(front_end_message([])).encode()).decode(),
        loader=base64.b64encode(bundle.LOADER.read_bytes()).decode(),
    )
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    frame = f'<iframe sandbox="{ATTRIBUTES}" style="width:1200px;height:1500px" srcdoc="'
    page.set_content(f'<!doctype html>{frame}{html.escape(inner, quote=True)}"></iframe>')
    return page


def frame_of(page: Page) -> Frame:
    """The frame, once the widget is drawn in it."""
    page.frame_locator("iframe").locator(".legnext-widgets").wait_for(timeout=30_000)
    return page.frames[1]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("host", list(POLICIES))
def test_in_a_sandboxed_frame_a_person_can_generate_and_play(
    browser: Browser, finished: dict[str, Any], host: str
) -> None:
    page = show(browser, finished, host)
    frame = frame_of(page)
    studio = StudioPage(frame.locator(".legnext-widgets"))
    (job_id,) = studio.job_ids()

    # The policy forbids the clips' own http links, so that they come through the kernel.
    clip = studio.clip(job_id, 0)
    clip.hover()
    video = clip.locator("video")
    video.wait_for(state="attached")
    frame.wait_for_function("video => video.currentTime > 0.2", arg=video.element_handle())
    studio.prompt.fill("typed in a frame")
    studio.image_url.fill("https://example.com/sea.png")
    studio.generate.click()

    frame.wait_for_function("() => window.sent.some((message) => message.type === 'submit')")
    asked = frame.evaluate("() => window.sent.find((message) => message.type === 'submit')")
    assert asked["inputs"]["prompt"] == "typed in a frame"
    assert frame.evaluate("() => window.failures") == []
    page.context.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(
    ("classes", "dark"),
    [
        ("vscode-light", False),
        ("vscode-dark", True),
        ("vscode-high-contrast", True),
        ("vscode-high-contrast vscode-high-contrast-light", False),
    ],
)
def test_the_classes_of_vs_code_choose_light_or_dark(
    browser: Browser, finished: dict[str, Any], classes: str, dark: bool
) -> None:
    page = show(browser, finished, "vscode", classes)
    root = frame_of(page).locator(".legnext-widgets")
    red, green, blue = root.evaluate(
        """root => {
          const painted = [root, ...root.querySelectorAll('*')].map(
            (element) => getComputedStyle(element).backgroundColor);
          const solid = painted.find((color) => color.startsWith('rgb('));
          return solid.match(/\\d+/g).map(Number);
        }"""
    )
    assert (red + green + blue < 3 * 128) == dark
    page.context.close()


def colab_with(get: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads a stand-in of Colab's module, of the same shape."""
    google, colab = types.ModuleType("google"), types.ModuleType("google.colab")
    userdata = types.ModuleType("google.colab.userdata")
    vars(userdata)["get"], vars(colab)["userdata"] = get, userdata
    vars(google)["colab"] = colab
    for module in (google, colab, userdata):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.delenv("LEGNEXT_API_KEY", raising=False)


def test_the_key_is_found_among_the_secrets_of_colab(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def get(name: str) -> str:
        asked.append(name)
        return " from-colab "

    colab_with(get, monkeypatch)

    assert find_key().reveal() == "from-colab"
    assert asked == ["LEGNEXT_API_KEY"]


def test_a_key_that_is_given_or_in_the_environment_comes_before_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colab_with(lambda _: "from-colab", monkeypatch)
    assert find_key(Secret("given")).reveal() == "given"
    monkeypatch.setenv("LEGNEXT_API_KEY", "from-environment")
    assert find_key().reveal() == "from-environment"


@pytest.mark.parametrize("name", ["SecretNotFoundError", "NotebookAccessError", "TimeoutException"])
def test_a_secret_that_is_missing_or_not_opened_is_a_missing_key(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def get(_: str) -> str:
        raise type(name, (Exception,), {})("what Colab says")

    colab_with(get, monkeypatch)

    with pytest.raises(lw.MissingAPIKeyError):
        find_key()

"""The browser of the machine, under Playwright."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_NEEDED = (
    # Two hidden pages of the address bar, which cost more than an empty page of a test.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # Of two lists Chromium reads the last: these are those of Playwright that matter here.
    *("AcceptCHFrame", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter"),
    *("PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
"""Features of Chromium that are switched off."""

# Without a sandbox because tests run as root in containers; the rest keeps it from phoning home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_NEEDED)}",
]


SHADERS = [
    *(flag for flag in FLAGS if flag != "--disable-gpu"),
    *("--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
]
"""Draws video with shaders, as people's browsers do: without them blue is off by up to 9 of 255."""


@contextmanager
def start_chromium(flags: list[str] = FLAGS) -> Iterator[Browser]:
    """Starts a headless browser with an empty profile; `./dev` says which in LEGNEXT_BROWSER."""
    program = os.environ.get("LEGNEXT_BROWSER") or shutil.which("chromium")
    node = shutil.which("node")
    if node:
        # Playwright's own Node needs a system library that a bare Debian lacks; ours runs already.
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=flags)
        try:
            yield browser
        finally:
            browser.close()

"""Return pictures to a studio as a person does: dropped, pasted, or picked."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Locator

_TRANSFER = """(_, [name, type, text]) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    return transfer;
}"""
_PASTE = """(place, clipboardData) => place.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))"""


def give(
    place: Locator, event: Literal["drop", "paste"], name: str, kind: str, data: bytes
) -> None:
    """Drop or paste a file.

    Args:
        place: Where; it may be in a frame.
        event: What is done.
        name: Name of the file.
        kind: Its media type.
        data: Its content.
    """
    made = place.evaluate_handle(_TRANSFER, [name, kind, base64.b64encode(data).decode()])
    if event == "paste":
        place.evaluate(_PASTE, made)
    else:
        place.dispatch_event(event, {"dataTransfer": made})


def pick(place: Locator, name: str, kind: str, data: bytes) -> None:
    """Press the button and pick a file."""
    with place.page.expect_file_chooser() as chooser:
        place.get_by_role("button", name="Choose an image").click()
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": data})

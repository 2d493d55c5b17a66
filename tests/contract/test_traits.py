"""What the front end reads of the studio, and what it writes, are traits that the kernel has."""

from __future__ import annotations

import re
from pathlib import Path

import legnext_widgets as lw
from legnext_widgets.widgets.inputs import NEUTRAL

SOURCES = Path(__file__).resolve().parents[2] / "js" / "src"
UI = SOURCES / "ui"
OF_ANYWIDGET = {"_esm", "_css", "_anywidget_id"}


def test_both_sides_know_the_same_traits() -> None:
    traits = (UI / "protocol" / "traits.ts").read_text(encoding="utf-8")
    drafts = (UI / "state" / "drafts.ts").read_text(encoding="utf-8")
    read = {*re.findall(r'\btrait\("(\w+)"', traits), *re.findall(r"  (_\w+): \w+;", drafts)}
    for module in (SOURCES / "anywidget").glob("*.ts"):
        read |= set(re.findall(r'model\.get\("(\w+)"\)', module.read_text(encoding="utf-8")))
    assert {"_live", "_account", "busy", "_prompts", "_face", "_reading_copy"} < read

    synced = {
        name
        for owner in lw.VideoStudio.__mro__
        if owner.__module__.startswith("legnext_widgets")
        for name, trait in vars(owner).items()
        if getattr(trait, "metadata", {}).get("sync")
    }
    assert synced - OF_ANYWIDGET == {*read, *NEUTRAL}

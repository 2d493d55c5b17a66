"""The protocol between Python and the browser: declared once, generated, read tolerantly."""

from __future__ import annotations

import importlib.util
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import legnext_widgets as lw
from legnext_widgets.widgets.kernel.protocol import comm_messages, comm_requests, job_values, traits
from legnext_widgets.widgets.kernel.protocol.decode import (
    IllFormedMessageError,
    decode,
    message_types,
    required_fields,
)
from legnext_widgets.widgets.kernel.protocol.traits import (
    NEUTRAL_INPUTS,
    GalleryTraits,
    StudioTraits,
)

if TYPE_CHECKING:
    from tests.widgets.browser import Browser

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = PROJECT / "js" / "src"
OF_ANYWIDGET = {"_esm", "_css", "_anywidget_id"}


def synced_traits(widget: type) -> set[str]:
    return {
        name
        for owner in widget.__mro__
        if owner.__module__.startswith("legnext_widgets")
        for name, trait in vars(owner).items()
        if getattr(trait, "metadata", {}).get("sync")
    }


def test_the_types_of_the_front_end_are_generated_from_the_declarations() -> None:
    script = PROJECT / "scripts" / "generate_protocol.py"
    spec = importlib.util.spec_from_file_location("generate_protocol", script)
    assert spec is not None
    assert spec.loader is not None
    generator: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)

    written = generator.TARGET.read_text(encoding="utf-8")

    assert written == generator.typescript(job_values, traits, comm_messages, comm_requests), (
        "run `python scripts/generate_protocol.py` and commit what it writes"
    )


@pytest.mark.parametrize(
    ("widget", "declared"), [(lw.VideoStudio, StudioTraits), (lw.VideoGallery, GalleryTraits)]
)
def test_the_declared_traits_are_those_of_the_widget(widget: type, declared: Any) -> None:
    assert synced_traits(widget) - OF_ANYWIDGET == set(declared.__annotations__)


def test_the_front_end_reads_every_trait_and_no_other() -> None:
    names = set(NEUTRAL_INPUTS)
    for module in SOURCES.rglob("*.ts"):
        text = module.read_text(encoding="utf-8")
        names |= set(re.findall(r'(?:\btrait|model\.get)\("(\w+)"', text))
    drafts = (SOURCES / "ui" / "state" / "drafts.ts").read_text(encoding="utf-8")
    names |= set(re.findall(r"  (_\w+): \w+;", drafts))

    assert names == set(StudioTraits.__annotations__)


def test_the_neutral_inputs_are_the_defaults_of_the_traits() -> None:
    traits = lw.VideoStudio.class_traits()

    assert {name: traits[name].default_value for name in NEUTRAL_INPUTS} == NEUTRAL_INPUTS


def test_a_studio_handles_every_message_that_is_declared(
    studio: lw.VideoStudio, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "legnext_widgets")
    for kind in message_types():
        if kind not in {"submit", "submit_many", "extend", "upscale", "save_key"}:
            browser.say(**well_formed(kind))

    assert not caplog.records
    assert not studio.jobs


@pytest.mark.parametrize("kind", sorted(message_types()))
def test_a_well_formed_message_is_read_whole_and_further_fields_are_dropped(kind: str) -> None:
    message = well_formed(kind)

    assert decode({**message, "more": 1}) == message


@pytest.mark.parametrize("kind", sorted(message_types()))
def test_a_message_that_lacks_a_field_is_refused_without_its_content(kind: str) -> None:
    message = well_formed(kind)
    for field in required_fields(message_types()[kind]) - {"type"}:
        for broken in (
            {name: value for name, value in message.items() if name != field},
            {**message, field: object()},
        ):
            with pytest.raises(IllFormedMessageError) as refusal:
                decode(broken)
            assert "secret" not in str(refusal.value)


def test_a_page_may_ask_for_the_front_end_without_optional_fields() -> None:
    assert decode({"type": "front_end", "has": ["a"]}) == {"type": "front_end", "has": ["a"]}
    assert decode({"type": "front_end"}) == {"type": "front_end"}


@pytest.mark.parametrize("content", [None, 5, "submit", [], {}, {"type": 5}, {"type": "close"}])
def test_other_values_are_refused(content: object) -> None:
    with pytest.raises(IllFormedMessageError):
        decode(content)


def test_of_the_inputs_and_of_lists_only_what_fits_is_kept() -> None:
    inputs = {"prompt": 5, "source": "nonsense", "raw": True, "image_no": True, "evil": 1}

    read: Any = decode(
        {"type": "submit_many", "click": "c", "inputs": inputs, "prompts": ["a", 5, None, "b"]}
    )

    assert (read["inputs"], read["prompts"]) == ({"raw": True}, ["a", "b"])


@pytest.mark.parametrize(
    "message",
    [
        {"type": "submit", "click": 5, "inputs": "secret"},
        {"type": "save_key", "ask": "a", "key": ["secret"]},
        {"type": "secret"},
        {"type": "page", "ask": {}, "search": "secret"},
    ],
)
def test_an_ill_formed_message_of_a_page_raises_nothing_and_its_content_is_not_logged(
    studio: lw.VideoStudio,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
    message: dict[str, Any],
) -> None:
    browser.say(**message)

    (record,) = [record for record in caplog.records if record.name == "legnext_widgets"]
    assert "ignored" in record.getMessage()
    assert "secret" not in caplog.text
    assert not studio.busy


def well_formed(kind: str) -> dict[str, Any]:
    """A message with each of its fields."""
    values: dict[str, Any] = {
        "type": kind,
        "inputs": {**NEUTRAL_INPUTS, "prompt": "secret"},
        "prompts": ["secret"],
        "media": "video",
        "takes": "ask",
        "favourite": None,
        "has": ["secret"],
        "clips": [{"job_id": "secret", "index": 1}, {"job_id": "secret", "index": None}],
        "hidden": True,
        **dict.fromkeys(("since", "index", "chunk", "part", "parts", "at"), 0),
        **dict.fromkeys(("open", "on"), True),
    }
    fields = message_types()[kind].__annotations__
    return {field: values.get(field, "secret") for field in fields}

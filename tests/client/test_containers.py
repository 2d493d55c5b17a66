"""A file is a clip only when its container says so, from the first byte to the last."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import legnext_widgets
from legnext_widgets.client.media.containers import flaw_in, shown_size
from legnext_widgets.client.media.unexpected_content import describe_content
from tests.support import mp4
from tests.support.mp4 import FTYP, box

ASSETS = Path(legnext_widgets.__file__).parent / "sandbox" / "assets"
MDAT = box(b"mdat", b"pictures")
WIDE = len(FTYP) + len(mp4.moov(begin=0, samples=[5], wide=True)) + 8


def flaw(content: bytes, kind: str = "clip"):
    return flaw_in(kind, io.BytesIO(content))  # type: ignore[arg-type]


def borders(content: bytes, begin: int = 0) -> list[int]:
    """Positions at which a box ends, boxes within boxes included."""
    found = []
    while begin + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, begin)
        if size < 8 or begin + size > len(content):
            break
        if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            found += [begin + 8 + at for at in borders(content[begin + 8 : begin + size])]
        found += [begin + 8, begin + size]
        begin += size
    return sorted(set(found))


WHOLE = {
    "tables first": mp4.clip(),
    "tables last": mp4.clip(tables_first=False),
    "64-bit size": FTYP + box(b"moov") + box(b"mdat", b"pictures", wide=True),
    "to the end": FTYP + box(b"moov") + box(b"mdat", b"pictures", to_end=True),
    "64-bit places": FTYP + mp4.moov(begin=WIDE, samples=[5], wide=True) + box(b"mdat", b"media"),
    "free space between": FTYP + box(b"free", bytes(40)) + box(b"moov") + MDAT + box(b"udta"),
    "fragments": FTYP + box(b"moov") + 2 * (box(b"moof", bytes(30)) + MDAT),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_clip_is_one(name):
    assert flaw(WHOLE[name]) is None


def test_packaged_clips_are_whole_and_none_of_their_beginnings_is():
    for path in ASSETS.glob("*.mp4"):
        content = path.read_bytes()
        assert flaw(content) is None
        for length in (*borders(content)[:-1], len(content) // 2, len(content) - 1):
            assert flaw(content[:length]) is not None


@pytest.mark.parametrize("tables_first", [True, False])
def test_a_clip_cut_anywhere_is_none(tables_first):
    content = mp4.clip(tables_first=tables_first)
    assert set(borders(content)) > {8, len(FTYP)}

    assert [length for length in range(len(content)) if flaw(content[:length]) is None] == []


def test_a_cut_behind_a_size_to_the_end_is_found_by_the_tables():
    begin = len(FTYP) + len(mp4.moov(begin=0, samples=[40, 50])) + 8
    content = FTYP + mp4.moov(begin=begin, samples=[40, 50]) + box(b"mdat", bytes(90), to_end=True)
    assert flaw(content) is None

    found = flaw(content[:-30])

    assert found is not None
    assert (found.cut, found.expected) == (True, len(content))


def test_fragments_cut_at_a_border_are_found_by_their_index():
    fragments = 3 * (box(b"moof", bytes(30)) + MDAT)
    each = len(fragments) // 3
    entries = b"".join(struct.pack(">III", each, 1, 0) for _ in range(3))
    index = struct.pack(">IIIIIHH", 0, 1, 1000, 0, 0, 0, 3) + entries
    content = FTYP + box(b"moov") + box(b"sidx", index) + fragments
    assert flaw(content) is None

    for left in (1, 2):
        assert flaw(content[: -left * each]) is not None


@given(st.sampled_from(sorted(WHOLE)), st.binary(min_size=1, max_size=40))
def test_garbage_behind_a_valid_clip_is_noticed(name, garbage):
    content = WHOLE[name] + garbage
    to_end = name == "to the end"  # there the garbage is a part of the media
    is_a_box = len(garbage) >= 8 and struct.unpack(">I", garbage[:4])[0] == len(garbage)

    assert flaw(content) is not None or to_end or is_a_box


@given(st.binary(max_size=200))
def test_garbage_behind_a_valid_head_is_no_clip(garbage):
    for head in (FTYP, FTYP + box(b"moov"), FTYP + MDAT, FTYP + box(b"free")):
        assert flaw(head + garbage) is not None or b"mdat" in garbage or b"moov" in garbage


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_and_described(content):
    flaw(content)
    assert flaw(content, "image") is None or describe_content(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"{}", b"<html>", FTYP, FTYP + MDAT, FTYP + box(b"moov"), b"\0\0\0\x08ftyp"],
)
def test_what_lacks_a_part_is_no_clip(content):
    assert flaw(content) is not None


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBP"]
)
def test_images_are_known_by_their_signatures(head):
    assert flaw(head + bytes(32), "image") is None
    assert flaw(head + bytes(32), "media") is None
    assert flaw(head + bytes(32), "clip") is not None
    assert flaw(mp4.clip(), "image") is not None


@pytest.mark.parametrize(
    ("content", "content_type", "what"),
    [
        (b"", "", "nothing"),
        (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "", "a web page: 502 Bad Gateway"),
        (b"  <html><body>Sign in", "text/html", "a web page"),
        (b'{"code": 500, "message": "quota exceeded"}', "", "an error in JSON: quota exceeded"),
        (b'{"error": {"code": 0, "detail": "no disk"}}', "", "an error in JSON: no disk"),
        (b'{"message": "cut ', "application/json", "an error in JSON"),
        (
            (
                b'<?xml version="1.0"?><Error><Code>AccessDenied</Code>'
                b"<Message>Request has expired</Message></Error>"
            ),
            "application/xml",
            "an error in XML: Request has expired",
        ),
        (b"slow down", "text/plain", "a text: slow down"),
        (b"\x1f\x8b\x08\0\0\0", "", "a file of another kind"),
    ],
)
def test_what_came_instead_is_described(content, content_type, what):
    assert describe_content(content, content_type) == what


def test_sizes_are_shown_as_people_write_them():
    assert shown_size(1_200_000, 3_000_000) == "1.2 of about 3 MB"
    assert shown_size(12, 3_000) == "0 of about 3 kB"
    assert shown_size(2_999_999, 3_000_000) == "2999999 of about 3000000 bytes"
    assert shown_size(40) == "40 bytes"

"""Tiny MP4 files, built by hand from boxes: whole to every check, playable by no player."""

from __future__ import annotations

import struct


def box(kind: bytes, *contents: bytes, wide: bool = False, to_end: bool = False) -> bytes:
    """Make a box.

    Args:
        kind: Four letters.
        contents: What is in it.
        wide: Write its length with 64 bits.
        to_end: Write the length 0, "to the end of the file".
    """
    content = b"".join(contents)
    if to_end:
        return struct.pack(">I4s", 0, kind) + content
    if wide:
        return struct.pack(">I4sQ", 1, kind, 16 + len(content)) + content
    return struct.pack(">I4s", 8 + len(content), kind) + content


def moov(*, begin: int, samples: list[int], wide: bool = False) -> bytes:
    """Make the tables of one track with one chunk.

    Args:
        begin: Where the chunk begins in the file.
        samples: Bytes of each sample.
        wide: Write the place with 64 bits.
    """
    sizes = struct.pack(f">III{len(samples)}I", 0, 0, len(samples), *samples)
    runs = struct.pack(">IIIII", 0, 1, 1, len(samples), 1)
    places = struct.pack(">IIQ" if wide else ">III", 0, 1, begin)
    stbl = box(
        b"stbl", box(b"stsz", sizes), box(b"stsc", runs), box(b"co64" if wide else b"stco", places)
    )
    trak = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"minf", stbl)))
    return box(b"moov", box(b"mvhd", bytes(100)), trak)


FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")


def clip(content: bytes = b"a whole clip", *, tables_first: bool = True) -> bytes:
    """Make a whole clip whose media are these bytes."""
    if not tables_first:
        return FTYP + box(b"mdat", content) + moov(begin=len(FTYP) + 8, samples=[len(content)])
    tables = moov(begin=0, samples=[len(content)])
    begin = len(FTYP) + len(tables) + 8
    return FTYP + moov(begin=begin, samples=[len(content)]) + box(b"mdat", content)


def clip_of_size(size: int) -> bytes:
    """Make a whole clip of exactly so many bytes, at least some 400."""
    return clip(b"x" * (size - len(clip(b""))))


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
"""What passes for a picture by its signature."""

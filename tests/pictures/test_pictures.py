"""Pictures in every form a notebook has, and what is made of them before they leave it."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

import legnext_widgets as lw
from legnext_widgets.client.pictures.picture import Picture
from legnext_widgets.client.pictures.preparing import LONGEST_SIDE
from legnext_widgets.client.pictures.sources import picture_of

from .picture_factory import PLACE, animated, exif, phone_jpeg, photo, png_with_text, saved

mpl.use("agg")


def request_with(source: Any) -> lw.VideoDiffusion:
    return lw.VideoDiffusion("It moves", image=source)


def prepared(source: Any) -> Picture:
    return request_with(source).pictures["image_url"]


def pixels(picture: Picture) -> np.ndarray[Any, Any]:
    with Image.open(io.BytesIO(picture.data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def figure() -> Any:
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(4, 3))
    drawn.subplots().plot([1, 3, 2])
    return drawn


class ShowsItself:
    def _repr_png_(self) -> bytes:
        return saved(photo(), "PNG")


def a_file(folder: Path) -> Path:
    path = folder / "holiday in Zürich.jpg"
    path.write_bytes(phone_jpeg())
    return path


FORMS: dict[str, Any] = {
    "a path as text": lambda folder: str(a_file(folder)),
    "a path": a_file,
    "a file: link": lambda folder: a_file(folder).as_uri(),
    "bytes": lambda _: phone_jpeg(),
    "a bytearray": lambda _: bytearray(phone_jpeg()),
    "a memoryview": lambda _: memoryview(phone_jpeg()),
    "an open file": lambda folder: a_file(folder).open("rb"),
    "a BytesIO": lambda _: io.BytesIO(phone_jpeg()),
    "a data: link": lambda _: "data:image/jpeg;base64," + base64.b64encode(phone_jpeg()).decode(),
    "a PIL image": lambda _: photo(),
    "a numpy array": lambda _: np.asarray(photo()),
    "a grey array": lambda _: np.asarray(photo().convert("L")),
    "an array of floats": lambda _: np.asarray(photo()) / 255,
    "an array of 16 bits": lambda _: np.asarray(photo()).astype(np.uint16) * 257,
    "an array with channels first": lambda _: np.asarray(photo()).transpose(2, 0, 1),
    "a boolean array": lambda _: np.asarray(photo().convert("L")) > 127,
    "a figure": lambda _: figure(),
    "axes": lambda _: figure().axes[0],
    "a frame of PyAV": lambda _: av.VideoFrame.from_image(photo()),
    "an upload of ipywidgets": lambda _: {"name": "a.jpg", "content": memoryview(phone_jpeg())},
    "an object that shows itself": lambda _: ShowsItself(),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("form", FORMS)
def test_a_picture_is_taken_in_every_form(form: str, tmp_path: Path) -> None:
    picture = prepared(FORMS[form](tmp_path))

    assert picture.media_type in ("image/jpeg", "image/png")
    assert picture.width / picture.height == pytest.approx(4 / 3, abs=0.01)
    assert pixels(picture).shape == (picture.height, picture.width, 3)
    assert picture.name == picture.name.lower()
    assert "rich" not in picture.name


def test_the_same_pixels_come_out_of_each_form_that_has_them() -> None:
    image = photo()

    for source in (image, np.asarray(image), np.asarray(image) / 255, saved(image, "PNG")):
        assert np.abs(pixels(prepared(source)) - np.asarray(image)).max() <= 40
        assert np.abs(pixels(prepared(source)) - np.asarray(image)).mean() < 2


@pytest.mark.parametrize("name", ["image", "end_image"])
def test_a_link_is_taken_as_a_link(name: str) -> None:
    link = "https://example.com/sea.jpg"
    other = {"image": {}, "end_image": {"image_url": "https://example.com/a.jpg"}}[name]

    request = lw.VideoDiffusion("It moves", **{name: f" {link}\n"}, **other)  # type: ignore[arg-type]

    assert getattr(request, f"{name}_url") == link
    assert getattr(request, name) is None
    assert request.payload()


# --- what is removed


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(640, 480), (2200, 300)], ids=["as it is", "made smaller"])
def test_a_photo_is_upright_and_says_nothing_about_its_place(
    orientation: int, size: tuple[int, int]
) -> None:
    data = phone_jpeg(orientation, size)
    with Image.open(io.BytesIO(data)) as image:
        from PIL import ImageOps

        wanted = ImageOps.exif_transpose(image).convert("RGB")

    picture = prepared(data)

    wanted.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    assert (picture.width, picture.height) == wanted.size
    assert np.abs(pixels(picture) - np.asarray(wanted).astype(int)).mean() < 6
    assert PLACE not in picture.data
    assert b"A. Person" not in picture.data
    with Image.open(io.BytesIO(picture.data)) as image:
        assert not image.getexif()
        assert not image.info.get("comment")
        assert not image.info.get("xmp")


def test_a_small_upright_jpeg_keeps_exactly_its_pixels() -> None:
    data = phone_jpeg()

    picture = prepared(data)

    assert len(picture.data) < len(data)
    assert picture.changes == ("metadata removed",)
    with Image.open(io.BytesIO(data)) as image:
        assert (pixels(picture) == np.asarray(image)).all()


def test_a_progressive_jpeg_keeps_all_of_its_scans() -> None:
    data = saved(photo(), "JPEG", progressive=True, exif=exif())

    assert (pixels(prepared(data)) == np.asarray(Image.open(io.BytesIO(data)))).all()


def test_a_png_loses_its_texts_and_keeps_its_pixels() -> None:
    image = photo()

    picture = prepared(png_with_text(image))

    assert PLACE not in picture.data
    assert (pixels(picture) == np.asarray(image)).all()


def test_a_drawing_stays_a_png_and_a_photo_becomes_a_jpeg() -> None:
    assert prepared(Image.new("RGB", (400, 300), "navy")).media_type == "image/png"
    assert prepared(np.asarray(photo())).media_type == "image/jpeg"


def test_a_damaged_colour_profile_does_no_harm() -> None:
    data = saved(photo(2200, 100), "PNG", icc_profile=b"no profile at all")

    assert np.abs(pixels(prepared(data)) - pixels(prepared(photo(2200, 100)))).mean() < 1


# --- bad and odd input

ODD: dict[str, tuple[Any, tuple[int, int], str]] = {
    "40 megapixels": (
        lambda: saved(photo(80, 50).resize((8000, 5000), Image.Resampling.NEAREST), "JPEG"),
        (2048, 1280),
        "made smaller",
    ),
    "an animated GIF": (lambda: animated("GIF"), (60, 40), "the first of 3"),
    "an animated PNG": (lambda: animated("PNG"), (60, 40), "the first of 3"),
    "CMYK": (lambda: saved(photo().convert("CMYK"), "JPEG"), (640, 480), "CMYK"),
    "16 bits": (
        lambda: saved(Image.fromarray(np.full((48, 64), 40000, np.uint16)), "PNG"),
        (64, 48),
        "16 bits",
    ),
    "a palette": (lambda: saved(photo().convert("P"), "PNG"), (640, 480), ""),
    "black and white": (lambda: saved(photo().convert("1"), "PNG"), (640, 480), ""),
    "WebP": (lambda: saved(photo(), "WEBP"), (640, 480), ""),
    "TIFF": (lambda: saved(photo(), "TIFF"), (640, 480), ""),
    "BMP": (lambda: saved(photo(), "BMP"), (640, 480), ""),
    "one pixel": (lambda: saved(photo(1, 1), "PNG"), (1, 1), ""),
    "a strip": (lambda: saved(photo(9000, 10), "PNG"), (2048, 2), "made smaller"),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_picture_is_made_ready(kind: str) -> None:
    make, size, change = ODD[kind]

    picture = prepared(make())

    assert (picture.width, picture.height) == size
    assert change in "; ".join(picture.changes)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.mode in ("RGB", "L", "P", "1")
        assert image.size == size
        assert getattr(image, "n_frames", 1) == 1


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    data = saved(Image.fromarray(np.full((48, 64), 40000, np.uint16)), "PNG")

    assert abs(int(pixels(prepared(data)).mean()) - 40000 // 257) <= 1


def test_transparency_becomes_white() -> None:
    image = photo().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))

    picture = prepared(saved(image, "PNG"))

    assert pixels(picture).min() >= 254
    assert "put on white" in picture.changes


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"", "is empty (0 bytes)"),
        (b"just a note", "is a text file, not a supported image"),
        (b"<!DOCTYPE html><html>", "is a web page; use the image on it"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "save it as PNG"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "pip install pillow-heif"),
        (b"\0\0\0\x18ftypisom" + bytes(40), "video.frame()"),
        (phone_jpeg()[:5000], "damaged or incomplete"),
        (saved(photo(), "PNG")[:5000], "damaged or incomplete"),
        (saved(photo(), "WEBP")[:5000], "damaged or incomplete"),
        (b"\x89PNG\r\n\x1a\n", "damaged or incomplete"),
        ("", "is empty; give a link or the path of a file"),
        ("no-such.jpg", "does not name a file: 'no-such.jpg' does not exist in"),
        ("ftp://example.com/a.jpg", "must be an http:// or https:// link, or the path of a file"),
        (Path(), "is a folder"),
        (io.StringIO("text"), "opened as text"),
        (io.BytesIO(), "nothing left to read"),
        (np.zeros((0, 5, 3)), "is an empty array"),
        (np.zeros((5, 5, 5, 5)), "is an array of shape (5, 5, 5, 5)"),
        (np.full((5, 5), np.nan), "contains NaN or infinite values"),
        (np.full((5, 5), 400), "with values from 400 to 400"),
        (np.full((5, 5), -1.0), "with values from -1 to -1"),
        (np.array([["a", "b"]]), "an image needs numbers"),
        (3.5, "is a float, not an image"),
        (3, "is an int, not an image"),
        (Image.new("RGB", (0, 5)), "has no pixels"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, str) else None,
)
def test_what_is_no_picture_is_refused_with_the_reason(source: Any, says: str) -> None:
    with pytest.raises(lw.InvalidInputError) as raised:
        request_with(source)

    (problem,) = raised.value.problems
    assert (problem.field, problem.code) == ("image", "not_a_picture")
    assert says in problem.message


def test_a_folder_is_named_once() -> None:
    with pytest.raises(
        lw.InvalidInputError, match=r"image is a folder \(\.\); give one file in it"
    ):
        request_with(Path())


def test_a_large_photo_says_what_size_it_had() -> None:
    large = photo(50, 41).resize((5000, 4100), Image.Resampling.NEAREST)

    picture = prepared(saved(large, "JPEG", quality=50))

    assert picture.changes[0] == "made smaller, from 5000 x 4100"


def test_a_text_file_with_the_name_of_a_picture_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_text("this is text")

    with pytest.raises(lw.InvalidInputError, match="image is a text file, not a supported image"):
        request_with(file)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    data = bytearray(saved(photo(10, 10), "PNG"))
    data[16:24] = (30_000).to_bytes(4) + (30_000).to_bytes(4)

    with pytest.raises(lw.InvalidInputError, match="30000 x 30000 pixels"):
        request_with(bytes(data))


# --- the request


def test_a_request_keeps_its_picture_and_needs_the_link_for_its_payload() -> None:
    request = request_with(photo())

    with pytest.raises(ValueError, match="image has no link yet"):
        request.payload()
    linked = request.linked(image_url="https://example.com/a.jpg")
    assert linked.payload() == {"prompt": "https://example.com/a.jpg It moves", "videoType": 0}
    assert linked.pictures == request.pictures
    assert linked.unlinked == {}


def test_the_identity_of_a_request_is_that_of_its_picture_and_not_of_its_link() -> None:
    request = request_with(phone_jpeg())
    first = request.linked(image_url="https://example.com/1.jpg")
    second = request.linked(image_url="https://example.com/2.jpg?signature=3")

    assert request.identity() == first.identity() == second.identity()
    assert request.pictures["image_url"].identity in str(request.identity())
    assert request.identity() != request_with(photo()).identity()
    plain = lw.VideoDiffusion("It moves", image_url="https://example.com/1.jpg")
    assert plain.identity() == plain.payload()
    assert lw.Diffusion("a sea").identity() == {"text": "a sea"}


def test_requests_of_the_same_picture_are_equal() -> None:
    assert request_with(phone_jpeg()) == request_with(io.BytesIO(phone_jpeg()))
    assert len({request_with(phone_jpeg()), request_with(phone_jpeg())}) == 1
    assert request_with(phone_jpeg()) != request_with(photo())


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"image_url": "https://example.com/a.jpg"}, "image"),
        ({"job_id": "bb40cae1-edd9-4cb0-9f66-e029b4439100", "image_no": 0}, "image"),
        ({"prompt": "https://example.com/a.jpg It moves"}, "image"),
        ({"end_image": photo(), "end_image_url": "https://example.com/a.jpg"}, "end_image"),
    ],
)
def test_an_image_is_given_once(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(lw.InvalidInputError) as raised:
        lw.VideoDiffusion(**{"prompt": "It moves", "image": phone_jpeg()} | arguments)

    assert raised.value.problems[0].field == field


def test_other_arguments_are_checked_before_the_picture_is_read() -> None:
    class Unreadable:
        def read(self) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(ValueError, match="motion must be one of"):
        lw.VideoDiffusion("x", image=Unreadable(), motion="fast")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="prompt must say what should happen"):
        lw.VideoDiffusion(image=Unreadable())


def test_room_for_the_link_is_kept_in_the_prompt() -> None:
    lw.VideoDiffusion("x" * 6_000, image=phone_jpeg())
    with pytest.raises(ValueError, match="must have 1 to 8192 characters"):
        lw.VideoDiffusion("x" * 6_200, image=phone_jpeg())


def test_a_request_with_a_picture_is_shown_as_code(tmp_path: Path) -> None:
    request = request_with(a_file(tmp_path))

    assert "image='holiday in Zürich.jpg'" in request.to_python()
    assert "https://example.com/" in request.to_curl()
    linked = request.linked(image_url="https://example.com/a.jpg")
    assert "image_url='https://example.com/a.jpg'" in linked.to_python()
    assert "image=" not in linked.to_python()
    assert "bytes" not in repr(request)


# --- without Pillow

WITHOUT_PILLOW = """
import importlib.abc, sys
class Gone(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "PIL":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Gone())
import importlib.util
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "PIL" else real(name, *rest)
import legnext_widgets as lw
request = lw.VideoDiffusion("x", image=sys.argv[1])
picture = request.pictures["image_url"]
open(sys.argv[2], "wb").write(picture.data)
print(picture.width, picture.height)
"""


def without_pillow(data: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    source = folder / "source"
    source.write_bytes(data)
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_PILLOW, str(source), str(folder / "result")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )


@pytest.mark.parametrize("kind", ["JPEG", "rotated JPEG", "PNG", "WEBP"])
def test_files_are_taken_without_pillow_and_lose_their_metadata(kind: str, tmp_path: Path) -> None:
    data = {
        "JPEG": phone_jpeg(),
        "rotated JPEG": phone_jpeg(6),
        "PNG": png_with_text(photo()),
        "WEBP": saved(photo(), "WEBP", exif=exif(), lossless=True),
    }[kind]

    ended = without_pillow(data, tmp_path)

    result = (tmp_path / "result").read_bytes()
    assert ended.stdout.split() == (["480", "640"] if kind == "rotated JPEG" else ["640", "480"])
    assert PLACE not in result
    assert picture_of(result).identity  # a decoder takes it
    with Image.open(io.BytesIO(result)) as image:
        assert dict(image.getexif()) == ({0x0112: 6} if kind == "rotated JPEG" else {})
        with Image.open(io.BytesIO(data)) as original:
            assert (np.asarray(image) == np.asarray(original)).all()


def test_what_needs_pillow_says_how_to_install_it(tmp_path: Path) -> None:
    for data in (phone_jpeg(size=(3000, 200)), saved(photo(), "GIF"), animated("PNG")):
        ended = without_pillow(data, tmp_path)
        assert "pip install 'legnext-widgets[frames]'" in ended.stderr


def cut_jpeg() -> Image.Image:
    whole = saved(photo(), "JPEG")
    return Image.open(io.BytesIO(whole[: len(whole) // 3]))


def closed() -> Image.Image:
    image = photo()
    image.close()
    return image


@pytest.mark.parametrize("field", ["image", "end_image"])
@pytest.mark.parametrize(
    ("image", "says"),
    [(cut_jpeg, "damaged or incomplete image file"), (closed, "closed; open it again")],
)
def test_an_image_that_pillow_cannot_decode_is_refused_with_the_reason(
    field: str, image: Any, says: str
) -> None:
    other: Any = {} if field == "image" else {"image_url": "https://example.com/a.png"}

    with pytest.raises(lw.InvalidInputError, match=rf"^{field} is .*{says}"):
        lw.VideoDiffusion("It moves", **{field: image()}, **other)


STEPS = np.tile(np.arange(256), (4, 1))
MASK = STEPS > 127


@pytest.mark.parametrize(
    ("source", "change"),
    [
        (STEPS.astype("u1"), None),
        (STEPS.astype("u2"), None),
        (STEPS.astype("i8"), None),
        ((STEPS * 257).astype("u2"), "reduced from 16 bits"),
        (STEPS / 255, None),
        (Image.fromarray(STEPS.astype("u2")), None),
        (Image.fromarray((STEPS * 257).astype("u2")), "reduced from 16 bits"),
    ],
)
def test_numbers_are_the_grey_that_they_are_meant_as(source: Any, change: str | None) -> None:
    picture = prepared(source)

    assert pixels(picture)[0, :, 0].tolist() == list(range(256))
    assert picture.changes == ((change,) if change else ())


@pytest.mark.parametrize("kind", ["u1", "u2", "i4", "i8", "pillow"])
def test_a_mask_of_zeros_and_ones_is_black_and_white(kind: str) -> None:
    source = Image.fromarray(MASK.astype("i4")) if kind == "pillow" else MASK.astype(kind)

    picture = prepared(source)

    assert pixels(picture)[0, :, 0].tolist() == [0] * 128 + [255] * 128
    assert picture.changes == ("spread from 0 to 1 over black to white",)


def test_a_black_array_stays_black() -> None:
    assert pixels(prepared(np.zeros((4, 4), int))).max() == 0
    with pytest.raises(lw.InvalidInputError, match="NaN"):
        prepared(Image.fromarray(np.full((4, 4), np.nan, "f4")))


@pytest.mark.parametrize("shape", ['"{}"', "  {} ", "'{}'\n", "\u201c{}\u201d", "\u200b{}"])
def test_a_path_is_taken_as_it_was_pasted(shape: str, tmp_path: Path) -> None:
    path = a_file(tmp_path)

    assert prepared(shape.format(path)) == prepared(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
def test_a_name_that_has_quotes_is_found_under_it(tmp_path: Path) -> None:
    quoted = tmp_path / '"odd"'
    quoted.write_bytes(phone_jpeg())

    assert prepared(str(quoted)).label == '"odd"'


def test_the_value_of_an_upload_widget_is_taken_whole() -> None:
    file = {"name": "a.jpg", "type": "image/jpeg", "content": memoryview(phone_jpeg())}

    for value in (file, (file,), [file], {"a.jpg": {"metadata": {}, "content": phone_jpeg()}}):
        picture = prepared(value)
        assert (picture, picture.label) == (prepared(phone_jpeg()), "a.jpg")
    for wrong, says in (((file, file), "2 files; give one"), ((), "tuple"), ({}, "dict")):
        with pytest.raises(lw.InvalidInputError, match=says):
            prepared(wrong)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_device_or_a_pipe_is_no_picture(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path in ("/dev/zero", pipe):
        with pytest.raises(lw.InvalidInputError, match="is a device or a pipe"):
            prepared(path)

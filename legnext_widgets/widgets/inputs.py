"""What the inputs of the studio ask for: a request, or what is wrong with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, cast

from legnext_widgets.client.api.prompt import split, split_link
from legnext_widgets.client.api.requests import Diffusion, Request, VideoDiffusion
from legnext_widgets.client.api.validation import Problem
from legnext_widgets.client.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from legnext_widgets.client.api.validation import ImageNo

SOURCES = ("image_url", "image_job", "text")


class Inputs(TypedDict):
    """The values of the input traits; empty text and a batch size of 0 mean "not said"."""

    source: str
    prompt: str
    image_url: str
    source_job_id: str
    image_no: int
    video_type: int
    motion: str
    raw: bool
    loop: bool
    end_image_url: str
    batch_size: int
    callback: str


NEUTRAL: Inputs = {
    "source": "image_url",
    "prompt": "",
    "image_url": "",
    "source_job_id": "",
    "image_no": 0,
    "video_type": 0,
    "motion": "",
    "raw": False,
    "loop": False,
    "end_image_url": "",
    "batch_size": 0,
    "callback": "",
}

_INPUT_OF = {"job_id": "source_job_id", "text": "prompt"}


def request_of(inputs: Inputs) -> Request:
    """The request these inputs make.

    Raises:
        InvalidInputError: They make none; its problems name the inputs.
    """
    try:
        request = _build(inputs)
    except InvalidInputError as error:
        raise InvalidInputError(_for_inputs(error.problems)) from None
    return request


def problems_of(inputs: Inputs) -> dict[str, Problem]:
    """What is wrong, by input; of several problems with one input the first."""
    try:
        request_of(inputs)
    except InvalidInputError as error:
        return {problem.field: problem for problem in reversed(error.problems)}
    return {}


def inputs_of(given: Mapping[str, Any]) -> Inputs:
    """The inputs among any values, such as those in a message of the browser.

    A value of another type than the input's is left out, and so is what is not an input.
    """
    kept = {
        name: given[name]
        for name, neutral in NEUTRAL.items()
        if name in given and type(given[name]) is type(neutral)
    }
    return cast("Inputs", kept)


def inputs_from(request: Request) -> Inputs:
    """The inputs that make this request again; one that extends or enlarges a video makes none.

    Raises:
        ValueError: The studio's inputs do not make requests of this kind.
    """
    again: Inputs = {**NEUTRAL, "callback": request.callback or ""}
    if isinstance(request, Diffusion):
        return {**again, "source": "text", "prompt": request.text}
    if not isinstance(request, VideoDiffusion):
        raise ValueError("only images and animations can be made again from the inputs")
    parts = split(request.text)
    again |= {
        "prompt": parts.words,
        "video_type": int(request.video_type),
        "motion": parts.motion or "",
        "raw": parts.raw,
        "loop": parts.loop,
        "end_image_url": parts.end_image_url or "",
        "batch_size": parts.batch_size or 0,
    }
    if request.job_id is not None:
        again |= {
            "source": "image_job",
            "source_job_id": request.job_id,
            "image_no": request.image_no or 0,
        }
    else:
        again |= {"source": "image_url", "image_url": parts.image_url or ""}
    return again


def _build(inputs: Inputs) -> Request:
    callback = inputs["callback"].strip() or None
    if inputs["source"] == "text":
        return Diffusion(inputs["prompt"].strip(), callback=callback)
    if inputs["source"] not in SOURCES:
        listed = ", ".join(SOURCES)
        raise InvalidInputError([Problem("source", "out_of_range", f"must be one of {listed}")])
    options: dict[str, Any] = {
        "video_type": inputs["video_type"],
        "motion": inputs["motion"] or None,
        "raw": inputs["raw"],
        "loop": inputs["loop"],
        "end_image_url": inputs["end_image_url"].strip() or None,
        "batch_size": inputs["batch_size"] or None,
        "callback": callback,
    }
    prompt = inputs["prompt"].strip()
    if inputs["source"] == "image_job":
        job_id, image_no = inputs["source_job_id"].strip(), cast("ImageNo", inputs["image_no"])
        return VideoDiffusion(prompt or None, job_id=job_id, image_no=image_no, **options)
    link = inputs["image_url"].strip()
    if not link and split_link(prompt)[0]:
        return VideoDiffusion(prompt, **options)
    return VideoDiffusion(prompt, image_url=link or None, **options)


def _for_inputs(problems: tuple[Problem, ...]) -> list[Problem]:
    return [
        Problem(_INPUT_OF.get(problem.field, problem.field), problem.code, problem.message)
        for problem in problems
    ]

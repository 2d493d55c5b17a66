"""Turn the studio's inputs into a request and back, and preview what they would send. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack, cast

import legnext_widgets as lw
from legnext_widgets.client.api import snippets
from legnext_widgets.client.api.validation import Problem, require
from legnext_widgets.client.api.values.cleaning import clean_margins
from legnext_widgets.client.api.values.prompt import split, split_link
from legnext_widgets.client.api.values.reachability import is_loopback, unreachable_links
from legnext_widgets.client.errors import InvalidInputError
from legnext_widgets.client.messages import Message

from .kernel.media.pictures import SCHEME
from .kernel.protocol.localized import localize_error
from .kernel.protocol.traits import MAX_BATCH, NEUTRAL_INPUTS, Inputs, Motion, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipywidgets import Layout

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.api.validation import ImageNo
    from legnext_widgets.client.pictures.picture import Picture

    from .kernel.protocol.comm_messages import DescribedMessage


class StudioOptions(TypedDict, total=False):
    """First values of a studio's inputs; None stands for a neutral value. And its layout."""

    source: Source
    prompt: str | None
    image_url: str | None
    source_job_id: str | None
    image_no: int | None
    video_type: int | None
    motion: Motion | None
    raw: bool
    loop: bool
    end_image_url: str | None
    batch_size: int | None
    callback: str | None
    layout: Layout


class Rules(TypedDict, total=False):
    """What decides about inputs besides the limits of the service.

    Attributes:
        private_urls: Whether the service may reach what only this machine reaches.
        pictures: Pictures of the person, by the links that stand for them in the inputs.
    """

    private_urls: bool
    pictures: Mapping[str, Picture]


SOURCES: tuple[Source, ...] = ("image_url", "image_job", "text")

_INPUT_OF = {
    "job_id": "source_job_id",
    "text": "prompt",
    "image": "image_url",
    "end_image": "end_image_url",
}


def request_of(inputs: Inputs, **rules: Unpack[Rules]) -> Request:
    """Build the request that the inputs make.

    Args:
        inputs: The inputs.
        **rules: What else decides; see `Rules`.

    Raises:
        InvalidInputError: They make none; its problems name the inputs.
    """
    try:
        request = _build(inputs, rules.get("pictures", {}))
        if not rules.get("private_urls", False):
            require(unreachable_links(request))
        return request
    except InvalidInputError as error:
        raise InvalidInputError(_for_inputs(error.problems)) from None


def requests_of(
    inputs: Inputs, prompts: Sequence[str] | None, **rules: Unpack[Rules]
) -> list[Request]:
    """Build the requests that the inputs make: one, or one for each prompt.

    Args:
        inputs: The inputs.
        prompts: 1 to 200 prompts; None for that of the inputs.
        **rules: As for `request_of`.

    Raises:
        InvalidInputError: One of the requests would be outside its limits.
        ValueError: There are no prompts, or too many.
    """
    if prompts is None:
        return [request_of(inputs, **rules)]
    if not 1 <= len(prompts) <= MAX_BATCH:
        raise ValueError(Message("batch_size", most=MAX_BATCH, count=len(prompts)))
    return [request_of({**inputs, "prompt": prompt}, **rules) for prompt in prompts]


def problems_of(inputs: Inputs, **rules: Unpack[Rules]) -> dict[str, Problem]:
    """Find the first problem of each input; none when they make a request."""
    try:
        request_of(inputs, **rules)
    except InvalidInputError as error:
        return {problem.field: problem for problem in reversed(error.problems)}
    return {}


class CodeFor(NamedTuple):
    """The service for which code is written, so that it runs when it is pasted.

    Attributes:
        base_url: Its origin.
        client: The Python expression that makes its client.
        key: What stands for the key in a curl command.
    """

    base_url: str
    client: str = snippets.CLIENT
    key: str = snippets.KEY


def code_for(base_url: str, *, sandbox: bool, embedded: bool, speed: float) -> CodeFor:
    """Choose the code for a service.

    Args:
        base_url: Its origin.
        sandbox: Whether it is a sandbox, which takes any key.
        embedded: Whether it is a sandbox inside of this process. Code that runs elsewhere starts
            one of its own, which adopts the jobs of the library.
        speed: Of the sandbox.
    """
    if not (embedded or (sandbox and is_loopback(base_url))):
        return CodeFor(base_url)
    client = f'lw.Client("sandbox", base_url={base_url!r})'
    if embedded:
        client = f"lw.Client.sandbox(speed={speed:g}, library=lw.Library())"
    return CodeFor(base_url, client, "sandbox")


def preview(
    ask: str,
    inputs: Inputs,
    prompts: Sequence[str] | None,
    service: CodeFor,
    **rules: Unpack[Rules],
) -> DescribedMessage:
    """Show what the inputs would send, as JSON, as a curl command and as Python.

    Args:
        ask: The id of the page's request.
        inputs: The inputs.
        prompts: The prompts of a batch, whose first request is shown; else None.
        service: For which service to write the code.
        **rules: As for `request_of`.
    """
    shown: DescribedMessage = {
        "type": "described",
        "ask": ask,
        "requests": 0,
        "json": "",
        "curl": "",
        "python": "",
        "problem": None,
    }
    try:
        first, *others = requests_of(inputs, prompts, **rules)
    except ValueError as error:
        return {**shown, "problem": localize_error(error)}
    return {
        **shown,
        "requests": 1 + len(others),
        "json": json.dumps(first.shown_payload(), indent=2, ensure_ascii=False),
        "curl": snippets.curl(first.endpoint, first.shown_payload(), service.base_url, service.key),
        "python": snippets.python(first.method_name, first.arguments(), service.client),
    }


def inputs_of(given: Mapping[str, object]) -> Inputs:
    """Pick the inputs from any values; a missing one, or one of another type, is neutral."""
    fitting = {
        name: given[name]
        for name, neutral in NEUTRAL_INPUTS.items()
        if name in given and type(given[name]) is type(neutral)
    }
    return cast("Inputs", {**NEUTRAL_INPUTS, **fitting})


def inputs_from(request: Request) -> Inputs:
    """Return the inputs that make a request again.

    Raises:
        ValueError: No inputs do: it extends or upscales a video.
    """
    again: Inputs = {**NEUTRAL_INPUTS, "callback": request.callback or ""}
    if isinstance(request, lw.Diffusion):
        return {**again, "source": "text", "prompt": request.text}
    if not isinstance(request, lw.VideoDiffusion):
        raise ValueError(  # noqa: TRY004 - a request, but of another kind
            "only images and animations can be made again from the inputs"
        )
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


def _build(inputs: Inputs, pictures: Mapping[str, Picture]) -> Request:
    callback = clean_margins(inputs["callback"]) or None
    prompt = clean_margins(inputs["prompt"])
    if inputs["source"] == "text":
        return lw.Diffusion(prompt, callback=callback)
    if inputs["source"] not in SOURCES:
        listed = ", ".join(SOURCES)
        raise InvalidInputError([Problem("source", "out_of_range", f"must be one of {listed}")])
    options: dict[str, Any] = {
        "video_type": inputs["video_type"],
        "motion": inputs["motion"] or None,
        "raw": inputs["raw"],
        "loop": inputs["loop"],
        "batch_size": inputs["batch_size"] or None,
        "callback": callback,
        **_image("end_image", inputs["end_image_url"], pictures),
    }
    if inputs["source"] == "image_job":
        job_id, image_no = inputs["source_job_id"].strip(), cast("ImageNo", inputs["image_no"])
        return lw.VideoDiffusion(prompt or None, job_id=job_id, image_no=image_no, **options)
    link = clean_margins(inputs["image_url"])
    if not link and split_link(prompt)[0]:
        return lw.VideoDiffusion(prompt, **options)
    return lw.VideoDiffusion(prompt, **_image("image", link, pictures), **options)


def _image(name: str, link: str, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    """Return the argument for a link: the picture that it stands for, or the link itself."""
    link = clean_margins(link)
    if not link.startswith(SCHEME):
        return {f"{name}_url": link or None}
    if link in pictures:
        return {name: pictures[link]}
    reason = "is an image that the kernel no longer has; add it again"
    raise InvalidInputError([Problem(f"{name}_url", "not_a_picture", reason)])


def _for_inputs(problems: tuple[Problem, ...]) -> list[Problem]:
    return [
        Problem(_INPUT_OF.get(problem.field, problem.field), problem.code, problem.message)
        for problem in problems
    ]

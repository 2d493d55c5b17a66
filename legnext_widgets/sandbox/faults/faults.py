"""Faults that a test can switch on: what can go wrong between a client and the service."""

from __future__ import annotations

import fnmatch
import itertools
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

FAULT_KINDS = {
    "latency": "the response is `seconds` late; `when`: before or after the service acts",
    "rate_limit": "429; with `retry_after` (seconds, or a date as text) a Retry-After header",
    "server_error": "a JSON error with `status`, 500 by default",
    "proxy_html": "an HTML page with `status`, 502 by default, as from a proxy in between",
    "cut_before": "the connection is cut before the service acts",
    "cut_after": "the service acts, then the connection is cut before it responds",
    "truncated_json": "the JSON of the response stops in the middle",
    "truncated_media": "the connection is cut after `fraction` of a media file",
    "expired_links": "links in responses have expired already",
    "failed_job": "the job is accepted and ends failed, with `status` as code and `message`",
}
"""Kinds of faults, and what each does."""

_DEFAULT_PATHS = {"truncated_media": "/media/*", "failed_job": "/api/v1/*"}
_IN_RESPONSES = frozenset({"expired_links", "failed_job"})


@dataclass(eq=False)
class Fault:
    """One fault and the requests it affects. In a `with` statement it is switched off at the end.

    Attributes:
        kind: One of `FAULT_KINDS`.
        path: Pattern of paths, with `*`; by default the paths where the kind makes sense.
        method: HTTP method, or None for all.
        times: How often at most, or None for always.
        probability: Chance that a matching request is affected, 0 to 1.
        skip: How many matching requests pass first.
        seconds: Duration of a `latency`.
        when: `"before"` or `"after"`: whether a `latency` comes before the service acts.
        retry_after: The Retry-After of a `rate_limit`: seconds, a date as text, or None.
        status: HTTP status, or the code of a failed job.
        message: Text of the error.
        fraction: How much of a media file or a JSON text is sent, 0 to 1.
        id: Its number.
        seen: How many requests matched.
        happened: How often it happened.
    """

    kind: str
    path: str | None = None
    method: str | None = None
    times: int | None = None
    probability: float = 1.0
    skip: int = 0
    seconds: float = 5.0
    when: str = "before"
    retry_after: float | str | None = 1
    status: int | None = None
    message: str | None = None
    fraction: float = 0.5
    id: int = 0
    seen: int = 0
    happened: int = 0
    on_exit: Callable[[Fault], None] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(FAULT_KINDS)}")
        if not 0 <= self.probability <= 1 or not 0 <= self.fraction <= 1:
            raise ValueError("probability and fraction must be from 0 to 1")
        if self.when not in ("before", "after"):
            raise ValueError("when must be 'before' or 'after'")
        if self.seconds < 0 or self.skip < 0 or (self.times is not None and self.times < 0):
            raise ValueError("seconds, skip and times must not be negative")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.on_exit is not None:
            self.on_exit(self)

    def as_dict(self) -> dict[str, Any]:
        """Return all attributes, for JSON."""
        found = asdict(replace(self, on_exit=None))
        del found["on_exit"]
        return found

    def matches(self, method: str, path: str) -> bool:
        """Return whether a request can be affected."""
        pattern = self.path or _DEFAULT_PATHS.get(self.kind, "/api/*")
        return fnmatch.fnmatchcase(path, pattern) and self.method in (None, method)


class Faults:
    """The faults of one sandbox; every method may be called from any thread.

    Example::

        with sandbox.faults.switch_on("rate_limit", retry_after=2, times=3) as fault:
            ...
        assert fault.happened == 3
    """

    def __init__(
        self, random: Random, faults: Iterable[Fault | Mapping[str, Any] | str] = ()
    ) -> None:
        self._random = random
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._happened: dict[str, int] = {}
        self._numbers = itertools.count(1)
        for fault in faults:
            self.add(fault if isinstance(fault, Fault) else parse_fault(fault))

    def switch_on(self, kind: str, **options: object) -> Fault:
        """Switch a fault on.

        Args:
            kind: One of `FAULT_KINDS`.
            **options: The attributes of `Fault`: `path`, `method`, `times`, `probability`, `skip`,
                `seconds`, `when`, `retry_after`, `status`, `message`, `fraction`.

        Returns:
            The fault, for counting (`.happened`), `switch_off` and `with`.

        Raises:
            ValueError: An unknown kind, option or value.
        """
        return self.add(parse_fault({"kind": kind, **options}))

    def switch_off(self, fault: Fault | int | str) -> None:
        """Switch off one fault, the fault with a number, or all of a kind."""
        with self._lock:
            self._faults = [f for f in self._faults if fault not in (f, f.id, f.kind)]

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._faults = []

    def count(self, kind: str | None = None) -> int:
        """Return how often faults of a kind, or all, happened, also those switched off since."""
        with self._lock:
            return sum(n for name, n in self._happened.items() if kind in (None, name))

    @property
    def active(self) -> list[Fault]:
        """The faults that are on, oldest first."""
        with self._lock:
            return list(self._faults)

    def in_transport(self, method: str, path: str) -> list[Fault]:
        """Return the faults that happen between client and service to this request."""
        with self._lock:
            candidates = [f for f in self._faults if f.kind not in _IN_RESPONSES]
            return [f for f in candidates if self._draw(f, method, path)]

    def in_response(self, kind: str, method: str, path: str) -> Fault | None:
        """Return the fault of this kind that happens within the response to this request."""
        with self._lock:
            return next(
                (f for f in self._faults if f.kind == kind and self._draw(f, method, path)), None
            )

    def add(self, fault: Fault) -> Fault:
        """Switch on a fault that was created before."""
        with self._lock:
            fault.id, fault.on_exit = next(self._numbers), self.switch_off
            self._faults.append(fault)
        return fault

    def _draw(self, fault: Fault, method: str, path: str) -> bool:
        if not fault.matches(method, path):
            return False
        fault.seen += 1
        if fault.seen <= fault.skip or (fault.times is not None and fault.happened >= fault.times):
            return False
        if self._random.random() >= fault.probability:
            return False
        fault.happened += 1
        self._happened[fault.kind] = self._happened.get(fault.kind, 0) + 1
        return True


_OPTIONS = {item.name for item in fields(Fault)} - {"id", "seen", "happened", "on_exit"}
_INTEGERS = ("times", "skip", "status")
_FLOATS = ("probability", "seconds", "fraction")


def parse_fault(source: object) -> Fault:
    """Parse a fault from JSON, or from text such as `rate_limit:times=2,path=/api/v1/job/*`.

    Raises:
        ValueError: An unknown kind, option or value.
    """
    if isinstance(source, str):
        kind, _, rest = source.partition(":")
        options: dict[str, Any] = {"kind": kind.strip()}
        for piece in filter(None, rest.split(",")):
            name, equals, value = piece.partition("=")
            if not equals:
                raise ValueError(f"{piece!r} is not of the form name=value")
            options[name.strip()] = value.strip()
    elif isinstance(source, Mapping):
        options = dict(source)
    else:
        raise ValueError("a fault is a JSON object with a kind")  # noqa: TRY004 - documented
    if "kind" not in options:
        raise ValueError(f"a fault needs a kind: {', '.join(FAULT_KINDS)}")
    if unknown := sorted(set(options) - _OPTIONS):
        raise ValueError(
            f"unknown: {', '.join(unknown)}; a fault has {', '.join(sorted(_OPTIONS))}"
        )
    try:
        options |= {n: int(options[n]) for n in _INTEGERS if options.get(n) is not None}
        options |= {n: float(options[n]) for n in _FLOATS if n in options}
    except (TypeError, ValueError):
        raise ValueError(f"{', '.join(_INTEGERS + _FLOATS)} must be numbers") from None
    if isinstance(options.get("method"), str):
        options["method"] = options["method"].upper()
    return Fault(**options)

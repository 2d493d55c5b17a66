"""When a fault happens, and how it is written."""

from __future__ import annotations

from random import Random

import pytest

from legnext_widgets.sandbox.faults.faults import FAULT_KINDS, Faults, parse_fault


def test_fault_happens_as_often_as_it_should_and_is_counted() -> None:
    faults = Faults(Random(1))
    fault = faults.switch_on("rate_limit", times=2, skip=1)
    hits = [bool(faults.in_transport("GET", "/api/v1/job/x")) for _ in range(5)]
    assert hits == [False, True, True, False, False]
    assert fault.happened == faults.count("rate_limit") == faults.count() == 2


def test_fault_happens_only_where_it_is_meant_to() -> None:
    faults = Faults(Random(1), ["server_error:path=/api/v1/job/*,method=get"])
    assert not faults.in_transport("GET", "/api/account/balance")
    assert not faults.in_transport("POST", "/api/v1/job/x")
    assert faults.in_transport("GET", "/api/v1/job/x")


def test_fault_with_a_probability_happens_now_and_then() -> None:
    faults = Faults(Random(1), [{"kind": "latency", "probability": 0.5}])
    hits = sum(bool(faults.in_transport("GET", "/api/x")) for _ in range(400))
    assert 140 < hits < 260


def test_fault_in_a_with_block_is_off_after_it() -> None:
    faults = Faults(Random(1))
    with faults.switch_on("latency") as fault:
        assert faults.active == [fault]
    assert faults.active == []


@pytest.mark.parametrize(
    "bad",
    [
        "no_such_fault",
        "latency:colour=red",
        "latency:seconds=long",
        "latency:seconds",
        {"kind": "latency", "probability": 2},
        {"kind": "latency", "when": "never"},
        {"path": "/"},
    ],
)
def test_fault_that_cannot_be_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_fault(bad)


def test_every_kind_of_fault_can_be_read() -> None:
    assert [parse_fault(kind).kind for kind in FAULT_KINDS] == list(FAULT_KINDS)

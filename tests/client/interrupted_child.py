"""Do what the lines of the input say with a blocking client, and get interrupted meanwhile."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import legnext_widgets as lw
from legnext_widgets.client.schedule import Pace
from tests.support.waiting import wait_until


def do(client: lw.Client, what: str, folder: Path) -> Any:
    action, _, argument = what.partition(" ")
    if action == "submit":
        return client.diffusion("a sea").id
    if action == "jobs":
        wait_until(lambda: client.jobs, "the job is known")
        return [job.id for job in client.jobs]
    if action == "wait":
        return client.job(argument).wait().status
    if action == "status":
        return client.job(argument).wait(10).status
    if action == "batch":
        return [job.status for job in client.submit_many(requests(int(argument)))]
    if action == "resume":
        return [job.status for job in client.resume_many()]
    return str(client.job(argument).refresh().videos[0].save(folder / "clips" / "a.mp4"))


def requests(count: int) -> list[lw.Diffusion]:
    return [lw.Diffusion(f"picture {number}") for number in range(count)]


def main() -> None:
    client = lw.Client(library=False, max_concurrent=3)
    client.session.tune(pace=Pace(first=0.05, shortest=0.05, longest=0.05))
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        try:
            said = do(client, line.strip(), Path(sys.argv[1]))
        except KeyboardInterrupt as interrupt:
            notes = " ".join(getattr(interrupt, "__notes__", ()))
            said = {"raised": "KeyboardInterrupt", "notes": notes}
        except Exception as error:
            said = {"raised": type(error).__name__, "notes": str(error)}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()

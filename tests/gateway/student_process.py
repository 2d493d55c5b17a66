"""A student's notebook in a process of its own: to be killed, and run again from its first cell."""

from __future__ import annotations

import sys
import time

import legnext_widgets as lw

_WAIT_SECONDS = 3.0


def main(url: str, token: str, folder: str, name: str, count: str) -> None:
    """Make each job once, also after a restart."""
    with (
        lw.Library(folder) as library,
        lw.Client(
            token, base_url=url, library=library, reuse=True, progress=False, timeout=5.0
        ) as client,
    ):
        for number in range(int(count)):
            make(client, f"{name} {number}")


def make(client: lw.Client, text: str) -> None:
    """Make a job, as soon as there is a gateway; one of unknown outcome is left as it is."""
    while True:
        try:
            client.diffusion(text).wait(_WAIT_SECONDS)
        except (lw.SubmissionUncertainError, lw.JobTimeoutError):
            return
        except lw.LegnextError:
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])

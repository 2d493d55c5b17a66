"""What moves while jobs run costs next to nothing: no animation runs at the rate of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.plain_page import PlainPage

# Jobs of minutes, or of seconds as in the sandbox; two ticks of the clock later.
SIX_RUNNING = """async ({ remaining }) => {
  const [job] = kernel.get("_live").jobs.filter(({ status }) => status === "processing");
  const jobs = Array.from({ length: 6 }, (_, at) =>
    ({ ...job, id: `00000000-0000-4000-8000-00000000000${at}`, elapsed: 2, remaining }));
  kernel.change({ _live: { revision: 100, since: 0, jobs, total: jobs.length } });
  await new Promise((drawn) => setTimeout(drawn, 2_200));
}"""
ANIMATIONS = """() => document.getAnimations().map((animation) => {
  const { iterations, easing } = animation.effect.getComputedTiming();
  const frames = animation.effect.getKeyframes();
  const properties = frames.flatMap((frame) => Object.keys(frame));
  const named = new Set(["offset", "computedOffset", "easing", "composite"]);
  return {
    where: animation.effect.target.className,
    endless: iterations === Infinity,
    stepped: easing.startsWith("steps") || frames.every((f) => f.easing.startsWith("steps")),
    moves: [...new Set(properties.filter((name) => !named.has(name)))],
  };
})"""


@pytest.mark.parametrize("remaining", [200, 8], ids=["minutes", "seconds"])
def test_running_jobs_move_in_steps(open_page: Callable[..., PlainPage], remaining: int) -> None:
    plain = open_page(1280, still=False)
    plain.show("queue")
    plain.page.evaluate(SIX_RUNNING, {"remaining": remaining})

    assert plain.page.locator(".queue [role=progressbar]").count() == 6
    animations = plain.page.evaluate(ANIMATIONS)
    assert [one for one in animations if one["endless"]] == []
    assert [one for one in animations if not one["stepped"]] == []
    assert {name for one in animations for name in one["moves"]} <= {"transform"}


def test_animations_rest_while_the_studio_is_out_of_sight(
    open_page: Callable[..., PlainPage],
) -> None:
    plain = open_page(1280, still=False)
    plain.show("queue")
    page = plain.page
    page.evaluate("document.getElementById('place').style.marginTop = '4000px'")
    page.wait_for_selector(".legnext-widgets[data-resting]", state="attached")

    changes = page.evaluate("""async () => {
      let changes = 0;
      const watch = new MutationObserver((records) => { changes += records.length; });
      const everything = { subtree: true, childList: true, attributes: true, characterData: true };
      watch.observe(document.querySelector(".legnext-widgets"), everything);
      await new Promise((passed) => setTimeout(passed, 2_200));
      return changes;
    }""")
    running = "document.getAnimations().filter(({ playState }) => playState === 'running').length"

    assert changes == 0
    assert page.evaluate(running) == 0

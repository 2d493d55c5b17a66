import { screen, waitFor } from "@testing-library/dom";
import userEvent from "@testing-library/user-event";
import { CATALOGS } from "../pages/catalogs";
import { FakeKernel } from "../pages/fake_kernel";
import { BARE } from "../pages/fixtures";
import { mount } from "../src/ui/mount";
import type { Face } from "../src/ui/protocol/generated";
import { createSession } from "../src/ui/session";

type Values = Record<string, unknown>;

export const VALID: Values = { prompt: "waves", image_url: "https://example.com/sea.jpg" };

const views: (() => void)[] = [];

/** Ends the views that a test leaves open, with their clocks and listeners. */
export function closeStudios() {
  for (const unmount of views.splice(0)) unmount();
}

/** A studio in the document over a fake kernel, with what tests do to it. */
export function openStudio(
  values: Values = {},
  face: Face = "studio",
  samples: readonly string[] = [],
) {
  const kernel = new FakeKernel({ ...BARE, ...values });
  const session = createSession(kernel.host(), samples);
  const open = () => {
    const el = document.createElement("div");
    document.body.append(el);
    const unmount = mount(el, session, face, CATALOGS);
    views.push(unmount);
    return { el, unmount };
  };
  const { el, unmount } = open();
  return {
    kernel,
    session,
    el,
    unmount,
    open,
    user: userEvent.setup(),
    generate: () => screen.getByRole("button", { name: "Generate" }),
    prompt: () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Prompt" }),
    sent: (type: string) => kernel.sent.filter((message) => message.type === type),
  };
}

export const settled = waitFor;

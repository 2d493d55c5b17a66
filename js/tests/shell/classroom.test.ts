import { screen, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { ACCOUNT, live, runningJob } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

const SERVICE = { sandbox: false, speed: 1, host: "hub.example.org", has_key: false };
const OPEN = { stopped: false, blocked: false, held_up: false, running: 4, waiting: 12 };

const inClass = (changes = {}) => ({
  _service: { ...SERVICE, gateway: true },
  _account: { ...ACCOUNT, balance: 1520, classroom: { ...OPEN, ...changes } },
});

describe("a class", () => {
  it("shows how busy it is and the student's own points, and asks for no key", () => {
    openStudio(inClass());
    screen.getByText("Class: 4 running, 12 waiting");
    screen.getByText(/1,520 left/);
    expect(screen.queryByText(/The teacher/)).toBeNull();
    expect(screen.queryByLabelText("API key")).toBeNull();
    expect(screen.queryByText("There is no API key.")).toBeNull();
  });

  it("asks for no key at a gateway before the sandbox either", () => {
    const { _account } = inClass();
    openStudio({ _service: { ...SERVICE, sandbox: true, gateway: true }, _account });
    screen.getByText("Sandbox");
    expect(screen.queryByLabelText("API key")).toBeNull();
  });

  it("shows that the teacher has paused the queue, until it resumes", async () => {
    const { kernel } = openStudio(inClass({ stopped: true }));
    within(screen.getByText(/has paused the queue/).closest("[role=status]") as HTMLElement);
    kernel.change(inClass());
    await screen.findByText("Class: 4 running, 12 waiting");
    expect(screen.queryByText(/has paused the queue/)).toBeNull();
  });

  it("shows a student that the teacher has blocked", () => {
    openStudio(inClass({ blocked: true, stopped: true }));
    screen.getByText("Your teacher has blocked new jobs for you.");
    expect(screen.queryByText(/has paused the queue/)).toBeNull();
  });

  it("shows that the service takes no requests, until it does", async () => {
    const { kernel } = openStudio(inClass({ held_up: true }));
    within(screen.getByText(/accepts no requests/).closest("[role=status]") as HTMLElement);
    kernel.change(inClass({ held_up: true, stopped: true }));
    await screen.findByText(/has paused the queue/);
    kernel.change(inClass());
    await screen.findByText("Class: 4 running, 12 waiting");
    expect(screen.queryByText(/accepts no requests/)).toBeNull();
  });

  it("shows a waiting job its position in the queue, and no estimate", () => {
    const job = { status: "pending", remaining: 118, elapsed: 90 };
    openStudio({ ...inClass(), _live: live([runningJob({ ...job, place: 3 })]) });
    screen.getByText(/position 3 in the queue/);
    expect(screen.queryByText(/min left/)).toBeNull();
  });

  it("is not there with any other service", () => {
    openStudio({ _account: ACCOUNT, _live: live([runningJob()]) });
    expect(screen.queryByText(/^Class:/)).toBeNull();
    expect(screen.queryByText(/in the queue/)).toBeNull();
  });
});

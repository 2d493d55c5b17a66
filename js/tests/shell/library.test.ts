import { screen } from "@testing-library/dom";
import { describe, it } from "vitest";
import { ACCOUNT, serviceMessage } from "../../pages/fixtures";
import { openStudio } from "../studio_page";

describe("the library", () => {
  it("shows its size and its problems", async () => {
    const { kernel } = openStudio({ _account: ACCOUNT });
    screen.getByText("Library: 187 MB");
    const library = {
      path: "/x",
      bytes: 2.5e9,
      keeps: false,
      problems: [serviceMessage("The disk is full.")],
    };
    kernel.change({ _account: { ...ACCOUNT, library } });
    await screen.findByText("Library: 2.5 GB · clips are not kept");
    await screen.findByText(/The disk is full/);
  });
});

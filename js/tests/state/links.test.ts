import { describe, expect, it } from "vitest";
import { webLink } from "../../src/ui/state/links";

describe("links", () => {
  it.each([
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "java\nscript:alert(1)",
    "vbscript:x",
    "blob:https://example.com/x",
    "https:///x",
    "https:example.com",
    "//example.com/x",
    "https://user:word@example.com/x",
    "https://exa mple.com",
    "",
  ])("%j is none", (text) => {
    expect(webLink(text)).toBeNull();
  });

  it("keeps an http(s) link as it is", () => {
    expect(webLink("https://image.legnext.ai/a.mp4?Expires=1&Signature=~x_")).not.toBeNull();
  });
});

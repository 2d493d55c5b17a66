import { waitFor } from "@testing-library/dom";
import { expect } from "vitest";

/** An `IntersectionObserver` whose elements are near the viewport when the test says so. */
export class FakeObserver {
  static readonly all = new Set<FakeObserver>();
  readonly targets: Element[] = [];
  constructor(private readonly notify: (entries: { isIntersecting: boolean }[]) => void) {
    FakeObserver.all.add(this);
  }
  observe = (target: Element) => this.targets.push(target);
  disconnect = () => FakeObserver.all.delete(this);
  static async see(element: Element | undefined, isIntersecting: boolean) {
    const watched = () =>
      [...FakeObserver.all].filter(({ targets }) => targets.includes(element as Element));
    await waitFor(() => expect(watched()).not.toEqual([]));
    for (const observer of watched()) observer.notify([{ isIntersecting }]);
  }
}

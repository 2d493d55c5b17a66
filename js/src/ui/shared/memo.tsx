import { Component, type ComponentType } from "preact";

/** A component that renders again only when its properties changed: by default, any of them. */
export function memo<P extends object>(
  View: ComponentType<P>,
  same: (before: P, now: P) => boolean = shallowlySame,
): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !same(this.props, next);
    }
    override render(props: P) {
      return <View {...props} />;
    }
  };
}

function shallowlySame<P extends object>(before: P, now: P): boolean {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof P>;
  return [...names].every((name) => before[name] === now[name]);
}

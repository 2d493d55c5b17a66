import { createContext } from "preact";
import { useContext, useState } from "preact/hooks";
import type { Face } from "../protocol/generated";
import type { Session } from "../session";
import type { ViewState } from "./view_state";

export interface Scene {
  face: Face;
  session: Session;
  view: ViewState;
}

const SceneContext = createContext<Scene | null>(null);

export const SceneProvider = SceneContext.Provider;

export function useScene(): Scene {
  const scene = useContext(SceneContext);
  if (!scene) throw new Error("used outside of a scene");
  return scene;
}

/** Preact's own `useId` starts over in each view, so ids of two views would collide. */
export function useElementId(): string {
  const { view } = useScene();
  return useState(() => view.nextId())[0];
}

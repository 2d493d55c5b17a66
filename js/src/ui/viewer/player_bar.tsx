import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import { useElementId, useScene } from "../shared/context";
import { FrameBackIcon, FrameOnIcon, LoopIcon } from "../shared/icons";
import type { PlayerKeys } from "../shared/view_state";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2];
/** Clips of the service have 24 frames a second. */
export const FRAME_S = 1 / 24;

/** The next speed up or down, within those that are offered. */
export function nextSpeed(speed: number, by: number): number {
  const at = SPEEDS.indexOf(speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))] ?? 1;
}

/** Lets the keyboard control the player that is shown. */
export function usePlayerKeys(keys: PlayerKeys): void {
  const { view } = useScene();
  useLayoutEffect(() => {
    view.playerKeys.current = keys;
    return () => {
      view.playerKeys.current = null;
    };
  });
}

interface PlayerBarProps {
  onFrame(by: number): void;
  children?: ComponentChildren;
}

/** Frame stepping, loop and speed, for one clip or four. */
export function PlayerBar({ onFrame, children }: PlayerBarProps) {
  const { view } = useScene();
  const t = useTranslate();
  const id = useElementId();
  const { loop, speed } = view.player.value;
  return (
    <div class="player-bar" role="toolbar" aria-label={t("player.controls")}>
      {children}
      <button
        type="button"
        class="icon-button bordered"
        aria-label={t("player.frame_back")}
        title={`${t("player.frame_back")} ( , )`}
        aria-keyshortcuts=","
        onClick={() => onFrame(-1)}
      >
        <FrameBackIcon />
      </button>
      <button
        type="button"
        class="icon-button bordered"
        aria-label={t("player.frame_on")}
        title={`${t("player.frame_on")} ( . )`}
        aria-keyshortcuts="."
        onClick={() => onFrame(1)}
      >
        <FrameOnIcon />
      </button>
      <button
        type="button"
        class="button small toggled"
        aria-pressed={loop}
        onClick={() => {
          view.player.value = { loop: !loop, speed };
        }}
      >
        <LoopIcon />
        {t("player.loop")}
      </button>
      <label class="speed" for={id}>
        <span class="hint">{t("player.speed")}</span>
        <select
          id={id}
          class="select"
          value={String(speed)}
          onChange={(event) => {
            view.player.value = { loop, speed: Number(event.currentTarget.value) };
          }}
        >
          {SPEEDS.map((value) => (
            <option key={value} value={String(value)}>
              {value}×
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

import { useEffect } from "preact/hooks";
import { useTranslate } from "../i18n/translate";
import type { Face } from "../protocol/generated";
import { useScene } from "../shared/context";
import { TallIcon, WideIcon } from "../shared/icons";
import type { TileSize } from "../shared/view_state";

const SIZES: readonly TileSize[] = ["small", "medium", "large"];

/** How much room the gallery takes: its height, its width, and, of several jobs, their size. */
export function LayoutButtons({ face, several }: { face: Face; several: boolean }) {
  const { view } = useScene();
  const t = useTranslate();
  const room = view.room.value;
  const set = (changes: Partial<typeof room>) => {
    view.room.value = { ...view.room.peek(), ...changes };
  };

  // The form is wanted again, as after "Use again".
  useEffect(() => {
    if (view.focusPrompt.value > 0) view.room.value = { ...view.room.peek(), wide: false };
  }, [view.focusPrompt.value, view]);

  return (
    <div class="room">
      {several && view.browse.value.layout === "grid" && (
        <select
          class="select"
          aria-label={t("gallery.tiles")}
          title={t("gallery.tiles")}
          value={room.tiles}
          onChange={(event) => set({ tiles: event.currentTarget.value as TileSize })}
        >
          {SIZES.map((size) => (
            <option key={size} value={size}>
              {t(`gallery.${size}`)}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        class="icon-button toggled"
        aria-label={t("gallery.tall")}
        title={t("gallery.tall")}
        aria-pressed={room.tall}
        onClick={() => set({ tall: !room.tall })}
      >
        <TallIcon />
      </button>
      {face === "studio" && (
        <button
          type="button"
          class="icon-button toggled"
          aria-label={t("gallery.wide")}
          title={t("gallery.wide")}
          aria-pressed={room.wide}
          onClick={() => set({ wide: !room.wide })}
        >
          <WideIcon />
        </button>
      )}
    </div>
  );
}

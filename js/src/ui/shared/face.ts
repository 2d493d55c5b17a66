/** What a widget shows: everything, or the gallery alone. */
export type Face = "studio" | "gallery";

import type { ComponentChildren } from "preact";

function Icon({ children, filled }: { children: ComponentChildren; filled?: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill={filled ? "currentColor" : "none"}
      stroke={filled ? "none" : "currentColor"}
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const PlayIcon = () => (
  <Icon filled>
    <path d="M5 3.2v9.6c0 .5.55.8.97.53l7.3-4.8a.64.64 0 0 0 0-1.06l-7.3-4.8A.63.63 0 0 0 5 3.2Z" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2.5v7.2M4.9 6.9 8 10l3.1-3.1M2.8 13.3h10.4" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3.2 8.6 3.1 3.1 6.5-7" />
  </Icon>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M8 2.4 14.3 13a.5.5 0 0 1-.43.75H2.13A.5.5 0 0 1 1.7 13L8 2.4ZM8 6.6v3.1M8 11.8v.05" />
  </Icon>
);
export const LinkIcon = () => (
  <Icon>
    <path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.9.9M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9" />
  </Icon>
);
export const ImageIcon = () => (
  <Icon>
    <rect x="2" y="2.8" width="12" height="10.4" rx="1.8" />
    <path d="m2.4 11.2 3-3.2 2.4 2.4 2.2-2.2 3.6 3.4M10.6 5.9v.05" />
  </Icon>
);
export const TextIcon = () => (
  <Icon>
    <path d="M2.8 4h10.4M2.8 8h10.4M2.8 12h6" />
  </Icon>
);
export const StackIcon = () => (
  <Icon>
    <rect x="2" y="5.2" width="9.2" height="8.2" rx="1.6" />
    <path d="M5 2.7h7.2A1.8 1.8 0 0 1 14 4.5v6.2" />
  </Icon>
);
export const FilmIcon = () => (
  <Icon>
    <rect x="1.8" y="3" width="12.4" height="10" rx="1.8" />
    <path d="M4.8 3v10M11.2 3v10M1.8 6.3h3M1.8 9.7h3M11.2 6.3h3M11.2 9.7h3" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.7" />
    <path d="M8 4.9V8l2.1 1.5" />
  </Icon>
);
export const FlaskIcon = () => (
  <Icon>
    <path d="M6.2 2.3h3.6M6.9 2.3v4L3 12.2a1 1 0 0 0 .84 1.5h8.3a1 1 0 0 0 .85-1.5L9.1 6.3v-4M4.9 9.6h6.2" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M10 3 5 8l5 5" />
  </Icon>
);
export const NextIcon = () => (
  <Icon>
    <path d="m6 3 5 5-5 5" />
  </Icon>
);
export const ReuseIcon = () => (
  <Icon>
    <path d="M13.2 8A5.2 5.2 0 1 1 11.6 4.2L13.2 5.7M13.2 2.6v3.1h-3.1" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.4" />
    <path d="m10.4 10.4 3 3" />
  </Icon>
);
export const StarIcon = ({ filled }: { filled: boolean }) => (
  <Icon filled={filled}>
    <path d="m8 2.2 1.8 3.6 4 .6-2.9 2.8.7 4L8 11.3l-3.6 1.9.7-4-2.9-2.8 4-.6L8 2.2Z" />
  </Icon>
);
export const ExtendIcon = () => (
  <Icon>
    <rect x="1.8" y="4" width="6.6" height="8" rx="1.4" />
    <path d="M10.6 8h3.8M12.4 6l2 2-2 2" />
  </Icon>
);
export const UpscaleIcon = () => (
  <Icon>
    <path d="M9.6 2.6h3.8v3.8M13.4 2.6 9 7M6.4 13.4H2.6V9.6M2.6 13.4 7 9" />
  </Icon>
);
export const CompareIcon = () => (
  <Icon>
    <rect x="2" y="2.6" width="5" height="4.6" rx="1" />
    <rect x="9" y="2.6" width="5" height="4.6" rx="1" />
    <rect x="2" y="8.8" width="5" height="4.6" rx="1" />
    <rect x="9" y="8.8" width="5" height="4.6" rx="1" />
  </Icon>
);
export const ListIcon = () => (
  <Icon>
    <path d="M2.4 4h2M2.4 8h2M2.4 12h2M7 4h6.6M7 8h6.6M7 12h6.6" />
  </Icon>
);
export const GridIcon = () => (
  <Icon>
    <rect x="2.4" y="2.4" width="4.6" height="4.6" rx="1" />
    <rect x="9" y="2.4" width="4.6" height="4.6" rx="1" />
    <rect x="2.4" y="9" width="4.6" height="4.6" rx="1" />
    <rect x="9" y="9" width="4.6" height="4.6" rx="1" />
  </Icon>
);
export const KeyIcon = () => (
  <Icon>
    <circle cx="5.2" cy="10.8" r="2.8" />
    <path d="m7.3 8.7 6-6M10.6 5.4l2 2" />
  </Icon>
);
export const LineageIcon = () => (
  <Icon>
    <path d="M3.4 2.6v5.2a3 3 0 0 0 3 3h6.4M10.2 8.2l2.6 2.6-2.6 2.6" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon filled>
    <path d="M4 3h2.8v10H4zM9.2 3H12v10H9.2z" />
  </Icon>
);
export const FrameBackIcon = () => (
  <Icon>
    <path d="M12.6 3.4v9.2M9.6 4 4 8l5.6 4Z" />
  </Icon>
);
export const FrameOnIcon = () => (
  <Icon>
    <path d="M3.4 3.4v9.2M6.4 4 12 8l-5.6 4Z" />
  </Icon>
);
export const LoopIcon = () => (
  <Icon>
    <path d="M11 2.4l2.2 2.2L11 6.8M13 4.6H5.4A2.8 2.8 0 0 0 2.6 7.4V8M5 13.6l-2.2-2.2L5 9.2M3 11.4h7.6a2.8 2.8 0 0 0 2.8-2.8V8" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="5.4" y="5.4" width="8" height="8" rx="1.6" />
    <path d="M10.6 5.2V4a1.4 1.4 0 0 0-1.4-1.4H4A1.4 1.4 0 0 0 2.6 4v5.2A1.4 1.4 0 0 0 4 10.6h1.2" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="m4.5 6.3 3.5 3.5 3.5-3.5" />
  </Icon>
);
/** Turns by itself; with `turn`, a part of a full turn, it stands at that angle. */
export const Spinner = ({ turn }: { turn?: number }) => (
  <svg
    class={turn === undefined ? "icon spinner" : "icon spinner stepped"}
    style={turn === undefined ? undefined : { transform: `rotate(${turn}turn)` }}
    viewBox="0 0 16 16"
    width="16"
    height="16"
    aria-hidden="true"
  >
    <circle
      cx="8"
      cy="8"
      r="6"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      opacity=".22"
    />
    <path
      d="M8 2a6 6 0 0 1 6 6"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
    />
  </svg>
);
export const Mark = () => (
  <svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
    <rect x="1" y="1" width="18" height="18" rx="5.5" fill="currentColor" />
    <path d="M7.6 6.1v7.8l6.2-3.9-6.2-3.9Z" class="mark-play" />
  </svg>
);
export const HelpIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.3 6.3a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2M8 11.3v.1" />
  </Icon>
);
export const TallIcon = () => (
  <Icon>
    <path d="M8 2v12M5 4.8 8 2l3 2.8M5 11.2 8 14l3-2.8" />
  </Icon>
);
export const WideIcon = () => (
  <Icon>
    <path d="M2 8h12M4.8 5 2 8l2.8 3M11.2 5 14 8l-2.8 3" />
  </Icon>
);

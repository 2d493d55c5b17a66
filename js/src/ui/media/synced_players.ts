import { type ReadonlySignal, signal } from "@preact/signals";

/** The part of a video element that synchronizing needs. */
export type Player = Pick<
  HTMLVideoElement,
  | "currentTime"
  | "duration"
  | "paused"
  | "playbackRate"
  | "play"
  | "pause"
  | "addEventListener"
  | "removeEventListener"
>;

/** Seconds by which clips may drift apart before one is corrected: about a frame and a half. */
const DRIFT_S = 0.06;

/** Several clips that play as one: the first that was added leads, the others follow. */
export interface SyncedPlayers {
  readonly playing: ReadonlySignal<boolean>;
  readonly time: ReadonlySignal<number>;
  readonly duration: ReadonlySignal<number>;
  add(player: Player): () => void;
  play(): void;
  pause(): void;
  seek(seconds: number): void;
  setRate(rate: number): void;
  setLoop(loop: boolean): void;
}

export function createSyncedPlayers(): SyncedPlayers {
  const players: Player[] = [];
  const playing = signal(false);
  const time = signal(0);
  const duration = signal(0);
  let rate = 1;
  let loop = true;

  const start = (player: Player) => {
    player.playbackRate = rate;
    // Rejected when the clip is not loaded yet or the browser forbids it: it joins later.
    player.play()?.catch?.(() => undefined);
  };

  function seek(seconds: number) {
    const end = duration.peek() || seconds;
    time.value = Math.min(Math.max(0, seconds), end);
    for (const player of players) player.currentTime = time.peek();
  }

  function follow() {
    const [leader, ...others] = players;
    if (!leader) return;
    time.value = leader.currentTime;
    for (const player of others) {
      if (Math.abs(player.currentTime - leader.currentTime) > DRIFT_S) {
        player.currentTime = leader.currentTime;
      }
      if (playing.peek() && player.paused) start(player);
    }
  }

  function measure() {
    const length = players[0]?.duration ?? 0;
    duration.value = Number.isFinite(length) ? length : 0;
  }

  function ended() {
    if (!loop) {
      pause();
      return;
    }
    seek(0);
    for (const player of players) start(player);
  }

  function pause() {
    playing.value = false;
    for (const player of players) player.pause();
    follow();
  }

  function lead(player: Player | undefined) {
    player?.addEventListener("timeupdate", follow);
    player?.addEventListener("ended", ended);
    player?.addEventListener("loadedmetadata", measure);
    measure();
  }

  function unlead(player: Player) {
    player.removeEventListener("timeupdate", follow);
    player.removeEventListener("ended", ended);
    player.removeEventListener("loadedmetadata", measure);
  }

  return {
    playing,
    time,
    duration,
    add(player) {
      players.push(player);
      player.playbackRate = rate;
      if (players.length === 1) lead(player);
      else player.currentTime = time.peek();
      if (playing.peek()) start(player);
      return () => {
        const at = players.indexOf(player);
        if (at < 0) return;
        players.splice(at, 1);
        unlead(player);
        if (at === 0) lead(players[0]);
      };
    },
    play() {
      playing.value = true;
      follow();
      for (const player of players) start(player);
    },
    pause,
    seek,
    setRate(wanted) {
      rate = wanted;
      for (const player of players) player.playbackRate = rate;
    },
    setLoop(wanted) {
      loop = wanted;
    },
  };
}

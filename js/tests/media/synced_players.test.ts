import { describe, expect, it } from "vitest";
import { createSyncedPlayers, type Player } from "../../src/ui/media/synced_players";

class FakePlayer {
  currentTime = 0;
  duration = 5;
  paused = true;
  playbackRate = 1;
  private readonly listeners = new Map<string, () => void>();
  addEventListener = (kind: string, listener: () => void) => this.listeners.set(kind, listener);
  removeEventListener = (kind: string) => this.listeners.delete(kind);
  play = async () => {
    this.paused = false;
  };
  pause = () => {
    this.paused = true;
  };
  emit(kind: string) {
    this.listeners.get(kind)?.();
  }
}

function four() {
  const synced = createSyncedPlayers();
  const players = [0, 1, 2, 3].map(() => new FakePlayer());
  const removes = players.map((player) => synced.add(player as unknown as Player));
  const [leader, second] = players as [FakePlayer, FakePlayer];
  return { synced, players, removes, leader, second };
}

describe("synced players", () => {
  it("start and stop together", () => {
    const { synced, players } = four();
    synced.play();
    expect(players.map(({ paused }) => paused)).toEqual([false, false, false, false]);
    synced.pause();
    expect(players.every(({ paused }) => paused)).toBe(true);
  });

  it("correct a player that drifts, and ignore a small drift", () => {
    const { synced, leader, second } = four();
    synced.play();
    leader.currentTime = 2;
    second.currentTime = 1.97;
    leader.emit("timeupdate");
    expect(second.currentTime).toBe(1.97);
    second.currentTime = 1.8;
    leader.emit("timeupdate");
    expect(second.currentTime).toBe(2);
    expect(synced.time.value).toBe(2);
  });

  it("seek to the same place, never beyond the ends", () => {
    const { synced, players } = four();
    synced.seek(9);
    expect(players.map(({ currentTime }) => currentTime)).toEqual([5, 5, 5, 5]);
    synced.seek(-1);
    expect(synced.time.value).toBe(0);
  });

  it("loop together, or stop at the end without a loop", () => {
    const { synced, leader, second } = four();
    synced.play();
    leader.currentTime = 5;
    leader.emit("ended");
    expect([leader.currentTime, second.currentTime]).toEqual([0, 0]);
    synced.setLoop(false);
    leader.emit("ended");
    expect(synced.playing.value).toBe(false);
  });

  it("start a late player at the position and speed of the others", () => {
    const { synced, leader } = four();
    synced.setRate(0.5);
    synced.play();
    leader.currentTime = 3;
    leader.emit("timeupdate");
    const late = new FakePlayer();
    synced.add(late as unknown as Player);
    expect([late.currentTime, late.playbackRate, late.paused]).toEqual([3, 0.5, false]);
  });

  it("follow another player when the leader is removed", () => {
    const { synced, removes, second } = four();
    removes[0]?.();
    second.currentTime = 4;
    second.emit("timeupdate");
    expect(synced.time.value).toBe(4);
  });
});

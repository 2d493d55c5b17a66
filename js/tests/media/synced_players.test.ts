import { describe, expect, it } from "vitest";
import { createInStep, type Player } from "../../src/ui/media/synced_players";

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
  tell(kind: string) {
    this.listeners.get(kind)?.();
  }
}

function four() {
  const inStep = createInStep();
  const players = [0, 1, 2, 3].map(() => new FakePlayer());
  const removes = players.map((player) => inStep.add(player as unknown as Player));
  const [leader, second] = players as [FakePlayer, FakePlayer];
  return { inStep, players, removes, leader, second };
}

describe("clips that play in step", () => {
  it("start and stop together", () => {
    const { inStep, players } = four();
    inStep.play();
    expect(players.map(({ paused }) => paused)).toEqual([false, false, false, false]);
    inStep.pause();
    expect(players.every(({ paused }) => paused)).toBe(true);
  });

  it("are put right when one drifts, and left alone when it hardly does", () => {
    const { inStep, leader, second } = four();
    inStep.play();
    leader.currentTime = 2;
    second.currentTime = 1.97;
    leader.tell("timeupdate");
    expect(second.currentTime).toBe(1.97);
    second.currentTime = 1.8;
    leader.tell("timeupdate");
    expect(second.currentTime).toBe(2);
    expect(inStep.time.value).toBe(2);
  });

  it("go to the same place, never beyond the ends", () => {
    const { inStep, players } = four();
    inStep.seek(9);
    expect(players.map(({ currentTime }) => currentTime)).toEqual([5, 5, 5, 5]);
    inStep.seek(-1);
    expect(inStep.time.value).toBe(0);
  });

  it("begin again together, or stop when they shall not loop", () => {
    const { inStep, leader, second } = four();
    inStep.play();
    leader.currentTime = 5;
    leader.tell("ended");
    expect([leader.currentTime, second.currentTime]).toEqual([0, 0]);
    inStep.setLoop(false);
    leader.tell("ended");
    expect(inStep.playing.value).toBe(false);
  });

  it("take in one that comes late, at the place and speed of the others", () => {
    const { inStep, leader } = four();
    inStep.setRate(0.5);
    inStep.play();
    leader.currentTime = 3;
    leader.tell("timeupdate");
    const late = new FakePlayer();
    inStep.add(late as unknown as Player);
    expect([late.currentTime, late.playbackRate, late.paused]).toEqual([3, 0.5, false]);
  });

  it("follow another when the leader goes", () => {
    const { inStep, removes, second } = four();
    removes[0]?.();
    second.currentTime = 4;
    second.tell("timeupdate");
    expect(inStep.time.value).toBe(4);
  });
});

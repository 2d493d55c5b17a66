import { type Signal, signal } from "@preact/signals";
import type { Host, TraitName } from "../host";
import {
  readAccount,
  readBatch,
  readConfig,
  readDelta,
  readSelection,
  readService,
  readSubmission,
} from "./decode";

/** The traits as signals that follow the kernel. */
export function readTraits(host: Host) {
  const stops: (() => void)[] = [];

  function trait<T>(name: TraitName, read: (value: unknown) => T): Signal<T> {
    const value = signal(read(host.get(name)));
    stops.push(
      host.onChange(name, () => {
        value.value = read(host.get(name));
      }),
    );
    return value;
  }

  return {
    config: trait("_config", readConfig),
    service: trait("_service", readService),
    account: trait("_account", readAccount),
    batch: trait("_batch", readBatch),
    busy: trait("busy", (value) => value === true),
    submission: trait("_submission", readSubmission),
    selected: trait("_selected", readSelection),
    live: trait("_live", readDelta),
    stop() {
      for (const stop of stops) stop();
    },
  };
}

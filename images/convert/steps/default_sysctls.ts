/**
 * Settings of a network namespace that are as the kernel presets them: CRIU 4.2 writes them without
 * a value, at the end of the list; 4.1 fails to restore one that has none, and leaves alone one
 * that is not there.
 *
 * @module
 */

import type { SysctlEntry } from "../../../proto/types.ts";
import type { Step } from "./step.ts";

export const defaultSysctls: Step = {
  name: "preset network settings",
  since: "4.2",
  messages: {
    netns_entry: {
      down(entry) {
        const { ipv4_sysctl: settings = [], ...rest } = entry;
        // Which setting it is, its place in the list tells, so that only the last ones can go.
        const count = settings.findLastIndex(hasValue) + 1;
        if (count === settings.length) return entry;
        return count === 0 ? rest : { ...rest, ipv4_sysctl: settings.slice(0, count) };
      },
    },
  },
};

function hasValue({ iarg, sarg }: SysctlEntry): boolean {
  return iarg !== undefined || sarg !== undefined;
}

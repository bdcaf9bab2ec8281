/**
 * Sysctls of a network namespace with the kernel's defaults. CRIU 4.2 writes them without a value,
 * at the end of the list. CRIU 4.1 fails to restore one without a value, and does not touch one
 * that is missing.
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
        // The position in the list identifies a sysctl, so only the last ones can be removed.
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

/** Credentials: creds-%u.img ⇄ each thread's, CRIU 2.0. @module */

import type { CredsEntry } from "../../../proto/types.ts";
import { sameBytes } from "../../bytes/bytes.ts";
import { encodeMessage } from "../../codec/objects.ts";
import type { Step } from "./step.ts";
import { giveThreads, takeFromThreads } from "./threads.ts";

export const creds: Step = {
  name: "credentials",
  since: "2.0",
  task: {
    up(task) {
      const { creds } = task;
      if (creds === undefined) return false;
      return giveThreads(task, (thread) => thread.creds ??= creds) && delete task.creds;
    },
    down(task) {
      const taken = takeFromThreads(
        task,
        (thread) => thread.creds,
        (a, b) => sameBytes(bytesOf(a), bytesOf(b)),
        (thread) => delete thread.creds,
      );
      if (taken === undefined) return false;
      task.creds = taken;
      return true;
    },
  },
};

function bytesOf(creds: CredsEntry): Uint8Array {
  return encodeMessage("creds_entry", creds);
}

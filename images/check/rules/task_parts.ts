/** Rules about what CRIU counts when it restores a task. @module */

import { countOf } from "../../bytes/sizes.ts";
import { oldImage } from "../../dump/old_task_images.ts";
import type { Rule } from "../rule.ts";

/** Signals of a task, without SIGKILL and SIGSTOP, whose actions cannot be set. */
const ACTIONS = 62;
/** The same on MIPS, which has 128 signals. */
const MIPS_ACTIONS = 126;

const actionCount: Rule = {
  id: "sigactions-count",
  severity: "error",
  summary: "a process has an action for every signal",
  explanation:
    "CRIU expects one action for each signal except SIGKILL and SIGSTOP, and refuses fewer.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const { pid, core } of context.living) {
      const count = core?.tc?.sigactions?.length ?? 0;
      const expected = core?.mtype === "MIPS" ? MIPS_ACTIONS : ACTIONS;
      if (count === 0 || count === expected) continue;
      const message = `${count} actions instead of ${expected}`;
      yield { image: `core-${pid}.img`, entry: 0, field: "tc.sigactions", message };
    }
  },
};

/** 32-bit words of a set of capabilities (CRIU: CR_CAP_SIZE). */
const CAPABILITY_WORDS = 2;

const capabilityWords: Rule = {
  id: "capability-words",
  severity: "error",
  summary: "capability sets have 64 bits",
  explanation:
    "CRIU takes missing words as 0, which loses capabilities, and ignores further words.",
  fix: "give the set two words with `crit edit {image} -o NEW --set`, or make the dump again",
  *check(context) {
    for (const thread of context.threads) {
      const inCore = thread.core?.thread_core?.creds !== undefined;
      const image = inCore ? thread.coreName : `creds-${thread.task.pid}.img`;
      const { creds } = thread;
      // Before CRIU 2.0 the main thread's stand for all.
      if (creds === undefined || (!inCore && thread.tid !== thread.task.pid)) continue;
      for (const set of ["cap_inh", "cap_prm", "cap_eff", "cap_bnd"] as const) {
        const count = creds[set]?.length ?? 0;
        if (count === CAPABILITY_WORDS) continue;
        const field = inCore ? `thread_core.creds.${set}` : set;
        const message = `${countOf(count, "word")} instead of ${CAPABILITY_WORDS}`;
        yield { image, entry: 0, field, message };
      }
    }
  },
};

/** ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
const TIMERS = 3;

const timerCount: Rule = {
  id: "itimers-count",
  severity: "error",
  summary: "images of interval timers have three entries",
  explanation: "CRIU reads three entries, one for each kind of timer, and stops if one is missing.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const { pid } of context.living) {
      const image = oldImage("itimers", pid);
      const scan = context.scans.get(image);
      if (scan === undefined || !context.isWhole(image) || scan.entries === TIMERS) continue;
      yield { image, message: `${countOf(scan.entries, "timer")} instead of ${TIMERS}` };
    }
  },
};

export default [actionCount, capabilityWords, timerCount];

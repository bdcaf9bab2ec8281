/** Rules about the values of tasks and threads. @module */

import type { CredsEntry } from "../../../proto/types.ts";
import { wordAt } from "../../bytes/byte_order.ts";
import { hexText } from "../../bytes/printable.ts";
import { countOf } from "../../bytes/sizes.ts";
import type { CheckContext } from "../context.ts";
import type { Finding, Rule } from "../rule.ts";
import { credsRule, type Fault, threadRule, timersOf } from "../value_rules.ts";
import { lastSignal, timeFaults } from "./file_values.ts";

const REMAKE = "make the dump again, or correct the field with `crit edit {image} -o NEW --set`";

const threadExtras = threadRule(
  {
    id: "thread-extras",
    severity: "error",
    summary: "only the main thread has the fields of the process",
    explanation: "CRIU refuses `tc` and `ids` in the core image of any other thread.",
    fix: "delete the field: `crit edit {image} -o NEW --delete '[0].tc'`",
  },
  function* (core, { tid, task }, { dump }) {
    if (dump.task(tid) !== undefined) return;
    for (const field of ["tc", "ids"] as const) {
      if (core[field] === undefined) continue;
      yield { field, message: `thread ${tid} is not the main thread of process ${task.pid}` };
    }
  },
);

/** SCHED_FIFO and SCHED_RR, and the policies without a priority. */
const REAL_TIME = [1, 2];
/** SCHED_OTHER, SCHED_BATCH, SCHED_IDLE. */
const NORMAL = [0, 3, 5];
/** SCHED_RESET_ON_FORK. */
const RESET_ON_FORK = 0x40000000;
const [LEAST_NICE, MOST_NICE] = [-20, 19];
const [LEAST_PRIORITY, MOST_PRIORITY] = [1, 99];

const scheduling = threadRule(
  {
    id: "thread-scheduling",
    severity: "error",
    summary: "threads have a valid scheduling policy and priority",
    explanation:
      "CRIU restores policies 0 to 3 and 5, nice values -20 to 19, and priorities 1 to 99 for real time, otherwise 0.",
    fix:
      "set `sched_policy`, `sched_nice` and `sched_prio` to 0 with `crit edit {image} -o NEW --set`",
  },
  function* ({ thread_core: { sched_policy = 0, sched_nice = 0, sched_prio = 0 } = {} }) {
    const policy = sched_policy & ~RESET_ON_FORK;
    const at = (field: string, message: string): Fault => ({
      field: `thread_core.${field}`,
      message,
    });
    if (REAL_TIME.includes(policy)) {
      if (sched_prio >= LEAST_PRIORITY && sched_prio <= MOST_PRIORITY) return;
      yield at("sched_prio", `${sched_prio}, real time has priorities of 1 to 99`);
    } else if (!NORMAL.includes(policy)) {
      yield at("sched_policy", `CRIU restores no policy ${policy}`);
    } else {
      if (sched_prio !== 0) yield at("sched_prio", `${sched_prio}, policy ${policy} has none`);
      if (sched_nice >= LEAST_NICE && sched_nice <= MOST_NICE) return;
      yield at("sched_nice", `${sched_nice}, nice values are -20 to 19`);
    }
  },
);

const deathSignal = threadRule(
  {
    id: "death-signal",
    severity: "error",
    summary: "the parent death signal is valid",
    explanation: "Signals are 1 to 64; 0 means none.",
    fix: "set it to 0: `crit edit {image} -o NEW --set '[0].thread_core.pdeath_sig=0'`",
  },
  function* ({ thread_core }, _thread, context) {
    const signal = thread_core?.pdeath_sig ?? 0;
    if (signal <= lastSignal(context)) return;
    yield { field: "thread_core.pdeath_sig", message: `there is no signal ${signal}` };
  },
);

const threadCreds: Rule = threadRule(
  {
    id: "thread-creds",
    severity: "error",
    summary: "every thread has its credentials",
    explanation:
      "Since CRIU 2.0 they are in the core image. Without them CRIU looks for an older image, or crashes.",
    fix: "fetch {image} again, or make the dump again",
  },
  function* ({ thread_core }, { task }, { dump }) {
    if (thread_core?.creds !== undefined || dump.has(`creds-${task.pid}.img`)) return;
    yield { field: "thread_core.creds", message: "they are missing" };
  },
);

/** Bits of a set of capabilities. */
function bitsOf(set: CredsEntry["cap_prm"]): bigint {
  return BigInt(set?.[0] ?? 0) | BigInt(set?.[1] ?? 0) << 32n;
}

/** Numbers of the capabilities in a set, as text. */
function listOf(bits: bigint): string {
  const found = [];
  for (let i = 0n; i < 64n; i++) if ((bits >> i & 1n) === 1n) found.push(i);
  return found.join(", ");
}

const effective = credsRule(
  {
    id: "capabilities-within",
    severity: "error",
    summary: "capability sets lie within the sets that limit them",
    explanation:
      "The kernel refuses an effective capability that is not permitted, and an ambient one that is not inheritable.",
    fix: REMAKE,
  },
  function* (creds) {
    const permitted = bitsOf(creds.cap_prm);
    const inheritable = bitsOf(creds.cap_inh);
    const beyond = bitsOf(creds.cap_eff) & ~permitted;
    if (beyond !== 0n) {
      yield { field: "cap_eff", message: `capability ${listOf(beyond)} is not in cap_prm` };
    }
    const ambient = bitsOf(creds.cap_amb) & ~(permitted & inheritable);
    if (ambient !== 0n) {
      yield {
        field: "cap_amb",
        message: `capability ${listOf(ambient)} is not in cap_inh and cap_prm`,
      };
    }
  },
);

/** SECBIT_NOROOT to SECBIT_EXEC_DENY_INTERACTIVE_LOCKED (linux/securebits.h). */
const SECURE_BITS = 0xfff;

const secureBits = credsRule(
  {
    id: "secure-bits",
    severity: "error",
    summary: "only known securebits are set",
    explanation: "The kernel refuses bits that it does not know.",
    fix: "set `secbits` with `crit edit {image} -o NEW --set`",
  },
  function* ({ secbits }) {
    const unknown = (secbits & ~SECURE_BITS) >>> 0;
    if (unknown !== 0) yield { field: "secbits", message: `${hexText(unknown)} is not known` };
  },
);

/** What stands for no group. */
const NO_ID = 0xffffffff;

const groups = credsRule(
  {
    id: "groups-valid",
    severity: "error",
    summary: "the groups of a thread are valid",
    explanation: 'Group 2³²-1 does not exist: it means "no group".',
    fix: "remove it with `crit edit {image} -o NEW --delete`",
  },
  function* ({ groups = [] }) {
    for (const [i, group] of groups.entries()) {
      if (group === NO_ID) yield { field: `groups[${i}]`, message: `${group} is not a group` };
    }
  },
);

/** Bytes that struct rseq and its address are at least multiples of. */
const RSEQ_SIZE = 32;
/** Size of struct robust_list_head on a machine of 64 bits, and of 32. */
const ROBUST_LIST_SIZES = [24, 12, 0];

const rseq = threadRule(
  {
    id: "rseq-area",
    severity: "error",
    summary: "the restartable sequence area is valid",
    explanation: "The kernel requires at least 32 bytes at a multiple of 32.",
    fix: REMAKE,
  },
  function* ({ thread_core }) {
    const entry = thread_core?.rseq_entry;
    if (entry === undefined || entry.rseq_abi_pointer === 0n) return;
    const { rseq_abi_pointer: address, rseq_abi_size: size } = entry;
    const place = "thread_core.rseq_entry.";
    if (address % BigInt(RSEQ_SIZE) !== 0n) {
      yield {
        field: `${place}rseq_abi_pointer`,
        message: `${hexText(address)} is not a multiple of ${RSEQ_SIZE}`,
      };
    }
    if (size < RSEQ_SIZE) {
      yield {
        field: `${place}rseq_abi_size`,
        message: `${size} bytes are fewer than ${RSEQ_SIZE}`,
      };
    }
  },
);

const robustList = threadRule(
  {
    id: "robust-list",
    severity: "error",
    summary: "the robust futex list head has the kernel's size",
    explanation: "The kernel refuses any other size than its own, 24 bytes.",
    fix: "set it to 24: `crit edit {image} -o NEW --set '[0].thread_core.futex_rla_len=24'`",
  },
  function* ({ thread_core }) {
    const size = thread_core?.futex_rla_len ?? 0;
    if (ROBUST_LIST_SIZES.includes(size) || thread_core?.futex_rla === 0n) return;
    yield { field: "thread_core.futex_rla_len", message: `${size} bytes instead of 24` };
  },
);

/**
 * MEMBARRIER_CMD_REGISTER_*: global, private, private with core, private with rseq (Linux 6.18).
 */
const MEMBARRIER = (1 << 2) | (1 << 4) | (1 << 6) | (1 << 8);

const membarrier = threadRule(
  {
    id: "membarrier-mask",
    severity: "error",
    summary: "membarrier registrations are known",
    explanation: "The kernel refuses a command that it does not know.",
    fix: REMAKE,
  },
  function* ({ tc }) {
    const unknown = ((tc?.membarrier_registration_mask ?? 0) & ~MEMBARRIER) >>> 0;
    if (unknown === 0) return;
    const message = `${hexText(unknown)} is not a known registration`;
    yield { field: "tc.membarrier_registration_mask", message };
  },
);

/** Bytes of siginfo_t, and of the signal's number at its beginning. */
const NUMBER_SIZE = 4;

const pendingSignal = threadRule(
  {
    id: "pending-signal",
    severity: "error",
    summary: "pending signals are valid",
    explanation: "Signals are 1 to 64.",
    fix: "remove the signal with `crit edit {image} -o NEW --delete`",
  },
  function* ({ tc, thread_core }, _thread, context) {
    const queues = [
      ["tc.signals_s", tc?.signals_s?.signals],
      ["thread_core.signals_p", thread_core?.signals_p?.signals],
    ] as const;
    const last = lastSignal(context);
    for (const [field, signals = []] of queues) {
      for (const [i, { siginfo }] of signals.entries()) {
        if (siginfo.length < NUMBER_SIZE) continue;
        const signal = wordAt(siginfo, 0, context.dump.byteOrder) | 0;
        if (signal < 0 || signal > last) {
          yield { field: `${field}.signals[${i}]`, message: `there is no signal ${signal}` };
        }
      }
    }
  },
);

const SECOND_US = 1_000_000n;
const SECOND_NS = 1_000_000_000n;

function* intervalFaults(context: CheckContext): Generator<Finding> {
  for (const { timers, at } of timersOf(context)) {
    for (const [i, kind] of (["real", "virt", "prof"] as const).entries()) {
      const { isec, iusec, vsec, vusec } = timers[kind];
      for (const { field, message } of timeFaults(["isec", isec], ["iusec", iusec], SECOND_US)) {
        yield { ...at(kind, i, field), message };
      }
      for (const { field, message } of timeFaults(["vsec", vsec], ["vusec", vusec], SECOND_US)) {
        yield { ...at(kind, i, field), message };
      }
    }
  }
}

const intervalTimers: Rule = {
  id: "itimer-time",
  severity: "error",
  summary: "the times of interval timers are valid",
  explanation: "CRIU refuses negative times, and 10⁶ microseconds or more.",
  fix: "set the field to 0 with `crit edit {image} -o NEW --set`",
  check: intervalFaults,
};

/** SIGEV_NONE, with which a timer needs no signal; bits of SIGEV_THREAD and SIGEV_THREAD_ID. */
const SIGEV_NONE = 1;
const LAST_NOTIFY = 7;
/** Clocks that timers can be of: CLOCK_* below 12, but for the raw and the coarse ones. */
const TIMER_CLOCKS = [0, 1, 2, 3, 7, 8, 9, 11];
const FIRST_DYNAMIC = 0x80000000;

function* posixFaults(context: CheckContext): Generator<Finding> {
  const last = lastSignal(context);
  for (const { timers, at } of timersOf(context)) {
    const ids = new Map<number, number>();
    for (const [i, timer] of (timers.posix ?? []).entries()) {
      const { isec, insec, vsec, vnsec, clock_id: clock, si_signo, it_sigev_notify } = timer;
      const place = (field: string, message: string) => ({ ...at("posix", i, field), message });
      for (const { field, message } of timeFaults(["isec", isec], ["insec", insec], SECOND_NS)) {
        yield place(field, message);
      }
      for (const { field, message } of timeFaults(["vsec", vsec], ["vnsec", vnsec], SECOND_NS)) {
        yield place(field, message);
      }
      if (clock < FIRST_DYNAMIC && !TIMER_CLOCKS.includes(clock)) {
        yield place("clock_id", `no timer can be of clock ${clock}`);
      }
      if (it_sigev_notify > LAST_NOTIFY) {
        yield place("it_sigev_notify", `${it_sigev_notify} is no way to notify`);
      } else if (it_sigev_notify !== SIGEV_NONE && (si_signo < 1 || si_signo > last)) {
        yield place("si_signo", `there is no signal ${si_signo}`);
      }
      const first = ids.get(timer.it_id);
      if (first === undefined) ids.set(timer.it_id, i);
      else yield place("it_id", `${timer.it_id} is that of timer ${first}, too`);
    }
  }
}

const posixTimers: Rule = {
  id: "posix-timer",
  severity: "error",
  summary: "the clock, signal and times of POSIX timers are valid",
  explanation:
    "CRIU creates and arms the timers again, and the kernel refuses values that do not exist.",
  fix: "correct the field with `crit edit {image} -o NEW --set`, or delete the timer",
  check: posixFaults,
};

/** Parts of the registers of x86, with the number of words that CRIU wants of each. */
const FPU_PARTS = [
  { field: "st_space", words: 32 },
  { field: "xmm_space", words: 64 },
] as const;
const XSAVE_PARTS = [
  { field: "ymmh_space", words: 64 },
  { field: "opmask_reg", words: 8 },
  { field: "zmm_upper", words: 64 },
  { field: "hi16_zmm", words: 128 },
] as const;

const floatingPoint = threadRule(
  {
    id: "fpu-words",
    severity: "error",
    summary: "no floating-point register is missing",
    explanation: "CRIU copies each group of registers as a whole, and refuses any other length.",
    fix: "fetch {image} again, or make the dump again",
  },
  function* ({ thread_info }) {
    const fpregs = thread_info?.fpregs;
    if (fpregs === undefined) return;
    const place = "thread_info.fpregs.";
    for (const { field, words } of FPU_PARTS) {
      const count = fpregs[field]?.length ?? 0;
      if (count !== words) {
        yield { field: place + field, message: `${countOf(count, "word")} instead of ${words}` };
      }
    }
    for (const { field, words } of XSAVE_PARTS) {
      const count = fpregs.xsave?.[field]?.length ?? 0;
      // A part that the CPU did not have is absent.
      if (count !== 0 && count !== words) {
        yield {
          field: `${place}xsave.${field}`,
          message: `${countOf(count, "word")} instead of ${words}`,
        };
      }
    }
  },
);

export default [
  threadExtras,
  scheduling,
  deathSignal,
  threadCreds,
  effective,
  secureBits,
  groups,
  rseq,
  robustList,
  membarrier,
  pendingSignal,
  intervalTimers,
  posixTimers,
  floatingPoint,
];

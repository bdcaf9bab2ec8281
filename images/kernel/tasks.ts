/**
 * Numbers of tasks: states, signals, resources, clocks, scheduling.
 *
 * @module
 */

import type { CoreEntryMarch } from "../../proto/types.ts";
import { nameIn, type NumberTable, numberTable } from "./names.ts";

/** What a task was doing when it was dumped. */
export type TaskState = "alive" | "dead" | "stopped" | "zombie" | "unknown";

/** CRIU's numbers of the states (criu/include/pid.h). */
const STATES: Readonly<Record<number, TaskState>> = {
  1: "alive",
  2: "dead",
  3: "stopped",
  6: "zombie",
};

/** What CRIU's own tool prints: 3 and 6 have each other's names. JSON keeps them all the same. */
const CRIT_STATES: Readonly<Record<number, string>> = { 1: "Alive", 3: "Zombie", 6: "Stopped" };

/** Names of the states. */
export const TASK_STATES: NumberTable = numberTable(
  "",
  () => Object.entries(STATES).map(([state, name]) => [+state, name, CRIT_STATES[+state]] as const),
);

/** The state with this number. */
export function stateOf(state: number): TaskState {
  return STATES[state] ?? "unknown";
}

/** Whether a task in this state has ended: it has a core image and nothing else. */
export function isDeadState(state: number): boolean {
  return STATES[state] === "dead" || STATES[state] === "zombie";
}

/** Bit of a scheduling policy: children begin with the usual one. */
const RESET_ON_FORK = 0x4000_0000;

/** Scheduling policies (include/uapi/linux/sched.h), and the bit that goes with any. */
export const POLICIES: NumberTable = numberTable("SCHED_", () => [
  [0, "OTHER"],
  [1, "FIFO"],
  [2, "RR"],
  [3, "BATCH"],
  [5, "IDLE"],
  [6, "DEADLINE"],
  [7, "EXT"],
  [RESET_ON_FORK, "RESET_ON_FORK"],
]);

/** Name of a scheduling policy: `RR`, `RR|RESET_ON_FORK`. */
export function policyName(policy: number): string {
  const isReset = (policy & RESET_ON_FORK) !== 0;
  return nameIn(POLICIES, policy & ~RESET_ON_FORK) + (isReset ? "|RESET_ON_FORK" : "");
}

/** Clocks (include/uapi/linux/time.h). */
export const CLOCKS: NumberTable = numberTable("CLOCK_", () => [
  [0, "REALTIME"],
  [1, "MONOTONIC"],
  [2, "PROCESS_CPUTIME"],
  [3, "THREAD_CPUTIME"],
  [4, "MONOTONIC_RAW"],
  [5, "REALTIME_COARSE"],
  [6, "MONOTONIC_COARSE"],
  [7, "BOOTTIME"],
  [8, "REALTIME_ALARM"],
  [9, "BOOTTIME_ALARM"],
  [11, "TAI"],
]);

/** Signals 1 to 31 (include/uapi/asm-generic/signal.h; x86, arm and powerpc are the same). */
const SIGNALS: readonly string[] =
  ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD " +
    "CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** Signals 1 to 31 of MIPS (arch/mips/include/uapi/asm/signal.h). */
const MIPS_SIGNALS: readonly string[] =
  ("0 HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM USR1 USR2 CHLD " +
    "PWR WINCH URG IO STOP TSTP CONT TTIN TTOU VTALRM PROF XCPU XFSZ").split(" ");

/** The C library's first real-time signal; it keeps the two before for itself. */
const SIGRTMIN = 34;

/** Name of a signal without `SIG`: `USR1`, `RTMIN+3`. */
export function signalName(signal: number, machine: CoreEntryMarch | undefined): string {
  const name = (machine === "MIPS" ? MIPS_SIGNALS : SIGNALS)[signal];
  if (name !== undefined) return name;
  if (signal < SIGRTMIN) return `${signal}`;
  return signal === SIGRTMIN ? "RTMIN" : `RTMIN+${signal - SIGRTMIN}`;
}

/** Names of the signals of a set: bit N-1 is signal N; `extended` has 65 to 128. */
export function signalNames(
  set: bigint,
  machine: CoreEntryMarch | undefined,
  extended = 0n,
): string[] {
  const names: string[] = [];
  const all = set | extended << 64n;
  for (let signal = 1; all >> BigInt(signal - 1) !== 0n; signal++) {
    if ((all >> BigInt(signal - 1) & 1n) !== 0n) names.push(signalName(signal, machine));
  }
  return names;
}

/** Resources with limits (include/uapi/asm-generic/resource.h), with their units. */
const RESOURCES: ReadonlyArray<readonly [name: string, unit: string]> = [
  ["CPU", "s"],
  ["FSIZE", "B"],
  ["DATA", "B"],
  ["STACK", "B"],
  ["CORE", "B"],
  ["RSS", "B"],
  ["NPROC", ""],
  ["NOFILE", ""],
  ["MEMLOCK", "B"],
  ["AS", "B"],
  ["LOCKS", ""],
  ["SIGPENDING", ""],
  ["MSGQUEUE", "B"],
  ["NICE", ""],
  ["RTPRIO", ""],
  ["RTTIME", "us"],
];

/** Resources 5 to 9 of MIPS (arch/mips/include/uapi/asm/resource.h), as the numbers of others. */
const MIPS_RESOURCES: Readonly<Record<number, string>> = { 5: "7", 6: "9", 7: "5", 8: "6", 9: "8" };

/** Name and unit of the resource with this number. */
export function resourceOf(
  number: number,
  machine: CoreEntryMarch | undefined,
): readonly [name: string, unit: string] {
  const usual = machine === "MIPS" ? Number(MIPS_RESOURCES[number] ?? number) : number;
  return RESOURCES[usual] ?? [`${number}`, ""];
}

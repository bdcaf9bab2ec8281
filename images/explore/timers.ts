/**
 * Timers.
 *
 * @module
 */

import type { ItimerEntry, PosixTimerEntry, TimerfdEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { nameIn } from "../kernel/names.ts";
import { CLOCKS, signalName } from "../kernel/tasks.ts";
import { tableView, type View } from "./view.ts";

/** A timer. */
export type TimerRow = {
  /** Process id. */
  pid: number;
  /** Itimer, posix or timerfd. */
  kind: string;
  /** Kernel id of a POSIX timer; descriptor of a timerfd. */
  id: number | undefined;
  /** `CLOCK_*`; `ITIMER_*` for an interval timer. */
  clock: string;
  /** Seconds until the next expiration; 0 means disarmed. */
  value: number;
  /** Seconds between expirations; 0 means once. */
  interval: number;
  /** Signal that the timer sends. */
  signal: string | undefined;
  /** Expirations that were missed or are not yet read. */
  overruns: number;
};

/** How an expiration is told (include/uapi/asm-generic/siginfo.h, SIGEV_*). */
const SIGEV_NONE = 1;

/** The timers of each task. */
export const timers: View<TimerRow> = tableView<TimerRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    { key: "kind", doc: "itimer, posix or timerfd", title: "KIND" },
    { key: "id", doc: "kernel id of a POSIX timer; descriptor of a timerfd", title: "ID" },
    { key: "clock", doc: "`CLOCK_*`; `ITIMER_*` for an interval timer", title: "CLOCK" },
    {
      key: "value",
      doc: "seconds until the next expiration; 0 means disarmed",
      title: "NEXT",
      align: "right",
      text: ({ value }) => value === 0 ? "disarmed" : `${value} s`,
    },
    {
      key: "interval",
      doc: "seconds between expirations; 0 means once",
      title: "INTERVAL",
      align: "right",
      text: ({ interval }) => interval === 0 ? "" : `${interval} s`,
    },
    { key: "signal", doc: "signal that the timer sends", title: "SIGNAL" },
    {
      key: "overruns",
      doc: "expirations that were missed or are not yet read",
      title: "MISSED",
      align: "right",
    },
  ],
  *rows(dump, { tasks }) {
    for (const task of tasks) {
      const { real, virt, prof, posix } = task.timers ?? {};
      for (
        const [clock, timer, signal] of [
          ["REAL", real, "ALRM"],
          ["VIRTUAL", virt, "VTALRM"],
          ["PROF", prof, "PROF"],
        ] as const
      ) {
        if (timer !== undefined && isSet(timer)) yield itimer(task.pid, clock, timer, signal);
      }
      for (const timer of posix ?? []) yield posixTimer(task, timer);
      yield* timerfds(dump, task);
    }
  },
});

function isSet({ vsec, vusec, isec, iusec }: ItimerEntry): boolean {
  return (vsec | vusec | isec | iusec) !== 0n;
}

function itimer(pid: number, clock: string, timer: ItimerEntry, signal: string): TimerRow {
  return {
    pid,
    kind: "itimer",
    id: undefined,
    clock,
    value: seconds(timer.vsec, timer.vusec, 1e6),
    interval: seconds(timer.isec, timer.iusec, 1e6),
    signal,
    overruns: 0,
  };
}

function posixTimer({ pid, core }: Task, timer: PosixTimerEntry): TimerRow {
  return {
    pid,
    kind: "posix",
    id: timer.it_id,
    clock: nameIn(CLOCKS, timer.clock_id),
    value: seconds(timer.vsec, timer.vnsec, 1e9),
    interval: seconds(timer.isec, timer.insec, 1e9),
    signal: timer.it_sigev_notify === SIGEV_NONE
      ? undefined
      : signalName(timer.si_signo, core?.mtype),
    overruns: timer.overrun,
  };
}

function* timerfds(dump: Dump, { pid, fdinfo }: Task): Generator<TimerRow> {
  for (const { fd, type, id } of fdinfo) {
    const timer: TimerfdEntry | undefined = dump.files.get(type, id)?.tfd;
    if (timer === undefined) continue;
    yield {
      pid,
      kind: "timerfd",
      id: fd,
      clock: nameIn(CLOCKS, timer.clockid),
      value: seconds(timer.vsec, timer.vnsec, 1e9),
      interval: seconds(timer.isec, timer.insec, 1e9),
      signal: undefined,
      overruns: Number(timer.ticks),
    };
  }
}

function seconds(whole: bigint, parts: bigint, perSecond: number): number {
  return Number(whole) + Number(parts) / perSecond;
}

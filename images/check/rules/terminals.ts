/** Rules about terminals. @module */

import type { CheckContext } from "../context.ts";
import type { Rule } from "../rule.ts";
import { entryRule, type RuleWords } from "../value_rules.ts";

const IMAGE = "tty-info.img";
const FETCH = "fetch {image} again, or make the dump again";

const terminalRule = (
  words: RuleWords,
  faults: Parameters<typeof entryRule<"tty_info_entry">>[3],
): Rule => entryRule(words, IMAGE, "tty_info_entry", faults);

/** Old device numbers as tty-info.img has them: 8 bits of the minor number, then the major's. */
const majorOf = (rdev: number) => rdev >>> 8 & 0xfff;
const minorOf = (rdev: number) => (rdev & 0xff) | (rdev >>> 12 & 0xfff00);

/** Major numbers of terminals (Linux: Documentation/admin-guide/devices.txt). */
const TTY_MAJOR = 4;
const TTYAUX_MAJOR = 5;
const MASTER_MAJORS = [2, 128];
const SLAVE_MAJOR = { old: 3, first: 136, last: 143 };
/** Serial ports on USB, and those of boards. */
const SERIAL_MAJORS = [188, 204];
/** Minor numbers of major 5: /dev/tty, /dev/console, /dev/ptmx. */
const PTMX = 2;

type Driver = "master" | "slave" | "other";

/** The driver of a terminal, as CRIU (tty.c: get_tty_driver) tells it; undefined for none. */
function driverOf(rdev: number): Driver | undefined {
  const [major, minor] = [majorOf(rdev), minorOf(rdev)];
  if (major === TTYAUX_MAJOR) return minor === PTMX ? "master" : minor < PTMX ? "other" : undefined;
  if (major === TTY_MAJOR) return "other";
  if (MASTER_MAJORS.includes(major)) return "master";
  if (major === SLAVE_MAJOR.old) return "slave";
  if (major >= SLAVE_MAJOR.first && major <= SLAVE_MAJOR.last) return "slave";
  return SERIAL_MAJORS.includes(major) ? "other" : undefined;
}

const driver = terminalRule(
  {
    id: "tty-driver",
    severity: "error",
    summary: "terminals have the device number of a terminal",
    explanation:
      "CRIU finds the driver of a terminal by its device number. It knows consoles and pseudo-terminals.",
    fix: FETCH,
  },
  function* ({ rdev, type }) {
    // That from outside is inherited.
    if (type === "EXT_TTY" || driverOf(rdev) !== undefined) return;
    const message = `device ${majorOf(rdev)}:${minorOf(rdev)} is not a terminal that CRIU knows`;
    yield { field: "rdev", message };
  },
);

const kind = terminalRule(
  {
    id: "tty-kind",
    severity: "error",
    summary: "pseudo-terminals have the index of their pair, and other terminals have none",
    explanation: "CRIU joins the two ends of a pseudo-terminal by `pty.index`.",
    fix: FETCH,
  },
  function* ({ type, pty }) {
    if (type === "PTY" && pty === undefined) {
      yield { field: "pty", message: "it is missing, but the terminal is of type PTY" };
    } else if (type !== "PTY" && pty !== undefined) {
      yield { field: "pty", message: `it is set, but the terminal is of type ${type}` };
    }
  },
);

/** Control characters of a terminal, as CRIU counts them (TERMIOS_NCC). */
const CONTROL_CHARACTERS = 19;
const SETTINGS = ["termios", "termios_locked", "winsize"] as const;

const settings = terminalRule(
  {
    id: "tty-settings",
    severity: "error",
    summary: "a terminal has all of its settings; a slave may have none",
    explanation:
      "CRIU needs termios, termios_locked and winsize together, with at least 19 control characters.",
    fix: FETCH,
  },
  function* (entry) {
    const isSlave = driverOf(entry.rdev) === "slave";
    const missing = SETTINGS.filter((field) => entry[field] === undefined);
    // A slave that nobody had set up, and a terminal that was hung up, have none.
    if (missing.length < SETTINGS.length || (entry.type === "PTY" && !isSlave)) {
      for (const field of missing) yield { field, message: "it is missing" };
    }
    for (const field of ["termios", "termios_locked"] as const) {
      const count = entry[field]?.c_cc?.length ?? CONTROL_CHARACTERS;
      if (count >= CONTROL_CHARACTERS) continue;
      const message = `${count} control characters instead of ${CONTROL_CHARACTERS}`;
      yield { field: `${field}.c_cc`, message };
    }
  },
);

const session = terminalRule(
  {
    id: "tty-session",
    severity: "error",
    summary: "the session leader of a terminal is in the dump",
    explanation: "The session leader opens the terminal, and CRIU stops if there is none.",
    fix: "fetch {image} and pstree.img again; for a shell job restore with `--shell-job`",
  },
  function* ({ sid, type, pty }, context) {
    const { dump: { tasks } } = context;
    const root = tasks[0];
    // The session of a shell job is outside, and so is its leader.
    if (sid === 0 || root === undefined || sid === root.sid) return;
    if (type === "PTY" && !hasMaster(context, pty?.index)) return;
    if (leadersOf(context).sessions.has(sid)) return;
    yield { field: "sid", message: `no process is the leader of session ${sid}` };
  },
);

const group = terminalRule(
  {
    id: "tty-group",
    severity: "error",
    summary: "the foreground group of a terminal is not empty",
    explanation:
      "CRIU puts the group into the foreground again, and the kernel refuses an empty one.",
    fix: "set it to the session: `crit edit {image} -o NEW --set '[N].pgrp=SID'`",
  },
  function* ({ pgrp, sid, type, pty }, context) {
    const { dump: { tasks } } = context;
    const root = tasks[0];
    if (pgrp === 0 || root === undefined || sid === root.sid && sid !== root.pid) return;
    if (type === "PTY" && !hasMaster(context, pty?.index)) return;
    if (leadersOf(context).groups.has(pgrp)) return;
    yield { field: "pgrp", message: `no process is in group ${pgrp}` };
  },
);

/** Numbers of the pseudo-terminals whose masters are in a dump. */
const MASTERS = new WeakMap<CheckContext, ReadonlySet<number | undefined>>();

/** Whether the dump has the master of a pseudo-terminal; without it the slave is from outside. */
function hasMaster(context: CheckContext, index: number | undefined): boolean {
  let masters = MASTERS.get(context);
  if (masters === undefined) {
    const all = [...context.entries(IMAGE, "tty_info_entry")].map(([, entry]) => entry);
    masters = new Set(
      all.filter(({ rdev }) => driverOf(rdev) === "master").map(({ pty }) => pty?.index),
    );
    MASTERS.set(context, masters);
  }
  return masters.has(index);
}

/** Tasks by what a terminal names of them. */
const LEADERS = new WeakMap<CheckContext, { sessions: Set<number>; groups: Set<number> }>();

/** The sessions that have a leader in the dump, and the groups that have a process. */
function leadersOf(context: CheckContext): { sessions: Set<number>; groups: Set<number> } {
  let leaders = LEADERS.get(context);
  if (leaders === undefined) {
    const { tasks } = context.dump;
    leaders = {
      sessions: new Set(tasks.filter(({ pid, sid }) => pid === sid).map(({ pid }) => pid)),
      groups: new Set(tasks.flatMap(({ pid, pgid }) => [pid, pgid])),
    };
    LEADERS.set(context, leaders);
  }
  return leaders;
}

export default [driver, kind, settings, session, group];

/**
 * What /proc has of processes before they are dumped, and whether the views of the dump agree: /proc
 * knows nothing of images.
 *
 * @module
 */

import assert from "node:assert/strict";
import { crit } from "../programs.ts";
import { textOf } from "./real.ts";

/** Runs crit, which must be content; gives its JSON. */
export async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await crit([...args, "--json"]);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout);
}

/** A process as /proc/PID/stat has it. */
export interface Process {
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  comm: string;
}

/** Processes of a group. */
export function processes(group: number): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const stat = textOf(`/proc/${name}/stat`);
    const found = /^(\d+) \((.*)\) (\S) (\d+) (\d+) (\d+)/s.exec(stat ?? "");
    if (found === null || Number(found[5]) !== group) return [];
    const [, pid, comm, , ppid, pgid, sid] = found;
    return [{ pid: +pid!, ppid: +ppid!, pgid: +pgid!, sid: +sid!, comm: comm! }];
  }).sort((a, b) => a.pid - b.pid);
}

/** A socket as /proc/net has it. */
interface Socket {
  family: "INET" | "INET6" | "UNIX";
  protocol: "TCP" | "UDP" | undefined;
  /** TCP's number of the state, which is 7 of datagrams; undefined of a unix socket. */
  state: number | undefined;
  local: string;
  isListening: boolean;
}

/** Number of the system call on x86-64. */
const RT_SIGSUSPEND = 130;

/** What /proc has of one process that lives. */
function lookAt(pid: number) {
  const read = (name: string) => Deno.readTextFileSync(`/proc/${pid}/${name}`);
  const numbers = (name: string) =>
    [...Deno.readDirSync(`/proc/${pid}/${name}`)].map(({ name }) => Number(name))
      .sort((a, b) => a - b);
  const pairs = (text: string) =>
    Object.fromEntries(
      text.split("\n").filter((line) => line.includes(":\t"))
        .map((line) => line.split(/:\t\s*/) as [string, string]),
    );
  return {
    links: numbers("fd").map((fd) => [fd, Deno.readLinkSync(`/proc/${pid}/fd/${fd}`)] as const),
    fdinfo: new Map(numbers("fd").map((fd) => [fd, pairs(read(`fdinfo/${fd}`))])),
    maps: read("maps").split("\n").filter((line) => line !== ""),
    limits: read("limits").split("\n").slice(1).filter((line) => line !== ""),
    status: pairs(read("status")),
    environment: read("environ").split("\0").filter((word) => word !== ""),
    args: read("cmdline").split("\0").slice(0, -1),
    threads: numbers("task").map((tid) => ({
      tid,
      comm: read(`task/${tid}/comm`).trimEnd(),
      nice: Number(/\) (.*)$/s.exec(read(`task/${tid}/stat`))![1]!.split(" ")[16]),
    })),
    timers: [...read("timers").matchAll(/^ID: (\d+)\nsignal: (\d+)\//gm)]
      .map(([, id, signal]) => ({ id: Number(id), signal: Number(signal) })),
    locks: Deno.readTextFileSync("/proc/locks").split("\n").flatMap((line) => {
      const [, kind, , type, owner, file, from, to] = line.split(/\s+/);
      if (Number(owner) !== pid) return [];
      const length = to === "EOF" ? 0 : Number(to) - Number(from) + 1;
      return [{ kind: kind!, type: type!, ino: file!.split(":")[2]!, start: Number(from), length }];
    }),
    sockets: socketsIn(read),
    isSuspended: read("syscall").startsWith(`${RT_SIGSUSPEND} `),
  };
}

/** Sockets by their inodes. */
function socketsIn(read: (name: string) => string): Map<number, Socket> {
  const found = new Map<number, Socket>();
  for (const protocol of ["TCP", "UDP"] as const) {
    for (const family of ["INET", "INET6"] as const) {
      const name = `net/${protocol.toLowerCase()}${family === "INET6" ? "6" : ""}`;
      for (const line of read(name).split("\n").slice(1)) {
        const words = line.trim().split(/\s+/);
        if (words.length < 10) continue;
        const state = parseInt(words[3]!, 16);
        const isListening = protocol === "TCP" && state === 10;
        const local = addressOf(words[1]!);
        found.set(Number(words[9]), { family, protocol, state, local, isListening });
      }
    }
  }
  for (const line of read("net/unix").split("\n").slice(1)) {
    const [, , , flags, , , ino, path = ""] = line.split(/\s+/);
    // __SO_ACCEPTCON (include/linux/net.h)
    const isListening = (parseInt(flags ?? "0", 16) & 0x10000) !== 0;
    const unix = { family: "UNIX", protocol: undefined, state: undefined } as const;
    found.set(Number(ino), { ...unix, local: path, isListening });
  }
  return found;
}

/** `0100007F:1F90` as an address and a port: words of 32 bits in the machine's order. */
function addressOf(text: string): string {
  const [address, port] = text.split(":") as [string, string];
  const words = address.match(/.{8}/g)!.map((word) => word.match(/../g)!.reverse());
  const bytes = words.flat().map((byte) => parseInt(byte, 16));
  if (bytes.length === 4) return `${bytes.join(".")}:${parseInt(port, 16)}`;
  const pieces = words.flat().join("").match(/.{4}/g)!.map((piece) => piece.toLowerCase());
  return `${new URL(`http://[${pieces.join(":")}]/`).hostname}:${parseInt(port, 16)}`;
}

type Seen = ReturnType<typeof lookAt>;

/** What /proc has of a group of processes. */
export interface Before {
  /** All of them, by number. */
  tree: readonly Process[];
  /** Numbers of those that have ended. */
  dead: readonly number[];
  /** Of each that lives. */
  living: ReadonlyMap<number, Seen>;
}

/** Looks at a group of processes. */
export function look(group: number): Before {
  const tree = processes(group);
  const isDead = ({ pid }: Process) => /^State:\s+Z/m.test(textOf(`/proc/${pid}/status`) ?? "");
  const dead = tree.filter(isDead).map(({ pid }) => pid);
  const living = tree.filter(({ pid }) => !dead.includes(pid));
  return { tree, dead, living: new Map(living.map(({ pid }) => [pid, lookAt(pid)])) };
}

type Row = Record<string, unknown>;

/** Numbers of the signals in a mask of /proc. */
function signalsIn(mask: string): number[] {
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: 64 }, (_, i) => i + 1).filter((n) => bits >> BigInt(n - 1) & 1n);
}

/** Names in the order of their numbers, from 1 on (asm-generic/signal.h, x86). */
const SIGNALS =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
    .split(" ");

/** Number of a signal: by its name, or counted from RTMIN, which the kernel has at 32. */
function signalNumber(name: unknown): number {
  const known = SIGNALS.indexOf(String(name)) + 1;
  if (known > 0) return known;
  const realTime = /^RTMIN(?:\+(\d+))?$/.exec(String(name));
  return realTime === null ? Number(name) : 34 + Number(realTime[1] ?? 0);
}

/** Rows of /proc/PID/limits by crit's names. */
const LIMITS: Readonly<Record<string, string>> = {
  CPU: "Max cpu time",
  FSIZE: "Max file size",
  DATA: "Max data size",
  STACK: "Max stack size",
  CORE: "Max core file size",
  RSS: "Max resident set",
  NPROC: "Max processes",
  NOFILE: "Max open files",
  MEMLOCK: "Max locked memory",
  AS: "Max address space",
  LOCKS: "Max file locks",
  SIGPENDING: "Max pending signals",
  MSGQUEUE: "Max msgqueue size",
  NICE: "Max nice priority",
  RTPRIO: "Max realtime priority",
  RTTIME: "Max realtime timeout",
};

/** Checks the views of a dump against what /proc had before it was made. */
export async function compareViews(dump: string, before: Before): Promise<void> {
  const view = <T = Row>(name: string) => json<T[]>("x", dump, name);
  const { tree, dead, living } = before;
  const [first] = tree;
  const tasks = await view("ps");
  assert.deepEqual(
    tasks.map(({ pid, ppid, pgid, sid, comm }) => ({ pid, ppid, pgid, sid, comm }))
      .sort((a, b) => Number(a.pid) - Number(b.pid)),
    // The parent of the first process is outside of the dump.
    tree.map((task) => task === first ? { ...task, ppid: 0 } : task),
  );
  assert.deepEqual(tasks.filter(({ state }) => state === "dead").map(({ pid }) => pid), dead);
  const words = await json<Row[]>("x", dump, "ps", "--args");
  const views = {
    words,
    ...Object.fromEntries(
      await Promise.all(
        ["fds", "mems", "limits", "signals", "env", "threads", "creds", "locks", "timers", "sk"]
          .map(async (name) => [name, await view(name)] as const),
      ),
    ),
    files: await view("files"),
  };
  for (const [pid, process] of living) {
    const own = (name: keyof typeof views | string) =>
      (views as Record<string, Row[]>)[name]!.filter((row) => row.pid === pid);
    assert.deepEqual(own("words")[0]!.args, process.args, `arguments of ${pid}`);
    compareFiles(own("fds"), process);
    compareMemory(own("mems"), process);
    compareLimits(own("limits"), process);
    compareSignals(own("signals"), process, pid);
    const environment = own("env").map(({ name, value }) => `${name}=${value}`);
    assert.deepEqual(environment, process.environment);
    compareThreads(own("threads"), own("creds"), process);
    const locks = own("locks").map(({ kind, type, start, length }) => ({
      kind,
      type,
      start,
      length,
    }));
    const expected = process.locks.map(({ ino: _, ...lock }) => lock);
    const order = (lock: Row) => `${lock.kind}${lock.start}`;
    assert.deepEqual(
      locks.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
      expected.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    );
    const timers = own("timers").filter(({ kind }) => kind === "posix")
      .map(({ id, signal }) => ({ id, signal: signalNumber(signal) }));
    assert.deepEqual(timers, process.timers);
    comparePositions(views.files, process, pid);
    compareSockets((views as Record<string, Row[]>).sk!, process, pid);
  }
}

function compareFiles(rows: Row[], { links }: Seen): void {
  const fds = rows.filter(({ fd }) => typeof fd === "number");
  assert.deepEqual(fds.map(({ fd }) => fd), links.map(([fd]) => fd));
  for (const [i, [fd, link]] of links.entries()) {
    const { type, name } = fds[i]!;
    if (type === "REG") assert.equal(name, link.replace(/ \(deleted\)$/, ""), `descriptor ${fd}`);
    else if (link.startsWith("socket:")) assert.match(String(type), /^(INETSK|UNIXSK)$/);
    else if (link.startsWith("pipe:")) assert.equal(type, "PIPE");
    else if (link.startsWith("/memfd:")) assert.equal(type, "MEMFD");
    else if (link === "anon_inode:[timerfd]") assert.equal(type, "TIMERFD");
    else if (/^\/dev\/(ptmx|pts\/\d+)$/.test(link)) assert.equal(type, "TTY");
  }
}

/** Where files are read next, and how they were opened. */
function comparePositions(rows: Row[], { fdinfo, links }: Seen, pid: number): void {
  for (const row of rows) {
    for (const { pid: owner, fd } of row.fds as Array<{ pid: number; fd: number }>) {
      if (owner !== pid) continue;
      const { pos, flags } = fdinfo.get(fd)! as { pos: string; flags: string };
      if (row.position !== undefined) assert.equal(row.position, Number(pos), `descriptor ${fd}`);
      const mode = ["r", "w", "rw"][parseInt(flags, 8) & 3];
      const link = links.find(([number]) => number === fd)![1];
      assert.equal(String(row.mode).replace("a", ""), mode, `descriptor ${fd}, ${link}`);
    }
  }
}

function compareMemory(rows: Row[], { maps }: Seen): void {
  const areas = rows.filter(({ start, kind }) => start !== undefined && kind !== "vsyscall");
  const lines = maps.filter((line) => !line.endsWith("[vsyscall]")).map((line) => {
    const [, start, end, prot, name] = /^([0-9a-f]+)-([0-9a-f]+) (...). \S+ \S+ \S+\s*(.*)$/.exec(
      line,
    )!;
    return { range: `${hexadecimal(start!)}-${hexadecimal(end!)} ${prot}`, name: name! };
  });
  // The kernel has two areas of [vvar] where a dump has one.
  const merged = lines.filter(({ name }, i) =>
    !(name.startsWith("[vvar") && lines[i - 1]?.name === "[vvar]")
  );
  assert.equal(areas.length, merged.length);
  for (const [i, { range, name }] of merged.entries()) {
    const { start, end, prot, kind, name: own } = areas[i]!;
    if (!name.startsWith("[vvar")) assert.equal(`${start}-${end} ${prot}`, range);
    const special = /^\[(heap|stack|vdso|vvar)\]$/.exec(name)?.[1];
    if (special !== undefined) assert.equal(kind, special, range);
    if (name.startsWith("/") && kind === "file") assert.equal(own, name, range);
  }
}

/** An address of /proc without leading zeros. */
function hexadecimal(address: string): string {
  return `0x${BigInt(`0x${address}`).toString(16)}`;
}

function compareLimits(rows: Row[], { limits }: Seen): void {
  assert.deepEqual(rows.map(({ resource }) => resource), Object.keys(LIMITS));
  for (const { resource, soft, hard } of rows) {
    const name = LIMITS[String(resource)]!;
    const line = limits.find((line) => line.startsWith(`${name} `))!;
    const [wantedSoft, wantedHard] = line.slice(name.length).trim().split(/\s+/)
      .map((word) => word === "unlimited" ? null : Number(word));
    assert.deepEqual([soft, hard], [wantedSoft, wantedHard], name);
  }
}

function compareSignals(rows: Row[], { status, isSuspended }: Seen, pid: number): void {
  const signalsOf = (what: string, tid?: number) =>
    (rows.find((row) => row.what === what && row.tid === tid)?.signals as string[] ?? [])
      .map(signalNumber);
  // CRIU keeps what real-time signals below RTMIN do, which are glibc's own.
  const masks = { ignored: "SigIgn", caught: "SigCgt", pending: "ShdPnd" } as const;
  for (const [what, key] of Object.entries(masks)) {
    assert.deepEqual(signalsOf(what), signalsIn(status[key]!), `${what} of ${pid}`);
  }
  // In rt_sigsuspend /proc has the mask of the call, CRIU the one that comes back after it.
  if (isSuspended) return;
  assert.deepEqual(signalsOf("blocked", pid), signalsIn(status.SigBlk!));
}

function compareThreads(threads: Row[], creds: Row[], { threads: seen, status }: Seen): void {
  assert.deepEqual(threads.map(({ tid, comm, nice }) => ({ tid, comm, nice })), seen);
  const [first] = creds as [Row & { effective: string[] }];
  const numbers = (text: string) => text.trim().split(/\s+/).filter(Boolean).map(Number);
  // /proc has real, effective, saved and file-system's; so has crit.
  assert.deepEqual(first.uids, numbers(status.Uid!));
  assert.deepEqual(first.gids, numbers(status.Gid!));
  assert.deepEqual(first.groups, numbers(status.Groups!));
  const count = signalsIn(status.CapEff!).length;
  assert.equal(first.effective.length, count, "effective capabilities");
}

function compareSockets(rows: Row[], { links, sockets }: Seen, pid: number): void {
  const inodes = new Map(
    links.flatMap(([fd, link]) => {
      const ino = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      return ino === undefined ? [] : [[fd, Number(ino)] as const];
    }),
  );
  const found = rows.flatMap((row) =>
    (row.fds as Array<{ pid: number; fd: number }>).filter((one) => one.pid === pid)
      .map(({ fd }) => [fd, row] as const)
  );
  assert.deepEqual(found.map(([fd]) => fd).sort((a, b) => a - b), [...inodes.keys()]);
  for (const [fd, row] of found) {
    const ino = inodes.get(fd)!;
    const socket = sockets.get(ino)!;
    assert.deepEqual([row.ino, row.family], [ino, socket.family], `descriptor ${fd}`);
    assert.equal(row.state === "LISTEN", socket.isListening);
    if (socket.family === "UNIX") assert.equal(row.local, socket.local || `ino ${ino}`);
    else assert.deepEqual([row.protocol, row.local], [socket.protocol, socket.local]);
  }
}

/** Checks the figures of a dump against what /proc had. */
export async function compareStats(dump: string, { tree, dead, living }: Before): Promise<void> {
  interface Figures {
    tasks: { count: number; threads: number; by_state: Record<string, number> };
    files: { descriptors: number };
    memory: { mapped: number };
    sockets: Record<string, { count: number }>;
  }
  const stats = await json<Figures>("stats", dump);
  const all = [...living.values()];
  const sum = (count: (process: Seen) => number) =>
    all.reduce((total, one) => total + count(one), 0);
  assert.equal(stats.tasks.count, tree.length);
  assert.equal(stats.tasks.by_state.dead ?? 0, dead.length);
  assert.equal(stats.tasks.threads, sum(({ threads }) => threads.length) + dead.length);
  const mapped = sum(({ maps }) =>
    maps.reduce((total, line) => {
      const [start, end] = line.split(" ")[0]!.split("-").map((text) => BigInt(`0x${text}`));
      return total + Number(end! - start!);
    }, 0)
  );
  assert.equal(stats.memory.mapped, mapped);
  const inodes = new Set(
    all.flatMap(({ links }) =>
      links.map(([, link]) => link).filter((link) => /^socket:/.test(link))
    ),
  );
  const counted = Object.values(stats.sockets).reduce((total, { count }) => total + count, 0);
  assert.equal(counted, inodes.size);
}

/**
 * Ways to give a dump values that CRIU does not restore, and what CRIU 4.2.1 makes of each.
 *
 * They are made on fixtures/dumps/values, a dump of tests/criu/programs/values.c, and where
 * there is a real CRIU on a new dump of the same program, which it then has to refuse.
 *
 * @module
 */

import { type Break, type BrokenDump, type Fields, OWN } from "../broken_dump.ts";

/** What a real CRIU does with a broken dump. */
export interface CriuFact {
  /** Exit status of `criu restore`: 1 for a refusal, 139 for a crash. */
  readonly code: number | "hang";
  /** One of the errors in its log; absent if it hangs or loses something without a word. */
  readonly says?: string;
}

/** A break of values. */
export interface ValueBreak extends Break {
  readonly criu: CriuFact;
}

/** The tasks of the dump: the root, a session leader, its thread, a group leader, a dead one. */
const [ROOT, SESSION, THREAD, GROUP, DEAD] = [100, 101, 102, 103, 104];
/** Numbers that no process has. */
const NOBODY = 77;

type Change = (body: Fields, all: Fields[]) => void;
type Edit = (dump: BrokenDump) => void;

/** Changes the first entry of an image for which `which` holds. */
function change(name: string, which: (entry: Fields) => boolean, how: Change): Edit {
  return (dump) =>
    dump.edit(name, (entries) => {
      const entry = entries.find(which);
      if (entry === undefined) throw new Error(`${name} has no such entry`);
      how(entry, entries);
    });
}

/** Changes the part of an open file. */
function file(part: string, which: (body: Fields) => boolean, how: Change): Edit {
  const isIt = (entry: Fields) => entry[part] !== undefined && which(entry[part]);
  return change("files.img", isIt, (entry, all) => how(entry[part], all));
}

const bytes = (text: string) => new TextEncoder().encode(text);
const any = () => true;
const named = (name: string) => ({ name: own }: Fields) =>
  (typeof own === "string" ? own : new TextDecoder().decode(own)).includes(name);
const inet = (family: number, type: number) => (isk: Fields) =>
  isk.family === family && isk.type === type;
const [STREAM4, STREAM6, DATAGRAM4] = [inet(2, 1), inet(10, 1), inet(2, 2)];
const isPaired = ({ peer }: Fields) => peer !== 0;
const core = (tid: number, how: Change) => change(`core-${tid}.img`, any, how);
const thread = (tid: number, how: Change) =>
  core(tid, ({ thread_core }, all) => how(thread_core, all));
const creds = (how: Change) => thread(GROUP, ({ creds }, all) => how(creds, all));
const timer = (how: Change) => core(ROOT, ({ tc }, all) => how(tc.timers.posix[0], all));
const mm = (how: Change) => change(`mm-${GROUP}.img`, any, how);
const entryOf = (pid: number, how: Change) =>
  change("pstree.img", (entry) => entry.pid === pid, how);
const MASTER = 0x502;
const master = (how: Change) => change("tty-info.img", ({ rdev }) => rdev === MASTER, how);
const slave = (how: Change) => change("tty-info.img", ({ rdev }) => rdev !== MASTER, how);
const lock = (bit: number, how: Change) => change("filelocks.img", ({ flag }) => flag === bit, how);
const filters = (how: Change) =>
  change("seccomp.img", any, ({ seccomp_filters }, all) => how(seccomp_filters, all));
const inventory = (how: Change) => change("inventory.img", any, how);
const ids = (pid: number, how: Change) => change(`ids-${pid}.img`, any, how);

/** A break: the rule, what is done, where it is found, and what CRIU does. */
function value(
  rule: string,
  how: string,
  edit: Edit,
  [image, field, message]: readonly [image: string, field: string | undefined, message: RegExp],
  criu: CriuFact,
  count?: number,
): ValueBreak {
  return { rule, dump: "values", how, break: edit, image, field, message, criu, count };
}

const refused = (says: string): CriuFact => ({ code: 1, says });
const crash = (says: string): CriuFact => ({ code: 139, says });
const HANG: CriuFact = { code: "hang" };
/** Restored, but without what the values stand for. */
const LOST: CriuFact = { code: 0 };

const FILES = "files.img";
const PSTREE = "pstree.img";
const TTY = "tty-info.img";
const LOCKS = "filelocks.img";
const coreOf = (tid: number) => `core-${tid}.img`;

const SOCKETS: readonly ValueBreak[] = [
  value(
    "inet-family",
    "give a socket another family",
    file("isk", STREAM4, (isk) => isk.family = 99),
    [FILES, "isk.family", /^99 is neither 2 \(IPv4\) nor 10 \(IPv6\)$/],
    refused("inet: Unsupported socket family: 99"),
  ),
  value(
    "inet-type",
    "give a socket another type",
    file("isk", STREAM4, (isk) => isk.type = 99),
    [FILES, "isk.type", /^99 is not 1 \(stream\), 2 \(datagram\) or 3 \(raw\)$/],
    refused("inet: Unsupported socket type: 99"),
  ),
  value(
    "inet-type",
    "give a socket an unknown protocol",
    file("isk", DATAGRAM4, (isk) => isk.proto = 99),
    [FILES, "isk.proto", /^protocol 99 does not go with type 2$/],
    refused("inet: Can't create inet socket: Protocol not supported"),
  ),
  value(
    "inet-type",
    "give a stream socket the protocol of datagrams",
    file("isk", STREAM6, (isk) => Object.assign(isk, { proto: 17, state: 7 })),
    [FILES, "isk.proto", /^protocol 17 does not go with type 1$/],
    refused("inet: Can't create inet socket: Protocol not supported"),
  ),
  value(
    "inet-address",
    "take a socket's own address away",
    file("isk", STREAM4, (isk) => isk.src_addr = []),
    [FILES, "isk.src_addr", /^0 words instead of 1, as IPv4 has$/],
    refused("100 killed by signal 11: Segmentation fault"),
  ),
  value(
    "inet-address",
    "take a socket's other address away",
    file("isk", STREAM4, (isk) => isk.dst_addr = []),
    [FILES, "isk.dst_addr", /^0 words instead of 1, as IPv4 has$/],
    refused("inet: Addr len mismatch f 2 ss 4 ds 0"),
  ),
  value(
    "inet-address",
    "shorten an address",
    file("isk", STREAM6, (isk) => isk.src_addr.pop()),
    [FILES, "isk.src_addr", /^3 words instead of 4, as IPv6 has$/],
    refused("inet: Addr len mismatch f 10 ss 12 ds 16"),
  ),
  value(
    "inet-address",
    "lengthen an address",
    file("isk", STREAM6, (isk) => isk.dst_addr.push(0)),
    [FILES, "isk.dst_addr", /^5 words instead of 4, as IPv6 has$/],
    refused("inet: Addr len mismatch f 10 ss 16 ds 20"),
  ),
  value(
    "inet-listener",
    "let a datagram socket listen",
    file("isk", DATAGRAM4, (isk) => isk.state = 10),
    [FILES, "isk.state", /^it listens, but its protocol is 17$/],
    refused("inet: Wrong socket in listen state 17"),
  ),
  value(
    "unix-name",
    "give a socket too long a name",
    file("usk", named("listener"), (usk) => usk.name = bytes(`/${"x".repeat(108)}`)),
    [FILES, "usk.name", /^109 bytes are more than 108$/],
    crash("unix: Bad unix name len 109"),
  ),
  value(
    "unix-path",
    "give a socket a relative path",
    file("usk", named("listener"), (usk) => usk.name = bytes("nowhere/listener")),
    [FILES, "usk.name", /^it does not begin with \/$/],
    refused("addr nowhere/listener"),
  ),
  value(
    "unix-deleted",
    "delete the path of a socket without a name",
    file("usk", isPaired, (usk) => usk.deleted = true),
    [FILES, "usk.deleted", /^it is true, but the socket has no name$/],
    crash("unix: No name present, ino "),
  ),
  value(
    "unix-deleted",
    "delete the path of an abstract name",
    file("usk", named("datagram"), (usk) => {
      usk.name = bytes("\0abstract");
      usk.deleted = true;
    }),
    [FILES, "usk.deleted", /^it is true, but the socket has an abstract name$/],
    crash("unix: No name present, ino "),
  ),
  value(
    "unix-listener",
    "let a socket without a name listen",
    file("usk", named("listener"), (usk) => usk.name = bytes("")),
    [FILES, "usk.name", /^it is empty, but the socket listens$/],
    refused("unix: Can't make usk listen: Invalid argument"),
  ),
  value(
    "unix-listener",
    "let a datagram socket listen",
    file("usk", named("datagram"), (usk) => usk.state = 10),
    [FILES, "usk.type", /^a datagram socket cannot listen$/],
    refused("unix: Can't make usk listen: Operation not supported"),
  ),
  value(
    "unix-type",
    "give a socket another type",
    file("usk", named("datagram"), (usk) => usk.type = 99),
    [FILES, "usk.type", /^99 is not 1 \(stream\), 2 \(datagram\) or 5 \(seqpacket\)$/],
    refused("unix: Can't make unix socket: Invalid argument"),
  ),
  value(
    "netlink-groups",
    "let a socket join group 33",
    file("nlsk", any, (nlsk) => nlsk.groups = [1, 1]),
    [FILES, "nlsk.groups", /^2 words instead of 1$/],
    refused("netlink: Groups above 32 are not supported yet"),
  ),
  value(
    "netlink-protocol",
    "give a socket a protocol that there is not",
    file("nlsk", any, (nlsk) => nlsk.protocol = 99),
    [FILES, "nlsk.protocol", /^99 is greater than 31$/],
    refused("netlink: Can't create netlink sock: Protocol not supported"),
  ),
];

const OPEN_FILES: readonly ValueBreak[] = [
  value(
    "path-absolute",
    "take the slash off a path",
    file("reg", named("owned"), (reg) => reg.name = reg.name.slice(1)),
    [FILES, "reg.name", /^it does not begin with \/$/],
    refused("/owned on restore: No such file or directory"),
  ),
  value(
    "path-absolute",
    "empty a path",
    file("reg", named("owned"), (reg) => reg.name = ""),
    [FILES, "reg.name", /^it is empty$/],
    refused("on restore: No such file or directory"),
  ),
  value(
    "owner-signal",
    "let a file send a signal that there is not",
    file("pipe", ({ fown }) => fown.pid !== 0, (pipe) => pipe.fown.signum = 65),
    [FILES, "pipe.fown.signum", /^there is no signal 65$/],
    refused("Can't set signal: Invalid argument"),
  ),
  value(
    "owner-signal",
    "make the owner of a file something else",
    file("pipe", ({ fown }) => fown.pid !== 0, (pipe) => pipe.fown.pid_type = 9),
    [FILES, "pipe.fown.pid_type", /^9 is not 0 \(thread\), 1 \(process\) or 2 \(group\)$/],
    refused("file owner pid: Invalid argument"),
  ),
  value(
    "owner-task",
    "make a process that is not there the owner of a file",
    file("pipe", ({ fown }) => fown.pid !== 0, (pipe) => pipe.fown.pid = NOBODY),
    [FILES, "pipe.fown.pid", /^there is no process or group 77$/],
    refused("file owner pid: No such process"),
  ),
  value(
    "epoll-kind",
    "let an epoll watch a regular file",
    (dump) => {
      let fd = 0;
      dump.edit(FILES, (entries) => {
        const { id } = entries.find(({ reg }) => reg?.name.includes("owned"));
        dump.edit("fdinfo-2.img", (all) => fd = all.find((entry) => entry.id === id).fd);
        entries.find(({ epfd }) => epfd !== undefined).epfd.tfd[0].tfd = fd;
      });
    },
    [FILES, "epfd.tfd[0].tfd", /^descriptor \d+ is a REG file$/],
    refused("Operation not permitted"),
  ),
  value(
    "epoll-unique",
    "let an epoll watch a descriptor twice",
    file("epfd", any, ({ tfd }) => tfd[1] = tfd[0]),
    [FILES, "epfd.tfd[1].tfd", /^descriptor \d+ is also in tfd\[\d+\]$/],
    refused("File exists"),
  ),
  value(
    "timerfd-clock",
    "set a timerfd by a clock that CRIU does not know",
    file("tfd", any, (tfd) => tfd.clockid = 2),
    [FILES, "tfd.clockid", /^2 is not 0 \(realtime\), 1 \(monotonic\) or 7 \(boottime\)$/],
    crash("timerfd: Verification failed for"),
  ),
  value(
    "timerfd-time",
    "let a timerfd wait for too many nanoseconds",
    file("tfd", any, (tfd) => tfd.vnsec = 1_000_000_000n),
    [FILES, "tfd.vnsec", /^1000000000 is a second or more: a second has 1000000000$/],
    refused("Can't restore ticks/time for timerfd - 0"),
  ),
  value(
    "timerfd-time",
    "let a timerfd wait for a time that is past",
    file("tfd", any, (tfd) => tfd.vsec = 1n << 63n),
    [FILES, "tfd.vsec", /^-9223372036854775808 seconds/],
    refused("Can't restore ticks/time for timerfd - 0"),
  ),
  value(
    "inotify-watch",
    "watch for nothing",
    file("ify", any, ({ wd }) => wd[0].mask = 0),
    [FILES, "ify.wd[0].mask", /^it is 0, which is no event$/],
    refused("fsnotify: Can't add watch for"),
  ),
  value(
    "inotify-watch",
    "give a watch number 0",
    file("ify", any, ({ wd }) => wd[0].wd = 0),
    [FILES, "ify.wd[0].wd", /^0 is not a watch: they begin at 1$/],
    refused("fsnotify: Can't set next inotify wd: Invalid argument"),
  ),
  value(
    "memfd-seals",
    "seal a memfd with an unknown seal",
    change("memfd.img", named("values"), (inode) => inode.seals = 0x40),
    ["memfd.img", "seals", /^0x40 is not a known seal$/],
    refused("Cannot apply seals on memfd: Invalid argument"),
  ),
  value(
    "lock-kind",
    "give a lock no kind",
    lock(1, (entry) => entry.flag = 16),
    [LOCKS, "flag", /^16 is not a kind of lock$/],
    refused("Unknown file lock style!"),
  ),
  value(
    "lock-kind",
    "give a POSIX lock another type",
    lock(1, (entry) => entry.type = 3),
    [LOCKS, "type", /^3 is not a type of lock$/],
    refused("Can not set posix lock!"),
  ),
  value(
    "lock-kind",
    "give a flock lock another type",
    lock(2, (entry) => entry.type = 7),
    [LOCKS, "type", /^7 is not a type of lock$/],
    refused("Unknown flock type!"),
  ),
  value(
    "lock-range",
    "lock what is before the beginning",
    lock(1, (entry) => entry.start = -5n),
    [LOCKS, "start", /^-5 is before the beginning of the file$/],
    refused("Can not set posix lock!"),
  ),
  value(
    "lock-range",
    "lock up to before the beginning",
    lock(1, (entry) => entry.len = -50n),
    [LOCKS, "len", /^-50 bytes from 0 begin before the file does$/],
    refused("Can not set posix lock!"),
  ),
];

const TERMINALS: readonly ValueBreak[] = [
  value(
    "tty-kind",
    "make a pseudo-terminal a console",
    slave((entry) => entry.type = "CONSOLE"),
    [TTY, "pty", /^it is set, but the terminal is of type CONSOLE$/],
    refused("tty: PTY data found (id 0), corrupted image?"),
  ),
  value(
    "tty-kind",
    "take the number off a pseudo-terminal",
    slave((entry) => delete entry.pty),
    [TTY, "pty", /^it is missing, but the terminal is of type PTY$/],
    refused("tty: No PTY data found (id 0), corrupted image?"),
  ),
  value(
    "tty-driver",
    "give a terminal the number of another device",
    slave((entry) => entry.rdev = 0x1234),
    [TTY, "rdev", /^device 18:52 is not a terminal that CRIU knows$/],
    refused("tty: Unable to find a tty driver (rdev 0x1234 "),
  ),
  value(
    "tty-settings",
    "take one of a slave's settings away",
    slave((entry) => delete entry.winsize),
    [TTY, "winsize", /^it is missing$/],
    refused("tty: Corrupted slave peer 0"),
  ),
  value(
    "tty-settings",
    "take a master's settings away",
    master((entry) => {
      for (const field of ["termios", "termios_locked", "winsize"]) delete entry[field];
    }),
    [TTY, undefined, /^it is missing$/],
    refused("tty: Corrupted master peer 0x1"),
    3,
  ),
  value(
    "tty-settings",
    "shorten the list of control characters",
    slave((entry) => entry.termios.c_cc.length = 5),
    [TTY, "termios.c_cc", /^5 control characters instead of 19$/],
    refused("tty: pty ID 0 n_c_cc (5) has wrong value"),
  ),
  value(
    "tty-session",
    "give a terminal to a session of nobody",
    master((entry) => entry.sid = NOBODY),
    [TTY, "sid", /^no process is the leader of session 77$/],
    refused("tty: No task found with sid 77"),
  ),
  value(
    "tty-session",
    "give a terminal to a process that leads no session",
    master((entry) => entry.sid = GROUP),
    [TTY, "sid", /^no process is the leader of session 103$/],
    refused("tty: No task found with sid 103"),
  ),
  value(
    "tty-group",
    "put a group of nobody into the foreground",
    (dump) => {
      master((entry) => entry.pgrp = NOBODY)(dump);
      slave((entry) => entry.pgrp = NOBODY)(dump);
    },
    [TTY, "pgrp", /^no process is in group 77$/],
    refused("tty: Failed to set group 77 on "),
    2,
  ),
];

const TREE: readonly ValueBreak[] = [
  value(
    "pid-range",
    "give a process an id that Linux has not",
    (dump) => {
      entryOf(DEAD, (entry) => entry.pid = 5000000)(dump);
      Deno.renameSync(dump.file(coreOf(DEAD)), dump.file("core-5000000.img"));
    },
    [PSTREE, "pid", /^5000000 cannot be a process id$/],
    refused("Can't set kernel pid_max=5000001: Invalid argument"),
  ),
  value(
    "pid-range",
    "give a thread an id that Linux has not",
    (dump) => {
      entryOf(SESSION, (entry) => entry.threads[1] = 4194304)(dump);
      Deno.renameSync(dump.file(coreOf(THREAD)), dump.file("core-4194304.img"));
    },
    [PSTREE, "threads[1]", /^4194304 cannot be a thread id$/],
    refused("Unable to create a thread: "),
  ),
  value(
    "thread-order",
    "list the main thread last",
    entryOf(SESSION, (entry) => entry.threads.reverse()),
    [PSTREE, "threads[0]", /^102, the main thread is 101$/],
    refused("Unexpected task 101 in a tree 1"),
  ),
  value(
    "session-zero",
    "put a process into session 0",
    entryOf(GROUP, (entry) => entry.sid = 0),
    [PSTREE, "sid", /^0, the session of 103$/],
    refused("Can't fork for 0: Invalid argument"),
  ),
  value(
    "dead-session",
    "put a dead process into a session of nobody",
    entryOf(DEAD, (entry) => entry.sid = entry.pgid = NOBODY),
    [PSTREE, "sid", /^77 is the session of no process above 104$/],
    HANG,
  ),
  value(
    "group-session",
    "put a process into a group of another session",
    entryOf(GROUP, (entry) => entry.pgid = SESSION),
    [PSTREE, "pgid", /^101, whose session is 101; that of 103 is 100$/],
    HANG,
  ),
  value(
    "task-state",
    "let a process be a zombie without having ended",
    core(GROUP, ({ tc }) => tc.task_state = 6),
    [coreOf(GROUP), "tc.task_state", /^6 is not a state of a process$/],
    refused("Unknown task state 6"),
  ),
  value(
    "namespace-nested",
    "put a child into another UTS namespace",
    (dump) => {
      ids(GROUP, (entry) => entry.uts_ns_id = 20)(dump);
      Deno.copyFileSync(`${OWN}/shm.ns/utsns-12.img`, dump.file("utsns-20.img"));
    },
    [`ids-${GROUP}.img`, "uts_ns_id", /^20 is not the UTS namespace of the root, 4$/],
    refused("Can't restore sub-task in NS (cflags 4000000)"),
  ),
  value(
    "pid-namespace-init",
    "put all into a process id namespace without its first process",
    (dump) => {
      for (const pid of [ROOT, SESSION, GROUP]) ids(pid, (entry) => entry.pid_ns_id = 20)(dump);
    },
    [
      `ids-${ROOT}.img`,
      "pid_ns_id",
      /^20, another namespace than CRIU's, and the root is process 100$/,
    ],
    refused("Can't restore pid namespace without the process init"),
  ),
  value(
    "fdinfo-per-id",
    "let each process have a table of descriptors",
    (dump) => {
      inventory((entry) => entry.fdinfo_per_id = false)(dump);
      for (const [id, pid] of [[2, ROOT], [3, SESSION], [4, GROUP]]) {
        Deno.renameSync(dump.file(`fdinfo-${id}.img`), dump.file(`fdinfo-${pid}.img`));
      }
    },
    ["inventory.img", "fdinfo_per_id", /^it is not set$/],
    refused("Too old image, no longer supported"),
  ),
  value(
    "root-cgroup",
    "let CRIU have been in set 0",
    (dump) => {
      inventory((entry) => entry.root_cg_set = 0)(dump);
      for (const tid of [ROOT, SESSION, THREAD, GROUP]) thread(tid, (own) => own.cg_set = 0)(dump);
    },
    ["inventory.img", "root_cg_set", /^0 is not a cgroup set$/],
    refused("Corrupted root cgset"),
  ),
];

const THREADS: readonly ValueBreak[] = [
  value(
    "thread-extras",
    "give a thread what belongs to the process",
    (dump) => core(SESSION, ({ tc }) => core(THREAD, (entry) => entry.tc = tc)(dump))(dump),
    [coreOf(THREAD), "tc", /^thread 102 is not the main thread of process 101$/],
    refused("Thread has optional fields present 102"),
  ),
  value(
    "thread-scheduling",
    "schedule a thread by a policy that CRIU does not restore",
    thread(THREAD, (own) => own.sched_policy = 6),
    [coreOf(THREAD), "thread_core.sched_policy", /^CRIU restores no policy 6$/],
    refused("Inconsistent sched params received (6.0.0)"),
  ),
  value(
    "thread-scheduling",
    "give a process too nice a value",
    thread(GROUP, (own) => own.sched_nice = 20),
    [coreOf(GROUP), "thread_core.sched_nice", /^20, nice values are -20 to 19$/],
    refused("Inconsistent sched params received (0.20.0)"),
  ),
  value(
    "thread-scheduling",
    "give a normal process a priority",
    thread(GROUP, (own) => own.sched_prio = 5),
    [coreOf(GROUP), "thread_core.sched_prio", /^5, policy 0 has none$/],
    refused("Inconsistent sched params received (0.0.5)"),
  ),
  value(
    "thread-scheduling",
    "give a real-time process too high a priority",
    thread(GROUP, (own) => Object.assign(own, { sched_policy: 1, sched_prio: 100 })),
    [coreOf(GROUP), "thread_core.sched_prio", /^100, real time has priorities of 1 to 99$/],
    refused("Inconsistent sched params received (1.0.100)"),
  ),
  value(
    "death-signal",
    "wait for a signal that there is not",
    thread(GROUP, (own) => own.pdeath_sig = 65),
    [coreOf(GROUP), "thread_core.pdeath_sig", /^there is no signal 65$/],
    refused("Pdeath signal is too big"),
  ),
  value(
    "thread-creds",
    "take a process's credentials away",
    thread(GROUP, (own) => delete own.creds),
    [coreOf(GROUP), "thread_core.creds", /^they are missing$/],
    refused("Unexpected EOF on (empty-image)"),
  ),
  value(
    "thread-creds",
    "take a thread's credentials away",
    thread(THREAD, (own) => delete own.creds),
    [coreOf(THREAD), "thread_core.creds", /^they are missing$/],
    refused("101 killed by signal 11: Segmentation fault"),
  ),
  value(
    "capabilities-within",
    "use a capability that is not permitted",
    creds((own) => Object.assign(own, { cap_prm: [1, 0], cap_eff: [3, 0] })),
    [coreOf(GROUP), "thread_core.creds.cap_eff", /^capability 1 is not in cap_prm$/],
    refused("Unable to restore capabilities: -1"),
  ),
  value(
    "capabilities-within",
    "pass on a capability that is not inheritable",
    creds((own) => own.cap_amb = [1, 0]),
    [coreOf(GROUP), "thread_core.creds.cap_amb", /^capability 0 is not in cap_inh and cap_prm$/],
    refused("Unable to raise ambient capability 0: -1"),
  ),
  value(
    "capability-words",
    "take a word off a set of capabilities",
    creds((own) => own.cap_eff.pop()),
    [coreOf(GROUP), "thread_core.creds.cap_eff", /^1 word instead of 2$/],
    LOST,
  ),
  value(
    "secure-bits",
    "set an unknown secure bit",
    creds((own) => own.secbits = 0x1000),
    [coreOf(GROUP), "thread_core.creds.secbits", /^0x1000 is not known$/],
    refused("Unable to set PR_SET_SECUREBITS: -1"),
  ),
  value(
    "groups-valid",
    "put a thread into no group",
    creds((own) => own.groups = [0xffffffff]),
    [coreOf(GROUP), "thread_core.creds.groups[0]", /^4294967295 is not a group$/],
    refused("Can't setgroups([1 gids]): -22"),
  ),
  value(
    "rseq-area",
    "move the area of restartable sequences",
    thread(ROOT, ({ rseq_entry }) => rseq_entry.rseq_abi_pointer += 4n),
    [
      coreOf(ROOT),
      "thread_core.rseq_entry.rseq_abi_pointer",
      /^0x[0-9a-f]+ is not a multiple of 32$/,
    ],
    refused("failed sys_rseq("),
  ),
  value(
    "rseq-area",
    "shorten the area of restartable sequences",
    thread(ROOT, ({ rseq_entry }) => rseq_entry.rseq_abi_size = 16),
    [coreOf(ROOT), "thread_core.rseq_entry.rseq_abi_size", /^16 bytes are fewer than 32$/],
    refused("failed sys_rseq("),
  ),
  value(
    "robust-list",
    "shorten the head of the list of futexes",
    thread(ROOT, (own) => own.futex_rla_len = 23),
    [coreOf(ROOT), "thread_core.futex_rla_len", /^23 bytes instead of 24$/],
    refused("Failed to recover futex robust list: -22"),
  ),
  value(
    "membarrier-mask",
    "register for something else",
    core(ROOT, ({ tc }) => tc.membarrier_registration_mask = 0x800),
    [coreOf(ROOT), "tc.membarrier_registration_mask", /^0x800 is not a known registration$/],
    refused("Can't restore membarrier(1 << 11) registration: -22"),
  ),
  value(
    "pending-signal",
    "let a signal be pending that there is not",
    core(ROOT, ({ tc }) => tc.signals_s.signals[0].siginfo[0] = 65),
    [coreOf(ROOT), "tc.signals_s.signals[0]", /^there is no signal 65$/],
    refused("Unable to send siginfo 65 "),
  ),
  value(
    "itimer-time",
    "let a timer wait for too many microseconds",
    core(ROOT, ({ tc }) => tc.timers.real.vusec = 1_000_000n),
    [coreOf(ROOT), "tc.timers.real.vusec", /^1000000 is a second or more: a second has 1000000$/],
    refused("Invalid timer value"),
  ),
  value(
    "itimer-time",
    "repeat a timer backwards",
    core(ROOT, ({ tc }) => tc.timers.real.isec = 1n << 63n),
    [coreOf(ROOT), "tc.timers.real.isec", /^-9223372036854775808 seconds/],
    refused("Invalid timer interval"),
  ),
  value(
    "posix-timer",
    "let a timer wait for too many nanoseconds",
    timer((entry) => entry.vnsec = 1_000_000_000n),
    [
      coreOf(ROOT),
      "tc.timers.posix[0].vnsec",
      /^1000000000 is a second or more: a second has 1000000000$/,
    ],
    refused("Invalid timer value(posix)"),
  ),
  value(
    "posix-timer",
    "set a timer by a clock that has none",
    timer((entry) => entry.clock_id = 4),
    [coreOf(ROOT), "tc.timers.posix[0].clock_id", /^no timer can be of clock 4$/],
    refused("Can't create posix timer - 0: -95"),
  ),
  value(
    "posix-timer",
    "let a timer send a signal that there is not",
    timer((entry) => entry.si_signo = 65),
    [coreOf(ROOT), "tc.timers.posix[0].si_signo", /^there is no signal 65$/],
    refused("Can't create posix timer - 0: -22"),
  ),
  value(
    "posix-timer",
    "let a timer notify in no way",
    timer((entry) => entry.it_sigev_notify = 9),
    [coreOf(ROOT), "tc.timers.posix[0].it_sigev_notify", /^9 is no way to notify$/],
    refused("Can't create posix timer - 0: -22"),
  ),
  value(
    "posix-timer",
    "give two timers one id",
    core(ROOT, ({ tc }) => tc.timers.posix.push({ ...tc.timers.posix[0] })),
    [coreOf(ROOT), "tc.timers.posix[1].it_id", /^0 is that of timer 0, too$/],
    refused("Can't create posix timer - 1: -16"),
  ),
  value(
    "fpu-words",
    "shorten a part of the floating point registers",
    core(GROUP, ({ thread_info }) => thread_info.fpregs.xmm_space.length = 32),
    [coreOf(GROUP), "thread_info.fpregs.xmm_space", /^32 words instead of 64$/],
    refused("x86: Corruption in FPU xmm_space area (got 32 but 64 expected)"),
  ),
  value(
    "fpu-words",
    "shorten a part that XSAVE adds",
    core(GROUP, ({ thread_info }) => thread_info.fpregs.xsave.ymmh_space.pop()),
    [coreOf(GROUP), "thread_info.fpregs.xsave.ymmh_space", /^63 words instead of 64$/],
    refused("x86: Corruption in XFEATURE_YMM area (expected 64 but 63 obtained)"),
  ),
  value(
    "seccomp-program",
    "cut an instruction of a filter",
    filters((all) => all[1].filter = all[1].filter.slice(1)),
    [
      "seccomp.img",
      "seccomp_filters[1].filter",
      /^7 bytes are not 1 to 4096 instructions of 8 bytes$/,
    ],
    refused("seccomp: Corrupted filter len on tid 101 (index 1)"),
  ),
  value(
    "seccomp-program",
    "let a filter not return",
    filters((all) => all[1].filter.fill(0)),
    ["seccomp.img", "seccomp_filters[1].filter", /^its last instruction does not return$/],
    refused("seccomp: SECCOMP_SET_MODE_FILTER returned -22 on tid 101"),
  ),
  value(
    "seccomp-circle",
    "install filters before each other",
    filters((all) => all[0].prev = 1),
    ["seccomp.img", "seccomp_filters[0].prev", /^1 leads back to filter 0$/],
    HANG,
  ),
];

const MEMORY: readonly ValueBreak[] = [
  value(
    "mm-addresses",
    "end the heap beyond the address space",
    mm((entry) => entry.mm_brk = 1n << 60n),
    [`mm-${GROUP}.img`, "mm_brk", /^0x[0-9a-f]+ is not an address that a process can have$/],
    refused("Restoring FAILED."),
  ),
  value(
    "mm-addresses",
    "end the arguments before they begin",
    mm((entry) => entry.mm_arg_end = entry.mm_arg_start - 1n),
    [`mm-${GROUP}.img`, "mm_arg_end", /^0x[0-9a-f]+ is before mm_arg_start, 0x[0-9a-f]+$/],
    refused("Restoring FAILED."),
  ),
  value(
    "auxv-length",
    "lengthen the auxiliary vector",
    mm(({ mm_saved_auxv }) => {
      while (mm_saved_auxv.length < 46) mm_saved_auxv.push(0n);
    }),
    [`mm-${GROUP}.img`, "mm_saved_auxv", /^46 words are more than 44$/],
    refused("Image corrupted on pid 103"),
  ),
];

/** Changes a mount, in whatever image of mounts there is. */
const mount = (which: (entry: Fields) => boolean, how: Change): Edit => (dump) => {
  const names = [...Deno.readDirSync(dump.path)].map(({ name }) => name);
  const image = names.find((name) => name.startsWith("mountpoints-"))!;
  change(image, which, how)(dump);
};
/** A tmpfs that restore fills, and the root of the namespace. */
const isTmpfs = ({ fstype, mountpoint, ext_key }: Fields) =>
  fstype === 5 && mountpoint !== "/" && ext_key === undefined;
const isRoot = ({ mountpoint }: Fields) => mountpoint === "/";

/** A break of the mounts of a dump, which the live dump is another one for: programs/holder.c. */
function mountValue(
  rule: string,
  how: string,
  edit: Edit,
  field: string | undefined,
  message: RegExp,
  says: string,
): ValueBreak {
  const where = { image: "", field, message };
  return { rule, dump: "zombie_leader.ns", how, break: edit, ...where, criu: refused(says) };
}

/** Breaks of mounts. */
export const mountBreaks: readonly ValueBreak[] = [
  mountValue(
    "mount-tree",
    "put a mount into one that is not there",
    mount(isTmpfs, (entry) => entry.parent_mnt_id = 999999),
    "parent_mnt_id",
    /^there is no mount 999999, the parent of \//,
    "mnt: No parent found for mountpoint",
  ),
  mountValue(
    "mount-tree",
    "put the root into a mount",
    mount(isRoot, (root, all) => root.parent_mnt_id = all.find(isTmpfs).mnt_id),
    undefined,
    /^it has no root$/,
    "mnt: No root found for tree",
  ),
  mountValue(
    "mount-place",
    "mount twice on one path",
    mount(isTmpfs, (entry, all) => all.push({ ...entry, mnt_id: 999999 })),
    "mountpoint",
    /^\/run is also the mount point of entry \d+ in the same parent$/,
    "has two children with same mountpoint",
  ),
  mountValue(
    "mount-place",
    "mount on a relative path",
    mount(isTmpfs, (entry) => entry.mountpoint = entry.mountpoint.slice(1)),
    "mountpoint",
    /^it does not begin with \/$/,
    "mnt-v2: Failed to open real mountpoint of",
  ),
  mountValue(
    "mount-type",
    "mount an unknown file system",
    mount(isTmpfs, (entry) => entry.fstype = 99),
    "fstype",
    /^99 is not a known file system type$/,
    " unsupported id ",
  ),
  mountValue(
    "mount-root",
    "mount something that is no path",
    mount(isTmpfs, (entry) => entry.root = "x"),
    "root",
    /^it does not begin with \/$/,
    "doesn't have a proper root mount",
  ),
];

/** All of them. */
export const breaks: readonly ValueBreak[] = [
  ...SOCKETS,
  ...OPEN_FILES,
  ...TERMINALS,
  ...TREE,
  ...THREADS,
  ...MEMORY,
];

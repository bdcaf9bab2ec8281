/** What machines have and have not: each demand is fulfilled, broken, and cannot be told. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import type { Outcome, Setting, State } from "../../../images/restore/demand.ts";
import { DEMANDS } from "../../../images/restore/demands/mod.ts";
import { RestoreSubject } from "../../../images/restore/subject.ts";
import { encodeImage } from "../../../mod.ts";
import { BrokenDump, OWN } from "../check/broken_dump.ts";
import { MadeUpMachine } from "./machine.ts";

/** What is different, and the outcome that it leads to. */
interface Case {
  readonly demand: string;
  readonly how: string;
  /** A dump of fixtures/dumps. */
  readonly dump: string;
  readonly dumpChange?: (dump: BrokenDump) => void;
  readonly change?: (machine: MadeUpMachine) => void;
  readonly setting?: Partial<Setting>;
  readonly what: RegExp;
  readonly state: State;
  readonly found: RegExp;
}

const SETTING: Setting = { newPidNamespace: false, hasRoot: false };

function outcomesOf(
  copy: BrokenDump,
  { change, setting }: Partial<Case>,
): Promise<(Outcome & { demand: string })[]> {
  return openDump(copy.path).then((dump) => {
    using _dump = dump;
    const machine = new MadeUpMachine(dump);
    change?.(machine);
    const subject = new RestoreSubject(dump);
    return DEMANDS.flatMap((demand) =>
      [...demand.ask(subject, machine, { ...SETTING, ...setting })]
        .map((outcome) => ({ ...outcome, demand: demand.id }))
    );
  });
}

const [PROGRAM, LIBC] = [/\/values$/, /libc\.so/];

/** Changes the first file whose path matches. */
function file(path: RegExp, how: (facts: { size: bigint; mode: number }) => void) {
  return ({ files }: MadeUpMachine) => {
    const [name, facts] = [...files].find(([name]) => path.test(name))!;
    const copy = { ...(facts as { size: bigint; mode: number }) };
    how(copy);
    files.set(name, copy);
  };
}

const without = (path: RegExp) => ({ files }: MadeUpMachine) => {
  for (const name of [...files.keys()].filter((name) => path.test(name))) files.delete(name);
};
const text = (path: string, value: string | undefined) => ({ texts }: MadeUpMachine) => {
  if (value === undefined) texts.delete(path);
  else texts.set(path, value);
};
const appended = (path: string, line: string) => ({ texts }: MadeUpMachine) =>
  texts.set(path, `${texts.get(path)}${line}\n`);

/** A line of /proc/net/tcp. */
function socketLine(address: string, port: number, state = "0A"): string {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return `   0: ${address}:${hex} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000`;
}

/** Sets the ports of the sockets of a dump. */
const PORT = 4711;
const withPorts = (dump: BrokenDump) =>
  dump.edit("files.img", (all) => {
    for (const { isk } of all) if (isk !== undefined) isk.src_port = PORT;
  });
const bound = { dump: "values", dumpChange: withPorts };

const CASES: readonly Case[] = [
  {
    demand: "file-present",
    how: "a file is absent",
    dump: "values",
    change: without(/\/owned$/),
    what: /owned$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "file-present",
    how: "the working directory is absent",
    dump: "shloop",
    change: without(/^\/tmp\/.*d1$|^\/$/),
    what: /./,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "file-present",
    how: "a file cannot be examined",
    dump: "values",
    change: ({ files }) => {
      const name = [...files.keys()].find((name) => name.endsWith("/owned"))!;
      files.set(name, "unreadable");
    },
    what: /owned$/,
    state: "unknown",
    found: /^cannot be examined$/,
  },
  {
    demand: "file-present",
    how: "files are below an unnamed root",
    dump: "shm.ns",
    what: /./,
    state: "unknown",
    found: /use --root DIR$/,
  },
  {
    demand: "file-size",
    how: "a file has grown",
    dump: "values",
    change: file(/\/owned$/, (facts) => facts.size++),
    what: /owned$/,
    state: "fails",
    found: /^6 bytes$/,
  },
  {
    demand: "file-build-id",
    how: "a library is another build",
    dump: "values",
    change: ({ buildIds }) => {
      const [name, id] = [...buildIds].find(([name]) => LIBC.test(name))!;
      buildIds.set(name, id.map((byte) => byte ^ 1));
    },
    what: LIBC,
    state: "fails",
    found: /^[0-9a-f]{40}$/,
  },
  {
    demand: "file-mode",
    how: "a file has other permissions",
    dump: "values",
    change: file(/\/owned$/, (facts) => facts.mode = 0o100600),
    what: /owned$/,
    state: "fails",
    found: /^regular file 600$/,
  },
  {
    demand: "program-executable",
    how: "a program is not executable",
    dump: "values",
    change: file(PROGRAM, (facts) => facts.mode = 0o100644),
    what: PROGRAM,
    state: "fails",
    found: /^regular file 644$/,
  },
  {
    demand: "ghost-place",
    how: "a restore left a deleted file behind",
    dump: "values",
    change: ({ files }) => {
      const name = [...files.keys()].find((name) => name.endsWith("/ghost"))!;
      files.set(`${name}.cr.1.ghost`, { size: 8n, mode: 0o100644 });
    },
    what: /ghost\.cr\.1\.ghost$/,
    state: "fails",
    found: /^regular file 644$/,
  },
  {
    demand: "fifo",
    how: "a regular file replaces a FIFO",
    dump: "pyapp",
    change: file(/fifo/, (facts) => facts.mode = 0o100644),
    what: /fifo/,
    state: "fails",
    found: /^regular file 644$/,
  },
  {
    demand: "linked-remap",
    how: "the second name of a deleted file is absent",
    dump: "values",
    dumpChange: (dump) => {
      dump.edit(
        "remap-fpath.img",
        ([remap]) => Object.assign(remap, { remap_type: "LINKED", remap_id: 77 }),
      );
      dump.edit("files.img", (all) => {
        const ghost = all.find(({ reg }) => reg?.name.endsWith("/ghost"));
        all.push({ ...ghost, id: 77, reg: { ...ghost.reg, id: 77, name: "/tmp/link_remap.3" } });
      });
    },
    change: without(/link_remap/),
    what: /link_remap\.3$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "watched-path",
    how: "a watched file is absent",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit(
        "files.img",
        (all) => all.find(({ ify }) => ify !== undefined).ify.wd[0].f_handle.path = "/gone",
      ),
    change: without(/^\/gone/),
    what: /^\/gone$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "watched-path",
    how: "a watched file has no path",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit(
        "files.img",
        (all) => delete all.find(({ ify }) => ify !== undefined).ify.wd[0].f_handle.path,
      ),
    what: /^a watch$/,
    state: "unknown",
    found: /no path/,
  },
  {
    demand: "unix-path",
    how: "a regular file replaces a socket",
    dump: "values",
    change: ({ files }) => {
      const directory = [...files.keys()].find((name) => name.endsWith("/owned"))!.replace(
        /owned$/,
        "",
      );
      files.set(`${directory}listener`, { size: 0n, mode: 0o100644 });
    },
    what: /listener$/,
    state: "fails",
    found: /^regular file 644$/,
  },
  {
    demand: "unix-path",
    how: "an old socket is at the path of a socket",
    dump: "values",
    change: ({ files }) => {
      const directory = [...files.keys()].find((name) => name.endsWith("/owned"))!.replace(
        /owned$/,
        "",
      );
      files.set(`${directory}listener`, { size: 0n, mode: 0o140755 });
    },
    what: /listener$/,
    state: "ok",
    found: /^a socket, which CRIU replaces$/,
  },
  {
    demand: "abstract-name",
    how: "an abstract name is in use",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit("files.img", (all) => {
        const { usk } = all.find(({ usk }) => usk?.state === 10);
        usk.name = new TextEncoder().encode("\0crit");
      }),
    change: appended("/proc/net/unix", "0000: 00000002 00000000 00010000 0001 01 123 @crit"),
    what: /^@crit$/,
    state: "fails",
    found: /^in use by another socket$/,
  },
  {
    demand: "port-free",
    how: "a port is in use at the same address",
    ...bound,
    change: appended("/proc/net/tcp", socketLine("0100007F", PORT)),
    what: /^tcp 127\.0\.0\.1:4711$/,
    state: "fails",
    found: /^in use by another socket$/,
  },
  {
    demand: "port-free",
    how: "a port is in use at all addresses",
    ...bound,
    change: appended("/proc/net/tcp6", socketLine("0".repeat(32), PORT)),
    what: /^tcp 127\.0\.0\.1:4711$/,
    state: "fails",
    found: /^in use by another socket$/,
  },
  {
    demand: "port-free",
    how: "a port is in use at another address",
    ...bound,
    change: appended("/proc/net/tcp", socketLine("0200007F", PORT)),
    what: /^tcp 127\.0\.0\.1:4711$/,
    state: "ok",
    found: /^free$/,
  },
  {
    demand: "port-free",
    how: "a UDP port is in use",
    ...bound,
    change: appended("/proc/net/udp", socketLine("00000000", PORT, "07")),
    what: /^udp 127\.0\.0\.1:4711$/,
    state: "fails",
    found: /^in use by another socket$/,
  },
  {
    demand: "address-local",
    how: "the machine does not have the address of a socket",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit(
        "files.img",
        (all) => all.find(({ isk }) => isk?.family === 2).isk.src_addr = [0x0100000a],
      ),
    what: /^10\.0\.0\.1$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "network-device",
    how: "a device is absent",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit("files.img", (all) => all.find(({ isk }) => isk !== undefined).isk.ifname = "eth7"),
    what: /^eth7$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "pid-free",
    how: "a process id is in use",
    dump: "values",
    change: ({ paths, texts }) => {
      paths.add("/proc/103");
      texts.set("/proc/103/comm", "bash\n");
    },
    what: /^process 103$/,
    state: "fails",
    found: /^in use by bash$/,
  },
  {
    demand: "pid-free",
    how: "a thread id is in use",
    dump: "values",
    change: ({ paths }) => void paths.add("/proc/102"),
    what: /^thread 102 of process 101$/,
    state: "fails",
    found: /^in use$/,
  },
  {
    demand: "pid-free",
    how: "the id of a session without a leader is in use",
    dump: "values",
    dumpChange: (dump) => dump.edit("pstree.img", (all) => all[2].pgid = 77),
    change: ({ paths }) => void paths.add("/proc/77"),
    what: /^group 77, which has no leader$/,
    state: "fails",
    found: /^in use$/,
  },
  {
    demand: "shell-job-terminal",
    how: "standard input is not a terminal",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit("tty-info.img", (all) => all.splice(all.findIndex(({ rdev }) => rdev === 1282), 1)),
    what: /^\/dev\/pts\/\d+$/,
    state: "fails",
    found: /^standard input is not a terminal$/,
  },
  {
    demand: "fd-limit",
    how: "a descriptor exceeds the limit",
    dump: "values",
    change: text("/proc/sys/fs/nr_open", "16"),
    what: /^descriptor \d+$/,
    state: "fails",
    found: /^a limit of 16$/,
  },
  {
    demand: "resource-limits",
    how: "a limit cannot be raised",
    dump: "values",
    change: text(
      "/proc/self/limits",
      "Max open files            1024                 1024                 files     \n",
    ),
    what: /^NOFILE of process 100$/,
    state: "fails",
    found: /^a hard limit of 1024/,
  },
  {
    demand: "pipe-size",
    how: "a pipe exceeds the maximum size",
    dump: "values",
    change: text("/proc/sys/fs/pipe-max-size", "4096\n"),
    what: /^pipe \d+$/,
    state: "fails",
    found: /^at most 4096 bytes$/,
  },
  {
    demand: "root-user",
    how: "the user is not root",
    dump: "values",
    change: (machine) => machine.user = 1000,
    what: /^user$/,
    state: "unknown",
    found: /^user 1000$/,
  },
  {
    demand: "architecture",
    how: "the machine has another architecture",
    dump: "values",
    change: (machine) => machine.architecture = "aarch64",
    what: /^architecture$/,
    state: "fails",
    found: /^aarch64$/,
  },
  {
    demand: "page-size",
    how: "pages are larger",
    dump: "values",
    change: text("/proc/self/smaps", "KernelPageSize:       64 kB\n"),
    what: /^page size$/,
    state: "fails",
    found: /^65536 bytes$/,
  },
  {
    demand: "kernel-feature",
    how: "the kernel is too old",
    dump: "values",
    change: text("/proc/sys/kernel/osrelease", "4.9.0-amd64\n"),
    what: /^restartable sequences$/,
    state: "fails",
    found: /^Linux 4\.9\.0-amd64$/,
  },
  {
    demand: "kernel-feature",
    how: "the kernel lacks time namespaces",
    dump: "values",
    change: ({ paths }) => void paths.delete("/proc/self/ns/time"),
    what: /^time namespaces$/,
    state: "fails",
    found: /without \/proc\/self\/ns\/time$/,
  },
  {
    demand: "file-system",
    how: "a file system is not loaded",
    dump: "shm.ns",
    change: text("/proc/filesystems", "nodev\tproc\n"),
    what: /^(sysfs|tmpfs)$/,
    state: "unknown",
    found: /^not loaded/,
  },
  {
    demand: "mount-point",
    how: "the root is not a mount point",
    dump: "shm.ns",
    setting: { hasRoot: true },
    change: (machine) => machine.isMountPoint = false,
    what: /^\/$/,
    state: "fails",
    found: /^not a mount point$/,
  },
  {
    demand: "mount-point",
    how: "the root has no directory to mount on",
    dump: "shm.ns",
    setting: { hasRoot: true },
    what: /^\/\w+$/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "cgroup-controller",
    how: "a controller is missing",
    dump: "cgroup00.h",
    change: text("/proc/filesystems", "nodev\tproc\n"),
    what: /^name=/,
    state: "fails",
    found: /^absent$/,
  },
  {
    demand: "security-module",
    how: "the machine has no security module",
    dump: "values",
    dumpChange: (dump) => {
      dump.edit("inventory.img", ([all]) => all.lsmtype = "APPARMOR");
      dump.edit("core-100.img", ([core]) => core.thread_core.creds.lsm_profile = "unconfined");
    },
    what: /^security module$/,
    state: "fails",
    found: /^none$/,
  },
  {
    demand: "user-map",
    how: "ids cannot be mapped",
    dump: "values",
    dumpChange: (dump) =>
      Deno.writeFileSync(
        dump.file("userns-9.img"),
        encodeImage({
          type: "USERNS",
          entries: [{ uid_map: [{ first: 0, lower_first: 100000, count: 65536 }], gid_map: [] }],
        }),
      ),
    change: text("/proc/self/uid_map", "         0          0      65536\n"),
    what: /^uid_map 0-65535$/,
    state: "fails",
    found: /^only 0-65535$/,
  },
  {
    demand: "programs",
    how: "a program is not installed",
    dump: "shm.ns",
    change: ({ programs }) => void programs.delete("ip"),
    what: /^ip$/,
    state: "fails",
    found: /^not installed$/,
  },
  {
    demand: "cpu-features",
    how: "the processor lacks features",
    dump: "values",
    dumpChange: (dump) =>
      Deno.copyFileSync(`${OWN}/../images/cpuinfo.img`, dump.file("cpuinfo.img")),
    what: /^processor$/,
    state: "fails",
    found: /^without .*\bavx2\b/,
  },
  {
    demand: "cpu-features",
    how: "the dump has no cpuinfo.img",
    dump: "values",
    what: /^processor$/,
    state: "unknown",
    found: /^the dump has no cpuinfo\.img$/,
  },
  {
    demand: "cpu-registers",
    how: "the processor lacks registers",
    dump: "values",
    dumpChange: (dump) =>
      dump.edit("core-100.img", ([core]) => core.thread_info.fpregs.xsave.xstate_bv = 0xe7n),
    change: text("/proc/cpuinfo", "flags\t\t: fpu avx\n"),
    what: /^registers of avx512f$/,
    state: "fails",
    found: /^absent$/,
  },
];

for (const testCase of CASES) {
  const { demand, how, dump, dumpChange, what, state, found } = testCase;
  Deno.test(`${demand} is ${state} if ${how} (${dump})`, async () => {
    using copy = new BrokenDump(`${OWN}/${dump}`);
    dumpChange?.(copy);
    const those = (all: readonly (Outcome & { demand: string })[]) =>
      all.filter((outcome) => outcome.demand === demand && what.test(outcome.what));
    const outcomes = those(await outcomesOf(copy, testCase));
    const text = JSON.stringify(outcomes);
    assert(outcomes.some((outcome) => outcome.state === state && found.test(outcome.found)), text);
    // It is the machine that makes the difference.
    if (testCase.change === undefined || state === "ok") return;
    const before = those(await outcomesOf(copy, { setting: testCase.setting }));
    assert(
      !before.some((outcome) => outcome.state === state && found.test(outcome.found)),
      JSON.stringify(before),
    );
  });
}

Deno.test("every demand has a case here, a summary and an explanation", () => {
  const broken = new Set(CASES.map(({ demand }) => demand));
  assert.deepEqual(DEMANDS.map(({ id }) => id).filter((id) => !broken.has(id)), []);
  assert.equal(new Set(DEMANDS.map(({ id }) => id)).size, DEMANDS.length);
  for (const { id, summary, explanation } of DEMANDS) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.match(summary, /^[a-z].*[^.]$/, id);
    assert.match(explanation, /^[A-Z].*\.$/, id);
  }
});

Deno.test("a machine that has everything meets every demand", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  const outcomes = await outcomesOf(copy, {});
  const others = outcomes.filter(({ state }) => state !== "ok").map(({ demand }) => demand);
  assert.deepEqual(others, ["cpu-features"]);
  assert(outcomes.length > 40, `${outcomes.length}`);
});

Deno.test("no id is in use in a new pid namespace", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  const change = ({ paths }: MadeUpMachine) => void paths.add("/proc/103");
  const outcomes = await outcomesOf(copy, { change, setting: { newPidNamespace: true } });
  assert(!outcomes.some(({ demand }) => demand === "pid-free"));
});

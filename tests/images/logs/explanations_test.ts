/** Errors of CRIU in plain words, as CRIU 4.2.1 writes them unless another release is named. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { explain } from "../../../images/logs/explain.ts";
import { EXPLANATIONS } from "../../../images/logs/explanations.ts";
import { parseLog } from "../../../images/logs/log.ts";
import { BrokenDump, type Fields, OWN } from "../check/broken_dump.ts";

/** An error, the explanation that it gets, and what that says. */
type Case = readonly [id: string, line: string, means: RegExp];

const CASES: readonly Case[] = [
  [
    "pid-taken",
    "Error (criu/cr-restore.c:1237): Can't fork for 32229: File exists",
    /^Process id 32229 is in use/,
  ],
  [
    "pid-invalid",
    "Error (criu/cr-restore.c:1237): Can't fork for 0: Invalid argument",
    /accept 0 as a process id/,
  ],
  [
    "thread-taken",
    "pie: 101: Error (criu/pie/restorer.c:2210): Unable to create a thread: -22",
    /create a thread/,
  ],
  [
    "tcp-connected",
    "655: Error (criu/sk-inet.c:912): inet: Connected TCP socket in image",
    /TCP connections/,
  ],
  ["tcp-close", "Error (criu/image.c:121): Need to set the --tcp-close options.", /--tcp-close/],
  [
    "shell-job",
    "31371: Error (criu/cr-restore.c:1382): Requested sid 14218 doesn't match inherited 0",
    /session 14218/,
  ],
  [
    "terminal-peer",
    "Error (criu/tty.c:1203): tty: Found slave peer index 4 without correspond master peer",
    /\/dev\/pts\/4/,
  ],
  [
    "terminal-inherit",
    "Error (criu/tty.c:1081): tty: Don't have tty to inherit session from, aborting",
    /standard input/,
  ],
  ["terminal-session", "Error (criu/tty.c:1431): tty: No task found with sid 77", /session 77/],
  [
    "port-taken",
    "100: Error (criu/sk-inet.c:1090): inet: Can't bind inet socket (id 6): Address already in use",
    /port .* in use/,
  ],
  [
    "address-absent",
    "100: Error (criu/sk-inet.c:1090): inet: Can't bind inet socket (id 6): Cannot assign requested address",
    /does not have the address/,
  ],
  [
    "bind",
    "100: Error (criu/sk-inet.c:1090): inet: Can't bind inet socket (id 6): Permission denied",
    /cannot bind/,
  ],
  [
    "unix-taken",
    "100: Error (criu/sk-unix.c:1651): unix: Can't bind id 0x9 ino 617327 addr /tmp/values/listener: Address already in use",
    /\/tmp\/values\/listener, is in use/,
  ],
  [
    "unix-directory",
    "100: Error (criu/sk-unix.c:1651): unix: Can't bind id 0x9 ino 65183 addr foo/bar: No such file or directory",
    /foo\/bar, does not exist/,
  ],
  [
    "unix-peer",
    "Error (criu/sk-unix.c:2290): unix: FATAL: Peer 4 unresolved for 65186",
    /^Unix socket 65186 is connected to socket 4/,
  ],
  [
    "unix-external",
    "Error (criu/sk-unix.c:1975): unix: External socket found in image. Consider using the --ext-unix-sk option to allow restoring it.",
    /outside the dump/,
  ],
  [
    "file-size",
    "100: Error (criu/files-reg.c:2175): File tmp/values/owned has bad size 10 (expect 5)",
    /^The size of the file \/tmp\/values\/owned is 10 bytes; it was 5 bytes/,
  ],
  [
    "file-build",
    "100: Error (criu/files-reg.c:2130): File usr/lib/libc.so.6 has bad build-ID",
    /not the build/,
  ],
  [
    "file-mode",
    "100: Error (criu/files-reg.c:2294): File tmp/values/owned has bad mode 0100600 (expect 0100644)",
    /is 100600; it was 100644/,
  ],
  [
    "file-checksum",
    "100: Error (criu/files-reg.c:2155): File tmp/values/owned has bad checksum 0x12 (expect 0x34)",
    /contents of the file .* have changed/,
  ],
  [
    "file-absent",
    "100: Error (criu/files-reg.c:2353): Can't open file tmp/values/owned on restore: No such file or directory",
    /^The file \/tmp\/values\/owned does not exist/,
  ],
  [
    "file-open",
    "100: Error (criu/files-reg.c:2353): Can't open file tmp/values/owned on restore: Permission denied",
    /cannot open the file .*: Permission denied/,
  ],
  [
    "file-position",
    "100: Error (criu/files-reg.c:2245): Can't restore file pos: Invalid argument",
    /Invalid argument/,
  ],
  [
    "program-executable",
    "pie: 101: Error (criu/pie/restorer.c:2080): sys_prctl(PR_SET_MM, PR_SET_MM_MAP) failed with -13",
    /not executable/,
  ],
  [
    "memory-layout",
    "pie: 103: Error (criu/pie/restorer.c:2080): sys_prctl(PR_SET_MM, PR_SET_MM_MAP) failed with -22",
    /error -22/,
  ],
  [
    "ghost-taken",
    "   100: Error (criu/files-reg.c:467): Can't create ghost regfile: File exists",
    /left a temporary file/,
  ],
  [
    "linked-remap",
    "777: Error (criu/files-reg.c:2258): Can't link tmp/rst/w/link_remap.11 -> tmp/rst/w/a: No such file or directory",
    /\/tmp\/rst\/w\/link_remap\.11, does not exist/,
  ],
  [
    "cpu-features",
    "Error (criu/arch/x86/cpu.c:262): cpu: CPU xfeatures has unsupported bits (0xe0)",
    /lacks features/,
  ],
  [
    "cpu-features",
    "Error (criu/arch/x86/cpu.c:389): cpu: CPU instruction capabilities do not match run time",
    /lacks features/,
  ],
  [
    "cpu-xsave",
    "Error (criu/arch/x86/cpu.c:270): cpu: CPU xsave size mismatch (2688/832)",
    /register state differs/,
  ],
  [
    "architecture",
    "100: Error (criu/cr-restore.c:460): Core march mismatch 3",
    /another architecture/,
  ],
  [
    "mount-mapping",
    "Error (criu/mount.c:3141): mnt: No mapping for 158:(null) mountpoint",
    /from outside the dump/,
  ],
  [
    "mount-detected",
    'Error (criu/mount.c:3120): mnt: Mount 151:(null) is autodetected external mount. Try "--ext-mount-map auto" to allow them.',
    /found an external mount/,
  ],
  [
    "root-needed",
    "Error (criu/mount.c:3388): mnt: The --root option is required to restore a mount namespace",
    /mount namespace/,
  ],
  ["root-needed", "100: Error (criu/mount.c:48): mnt: BUG at criu/mount.c:48", /mount namespace/],
  [
    "mount-point",
    "Error (criu/mount.c:2950): mnt: Can't stat mountpoint at /tmp/root/proc: No such file or directory",
    /lacks a mount point/,
  ],
  ["mount-root", "Error (criu/mount.c:1013): mnt: No root found for tree", /not form a tree/],
  [
    "network-external",
    "Error (criu/net.c:2220): Unable to find external netns: extns",
    /network namespace/,
  ],
  [
    "pidns-external",
    "Error (criu/namespaces.c:1712): Unable to find external pidns: extpid",
    /process id namespace/,
  ],
  [
    "pidns-init",
    "Error (criu/cr-restore.c:1930): Can't restore pid namespace without the process init",
    /first process/,
  ],
  [
    "nested-namespace",
    "Error (criu/cr-restore.c:1100): Can't restore sub-task in NS (cflags 4000000)",
    /for the root process only/,
  ],
  ["lsm-mismatch", "Error (criu/lsm.c:310): mismatched lsm types: 1 != 0", /security module/],
  [
    "lsm-mismatch",
    "Error (criu/lsm.c:250): can't render profile unconfined for lsmtype 2",
    /security module/,
  ],
  [
    "image-missing",
    "Error (criu/protobuf.c:72): Unexpected EOF on (empty-image)",
    /does not exist/,
  ],
  [
    "image-magic",
    "Error (criu/image.c:563): Magic doesn't match for core-100.img",
    /^core-100\.img is not an image/,
  ],
  [
    "image-cut",
    "Error (criu/protobuf.c:93): Read 2 bytes while 99 expected from /tmp/rst/q/files.img: Success",
    /cut off/,
  ],
  ["image-cut", "Error (criu/protobuf.c:72): Unexpected EOF on /tmp/rst/q/files.img", /cut off/],
  ["image-cut", "Error (criu/image.c:400): Img trimmed 12/40", /cut off/],
  [
    "pages-missing",
    "100: Error (criu/pagemap.c:557): Can't read async pr bytes (-1 / 106496 read, 0 off, 8 iovs)",
    /pages image/,
  ],
  [
    "parent-missing",
    "100: Error (criu/pagemap.c:460): No parent for snapshot pagemap",
    /parent dump/,
  ],
  ["inventory-version", "Error (criu/image.c:110): Not supported images version 9", /version 9/],
  ["too-old", "Error (criu/image.c:100): Too old image, no longer supported", /old CRIU/],
  [
    "plugin-missing",
    "Error (criu/plugin.c:300): Missing required plugin: amdgpu_plugin",
    /amdgpu_plugin/,
  ],
  [
    "cgroup-absent",
    "Error (criu/cgroup.c:1800): cg: Can't mount controller dir .criu.cgyard.x/hugetlb: No such device",
    /controller/,
  ],
  ["cgroup-set", "103: Error (criu/cgroup.c:1300): cg: No set 9 found", /set 9/],
  [
    "cgroup-directory",
    "Error (criu/cgroup.c:1600): cg: Cgroup dir .criu.cgyard.x/box doesn't exist",
    /not allowed to create it/,
  ],
  [
    "device-missing",
    "100: Error (criu/sk-inet.c:80): inet: couldn't find ifindex for eth7",
    /network device/,
  ],
  [
    "device-missing",
    "100: Error (criu/sockets.c:700): sockets: Can't set 1:25 (len 10): No such device",
    /network device/,
  ],
  [
    "owner-gone",
    "100: Error (criu/files.c:700): Can't setup 12 file owner pid: No such process",
    /^Descriptor 12/,
  ],
  [
    "epoll-target",
    "100: Error (criu/eventpoll.c:217): epoll: Can't add event on 0x000012: Operation not permitted",
    /Operation not permitted/,
  ],
  [
    "watch-path",
    "100: Error (criu/fsnotify.c:700): fsnotify: Unable to open /gone: No such file or directory",
    /\/gone/,
  ],
  [
    "descriptor-limit",
    "Error (criu/files.c:1060): Too big FD number to restore 3000000",
    /exceeds the limits/,
  ],
  [
    "descriptor-limit",
    "Error (criu/servicefd.c:160): sfd: Can't chose service_fd_base: 19968 20022",
    /exceeds the limits/,
  ],
  [
    "pipe-size",
    "100: Error (criu/pipes.c:240): Can't restore pipe size: Operation not permitted",
    /larger than the machine allows/,
  ],
  [
    "segmentation-fault",
    "Error (criu/cr-restore.c:1269): 101 killed by signal 11: Segmentation fault",
    /^Process 101 crashed/,
  ],
  ["vdso", "100: Error (criu/vdso.c:214): vdso: Invalid ELF magic", /wrong addresses/],
  [
    "scheduling",
    "103: Error (criu/cr-restore.c:3100): Inconsistent sched params received (1.0.100)",
    /policy \(1\), nice value \(0\) or priority \(100\)/,
  ],
  [
    "not-session-leader",
    "Error (criu/pstree.c:304): The root process 31377 is not a session leader. Consider using --shell-job option",
    /process 31377/,
  ],
  [
    "dump-tcp",
    "Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.",
    /TCP connections/,
  ],
  [
    "dump-locks",
    "Error (criu/file-lock.c:110): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.",
    /file locks/,
  ],
  [
    "dump-unix-external",
    "Error (criu/sk-unix.c:874): unix: External socket is used. Consider using --ext-unix-sk option.",
    /outside the dump/,
  ],
  [
    "dump-unix-stream",
    "Error (criu/sk-unix.c:881): unix: Can't dump half of stream unix connection. name: (null); peer name: /tmp/rst/w/srv",
    /to \/tmp\/rst\/w\/srv/,
  ],
  [
    "dump-link-remap",
    "Error (criu/files-reg.c:1122): Can't create link remap for /tmp/rst/w/a. Use link-remap option.",
    /\/tmp\/rst\/w\/a was deleted/,
  ],
  [
    "dump-ghost-limit",
    "Error (criu/files-reg.c:1031): Can't dump ghost file /tmp/rst/w/g of 2002944 size, increase limit",
    /2002944 bytes/,
  ],
  [
    "dump-mount",
    "Error (criu/files-reg.c:1790): Can't lookup mount=24 for fd=10 path=/dev/null",
    /^Descriptor 10, \/dev\/null/,
  ],
  [
    "dump-sharing",
    "Error (criu/mount.c:1140): mnt: Mount 153 /run (master_id: 0 shared_id: 20) has unreachable sharing. Try --enable-external-masters.",
    /shared/,
  ],
  [
    "dump-session-outside",
    "Error (criu/pstree.c:280): A session leader of 12(3) is outside of its pid namespace",
    /^Process 12/,
  ],
  [
    "dump-traced",
    "Error (compel/src/lib/infect.c:417): Unable to detach from 998: No such process",
    /stop process 998/,
  ],
  ["dump-zombie", "Error (criu/cr-dump.c:1300): Zombies found in the tree", /has ended/],
  // CRIU 4.1.1 on Linux 6.18.
  [
    "dump-socket-option",
    "Error (criu/sockets.c:480): sockets: Can't get 1:16 opt: Operation not supported",
    /too old for the kernel/,
  ],
  [
    "dump-parasite",
    "Error (criu/parasite-syscall.c:590): Can't infect (pid: 12) with parasite",
    /process 12/,
  ],
  [
    "dump-unsupported-file",
    "Error (criu/files-ext.c:96): Can't dump file 5 of that type [20666] (chr 226:128)",
    /descriptor 5, .* chr 226:128/,
  ],
  // CRIU 3.17.1 on Linux 6.18.
  ["kernel-too-new", "Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds", /too old/],
  ["not-root", "Error (criu/crtools.c:150): You need to be root to run this command", /root/],
  [
    "option-argument",
    "Error (criu/config.c:1071): invalid argument for -t: -D",
    /-t does not accept -D/,
  ],
  [
    "images-directory",
    "Error (criu/image.c:726): Can't open dir nowhere: No such file or directory",
    /nowhere, does not exist/,
  ],
  [
    "network-lock",
    'Error (criu/util.c:642): execvp("iptables-restore", ...) failed: No such file or directory',
    /block network connections/,
  ],
];

/** A log as CRIU writes it around an error. */
function logWith(line: string): string {
  return [
    "(00.000012) Version: 4.2.1 (gitid 0)",
    "(00.059143) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted",
    "(00.060000) Restoring namespaces 100 flags 0x0",
    `(00.060100)   ${line}`,
    "(00.060200)    100: Error (criu/files.c:1221): Unable to open fd=11 id=0xe",
    "(00.060300) Error (criu/cr-restore.c:1265): 100 exited, status=1",
    "(00.060400) Error (criu/cr-restore.c:2331): Restoring FAILED.",
    "",
  ].join("\n");
}

for (const [id, line, means] of CASES) {
  Deno.test(`${id}: ${line.replace(/^.*?\): /, "").slice(0, 70)}`, () => {
    const { cause, known } = explain(parseLog(logWith(line)));
    assert.equal(cause?.number, 4, cause?.message);
    assert.equal(known?.explanation.id, id);
    assert.match(known!.means, means);
    assert(!/\$\d|\?[.,]/.test(known!.means + known!.fix), `${known!.means} ${known!.fix}`);
  });
}

Deno.test("every explanation has a test, a meaning and a fix", () => {
  const tested = new Set(CASES.map(([id]) => id));
  assert.deepEqual(EXPLANATIONS.map(({ id }) => id).filter((id) => !tested.has(id)), []);
  assert.equal(new Set(EXPLANATIONS.map(({ id }) => id)).size, EXPLANATIONS.length);
  assert(EXPLANATIONS.length >= 40);
  for (const { id, means, fix } of EXPLANATIONS) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.match(means, /^[A-Z$`].*\.$/, id);
    assert.match(fix, /^[A-Z`].*\.$/, id);
  }
});

/** Errors and the places in fixtures/dumps/values that they are about. */
const PLACES: ReadonlyArray<
  readonly [line: string, image: string, isIt: (entry: Fields) => boolean]
> = [
  ["Error (a.c:1): Can't fork for 103: File exists", "pstree.img", ({ pid }) => pid === 103],
  [
    "Error (a.c:1): File {DIR}/owned has bad size 10 (expect 5)",
    "files.img",
    ({ reg }) => reg?.name.endsWith("/owned"),
  ],
  [
    "Error (a.c:1): unix: Can't bind id 0x9 ino 1 addr x: Address already in use",
    "files.img",
    ({ usk }) => usk?.id === 9,
  ],
  ["Error (a.c:1): tty: No task found with sid 100", "tty-info.img", ({ sid }) => sid === 100],
  ["Error (a.c:1): 101 killed by signal 11: Segmentation fault", "core-101.img", () => true],
  ["Error (a.c:1): Too old image, no longer supported", "", () => true],
];

Deno.test("with the dump, an error is traced to its entry", async () => {
  using copy = new BrokenDump(`${OWN}/values`);
  using dump = await openDump(copy.path);
  const owned =
    dump.files.all.find(({ entry }) => entry.reg?.name.endsWith("/owned"))!.entry.reg!.name;
  const directory = owned.slice(1, owned.lastIndexOf("/"));
  for (const [line, image, isIt] of PLACES) {
    const { known } = explain(parseLog(logWith(line.replace("{DIR}", directory))), dump);
    assert.equal(known?.place?.image ?? "", image, line);
    if (image === "") continue;
    const entry = dump.image(image).entries[known!.place!.entry!];
    assert(isIt(entry), line);
  }
});

Deno.test("an error that is not known is shown as CRIU wrote it", () => {
  const { cause, known } = explain(parseLog(logWith("100: Error (criu/new.c:1): Something new 7")));
  assert.equal(cause?.message, "Something new 7");
  assert.equal(cause?.source, "criu/new.c:1");
  assert.equal(cause?.pid, 100);
  assert.equal(known, undefined);
});

Deno.test("a log of a successful run has no cause, even with warnings", () => {
  const text =
    "(00.01) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: No\n" +
    "(00.02) Warn  (criu/x.c:1): odd\n(00.04) Restore finished successfully. Tasks resumed.\n";
  const { log, cause } = explain(parseLog(text));
  assert.equal(log.succeeded, true);
  assert.equal(log.action, "restore");
  assert.equal(cause, undefined);
  assert.deepEqual(log.lines.map(({ level }) => level), ["error", "warning"]);
});

Deno.test("a truncated log shows neither success nor failure", () => {
  const { log, cause } = explain(
    parseLog("(00.01) unix: x\n(00.02) Error (criu/sk-unix.c:2129): unix: Bad unix name len 121\n"),
  );
  assert.equal(log.succeeded, undefined);
  assert.equal(cause?.message, "unix: Bad unix name len 121");
});

Deno.test("a line that never ends takes no longer than others", () => {
  const blank = " ".repeat(1 << 24);
  assert.equal(parseLog(blank).isLog, false);
  assert.equal(parseLog(`(00.1) Error (a.c:1): x${blank}`).lines[0]!.message, "x");
});

/** Ways to break what is around processes, and things that are left over. @module */

import type { Break, Fields } from "../broken_dump.ts";

export const breaks: readonly Break[] = [
  {
    rule: "cgroup-set",
    dump: "cgroup00.h",
    how: "put a process into cgroups that are not there",
    break: (dump) => dump.edit("core-69.img", ([entry]) => entry.thread_core.cg_set = 77),
    image: "core-69.img",
    entry: 0,
    field: "thread_core.cg_set",
    message: /^there is no cgroup set 77$/,
  },
  {
    rule: "cgroup-set",
    dump: "cgroup00.h",
    how: "remove cgroup.img",
    break: (dump) => dump.remove("cgroup.img"),
    image: "cgroup.img",
    message: /^it is missing: core-67\.img, entry 0 names cgroup set 2 and 2 more$/,
  },
  {
    rule: "seccomp-filter",
    dump: "shloop",
    how: "let a thread have a filter that is not there",
    break: (dump) =>
      dump.edit("core-1520.img", ([entry]) => {
        entry.thread_core.seccomp_mode = "filter";
        entry.thread_core.seccomp_filter = 3;
      }),
    image: "core-1520.img",
    entry: 0,
    field: "thread_core.seccomp_filter",
    message: /^there is no filter 3, there are 0$/,
  },
  {
    rule: "seccomp-filter",
    dump: "shloop",
    how: "let a filter follow one that is not there",
    break: (dump) =>
      dump.edit("seccomp.img", ([entry]) => {
        entry.seccomp_filters = [{ filter: Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f), prev: 4 }];
      }),
    image: "seccomp.img",
    entry: 0,
    field: "seccomp_filters[0].prev",
    message: /^there is no filter 4, there are 1$/,
  },
  {
    rule: "file-mount",
    dump: "zombie_leader.ns",
    how: "let a file be on a mount that is not there",
    break: (dump) => dump.edit("files.img", (entries) => entries[10].reg.mnt_id = 7777),
    image: "files.img",
    entry: 10,
    field: "reg.mnt_id",
    message: /^there is no mount 7777$/,
  },
  {
    rule: "tmpfs-present",
    dump: "zombie_leader.ns",
    how: "remove the files of a tmpfs",
    break: (dump) => dump.remove("tmpfs-dev-47.tar.gz.img"),
    image: "tmpfs-dev-47.tar.gz.img",
    message: /^it is missing: a tmpfs is mounted on \/run$/,
  },
  {
    rule: "tmpfs-gzip",
    dump: "zombie_leader.ns",
    how: "empty the files of a tmpfs",
    break: (dump) => dump.resize("tmpfs-dev-47.tar.gz.img", 0),
    image: "tmpfs-dev-47.tar.gz.img",
    message: /^it is empty$/,
  },
  {
    rule: "tmpfs-gzip",
    dump: "zombie_leader.ns",
    how: "put something else in place of the files of a tmpfs",
    break: (dump) => dump.bytes("tmpfs-dev-47.tar.gz.img", (bytes) => void (bytes[0] = 0)),
    image: "tmpfs-dev-47.tar.gz.img",
    message: /^it is not gzip data$/,
  },
  {
    rule: "namespace-image",
    dump: "zombie_leader.ns",
    how: "remove the image of a UTS namespace",
    break: (dump) => dump.remove("utsns-12.img"),
    image: "utsns-12.img",
    message: /^it is missing: process \d+ has a UTS namespace of its own$/,
  },
  {
    rule: "namespace-image",
    dump: "zombie_leader.ns",
    how: "remove the mounts",
    break: (dump) => dump.remove("mountpoints-14.img"),
    image: "mountpoints-14.img",
    message: /^it is missing: process \d+ has a mount namespace of its own$/,
  },
  {
    rule: "namespace-parts",
    dump: "zombie_leader.ns",
    how: "remove the addresses of network devices",
    break: (dump) => dump.remove("ifaddr-10.img"),
    image: "ifaddr-10.img",
    message: /^it is missing, but netdev-10\.img of the same namespace exists$/,
  },
  {
    rule: "namespace-parts",
    dump: "sysvipc",
    how: "remove the limits of IPC but leave queues and segments",
    break: (dump) => {
      dump.remove("ipcns-var-9.img");
      // So that the namespace is none of its own.
      dump.edit("ids-21324.img", ([entry]) => entry.ipc_ns_id = 3);
    },
    image: "ipcns-var-9.img",
    message: /^it is missing, but ipcns-msg-9\.img of the same namespace exists$/,
  },
  {
    rule: "socket-namespace",
    dump: "pyapp",
    how: "let a socket be in a namespace that is not there",
    break: (dump) =>
      dump.edit("files.img", (entries) => {
        entries.find(({ id }) => id === 21).isk.ns_id = 77;
      }),
    image: "files.img",
    entry: 20,
    field: "isk.ns_id",
    message: /^there is no network namespace 77$/,
  },
  {
    rule: "stray-file",
    dump: "shloop",
    how: "leave a file that is no image",
    break: (dump) => Deno.writeTextFileSync(dump.file("notes.txt"), "to do"),
    image: "notes.txt",
    message: /^no image type has such a name$/,
  },
  {
    rule: "stray-image",
    dump: "shloop",
    how: "leave a thread's image that no process has",
    break: (dump) => Deno.copyFileSync(dump.file("core-1520.img"), dump.file("core-9.img")),
    image: "core-9.img",
    message: /^nothing in the dump refers to it$/,
  },
  {
    rule: "stray-image",
    dump: "shloop",
    how: "leave pages that no page map has",
    break: (dump) => Deno.writeFileSync(dump.file("pages-9.img"), new Uint8Array(4096)),
    image: "pages-9.img",
    message: /^nothing in the dump refers to it$/,
  },
  {
    rule: "ghost-named",
    dump: "pyapp",
    how: "leave the contents of a deleted file that none is",
    break: (dump) =>
      Deno.copyFileSync(dump.file("ghost-file-1.img"), dump.file("ghost-file-a.img")),
    image: "ghost-file-a.img",
    message: /^remap-fpath\.img does not name it$/,
  },
  {
    rule: "remap-present",
    dump: "pyapp",
    how: "remove remap-fpath.img",
    break: (dump) => dump.remove("remap-fpath.img"),
    image: "remap-fpath.img",
    message: /^it is missing, but ghost-file-1\.img exists$/,
  },
  {
    rule: "ghost-file-size",
    dump: "pyapp",
    how: "let a deleted file be longer than its contents",
    break: (dump) =>
      dump.edit("files.img", (entries) => {
        entries.find(({ reg }: Fields) => reg?.name === "/srv/pyapp/ghost.bin").reg.size = 10241n;
      }),
    image: "ghost-file-1.img",
    message: /^it holds 10240 bytes, but REG file 39 has 10241$/,
  },
  {
    rule: "ghost-file-size",
    dump: "pyapp",
    how: "let a sparse deleted file be shorter than its contents",
    break: (dump) =>
      dump.edit("files.img", (entries) => {
        entries.find(({ reg }: Fields) => reg?.id === 40).reg.size = 9n;
      }),
    image: "ghost-file-2.img",
    message: /^it holds 1048676 bytes, but REG file 40 has 9$/,
  },
  {
    rule: "fdinfo-absent",
    dump: "shloop",
    how: "remove a table of descriptors whose files another task has open as well",
    break: (dump) => dump.remove("fdinfo-3.img"),
    image: "fdinfo-3.img",
    message: /^process 1520 has no table: it had no open file, or the image was lost$/,
  },
  {
    rule: "log-failed",
    dump: "shloop",
    how: "leave the log of a dump that failed",
    break: (dump) =>
      Deno.writeTextFileSync(
        dump.file("dump.log"),
        "(00.000012) Dumping processes (pid: 12)\n".repeat(3000) +
          "(00.031337) Error (criu/sk-inet.c:191): inet: Connected TCP socket, consider using --tcp-established option.\n" +
          "(00.031400) Error (criu/cr-dump.c:1781): Dumping FAILED.\n",
      ),
    image: "dump.log",
    message: /^it says that the dump failed: inet: Connected TCP socket, .* \(A process has/,
  },
];

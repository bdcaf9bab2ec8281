/** Tasks and threads: what belongs to them, in new dumps and old ones. */

import assert from "node:assert/strict";
import type { Dump } from "../../../images/dump/dump.ts";
import { THOROUGH } from "../../dumps.ts";
import { dumpOf, faultsOf, filesOf, fixture, image } from "./sources.ts";

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("a task has its images, threads and ids", () => {
  using dump = fixture("shloop");
  const [shell, sleep] = dump.tasks;
  assert.deepEqual(dump.tasks.map(({ pid, ppid, pgid, sid }) => [pid, ppid, pgid, sid]), [
    [1517, 0, 1517, 1517],
    [1520, 1517, 1517, 1517],
  ]);
  assert.equal(dump.task(1520), sleep);
  assert.equal(dump.task(1), undefined);
  assert.deepEqual([shell!.comm, shell!.state, shell!.isDead], ["sh", "alive", false]);
  assert.equal(shell!.exe?.reg?.name, "/usr/bin/dash");
  assert.deepEqual(sleep!.fdinfo.map(({ fd, type, id }) => [fd, type, id]), [
    [0, "REG", 4],
    [1, "REG", 5],
    [2, "REG", 5],
  ]);
  assert.equal(sleep!.fs?.cwd_id, 10);
  assert.deepEqual([sleep!.rlimits.length, sleep!.sigactions.length], [16, 62]);
  assert.equal(sleep!.cgroupSet, 1);
  assert.equal(textOf(sleep!.memory.argumentBytes), "sleep\x001\0");
  assert.match(textOf(sleep!.memory.environmentBytes), /^PATH=\/usr\/bin:\/bin\0PWD=.*\0$/);
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test("a dead task has only a core image, without faults", () => {
  using dump = fixture("zombie_leader.ns");
  const task = dump.task(6)!;
  assert.deepEqual([task.comm, task.state, task.ppid], ["zombie_leader", "dead", 5]);
  assert.deepEqual(task.threads.map(({ tid }) => tid), [6]);
  assert.deepEqual([task.ids, task.mm, task.fs, task.exe], Array(4).fill(undefined));
  assert.deepEqual([task.fdinfo, task.vmas], [[], []]);
  assert.equal(task.memory.pageMap.count, 0);
  assert.equal(task.memory.read(0x1000n, new Uint8Array(8)), 0);
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test("namespaces have their tasks and their images", () => {
  using dump = fixture("zombie_leader.ns");
  const facts = dump.namespaces.map(({ kind, id, tasks, images }) => {
    return [kind, id, tasks.map(({ pid }) => pid), images.length];
  });
  assert.deepEqual(facts, [
    ["pid", 9, [1, 7, 5], 0],
    ["net", 10, [1, 7, 5], 9],
    ["ipc", 11, [1, 7, 5], 1],
    ["uts", 12, [1, 7, 5], 1],
    ["mnt", 14, [1, 7, 5], 1],
    ["user", 7, [1, 7, 5], 0],
    ["time", 13, [1, 7, 5], 1],
    ["cgroup", 8, [1, 7, 5], 0],
  ]);
  const uts = dump.namespaces.find(({ kind }) => kind === "uts");
  assert.deepEqual(uts?.images, ["utsns-12.img"]);
});

Deno.test("data in separate images of a v1.0 dump appears as in a new dump", () => {
  using dump = fixture("legacy-v1.0");
  const [task] = dump.tasks;
  assert.equal(dump.image("pstree.img").version, "1.0");
  assert.deepEqual(task!.threads.map(({ tid, comm }) => [tid, comm]), [
    [17936, "python3"],
    [17939, "worker-0"],
    [17940, "worker-1"],
    [17941, "worker-2"],
    [17942, "worker-3"],
  ]);
  assert.equal(task!.core?.tc?.rlimits, undefined);
  assert.deepEqual([task!.rlimits.length, task!.sigactions.length], [16, 62]);
  assert.equal(
    task!.timers?.real.isec,
    task!.dump.entries("itimers-17936.img", "itimer_entry")[0]!.isec,
  );
  assert.equal(task!.timers?.posix?.length, 1);
  assert.equal(task!.pendingSignals.length, 1);
  assert.deepEqual(task!.threads.map((thread) => thread.pendingSignals.length), [1, 0, 0, 0, 0]);
  assert.deepEqual([task!.mm?.vmas?.length ?? 0, task!.vmas.length], [0, 77]);
  assert.equal(task!.exe?.reg?.name, "/usr/bin/python3.11");
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test("files of a v1.0 dump are read by kind, like those of files.img", () => {
  using dump = fixture("legacy-v1.0");
  const { files } = dump;
  assert.equal(files.all.length, 48);
  assert.equal(files.get("REG", 41), undefined);
  const epoll = files.get("EVENTPOLL", 41)!;
  assert.deepEqual([epoll.type, epoll.id, epoll.epfd?.id], ["EVENTPOLL", 41, 41]);
  const targets = dump.entries("eventpoll-tfd.img", "eventpoll_tfd_entry");
  assert.ok(targets.length > 0);
  assert.deepEqual(epoll.epfd?.tfd?.map(({ tfd }) => tfd), targets.map(({ tfd }) => tfd));
  assert.ok(files.get("INOTIFY", 42)!.ify!.wd!.length > 0);
  for (const { type, id } of dump.tasks[0]!.fdinfo) {
    assert.equal(files.get(type, id)?.id, id, `${type} ${id}`);
    assert.equal(files.ofType(type).get(id)?.type, type);
  }
  for (const { image: name, index, entry } of files.all) {
    assert.equal((dump.image(name).entries[index] as { id?: number }).id, entry.id);
  }
});

Deno.test("files of the same id and another kind are other files", () => {
  using dump = dumpOf({
    "files.img": image("FILES", [
      { type: "REG", id: 1, reg: { id: 1, flags: 0, pos: 0n, name: "/a", fown: FOWN } },
      { type: "PIPE", id: 1, pipe: { id: 1, pipe_id: 7, flags: 0, fown: FOWN } },
    ]),
  });
  assert.equal(dump.files.get("REG", 1)?.reg?.name, "/a");
  assert.equal(dump.files.get("PIPE", 1)?.pipe?.pipe_id, 7);
  assert.equal(dump.files.get("FIFO", 1), undefined);
});

const FOWN = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };

/** A dump of `count` tasks that share the memory of the last one. */
function sharingDump(count: number): Dump {
  const files = filesOf("shloop");
  const ids = { vm_id: 5, files_id: 2, fs_id: 6, sighand_id: 1 };
  const pids = Array.from({ length: count }, (_, i) => i + 1);
  return dumpOf({
    ...Object.fromEntries(pids.flatMap((pid) => [
      [`core-${pid}.img`, files["core-1517.img"]!],
      [`ids-${pid}.img`, image("IDS", [ids])],
    ])),
    "pstree.img": image(
      "PSTREE",
      pids.map((pid) => ({ pid, ppid: pid - 1, pgid: 1, sid: 1, threads: [pid] })),
    ),
    "inventory.img": files["inventory.img"]!,
    [`mm-${count}.img`]: files["mm-1517.img"]!,
    [`pagemap-${count}.img`]: files["pagemap-1517.img"]!,
    [`fs-${count}.img`]: files["fs-1517.img"]!,
    "pages-1.img": files["pages-1.img"]!,
    "fdinfo-2.img": files["fdinfo-2.img"]!,
  });
}

Deno.test("tasks that share memory find its only image", () => {
  const last = THOROUGH ? 5000 : 1500;
  using dump = sharingDump(last);
  const { tasks } = dump;
  for (const task of tasks) {
    assert.equal(task.mmName, `mm-${last}.img`);
    assert.equal(task.pageMapName, `pagemap-${last}.img`);
    assert.equal(task.fs?.cwd_id, 7);
  }
  assert.equal(textOf(tasks[0]!.memory.argumentBytes), "sh\0/srv/shloop/loop.sh\0");
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test("the inventory determines where the table of descriptors is", () => {
  const files = filesOf("shloop");
  using dump = dumpOf({
    ...files,
    "inventory.img": image("INVENTORY", [{ img_version: 1 }]),
    "fdinfo-1517.img": files["fdinfo-3.img"]!,
  });
  assert.equal(dump.task(1517)!.fdinfoName, "fdinfo-1517.img");
  assert.equal(dump.task(1517)!.fdinfo.length, 3);
  assert.deepEqual([dump.task(1520)!.fdinfo, faultsOf(dump)], [[], []]);
});

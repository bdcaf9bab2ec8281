/** Rules about cgroups, seccomp filters, mounts and namespaces. @module */

import type { TaskKobjIdsEntry } from "../../../proto/types.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile, type Reference, unresolved } from "../references.ts";
import type { Rule } from "../rule.ts";

function* cgroupSets(context: CheckContext, root: number | undefined): Generator<Reference> {
  const cgroup = [...context.entries("cgroup.img", "cgroup_entry")][0]?.[1];
  const sets = new Set((cgroup?.sets ?? []).map(({ id }) => id));
  for (const { coreName, core } of context.threads()) {
    const ofThread = core?.thread_core?.cg_set;
    const set = ofThread ?? core?.tc?.cg_set;
    if (set === undefined) continue;
    const field = ofThread === undefined ? "tc.cg_set" : "thread_core.cg_set";
    const isThere = set === root || sets.has(set);
    yield { image: coreName, entry: 0, field, target: `set of cgroups ${set}`, isThere };
  }
}

const cgroupSet: Rule = {
  id: "cgroup-set",
  severity: "error",
  summary: "the cgroups of every thread are there",
  explanation: "A thread goes back into the set of cgroups that it names, or into CRIU's own.",
  fix: "fetch cgroup.img from where the dump was made, or restore with `--manage-cgroups=ignore`",
  *check(context) {
    const { inventory } = context;
    if (inventory?.root_cg_set === undefined) return;
    yield* unresolved(context, ["cgroup.img"], cgroupSets(context, inventory.root_cg_set));
  },
};

function* filters(context: CheckContext): Generator<Reference> {
  const image = "seccomp.img";
  const chain = [...context.entries(image, "seccomp_entry")][0]?.[1].seccomp_filters ?? [];
  const target = (index: number) => `filter ${index}, there are ${chain.length}`;
  for (const { coreName, core } of context.threads()) {
    const { thread_core: own, tc } = core!;
    const isOwn = own?.seccomp_mode === "filter";
    if (!isOwn && tc?.old_seccomp_mode !== "filter") continue;
    const index = isOwn ? own.seccomp_filter : tc?.old_seccomp_filter;
    if (index === undefined) continue;
    const field = isOwn ? "thread_core.seccomp_filter" : "tc.old_seccomp_filter";
    const isThere = index < chain.length;
    yield { image: coreName, entry: 0, field, target: target(index), isThere };
  }
  for (const [i, { prev }] of chain.entries()) {
    if (prev === undefined) continue;
    const field = `seccomp_filters[${i}].prev`;
    yield { image, entry: 0, field, target: target(prev), isThere: prev < chain.length };
  }
}

const seccompFilter: Rule = {
  id: "seccomp-filter",
  severity: "error",
  summary: "the seccomp filters of every thread are there",
  explanation: "A thread names its last filter, and each filter the one before it.",
  fix: "fetch seccomp.img from where the dump was made, or make the dump again",
  *check(context) {
    yield* unresolved(context, ["seccomp.img"], filters(context));
  },
};

/** Images of mount points. */
function mountImages({ scans }: CheckContext): string[] {
  return [...scans.values()].filter(({ expected }) => expected.entry === "mnt_entry")
    .map(({ name }) => name);
}

const fileMount: Rule = {
  id: "file-mount",
  severity: "error",
  summary: "the mount that a file is on is there",
  explanation: "In a mount namespace CRIU opens a file by its mount and the path in it.",
  fix: "fetch the mountpoints images from where the dump was made, or make the dump again",
  *check(context) {
    const images = mountImages(context);
    if (images.length === 0) return;
    const known = new Set(
      images.flatMap((image) => [...context.entries(image, "mnt_entry")])
        .map(([, { mnt_id }]) => mnt_id),
    );
    const references = context.files.all.flatMap(({ entry: { reg }, image, index }) => {
      const id = reg?.mnt_id ?? -1;
      const field = fieldOfFile(image, "reg", "mnt_id");
      const isThere = id < 0 || known.has(id);
      return isThere ? [] : [{ image, entry: index, field, target: `mount ${id}`, isThere }];
    });
    yield* unresolved(context, images, references);
  },
};

/** Namespaces and the images that a dumped one has, whichever of them the release wrote. */
const NAMESPACES: ReadonlyArray<readonly [keyof TaskKobjIdsEntry, string, readonly string[]]> = [
  ["net_ns_id", "network", ["netns", "netdev"]],
  ["ipc_ns_id", "IPC", ["ipcns-var"]],
  ["uts_ns_id", "UTS", ["utsns"]],
  ["mnt_ns_id", "mount", ["mountpoints"]],
  ["user_ns_id", "user", ["userns"]],
  ["time_ns_id", "time", ["timens"]],
];

const namespaceImage: Rule = {
  id: "namespace-image",
  severity: "warning",
  summary: "namespaces of their own have their images",
  explanation:
    "A process that was in another namespace than CRIU itself cannot be put back into it without.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const outside = context.inventory?.root_ids;
    if (outside === undefined) return;
    const told = new Set<string>();
    for (const { pid, ids } of context.living) {
      if (ids === undefined || !context.isWhole(`ids-${pid}.img`)) continue;
      for (const [key, kind, prefixes] of NAMESPACES) {
        const id = ids[key];
        if (id === undefined || outside[key] === undefined || id === outside[key]) continue;
        const names = prefixes.map((prefix) => `${prefix}-${id}.img`);
        if (told.has(names[0]!) || names.some((name) => context.dump.has(name))) continue;
        told.add(names[0]!);
        const message = `it is missing: process ${pid} has a ${kind} namespace of its own`;
        yield { image: names[0]!, message };
      }
    }
  },
};

/** All ids of network namespaces that something in the dump is in. */
function networkIds(context: CheckContext): Set<number> {
  const ids = new Set<number>();
  for (const task of context.living) ids.add(task.ids?.net_ns_id ?? 0);
  ids.add(context.inventory?.root_ids?.net_ns_id ?? 0);
  for (const { name } of context.dump.dumpFiles) {
    const [, id] = /^net(?:ns|dev)-(\d+)\.img$/.exec(name) ?? [];
    if (id !== undefined) ids.add(Number(id));
  }
  return ids;
}

/** Parts of files that are in a network namespace. */
const IN_NAMESPACES = ["isk", "usk", "nlsk", "psk", "tunf"] as const;

const socketNamespace: Rule = {
  id: "socket-namespace",
  severity: "error",
  summary: "the network namespace of every socket is there",
  explanation: "CRIU makes a socket in the namespace that it names, and stops where there is none.",
  fix: "fetch the netns image from where the dump was made, or make the dump again",
  *check(context) {
    const isKnown = context.inventory !== undefined &&
      context.living.every(({ pid, ids }) =>
        context.isWhole(`ids-${pid}.img`) && ids?.net_ns_id !== undefined
      );
    if (!isKnown || context.living.length === 0) return;
    const known = networkIds(context);
    for (const { entry, image, index } of context.files.all) {
      const part = IN_NAMESPACES.find((part) => entry[part] !== undefined);
      const id = part === undefined ? undefined : entry[part]!.ns_id;
      if (id === undefined || id === 0 || known.has(id)) continue;
      const field = fieldOfFile(image, part!, "ns_id");
      yield { image, entry: index, field, message: `there is no network namespace ${id}` };
    }
  },
};

/** The rules. */
export default [cgroupSet, seccompFilter, fileMount, namespaceImage, socketNamespace];

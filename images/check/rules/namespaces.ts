/** Rules about namespaces. @module */

import type { TaskKobjIdsEntry } from "../../../proto/types.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile } from "../references.ts";
import type { Rule } from "../rule.ts";

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
  summary: "the images of every namespace exist",
  explanation: "Without them CRIU cannot put a process back into a namespace other than its own.",
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

/** Images of a namespace that are there where another one is and is not empty. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  netdev: ["ifaddr", "route"],
  ifaddr: ["netdev", "route"],
  route: ["netdev", "ifaddr"],
  "ipcns-shm": ["ipcns-var"],
  "ipcns-msg": ["ipcns-var"],
  "ipcns-sem": ["ipcns-var"],
};

const namespaceParts: Rule = {
  id: "namespace-parts",
  severity: "warning",
  summary: "a namespace that has some of its images has the others as well",
  explanation:
    "CRIU treats a missing image as an empty one, and addresses, routes or limits are lost.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const told = new Set<string>();
    // The netns image came with CRIU 1.6, files.img with 3.4.
    const always = context.dump.has("files.img") ? ["netns"] : [];
    for (const { name, size } of context.dump.dumpFiles) {
      const [, prefix = "", id] = /^([a-z-]+)-(\d+)\.img$/.exec(name) ?? [];
      const companions = COMPANIONS[prefix] ?? [];
      for (const companion of prefix === "netdev" ? [...companions, ...always] : companions) {
        const image = `${companion}-${id}.img`;
        const isEmpty = size === 0 || context.scans.get(name)?.entries === 0;
        if (isEmpty || context.dump.has(image) || told.has(image)) continue;
        told.add(image);
        yield { image, message: `it is missing, but ${name} of the same namespace exists` };
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
  severity: "warning",
  summary: "the network namespace of every socket is in the dump",
  explanation:
    "CRIU creates a socket of an unknown namespace in the namespace that CRIU is in at that moment.",
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

/** Namespaces that all tasks of a dump share. */
const SHARED = [
  ["ipc_ns_id", "IPC"],
  ["uts_ns_id", "UTS"],
  ["time_ns_id", "time"],
  ["user_ns_id", "user"],
] as const;

/** Namespaces that tasks may have of their own if the root has one. */
const NESTED = [
  ["net_ns_id", "network"],
  ["mnt_ns_id", "mount"],
] as const;

const nested: Rule = {
  id: "namespace-nested",
  severity: "error",
  summary: "all processes are in the namespaces of the root process",
  explanation:
    "CRIU creates namespaces for the root process only. Only network and mount namespaces may be nested, if the root has its own.",
  fix: "fetch {image} again; such a dump cannot be restored",
  *check(context) {
    const root = context.living.find(({ ppid }) => ppid === 0);
    const outside = context.inventory?.root_ids;
    if (root?.ids === undefined || !context.isWhole(`ids-${root.pid}.img`)) return;
    for (const { pid, ids } of context.living) {
      const image = `ids-${pid}.img`;
      if (ids === undefined || pid === root.pid || !context.isWhole(image)) continue;
      const kinds = NESTED.filter(([key]) =>
        outside !== undefined && root.ids![key] === outside[key]
      );
      for (const [key, kind] of [...SHARED, ...kinds]) {
        const [own, its] = [ids[key], root.ids[key]];
        if (own === undefined || its === undefined || own === its) continue;
        yield {
          image,
          entry: 0,
          field: key,
          message: `${own} is not the ${kind} namespace of the root, ${its}`,
        };
      }
    }
  },
};

const pidInit: Rule = {
  id: "pid-namespace-init",
  severity: "error",
  summary: "a pid namespace is dumped with its first process",
  explanation:
    "CRIU restores a pid namespace beginning with its process 1, unless the namespace is external.",
  fix: "dump the tree that begins at process 1 of the namespace",
  *check(context) {
    const outside = context.inventory?.root_ids?.pid_ns_id;
    const root = context.living.find(({ ppid }) => ppid === 0);
    if (outside === undefined || root?.ids?.pid_ns_id === undefined) return;
    const { pid, ids } = root;
    const image = `ids-${pid}.img`;
    if (!context.isWhole(image) || ids!.pid_ns_id === outside || pid === 1) return;
    if (context.dump.has(`pidns-${ids!.pid_ns_id}.img`)) return;
    const message = `${
      ids!.pid_ns_id
    }, another namespace than CRIU's, and the root is process ${pid}`;
    yield { image, entry: 0, field: "pid_ns_id", message };
  },
};

export default [namespaceImage, namespaceParts, socketNamespace, nested, pidInit];

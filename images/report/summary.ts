/**
 * The facts of the summary: what was dumped, where, by what, and how large it is.
 *
 * @module
 */

import { binarySize } from "../bytes/sizes.ts";
import { documentsOf } from "../container/documents.ts";
import { type ContainerFacts, factsOf } from "../container/facts.ts";
import type { Dump } from "../dump/dump.ts";
import type { CritError } from "../errors.ts";
import type { Stats } from "../stats/stats.ts";
import type { Fact, FactGroup } from "./data.ts";

/** The summary, and what is wrong with what an engine left beside the dump. */
export interface Summary {
  readonly groups: readonly FactGroup[];
  readonly faults: readonly CritError[];
}

/**
 * What the summary says.
 *
 * @param redact leave out the container's command line and environment
 */
export function summaryOf(dump: Dump, stats: Stats, redact: boolean): Summary {
  const { path, source } = dump;
  const checkpoint = { path, source, beside: source.beside };
  const documents = documentsOf(checkpoint);
  const facts = factsOf(checkpoint, documents);
  const groups = [
    { title: "Container", facts: containerFacts(facts, redact) },
    { title: "Dump", facts: dumpFacts(dump, stats, facts) },
    { title: "Size", facts: sizeFacts(stats, facts) },
  ];
  return { groups: groups.filter(({ facts }) => facts.length > 0), faults: documents.faults };
}

/** Labels with their values; undefined and empty values are left out. */
function filled(facts: ReadonlyArray<readonly [label: string, value: string | undefined]>): Fact[] {
  return facts.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [{ label, value }]
  );
}

function containerFacts(facts: ContainerFacts, redact: boolean): Fact[] {
  const { pod, networks, ports, labels } = facts;
  return filled([
    ["Name", facts.name],
    ["ID", facts.id],
    ["Image", facts.image ?? facts.imageAsked],
    ["Image ID", facts.imageId],
    ["Engine", [facts.engine, facts.runtime].filter((text) => text !== undefined).join(", ")],
    ["Pod", pod.name ?? pod.id],
    ["Kubernetes namespace", pod.namespace],
    ["Created", timeText(facts.created)],
    ["Restored", facts.restored ? timeText(facts.restoredAt) ?? "yes" : undefined],
    ["IP address", networks.flatMap(({ addresses }) => addresses).join(", ")],
    ["Ports", ports.map(portText).join(", ")],
    ["Command", redact ? undefined : facts.command.join(" ")],
    ["User", facts.user],
    ["Cgroup", facts.cgroupPath],
    ["SELinux label", facts.selinuxLabel],
    ["AppArmor profile", facts.apparmorProfile],
    ["Labels", Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(", ")],
    ["Deleted files", facts.deletedFiles > 0 ? `${facts.deletedFiles}` : undefined],
  ]);
}

/** `0.0.0.0:8080 → 80/tcp` */
function portText(
  { hostIp, hostPort, containerPort, protocol, range }: ContainerFacts["ports"][0],
) {
  const span = (port: number | undefined) =>
    port === undefined ? "?" : range > 1 ? `${port}-${port + range - 1}` : `${port}`;
  const outside = hostPort === undefined ? "" : `${hostIp ? `${hostIp}:` : ""}${span(hostPort)} → `;
  return `${outside}${span(containerPort)}${protocol === undefined ? "" : `/${protocol}`}`;
}

/** A time without fractions of seconds, and without the letters that only programs need. */
function timeText(time: string | undefined): string | undefined {
  return time?.replace(/(T\d\d:\d\d:\d\d)\.\d+/, "$1").replace("T", " ").replace(/Z$/, " UTC");
}

function dumpFacts(dump: Dump, stats: Stats, facts: ContainerFacts): Fact[] {
  const { machine, release } = stats;
  const { version } = facts.criu ?? {};
  return filled([
    ["Kind", stats.part ?? "a dump of processes"],
    ["Made", timeText(facts.checkpointed)],
    ["CRIU", version],
    ["Oldest CRIU that restores it", release.oldestRelease],
    ["Host name", hostName(dump) ?? facts.hostname],
    ["Machine", machine.name],
    ["Image version", release.imageVersion],
    ["Page size", binarySize(machine.pageSize)],
  ]);
}

function hostName(dump: Dump): string | undefined {
  const uts = dump.dumpFiles.ofTypes(({ name }) => name === "UTSNS")[0]?.name;
  return uts === undefined ? undefined : dump.optionalEntry(uts, "utsns_entry")?.nodename;
}

/** `22,000` */
function grouped(count: number): string {
  return `${count}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

function sizeFacts({ tasks, memory, images, files }: Stats, { sizes }: ContainerFacts): Fact[] {
  const all = [...images.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const size = (bytes: number | undefined) => bytes ? binarySize(bytes) : undefined;
  return filled([
    ["Processes", grouped(tasks.count)],
    ["Threads", grouped(tasks.threads)],
    ["Open files", files.count > 0 ? grouped(files.count) : undefined],
    ["Memory in the dump", binarySize(memory.present + memory.shared.present)],
    ["Memory in parent dumps", size(memory.inParent + memory.shared.inParent)],
    ["Fetched later by a lazy restore", size(memory.lazy)],
    ["Memory mapped", size(memory.mapped)],
    ["All files of the dump", binarySize(all)],
    ["Changes of the root file system", size(sizes.rootFsDiff)],
    ["/dev/shm", size(sizes.devShm)],
    ["Volumes", size(sizes.volumes)],
  ]);
}

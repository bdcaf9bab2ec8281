/** A checkpointed container in full, for people. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { binarySize } from "../../../images/bytes/sizes.ts";
import type { ContainerFacts, Sizes } from "../../../images/container/facts.ts";
import type { NetworkInterface, Port } from "../../../images/container/network.ts";
import { cutLine, wrapLine } from "../../terminal/cut.ts";
import { layoutText, table } from "../../terminal/table.ts";
import { type Paint, painter } from "../../terminal/terminal.ts";
import type { Details } from "./details.ts";
import { toSeconds } from "./row.ts";

/** Columns before the text of a line. */
const MARGIN = 15;

/** All about a container. */
export function fullText(
  facts: ContainerFacts,
  details: Details | undefined,
  look: { readonly color: boolean; readonly width: number },
): string {
  const paint = painter(look.color);
  const lines = labels(facts, details).filter(([, text]) => text !== undefined && text !== "")
    .map(([label, text]) => {
      const head = paint("bold", label) + " ".repeat(MARGIN - label.length);
      return `${wrapLine(`${head}${text}`, MARGIN)}\n`;
    });
  const parts = [
    lines.join(""),
    networksText(facts.networks, paint),
    portsText(facts.ports, paint),
    mountsText(facts, paint),
    list("ENVIRONMENT", facts.environment, paint),
    pairs("LABELS", facts.labels, paint),
    pairs("ANNOTATIONS", facts.annotations, paint),
    pairs("IMAGE ANNOTATIONS", facts.imageAnnotations, paint),
    ...(details?.sections ?? []).map(({ title, layout }) =>
      heading(title, paint) + layoutText(layout, paint)
    ),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

type Label = readonly [label: string, text: string | undefined];

function labels(facts: ContainerFacts, details: Details | undefined): Label[] {
  const { pod } = facts;
  const text = (value: string | undefined) => value === undefined ? undefined : printable(value);
  const asked = facts.imageAsked === facts.image ? undefined : facts.imageAsked;
  return [
    ["Container", text(facts.name)],
    ["ID", text(facts.id)],
    ["Checkpoint", text(facts.path)],
    ["Stored as", text(facts.checkpointRef ?? facts.checkpointDigest)],
    ["Engine", text(facts.engine)],
    ["Runtime", text(facts.runtime)],
    ["Image", text(facts.image)],
    ["Asked for as", text(asked)],
    ["Image ID", text(facts.imageId)],
    ["Created", text(toSeconds(facts.created))],
    ["Checkpointed", checkpointedText(facts)],
    ["Restored", facts.restored ? text(toSeconds(facts.restoredAt) ?? "yes") : undefined],
    ["Pod", text(pod.name ?? pod.id)],
    ["Namespace", text(pod.namespace)],
    ["Pod UID", text(pod.uid)],
    ["CRIU", criuText(facts, details)],
    ["Size", sizesText(facts.sizes)],
    ["Dumping", statisticsText(details)],
    ["Hostname", text(facts.hostname)],
    ["Command", text(facts.command.map(quoted).join(" "))],
    ["Entrypoint", text(facts.entrypoint.map(quoted).join(" "))],
    ["Directory", text(facts.cwd)],
    ["User", text(facts.user)],
    ["Terminal", facts.terminal === undefined ? undefined : facts.terminal ? "yes" : "no"],
    ["Cgroup", text(facts.cgroupPath)],
    ["Namespaces", text(facts.namespaces.map(namespaceText).join(", "))],
    ["SELinux", text(facts.selinuxLabel)],
    ["AppArmor", text(facts.apparmorProfile)],
    ["Seccomp", facts.seccomp ? "filtered" : undefined],
    ["Deleted", facts.deletedFiles > 0 ? `${facts.deletedFiles} of the image's paths` : undefined],
  ];
}

function checkpointedText({ checkpointed, isFileTime }: ContainerFacts): string | undefined {
  const time = toSeconds(checkpointed);
  if (time === undefined) return undefined;
  return printable(isFileTime ? `${time} (by the time of the files)` : time);
}

function criuText({ criu }: ContainerFacts, details: Details | undefined): string | undefined {
  const made = criu === undefined ? [] : [`${printable(criu.version)} made it`];
  if (details?.hasUnknown) made.push("it has fields that crit does not know");
  else if (details !== undefined) made.push(`${details.oldestRelease} or newer restores it`);
  return made.join("; ");
}

function sizesText(sizes: Sizes): string {
  const parts: Label[] = [
    ["in all", size(sizes.checkpoint)],
    ["of memory", size(sizes.pages)],
    ["of graphics memory", size(sizes.amdgpuPages)],
    ["changes of the root file system", size(sizes.rootFsDiff)],
    ["/dev/shm", size(sizes.devShm)],
    ["volumes", size(sizes.volumes)],
  ];
  return parts.filter(([, text]) => text !== undefined)
    .map(([label, text]) => `${text} ${label}`).join(", ");
}

function size(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : binarySize(bytes);
}

/** CRIU's times in milliseconds, and its counts. */
function statisticsText(details: Details | undefined): string {
  const figures = [...details?.statistics ?? []].filter(([, value]) => value !== 0);
  return figures.map(([name, value]) => {
    if (!name.endsWith("_time")) return `${name.replaceAll("_", " ")} ${value}`;
    return `${name.slice(0, -"_time".length).replaceAll("_", " ")} ${(value / 1000).toFixed(1)} ms`;
  }).join(", ");
}

function namespaceText({ type, path }: ContainerFacts["namespaces"][number]): string {
  return path === undefined ? type : `${type} (${path})`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function heading(title: string, paint: Paint): string {
  return `${paint("bold", title)}\n`;
}

function networksText(networks: readonly NetworkInterface[], paint: Paint): string {
  const rows = networks.map((one) =>
    cells([one.network, one.interface, one.addresses.join(", "), one.mac, one.gateways.join(", ")])
  );
  const titles = ["NETWORK", "INTERFACE", "ADDRESSES", "MAC", "GATEWAYS"];
  return rows.length === 0 ? "" : table(titles.map((title) => ({ title })), rows, paint);
}

function portsText(ports: readonly Port[], paint: Paint): string {
  const rows = ports.map(({ hostIp, hostPort, containerPort, protocol, range }) => {
    const ports = (first: number | undefined) =>
      first === undefined || range === 1 ? first?.toString() : `${first}-${first + range - 1}`;
    return cells([hostIp, ports(hostPort), ports(containerPort), protocol]);
  });
  const titles = ["HOST IP", "HOST PORT", "PORT", "PROTOCOL"];
  return rows.length === 0 ? "" : table(titles.map((title) => ({ title })), rows, paint);
}

function mountsText({ mounts }: ContainerFacts, paint: Paint): string {
  const rows = mounts.map(({ destination, type, source, options }) =>
    cells([destination, type, source, options.join(",")])
  );
  const titles = ["MOUNT", "TYPE", "SOURCE", "OPTIONS"];
  return rows.length === 0 ? "" : table(titles.map((title) => ({ title })), rows, paint);
}

function cells(texts: ReadonlyArray<string | undefined>): string[] {
  return texts.map((text) => printable(text || "-"));
}

function list(title: string, items: readonly string[], paint: Paint): string {
  if (items.length === 0) return "";
  return heading(title, paint) + items.map((item) => `${cutLine(printable(item))}\n`).join("");
}

function pairs(title: string, items: Readonly<Record<string, string>>, paint: Paint): string {
  return list(title, Object.entries(items).map(([key, value]) => `${key}=${value}`), paint);
}

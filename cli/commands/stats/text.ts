/**
 * Figures of a dump for people.
 *
 * @module
 */

import { printable } from "../../../images/bytes/printable.ts";
import { binarySize, countOf } from "../../../images/bytes/sizes.ts";
import type { CriuFigures } from "../../../images/stats/criu.ts";
import type { ReleaseStats } from "../../../images/stats/release.ts";
import type { Stats } from "../../../images/stats/stats.ts";
import { labelled } from "../../line/text.ts";
import { table } from "../../terminal/table.ts";
import type { Look } from "../../terminal/terminal.ts";

/** Columns before the text of a line. */
const MARGIN = 13;
/** Most features that are named as what needs the oldest release. */
const MOST_NEEDS = 4;

/** Figures as text, at a glance. */
export function statsText(stats: Stats, look: Look): string {
  const lines: Array<readonly [label: string, text: string]> = [
    ["CRIU", releaseText(stats.release)],
    ["Machine", machineText(stats)],
    ["Tasks", tasksText(stats)],
    ["Namespaces", namespacesText(stats)],
    ["Files", filesText(stats)],
    ["Sockets", socketsText(stats)],
    ["Pipes", pipesText(stats)],
    ["Ghost files", contents(stats.ghostFiles)],
    ["Memory", memoryText(stats)],
    ["Shared", sharedText(stats)],
    ["Pages", pagesText(stats)],
    ["Dumping", timesText(stats.criu.dump)],
    ["Restoring", timesText(stats.criu.restore)],
  ];
  const head = lines.filter(([, text]) => text !== "")
    .map(([label, text]) => labelled(label, text, { label: 0, text: MARGIN }, look)).join("\n");
  return [`${head}\n`, areasTable(stats, look), imagesTable(stats, look)]
    .filter((part) => part !== "").join("\n");
}

function releaseText({ imageVersion, oldestRelease, hasUnknown, needs }: ReleaseStats): string {
  const version = imageVersion === undefined ? "" : `image version ${imageVersion}; `;
  if (hasUnknown) return `${version}a newer CRIU's: it has fields that crit does not know`;
  const decisive = needs.filter(({ release }) => release === oldestRelease);
  const names = decisive.slice(0, MOST_NEEDS).map(({ feature }) => feature);
  if (decisive.length > names.length) names.push(`${decisive.length - names.length} more`);
  const why = names.length === 0 ? "" : `, for ${names.join(", ")}`;
  return `${version}needs CRIU ${oldestRelease} or newer${why}`;
}

function machineText({ machine: { name, byteOrder, pageSize, lsm, profiles } }: Stats): string {
  const parts = [`${byteOrder}-endian`, `pages of ${binarySize(pageSize)}`];
  if (lsm !== undefined && lsm !== "NO_LSM") {
    const shown = profiles.slice(0, MOST_NEEDS).map(printable).join(", ");
    const more = profiles.length > MOST_NEEDS ? ", …" : "";
    parts.push(shown === "" ? lsm : `${lsm} (${shown}${more})`);
  }
  return (name === undefined ? parts : [name, ...parts]).join(", ");
}

function tasksText({ tasks, preDump, part }: Stats): string {
  if (preDump) {
    return part === "a pre-dump" ? `none: ${part}, which has memory only` : `none: ${part}`;
  }
  if (tasks.count === 0) return "none";
  return [
    `${tasks.count} (${counts(tasks.byState)})`,
    countOf(tasks.threads, "thread"),
    countOf(tasks.sessions, "session"),
    countOf(tasks.processGroups, "process group"),
  ].join(", ");
}

function namespacesText({ namespaces }: Stats): string {
  if (namespaces.size === 0) return "";
  const dumped = [...namespaces].filter(([, { dumped }]) => dumped > 0)
    .map(([kind, { dumped }]) => (dumped === 1 ? kind : `${dumped} ${kind}`));
  return dumped.length === 0 ? "none but CRIU's own" : dumped.join(", ");
}

function filesText({ files }: Stats): string {
  if (files.count + files.descriptors === 0) return "";
  const tables = `${countOf(files.descriptors, "descriptor")} in ${countOf(files.tables, "table")}`;
  const types = files.count === 0 ? "" : ` (${counts(files.byType)})`;
  return `${files.count}${types}; ${tables}`;
}

function socketsText({ sockets, queues }: Stats): string {
  const families = [...sockets].map(([family, { count, byType, byState }]) => {
    const details = [counts(byType), counts(byState)].filter((text) => text !== "").join("; ");
    return `${count} ${family}${details === "" ? "" : ` (${details})`}`;
  });
  if (queues.count > 0) families.push(`${binarySize(queues.bytes)} in their queues`);
  return families.join(", ");
}

function pipesText({ pipes }: Stats): string {
  if (pipes.count === 0) return "";
  return `${pipes.count} with ${countOf(pipes.ends, "opened end")}, ${
    binarySize(pipes.bytes)
  } in them`;
}

function contents({ count, bytes }: { count: number; bytes: number }): string {
  return count === 0 ? "" : `${count}, ${binarySize(bytes)}`;
}

function memoryText({ memory, preDump, part }: Stats): string {
  const spaces = countOf(memory.addressSpaces, "address space");
  const areas = `${binarySize(memory.mapped)} in ${countOf(memory.areas, "area")} of ${spaces}; `;
  // Tasks without page maps have memory, though none of it is here.
  if (!preDump && part !== undefined) return `${areas}none of it is here: ${part}`;
  const pages = `in pages of ${binarySize(memory.pageSize)}: ${bytesText(memory)}`;
  return memory.areas === 0 ? pages : areas + pages;
}

function sharedText({ memory: { shared } }: Stats): string {
  if (shared.segments === 0) return "";
  return `${countOf(shared.segments, "piece")} of shared memory: ${bytesText(shared)}`;
}

function bytesText(bytes: { present: number; inParent: number; lazy: number }): string {
  const parts = [`${binarySize(bytes.present)} present`];
  if (bytes.inParent > 0) parts.push(`${binarySize(bytes.inParent)} in the parent dump`);
  if (bytes.lazy > 0) parts.push(`${binarySize(bytes.lazy)} may come lazily`);
  return parts.join(", ");
}

function pagesText({ pages }: Stats): string {
  if (pages === undefined) return "";
  const share = (number: number) => `${(pages.pages && number / pages.pages * 100).toFixed(1)}%`;
  const part = (number: number, bytes: number, what: string) =>
    `${number} ${what} (${binarySize(bytes)}, ${share(number)})`;
  return [
    `${pages.pages}: ${part(pages.zero, pages.zeroBytes, "zero")}`,
    part(pages.duplicate, pages.duplicateBytes, "equal to an earlier one"),
  ].join(", ");
}

/** `_time` figures as times, the others as numbers; zeros say nothing. */
function timesText(figures: CriuFigures | undefined): string {
  if (figures === undefined) return "";
  const [times, numbers] = [true, false].map((isTime) =>
    [...figures].filter(([name, value]) => name.endsWith("_time") === isTime && value !== 0)
  );
  const words = (name: string) => name.replaceAll("_", " ");
  return [
    ...times!.map(([name, value]) => `${words(name.slice(0, -"_time".length))} ${duration(value)}`),
    ...numbers!.map(([name, value]) => `${words(name)} ${value}`),
  ].join(", ");
}

/** A time in microseconds, in the unit that suits it. */
function duration(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds} µs`;
  if (microseconds < 1_000_000) return `${(microseconds / 1000).toFixed(1)} ms`;
  return `${(microseconds / 1_000_000).toFixed(2)} s`;
}

function areasTable({ memory }: Stats, look: Look): string {
  if (memory.byKind.size === 0) return "";
  const parent = memory.inParent > 0;
  const rows = [...memory.byKind].map(([kind, area]) => [
    kind.replaceAll("_", " "),
    String(area.areas),
    binarySize(area.mapped),
    sizeOrDash(area.present),
    ...parent ? [sizeOrDash(area.inParent)] : [],
  ]);
  const right = (title: string) => ({ title, align: "right" } as const);
  const columns = [right("AREAS"), right("MAPPED"), right("PRESENT")];
  if (parent) columns.push(right("IN PARENT"));
  return table([{ title: "MEMORY" }, ...columns], rows, look.paint);
}

function imagesTable({ images }: Stats, look: Look): string {
  const rows = [...images]
    .map(([type, { count, bytes }]) => [type, String(count), binarySize(bytes)]);
  const sum = (key: "count" | "bytes") =>
    [...images.values()].reduce((total, stats) => total + stats[key], 0);
  rows.push(["all", String(sum("count")), binarySize(sum("bytes"))]);
  return table(
    [{ title: "IMAGES" }, { title: "FILES", align: "right" }, { title: "SIZE", align: "right" }],
    rows,
    look.paint,
  );
}

function sizeOrDash(bytes: number): string {
  return bytes === 0 ? "-" : binarySize(bytes);
}

/** `2 alive, 1 dead`. */
function counts(numbers: ReadonlyMap<string, number>): string {
  return [...numbers].map(([kind, number]) => `${number} ${kind}`).join(", ");
}

/**
 * Figures of a dump, as `crit stats` prints them.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { statsOf } from "@crit/crit/stats";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * const { tasks, memory, release } = statsOf(dump);
 * console.log(tasks.count, memory.present, release.oldestRelease);
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export type { Counts } from "../images/stats/count.ts";
export type { CriuFigures, CriuStats } from "../images/stats/criu.ts";
export type { ContentStats, FileStats, PipeStats, SocketStats } from "../images/stats/files.ts";
export type { ImageStats } from "../images/stats/images.ts";
export type { MachineStats } from "../images/stats/machine.ts";
export type { AreaStats, MemoryStats, PageBytes, SharedStats } from "../images/stats/memory.ts";
export type { PageStats } from "../images/stats/pages.ts";
export type { Need, ReleaseNeeds } from "../images/stats/found_features.ts";
export type { ReleaseStats } from "../images/stats/release.ts";
export type { NamespaceStats, TaskStats } from "../images/stats/tasks.ts";
export { type Stats, statsOf, type StatsOptions } from "../images/stats/stats.ts";

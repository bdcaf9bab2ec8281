/**
 * Views of a dump, as `crit x` prints them: rows with their types.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { sk } from "@crit/crit/views";
 *
 * using dump = await openDump("fixtures/dumps/legacy-v1.0");
 * for (const { family, state, local, fds } of sk.rows(dump)) {
 *   if (state === "LISTEN") console.log(family, local, fds.map(({ pid }) => pid));
 * }
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export { cpu, type CpuRow } from "../images/explore/cpu.ts";
export { creds, type CredsRow } from "../images/explore/creds.ts";
export { env, type EnvRow } from "../images/explore/env.ts";
export { type FdRow, fds } from "../images/explore/fds.ts";
export { files, type FilesRow } from "../images/explore/files.ts";
export type { Descriptor } from "../images/dump/descriptors.ts";
export { type LimitRow, limits } from "../images/explore/limits.ts";
export { type LockRow, locks } from "../images/explore/locks.ts";
export { mems, type MemsRow } from "../images/explore/mems.ts";
export { type MountRow, mounts } from "../images/explore/mounts.ts";
export { net, type NetRow } from "../images/explore/net.ts";
export { ns, type NsRow } from "../images/explore/ns.ts";
export { ps, type PsRow } from "../images/explore/ps.ts";
export { rootfs, type RootfsRow } from "../images/explore/rootfs.ts";
export { rss, type RssRow } from "../images/explore/rss.ts";
export { signals, type SignalsRow } from "../images/explore/signals.ts";
export { sk, type SkRow } from "../images/explore/sk.ts";
export { type ThreadRow, threads } from "../images/explore/threads.ts";
export { type TimerRow, timers } from "../images/explore/timers.ts";
export { type RootfsChange, rootfsChanges } from "../images/container/rootfs.ts";
export type { Member, SparseSegment } from "../images/archive/tar_reader.ts";
export type { Heading, Row, View, ViewLayout, ViewOptions } from "../images/explore/view.ts";

/**
 * Extracts the files in a dump: deleted files, memfds, shared memory, tmpfs, queues, memory.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { itemsOf } from "@crit/crit/extract";
 *
 * using dump = await openDump("fixtures/dumps/pyapp");
 * const options = { kinds: ["ghost", "fifo"], onFault: console.error } as const;
 * for await (const { path, name, contents } of itemsOf(dump, options)) {
 *   for (const { length, source, offset } of contents()) {
 *     const bytes = new Uint8Array(length);
 *     source?.read(offset!, bytes);
 *     console.log(path, name, bytes.length);
 *   }
 * }
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export type { OpenMapped } from "../images/coredump/mapped_files.ts";
export type { ByteSource } from "../images/coredump/memory.ts";
export { filesBelow } from "../images/coredump/local_files.ts";
export type { Item, Piece } from "../images/extract/item.ts";
export { type ItemKind, KINDS } from "../images/extract/kinds.ts";
export { type ExtractOptions, itemsOf } from "../images/extract/items.ts";

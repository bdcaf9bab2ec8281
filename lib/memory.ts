/**
 * Searches and reads the memory of dumped tasks.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { searchMemory } from "@crit/crit/memory";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * const patterns = [{ kind: "regex", text: "PATH=[^\\0]+" }] as const;
 * for (const { pid, address, bytes } of searchMemory(dump, patterns, { areas: ["stack"] })) {
 *   console.log(pid, address.toString(16), new TextDecoder().decode(bytes));
 * }
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export type { ByteSource } from "../images/coredump/memory.ts";
export type { AddressRange, MemoryChoice } from "../images/memory/choice.ts";
export type { Stretch } from "../images/memory/contents.ts";
export {
  type LookOptions,
  type MemoryMatch,
  memoryOf,
  memoryStrings,
  searchMemory,
} from "../images/memory/library.ts";
export type { Absence } from "../images/memory/runs.ts";
export type { Missing } from "../images/memory/walk.ts";
export type { PatternKind, PatternOptions, PatternText } from "../images/search/pattern.ts";
export type { Encoding, StringOptions } from "../images/search/strings.ts";

/**
 * Writes ELF core files of dumped tasks, for debuggers.
 *
 * ```ts
 * import { writeCore } from "@crit/crit/coredump";
 *
 * const file = await Deno.create(`${await Deno.makeTempDir()}/core`);
 * const { size, missing } = await writeCore("fixtures/dumps/shloop", 1517, file.writable);
 * console.log(size, missing.map(({ name }) => name));
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export type { AbsentPages } from "../images/coredump/areas.ts";
export type { MissingFile } from "../images/coredump/mapped_files.ts";
export { writeCore, type WriteCoreOptions } from "../images/coredump/stream.ts";
export type { CoreReport } from "../images/coredump/write.ts";

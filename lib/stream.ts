/**
 * Streams images to and from CRIU, as `crit serve` and `crit capture` do: `criu restore --stream`
 * and `criu dump --stream` connect to a socket in the directory of the images. Needs `--allow-ffi`.
 *
 * ```ts ignore
 * import { openDump } from "@crit/crit/dump";
 * import { captureDump, serveDump } from "@crit/crit/stream";
 *
 * const taken = await captureDump("images", {
 *   onListening: () => new Deno.Command("criu", { args: ["dump", "--stream", "-D", "images", "-t", "1234"] }).spawn(),
 * });
 * console.log(taken.files, taken.bytes);
 *
 * using dump = await openDump("images");
 * const served = await serveDump(dump, {
 *   socketDirectory: "images",
 *   onListening: () => new Deno.Command("criu", { args: ["restore", "--stream", "-D", "images"] }).spawn(),
 * });
 * console.log(served.files, served.absent);
 * ```
 *
 * @module
 */

import { compressionOfName } from "../images/archive/compress.ts";
import type { Dump } from "../images/dump/dump.ts";
import { CritError } from "../images/errors.ts";
import { ArchiveSink } from "../images/stream/archive_sink.ts";
import { capture, type CaptureOptions, type CaptureSummary } from "../images/stream/capture.ts";
import { DirectorySink } from "../images/stream/directory.ts";
import { loadSystemCalls } from "../images/stream/ffi.ts";
import { serve, type ServeOptions, type ServeSummary } from "../images/stream/serve.ts";
import "../plugins/mod.ts";

export { type CaptureOptions, type CaptureSummary, CritError };
export type { ServeOptions, ServeSummary };
export type { KeptImages } from "../images/stream/capture.ts";
export type { Awaitable } from "../images/stream/store.ts";
export type { StreamOptions } from "../images/stream/connection.ts";
export type { EditImage, EditPlan } from "../images/stream/edit.ts";

/** How a dump is captured; by default, the socket is in the directory of the images. */
export interface TakeOptions extends Omit<CaptureOptions, "socketDirectory"> {
  /** Directory of the socket. */
  readonly socketDirectory?: string;
  /** Name of an archive to write, which ends in `.tar`, `.tar.gz` or `.tar.zst`. */
  readonly archive?: string;
}

/**
 * Serves one restore, and returns when CRIU has closed everything. Edited and converted dumps can
 * be served directly; the data of their images is read when CRIU asks for them.
 *
 * @throws {CritError} `data` when CRIU breaks the protocol or an edit fails, `file` when an image
 * cannot be read or the socket cannot be made
 */
export function serveDump(dump: Dump, options: ServeOptions): Promise<ServeSummary> {
  return serve(loadSystemCalls(), dump.source, options);
}

/**
 * Captures one dump in a directory or an archive. The images are moved into place when the dump is
 * complete. The files of an incomplete dump are kept beside it, see {@link CaptureOptions.onKept}.
 *
 * @param directory directory of the images and the socket, which must exist
 * @throws {CritError} `data` when CRIU breaks the protocol or does not finish its dump, `file` when
 * an image cannot be written or the socket cannot be made, `usage` when an archive's name tells no
 * kind
 */
export function captureDump(directory: string, options: TakeOptions = {}): Promise<CaptureSummary> {
  const { socketDirectory = directory, archive, ...others } = options;
  const system = loadSystemCalls();
  const openSink = archive === undefined
    ? () => new DirectorySink(system, directory)
    : archiveSink(archive, options.signal);
  return capture(system, openSink, { ...others, socketDirectory });

  function archiveSink(path: string, signal: AbortSignal | undefined) {
    const compression = compressionOfName(path);
    if (compression === undefined) {
      const reason = `${path}: its name has no ending of an archive`;
      throw new CritError("usage", reason, {}, "use .tar, .tar.gz or .tar.zst");
    }
    const kind = compression === "none" ? undefined : compression;
    return () => new ArchiveSink(system, path, { compression: kind, signal });
  }
}

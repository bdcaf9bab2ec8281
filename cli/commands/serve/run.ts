/** What `crit serve` does. @module */

import { OWN_ORDER } from "../../../images/bytes/byte_order.ts";
import { binarySize, countOf } from "../../../images/bytes/sizes.ts";
import type { ImageSource } from "../../../images/dump/source.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { LONGEST_HEAD, readMagics } from "../../../images/image/head.ts";
import { loadSystemCalls } from "../../../images/stream/ffi.ts";
import { serve as serveDump, type ServeSummary } from "../../../images/stream/serve.ts";
import { Errno, type SystemCalls } from "../../../images/stream/system.ts";
import { SystemDirectory } from "../../../images/stream/system_file.ts";
import "../../../plugins/inventory.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { hookAction, startInBackground } from "../../streaming/hook.ts";
import { type StreamEdits, streamEdits } from "../../streaming/stream_edits.ts";
import { neededPath, stream } from "../../streaming/streaming.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  if (args.hook) {
    const action = hookAction();
    if (action?.name !== "pre-stream") return 0;
    return await startInBackground("serve", args, args.dump, action);
  }
  const dump = neededPath(args.dump, "DUMP", "serve");
  const system = loadSystemCalls();
  const { source: original, directory } = await openServed(system, dump, context);
  let source: ImageSource = original;
  try {
    checkDump(source, dump);
    source = await withoutParents(source, dump, args, context);
    if (args.convert) {
      const { convertServed }: typeof import("../../streaming/streamed_conversion.ts") =
        await import(
          lazySpecifier("../../streaming/streamed_conversion.ts")
        );
      source = await convertServed(system, source, args.socketDir ?? directory, context);
    }
    if (args.write.length > 0 || args.env.length > 0) source = await written(source, args, context);
    const edits = await streamEdits(args, context);
    await edits.check(source);
    return await stream(system, directory, args, {
      async work(options) {
        const summary = await serveDump(system, source, { ...options, edits: edits.plan(options) });
        finish(edits);
        return summary;
      },
      describe,
    });
  } finally {
    source[Symbol.dispose]();
  }
}

/** The dump, flattened if that is asked for; refused if it needs to be. */
async function withoutParents(
  source: ImageSource,
  dump: string,
  args: Arguments<typeof declaration>,
  context: Context,
): Promise<ImageSource> {
  const { checkServed, flattenServed }: typeof import("../../streaming/streamed_chain.ts") =
    await import(
      lazySpecifier("../../streaming/streamed_chain.ts")
    );
  await checkServed(source, dump, args.flatten, context);
  if (!args.flatten) return source;
  const flat = await flattenServed(dump);
  source[Symbol.dispose]();
  return flat;
}

/** The dump with what --write and --env put into memory. */
async function written(
  source: ImageSource,
  args: Arguments<typeof declaration>,
  context: Context,
): Promise<ImageSource> {
  const { writeServed }: typeof import("../../streaming/streamed_memory.ts") = await import(
    lazySpecifier("../../streaming/streamed_memory.ts")
  );
  return await writeServed(source, args, context);
}

/** A dump to serve, and the directory where the socket is made unless another is given. */
async function openServed(
  system: SystemCalls,
  path: string,
  context: Context,
): Promise<{ source: ImageSource; directory: string }> {
  const opened = system.open(path, "directory");
  if (opened >= 0) system.close(opened);
  if (needsSearch(system, path, opened)) {
    const { openInside }: typeof import("../../streaming/streamed_archives.ts") = await import(
      lazySpecifier("../../streaming/streamed_archives.ts")
    );
    return await openInside(system, path, context);
  }
  return { source: new SystemDirectory(system, path), directory: path };
}

/** Whether a path leads to something else than a directory of images: the dump is in it. */
function needsSearch(system: SystemCalls, path: string, opened: number): boolean {
  if (path === "-" || opened === -Errno.notDirectory) return true;
  if (opened === -Errno.noEntry) return path.includes("@");
  // Deno must not be asked about paths in `/proc`, which CRIU's hook names.
  if (opened < 0 || path.startsWith("/proc/")) return false;
  const inventory = system.open(`${path}/inventory.img`, "read");
  if (inventory >= 0) system.close(inventory);
  return inventory === -Errno.noEntry;
}

/** Says at once what CRIU would say less clearly. */
function checkDump(source: ImageSource, path: string): void {
  const name = "inventory.img";
  if (!source.files.has(name)) throw dataError(`${path}: no dump: there is no ${name}`);
  const start = new Uint8Array(LONGEST_HEAD);
  using inventory = source.open(name);
  const magics = readMagics(start.subarray(0, inventory.read(0, start)));
  const order = magics?.byteOrder ?? OWN_ORDER;
  if (order === OWN_ORDER) return;
  const reason =
    `${path}: a dump of a ${order}-endian machine, and this one is ${OWN_ORDER}-endian`;
  throw new CritError("unsupported", reason, {}, "CRIU restores it only where it was made");
}

/** Ends the edits, which is too late for CRIU to hear of. */
function finish(edits: StreamEdits): void {
  try {
    edits.finish();
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    throw new CritError(error.kind, `CRIU is done, but ${error.reason}`, error.place, error.hint);
  }
}

function describe({ files, bytes, edited, absent, closedEarly }: ServeSummary): string {
  const notes = [`${absent} asked for and absent`];
  if (closedEarly > 0) notes.push(`${closedEarly} closed early`);
  const what = `${countOf(files, "image")}, ${binarySize(bytes)}, ${edited} edited`;
  return `served ${what} (${notes.join(", ")})`;
}

/** What `crit capture` does. @module */

import { compressionOfName } from "../../../images/archive/compress.ts";
import type { Compression } from "../../../images/archive/decompress.ts";
import { directoryOf } from "../../../images/bytes/paths.ts";
import { binarySize, countOf } from "../../../images/bytes/sizes.ts";
import { CritError } from "../../../images/errors.ts";
import { ArchiveSink } from "../../../images/stream/archive_sink.ts";
import {
  capture as captureDump,
  type CaptureSummary,
  type KeptImages,
} from "../../../images/stream/capture.ts";
import { DirectorySink } from "../../../images/stream/directory.ts";
import { loadSystemCalls } from "../../../images/stream/ffi.ts";
import { confirmWhole } from "../../../images/stream/outcome.ts";
import { Errno, type SystemCalls } from "../../../images/stream/system.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { hookAction, startInBackground } from "../../streaming/hook.ts";
import { streamEdits } from "../../streaming/stream_edits.ts";
import { Interrupt, neededPath, stream } from "../../streaming/streaming.ts";
import { warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  if (args.hook) {
    const action = hookAction();
    if (action === undefined) return 0;
    if (action.name === "pre-stream") {
      return await startInBackground("capture", args, args.output, action);
    }
    confirmWhole(loadSystemCalls(), args.socketDir ?? action.directory);
    return 0;
  }
  const { archive } = args;
  const compression = archive === undefined ? undefined : archiveCompression(archive);
  const output = archive === undefined
    ? neededPath(args.output, "OUTDIR", "capture")
    : args.output ?? directoryOf(archive);
  if (args.config !== undefined && archive === undefined) {
    throw new CritError("usage", "capture: --config is for an --archive");
  }
  const config = args.config === undefined ? undefined : configOf(args.config);
  const system = loadSystemCalls();
  const edits = await streamEdits(args, context);
  makeDirectory(system, output);
  return await stream(system, output, args, {
    async work(options) {
      const { signal } = options;
      const openSink = () =>
        archive === undefined
          ? new DirectorySink(system, output)
          : new ArchiveSink(system, archive, { compression, config, signal });
      let kept: KeptImages | undefined;
      try {
        return await captureDump(system, openSink, {
          ...options,
          edits: edits.plan(options),
          onEdited: () => edits.finish(),
          onKept: (images) => kept = images,
        });
      } catch (error) {
        throw kept === undefined ? error : withKept(error, kept);
      }
    },
    describe,
  });
}

/** Most bytes of an engine's configuration. */
const LARGEST_CONFIG = 1 << 24;

/** What is to be config.dump. @throws {CritError} `data` if it is not JSON */
function configOf(path: string): Uint8Array {
  const { size } = Deno.statSync(path);
  if (size > LARGEST_CONFIG) {
    throw new CritError("unsupported", `${size} bytes are too many`, { image: path });
  }
  const bytes = Deno.readFileSync(path);
  try {
    JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new CritError("data", "config.dump must be JSON", { image: path });
  }
  return bytes;
}

/** How an archive is to be compressed, by its name. */
function archiveCompression(path: string): Compression | undefined {
  const compression = compressionOfName(path);
  if (compression !== undefined) return compression === "none" ? undefined : compression;
  const reason = `capture: --archive ${path}: its name has no ending of an archive`;
  throw new CritError("usage", reason, {}, "use .tar, .tar.gz or .tar.zst");
}

/** Makes a directory unless it is there; Deno must not be asked about paths in `/proc`. */
function makeDirectory(system: SystemCalls, path: string): void {
  const opened = system.open(path, "directory");
  if (opened >= 0) system.close(opened);
  else if (opened === -Errno.noEntry) Deno.mkdirSync(path, { recursive: true });
}

/** The error with where to find the images that came. */
function withKept(error: unknown, { path, files, isWhole }: KeptImages): unknown {
  const images = countOf(files, "image");
  const where = isWhole
    ? `${path} holds the whole dump as CRIU wrote it, ${images}`
    : `${path} holds what CRIU wrote of an unfinished dump, ${images}`;
  if (error instanceof Interrupt) warn(`crit: interrupted (${where})`);
  if (!(error instanceof CritError)) return error;
  const { kind, reason, place, hint } = error;
  const hints = hint === undefined ? where : `${hint}; ${where}`;
  return new CritError(kind, reason, place, hints, { cause: error.cause });
}

function describe({ files, bytes, edited }: CaptureSummary): string {
  return `captured ${countOf(files, "image")}, ${binarySize(bytes)}, ${edited} edited`;
}

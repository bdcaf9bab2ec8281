/** What `crit build` does. @module */

import type { SizedBytes } from "../../../images/archive/bytes.ts";
import { compress, compressionOfName } from "../../../images/archive/compress.ts";
import { TAR_END, tarHeader, tarPadding } from "../../../images/archive/tar_writer.ts";
import { kindOf } from "../../../images/bytes/io.ts";
import {
  type AnnotationForm,
  annotationsOf,
  usualForms,
} from "../../../images/container/annotations.ts";
import { documentsOf } from "../../../images/container/documents.ts";
import { type ContainerFacts, factsOf } from "../../../images/container/facts.ts";
import { ociArchitecture } from "../../../images/container/packing.ts";
import type { Checkpoint } from "../../../images/dump/archive.ts";
import { openFile } from "../../../images/dump/directory.ts";
import { readImage } from "../../../images/dump/image.ts";
import { openCheckpoints } from "../../../images/dump/open.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { blobPath, LAYER_TYPES, layoutOf } from "../../../images/oci/image.ts";
import "../../../plugins/mod.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { openOutput, type Output } from "../../files/output.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type Layer, makeLayer } from "./layer.ts";

type BuildArguments = Arguments<typeof declaration>;

/** Permissions of an image: memory is in it. */
const MODE = 0o600;

export async function run(args: BuildArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const { out, dump } = args;
  if (out === undefined) throw new CritError("usage", "build needs -o OCI.tar");
  const packing = compressionOfName(out);
  if (packing === undefined) {
    const hint = "use .tar, .tar.gz or .tar.zst";
    throw new CritError("usage", `build: ${out}: its name has no ending of an archive`, {}, hint);
  }
  using opened = await openCheckpoints(dump, archiveLimits(args));
  const checkpoint = onlyOne(opened.checkpoints, dump);
  const facts = factsOf(checkpoint, documentsOf(checkpoint));
  const architecture = ociArchitecture(machineOf(checkpoint));
  const annotations = allAnnotations(args, facts, architecture);
  using more = filesOf(args);
  const compression = args.layer === "none" ? undefined : args.layer;
  const source = { path: dump, checkpoint, more: more.files, ...archiveLimits(args) };
  using layer = await makeLayer(source, compression, out);
  const layout = await layoutOf({
    layerType: LAYER_TYPES[args.layer],
    layerDigest: layer.digest,
    layerSize: layer.size,
    diffId: layer.diffId,
    architecture,
    created: facts.checkpointed,
    annotations,
    ref: args.ref,
  });
  using output = openOutput(out, MODE);
  const bytes = archiveOf(layout.files, layer);
  await write(output, bytes, packing === "none" ? undefined : packing);
  output.commit();
  const { digest } = layout;
  const made = { image: out, digest, layer: layer.digest, size: layer.size, annotations };
  writeText(args.json ? jsonText(made) : `${digest}\n`);
  return 0;
}

function onlyOne(checkpoints: readonly Checkpoint[], path: string): Checkpoint {
  const [checkpoint] = checkpoints;
  if (checkpoint === undefined) throw dataError("there is no checkpoint", { image: path });
  if (checkpoint.source?.fault !== undefined) throw checkpoint.source.fault;
  if (checkpoints.length === 1) return checkpoint;
  const names = checkpoints.map(({ path }) => path);
  throw dataError(
    `it holds ${names.length} dumps`,
    { image: path },
    `name one, as ${names.at(-1)}`,
  );
}

/** Name of the processor in the first core image. */
function machineOf({ source }: Checkpoint): string | undefined {
  const name = [...source?.files.keys() ?? []].find((name) => /^core-\d+\.img$/.test(name));
  if (name === undefined) return undefined;
  using file = source!.open(name);
  const machine: unknown = readImage(file).entries[0]?.mtype;
  return typeof machine === "string" ? machine : undefined;
}

/** @throws {CritError} `usage` when an annotation has no key */
function allAnnotations(
  args: BuildArguments,
  facts: ContainerFacts,
  architecture: string,
): Record<string, string> {
  const forms: readonly string[] = args.annotations.length > 0
    ? args.annotations
    : usualForms(facts);
  const annotations: Record<string, string> = {};
  for (const form of forms) {
    if (form === "none") continue;
    Object.assign(annotations, annotationsOf(form as AnnotationForm, facts, architecture));
  }
  for (const text of args.annotation) {
    const equals = text.indexOf("=");
    if (equals < 1) throw new CritError("usage", `--annotation ${text}: it must be KEY=VALUE`);
    annotations[text.slice(0, equals)] = text.slice(equals + 1);
  }
  return annotations;
}

/** The engine's files that were given. */
function filesOf({ config, spec }: BuildArguments) {
  const files = new Map<string, SizedBytes>();
  for (const [name, path] of [["config.dump", config], ["spec.dump", spec]] as const) {
    if (path === undefined) continue;
    if (kindOf(path) === "other") throw new CritError("file", "it is not a file", { image: path });
    files.set(name, openFile(path).file);
  }
  return {
    files,
    [Symbol.dispose]: () => files.forEach((file) => file[Symbol.dispose]()),
  };
}

/** The image's bytes; each piece holds until the next is asked for. */
function* archiveOf(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  layer: Layer,
): Generator<Uint8Array> {
  const header = (path: string, size: number) =>
    tarHeader({ path, size, mode: 0o644, modified: 0 });
  for (const { path, bytes } of files) {
    yield header(path, bytes.length);
    yield bytes;
    yield tarPadding(bytes.length);
  }
  yield header(blobPath(layer.digest), layer.size);
  yield* layer.chunks();
  yield tarPadding(layer.size);
  yield TAR_END;
}

async function write(
  output: Output,
  chunks: Iterable<Uint8Array>,
  compression: "gzip" | "zstd" | undefined,
): Promise<void> {
  const keeping = function* () {
    for (const chunk of chunks) yield compression === undefined ? chunk : chunk.slice();
  };
  for await (const bytes of compress(keeping(), compression)) {
    output.write(bytes);
    const turn = yieldToEventLoop();
    if (turn !== undefined) await turn;
  }
}

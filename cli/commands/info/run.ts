/** What `crit info` does. @module */

import { feed } from "../../../images/bytes/io.ts";
import { below } from "../../../images/bytes/paths.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { jsonName } from "../../../images/image/head.ts";
import { type ImageInfo, InfoReader } from "../../../images/image/info.ts";
import { atPlace, namingImage } from "../../files/error_places.ts";
import type { Input } from "../../files/input.ts";
import { openInputAt } from "../../files/input_at.ts";
import { inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { beginJson } from "../../line/json_output.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { BUG, failureOf } from "../../terminal/failure.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  await beginJson(context.color);
  const images = args.images.length === 0 ? ["-"] : args.images;
  if (images.length === 1) return await printPath(images[0]!, args.verbose, true);
  let worst = 0;
  for (const path of images) {
    try {
      worst = Math.max(worst, await printPath(path, args.verbose, false));
    } catch (error) {
      const { line, exitCode } = failureOf(error);
      // With a bug, or where nobody reads on, there is no next one.
      if (exitCode === 0 || exitCode === BUG) throw error;
      warn(line!);
      worst = Math.max(worst, exitCode);
    }
  }
  return worst;
}

/** Prints what is known of an image, or of each image of a dump, and gives the exit code. */
async function printPath(path: string, verbose: boolean, isSingle: boolean): Promise<number> {
  if (await inputKind(path) !== "file") return await printAll(path, verbose);
  using input = await openInputAt(path);
  await namingImage(path, async () => {
    print(isSingle ? undefined : path, await infoOf(input), verbose);
  });
  return 0;
}

/** Prints what is known of each image of a dump, and gives the exit code. */
async function printAll(dump: string, verbose: boolean): Promise<number> {
  const { openTree }: typeof import("../../files/tree.ts") = await import(
    lazySpecifier("../../files/tree.ts")
  );
  const { isImage }: typeof import("../../batch/images.ts") = await import(
    lazySpecifier("../../batch/images.ts")
  );
  using tree = await openTree([dump]);
  let code = 0;
  const images = tree.files.filter((file) => isImage(tree, file));
  if (images.length === 0 && tree.fault === undefined) {
    throw dataError("there is no image in it", { image: dump });
  }
  for (const file of images) {
    const path = below(dump.replace(/\/+$/, ""), file.place);
    try {
      using input = tree.open(file);
      print(path, await infoOf(input), verbose);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      const failure = failureOf(atPlace(error, path));
      warn(failure.line!);
      code = Math.max(code, failure.exitCode);
    }
  }
  if (tree.fault === undefined) return code;
  const failure = failureOf(tree.fault);
  warn(failure.line!);
  return Math.max(code, failure.exitCode);
}

function print(image: string | undefined, info: ImageInfo, verbose: boolean): void {
  writeText(jsonText({ image, ...factsOf(info, verbose) }));
}

async function infoOf(input: Input): Promise<ImageInfo> {
  const counter = new InfoReader({ name: input.name ?? "standard input", size: input.size });
  let size = 0;
  await feed(input, counter.reader, (count) => {
    size += count;
    return undefined;
  });
  return counter.info(size);
}

function factsOf(info: ImageInfo, verbose: boolean): Record<string, unknown> {
  const facts = { magic: jsonName(info.type), count: info.count };
  if (!verbose) return facts;
  return {
    ...facts,
    image_version: info.version,
    byte_order: info.byteOrder,
    size: info.size,
    payload_bytes: info.payloadSize,
    extra_bytes: info.extraSize,
  };
}

/** What `crit info` does. @module */

import { feed } from "../../../images/bytes/io.ts";
import { below } from "../../../images/bytes/paths.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { jsonName } from "../../../images/image/head.ts";
import { type ImageInfo, InfoReader } from "../../../images/image/info.ts";
import type { Input } from "../../files/input.ts";
import { openInputAt } from "../../files/input_at.ts";
import { inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { failureOf } from "../../terminal/failure.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

/** Runs `crit info`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  let code = 0;
  const images = args.images.length === 0 ? ["-"] : args.images;
  for (const path of images) {
    if (await inputKind(path) !== "file") code = await printAll(path, args.verbose) || code;
    else {
      using input = await openInputAt(path);
      print(images.length > 1 ? path : undefined, await infoOf(input), args.verbose);
    }
  }
  return code;
}

/** Prints what is known of each image of a dump, and gives the exit code. */
async function printAll(dump: string, verbose: boolean): Promise<number> {
  const { atPlace, openTree }: typeof import("../../files/tree.ts") = await import(
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
      code = failure.exitCode;
    }
  }
  if (tree.fault === undefined) return code;
  const failure = failureOf(tree.fault);
  warn(failure.line!);
  return failure.exitCode;
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

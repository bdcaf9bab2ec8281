/** What `crit info` does. @module */

import { jsonName } from "../images/image.ts";
import { type ImageInfo, InfoReader } from "../images/info.ts";
import { feed } from "../images/io.ts";
import type { Arguments, Context } from "./command.ts";
import type { info } from "./info.ts";
import { openInput } from "./input.ts";
import { loadPlugins } from "./plugins.ts";
import { writeText } from "./terminal.ts";

/** Runs `crit info`. */
export async function run(args: Arguments<typeof info>, context: Context): Promise<number> {
  await loadPlugins(context);
  for (const path of args.images) {
    const facts = factsOf(await infoOf(path), args.verbose);
    const named = args.images.length > 1 ? { image: path, ...facts } : facts;
    writeText(`${JSON.stringify(named, null, 4)}\n`);
  }
  return 0;
}

async function infoOf(path: string): Promise<ImageInfo> {
  using input = openInput(path);
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
    size: info.size,
    payload_bytes: info.payloadSize,
    extra_bytes: info.extraSize,
  };
}

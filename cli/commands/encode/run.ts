/** What `crit encode` does. @module */

import { CritError } from "../../../images/errors.ts";
import { namingImage } from "../../files/error_places.ts";
import { openInput } from "../../files/input.ts";
import { openImageOutput } from "../../files/output.ts";
import { isBatch, pathsOf, refuseDump } from "../../files/paths.ts";
import { progressBar } from "../../files/progress_bar.ts";
import { encodeInto } from "../../images/encode_image.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const paths = pathsOf(args.in, args.files);
  const { imageVersion, byteOrder, strict } = args;
  for (const path of paths) await refuseDump("encode", path, { archive: "unpack it first" });
  if (await isBatch(paths, args.out)) {
    const { encodeAll }: typeof import("../../batch/encode.ts") = await import(
      lazySpecifier("../../batch/encode.ts")
    );
    const options = { ...args, command: "encode", paths, plugins: context.plugins };
    return await encodeAll(options, { version: imageVersion, byteOrder, strict });
  }
  if (args.json) throw new CritError("usage", "encode: --json is for a dump or several files");
  using input = openInput(paths[0]);
  using output = openImageOutput("encode", args.out, input.mode);
  using progress = await progressBar("encode", input.size);
  const settings = { version: imageVersion ?? "1.1", byteOrder, strict } as const;
  const onRead = (count: number) => {
    progress?.advance(count);
    return yieldToEventLoop();
  };
  await namingImage(paths[0], () => encodeInto(output, input, settings, onRead));
  output.commit();
  return 0;
}

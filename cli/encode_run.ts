/** What `crit encode` does. @module */

import type { Arguments, Context } from "./command.ts";
import type { encode } from "./encode.ts";
import { encodeInto } from "./encode_image.ts";
import { openInput } from "./input.ts";
import { breathe } from "./interrupt.ts";
import { later } from "./later.ts";
import { openOutput } from "./output.ts";
import { loadPlugins } from "./plugins.ts";
import { isBatch, pathsOf } from "./positional.ts";
import { progressBar } from "./terminal.ts";

/** Runs `crit encode`. */
export async function run(args: Arguments<typeof encode>, context: Context): Promise<number> {
  await loadPlugins(context);
  const paths = pathsOf(args.in, args.json);
  const { imageVersion, strict } = args;
  if (isBatch(paths, args.out)) {
    const { encodeAll }: typeof import("./batch/encode.ts") = await import(
      later("./batch/encode.ts")
    );
    const options = { ...args, command: "encode", paths, plugins: context.plugins };
    return await encodeAll(options, { version: imageVersion, strict });
  }
  using input = openInput(paths[0]);
  using output = openOutput(args.out);
  using progress = await progressBar("encode", input.size);
  await encodeInto(output, input, { version: imageVersion ?? "1.1", strict }, (count) => {
    progress?.advance(count);
    return breathe();
  });
  output.commit();
  return 0;
}

/** What `crit decode` does. @module */

import type { Arguments, Context } from "./command.ts";
import type { decode } from "./decode.ts";
import { decodeInto, type Layout, unknownWarning } from "./decode_image.ts";
import { openInput } from "./input.ts";
import { breathe } from "./interrupt.ts";
import { later } from "./later.ts";
import { openOutput } from "./output.ts";
import { loadPlugins } from "./plugins.ts";
import { isBatch, pathsOf } from "./positional.ts";
import { isTerminal, progressBar, warn } from "./terminal.ts";

/** Runs `crit decode`. */
export async function run(args: Arguments<typeof decode>, context: Context): Promise<number> {
  await loadPlugins(context);
  const paths = pathsOf(args.in, args.images);
  const batch = isBatch(paths, args.out);
  const toTerminal = (args.out === undefined || args.out === "-") && isTerminal("stdout");
  const layout = {
    pretty: args.pretty,
    indented: args.format === undefined ? toTerminal && !batch : args.format === "nice",
    noPayload: args.nopl,
  };
  if (batch) {
    const { decodeAll }: typeof import("./batch/decode.ts") = await import(
      later("./batch/decode.ts")
    );
    return await decodeAll({ ...args, command: "decode", paths, plugins: context.plugins }, layout);
  }
  await decodeImage(paths[0], args.out, layout);
  return 0;
}

const NEWLINE = Uint8Array.of(0x0a);

/** Writes one image as JSON, with a newline at its end on standard output only. */
export async function decodeImage(
  from: string | undefined,
  to: string | undefined,
  layout: Layout,
): Promise<void> {
  using input = openInput(from);
  using output = openOutput(to);
  using progress = await progressBar("decode", input.size);
  const unknown = await decodeInto(output, input, layout, (count) => {
    progress?.advance(count);
    return breathe();
  });
  if (to === undefined || to === "-") output.write(NEWLINE);
  output.commit();
  if (unknown) warn(unknownWarning(input.name ?? "standard input"));
}

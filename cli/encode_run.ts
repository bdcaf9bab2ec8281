/** What `crit encode` does. @module */

import { ImageEncoder } from "../images/encode.ts";
import { feed } from "../images/io.ts";
import type { Arguments, Context } from "./command.ts";
import type { encode } from "./encode.ts";
import { openInput } from "./input.ts";
import { breathe } from "./interrupt.ts";
import { openOutput } from "./output.ts";
import { loadPlugins } from "./plugins.ts";
import { onePath } from "./positional.ts";
import { Progress } from "./progress.ts";

/** Runs `crit encode`. */
export async function run(args: Arguments<typeof encode>, context: Context): Promise<number> {
  await loadPlugins(context);
  using input = openInput(onePath(args.in, args.json));
  using output = openOutput(args.out);
  const encoder = new ImageEncoder((image) => output.write(image), {
    name: input.name ?? "standard input",
    version: args.imageVersion,
    strict: args.strict,
  });
  using progress = new Progress("encode", input.size);
  await feed(input, encoder, (count) => {
    progress.advance(count);
    return breathe();
  });
  output.commit();
  return 0;
}

/** What `crit decode` does. @module */

import { ImageDecoder } from "../images/decode.ts";
import { feed } from "../images/io.ts";
import type { Arguments, Context } from "./command.ts";
import type { decode } from "./decode.ts";
import { openInput } from "./input.ts";
import { breathe } from "./interrupt.ts";
import { openOutput } from "./output.ts";
import { loadPlugins } from "./plugins.ts";
import { onePath } from "./positional.ts";
import { Progress } from "./progress.ts";
import { isTerminal, warn } from "./terminal.ts";

/** Runs `crit decode`. */
export async function run(args: Arguments<typeof decode>, context: Context): Promise<number> {
  await loadPlugins(context);
  const toTerminal = (args.out === undefined || args.out === "-") && isTerminal("stdout");
  await decodeImage(onePath(args.in, args.image), args.out, {
    pretty: args.pretty,
    indented: args.format === undefined ? toTerminal : args.format === "nice",
    noPayload: args.nopl,
  });
  return 0;
}

/** How {@link decodeImage} prints. */
export interface Layout {
  pretty: boolean;
  indented: boolean;
  noPayload: boolean;
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
  const name = input.name ?? "standard input";
  let unknown = false;
  const decoder = new ImageDecoder((json) => output.write(json), {
    ...layout,
    name,
    size: input.size,
    onUnknown: () => unknown = true,
  });
  using progress = new Progress("decode", input.size);
  await feed(input, decoder.reader, (count) => {
    progress.advance(count);
    return breathe();
  });
  if (to === undefined || to === "-") output.write(NEWLINE);
  output.commit();
  if (unknown) warn(`crit: ${name}: has fields that this version does not know, kept as "?"`);
}

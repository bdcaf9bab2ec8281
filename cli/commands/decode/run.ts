/** What `crit decode` does. @module */

import { CritError } from "../../../images/errors.ts";
import { isBatch, pathsOf } from "../../files/paths.ts";
import { writeDecodedImage } from "../../images/decode_image.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { beginJson } from "../../line/json_output.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { isTerminal } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const given = pathsOf(args.in, args.images);
  const paths = given.length === 0 ? ["-"] : given;
  const batch = await isBatch(paths, args.out);
  const toTerminal = (args.out === undefined || args.out === "-") && isTerminal("stdout");
  const layout = {
    pretty: args.pretty,
    indented: args.format === undefined ? toTerminal && !batch : args.format === "nice",
    noPayload: args.nopl,
    bigNumbers: args.bigNumbers,
  };
  if (batch) {
    const { decodeAll }: typeof import("../../batch/decode.ts") = await import(
      lazySpecifier("../../batch/decode.ts")
    );
    return await decodeAll({ ...args, command: "decode", paths, plugins: context.plugins }, layout);
  }
  if (args.json) throw new CritError("usage", "decode: --json is for a dump or several images");
  await beginJson(context.color);
  await writeDecodedImage(paths[0], args.out, layout);
  return 0;
}

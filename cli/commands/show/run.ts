/** What `crit show` does. @module */

import { refuseDump } from "../../files/paths.ts";
import { decodeImage } from "../../images/decode_image.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import type { declaration } from "./declaration.ts";

/** Runs `crit show`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  await refuseDump("show", args.image, {
    directory: "name an image in it, or decode all of it with crit decode",
    archive: "decode it with crit decode",
  });
  await decodeImage(args.image, undefined, { pretty: true, indented: true, noPayload: args.nopl });
  return 0;
}

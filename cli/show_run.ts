/** What `crit show` does. @module */

import type { Arguments, Context } from "./command.ts";
import { decodeImage } from "./decode_run.ts";
import { loadPlugins } from "./plugins.ts";
import type { show } from "./show.ts";

/** Runs `crit show`. */
export async function run(args: Arguments<typeof show>, context: Context): Promise<number> {
  await loadPlugins(context);
  await decodeImage(args.image, undefined, { pretty: true, indented: true, noPayload: args.nopl });
  return 0;
}

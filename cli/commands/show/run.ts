/** What `crit show` does. @module */

import { refuseDump } from "../../files/paths.ts";
import { writeDecodedImage } from "../../images/decode_image.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { beginJson } from "../../line/json_output.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const image = args.image ?? "-";
  await refuseDump("show", image, {
    directory: "name an image in it, or decode all of it with crit decode",
    archive: "decode it with crit decode",
  });
  await beginJson(context.color);
  if (await showRaw(image)) return 0;
  await writeDecodedImage(image, undefined, { pretty: true, indented: true, noPayload: args.nopl });
  return 0;
}

/** Shows an image that has no entries, as networks have them; false when it is none of those. */
async function showRaw(path: string): Promise<boolean> {
  if (!/(ifaddr|route6?|rule|ip6?tables|nftables|netns-(ct|exp))-\d+\.img$/.test(path)) {
    return false;
  }
  const { showRawImage }: typeof import("./raw.ts") = await import(lazySpecifier("./raw.ts"));
  return await showRawImage(path);
}

/**
 * Makes dumps for fixtures with a real CRIU, of the processes of `tests/criu/everything.c`, and the
 * JSON that CRIU's own tool prints for each image, if it runs.
 *
 * ```text
 * deno run -A tools/make_fixtures.ts [DIR]      as root; DIR is build/fixtures without it
 * ```
 *
 * Each release that `tools/fetch_criu.sh` unpacked makes `DIR/dumps/everything-VERSION`, and
 * `DIR/images/everything-VERSION` with `NAME.json` and `NAME.pretty.json` for each image.
 *
 * @module
 */

import { Everything, printedBy, RELEASES } from "../tests/criu/real.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const target = Deno.args[0] ?? `${ROOT}build/fixtures`;

if (RELEASES.length === 0) {
  console.error("make_fixtures: no CRIU: run tools/fetch_criu.sh first, as root");
  Deno.exit(1);
}
for (const criu of RELEASES) {
  const name = `everything-${criu.version}`;
  const [dump, images] = [`${target}/dumps/${name}`, `${target}/images/${name}`];
  for (const path of [dump, images]) await Deno.remove(path, { recursive: true }).catch(() => {});
  // CRIU up to 4.1 does not dump sockets on Linux 6.16 and newer.
  for (const sockets of [true, false]) {
    await using everything = await Everything.start({ sockets });
    const fault = await everything.dump(criu, dump);
    if (fault === undefined) break;
    Deno.removeSync(dump, { recursive: true });
    if (!sockets) throw new Error(fault);
    console.error(`make_fixtures: ${criu.version} cannot dump the sockets; without them`);
  }
  Deno.mkdirSync(images, { recursive: true });
  const printed = await printedBy(criu, dump);
  for (const { name, compact, pretty } of printed) {
    Deno.writeTextFileSync(`${images}/${name}.json`, `${compact}\n`);
    Deno.writeTextFileSync(`${images}/${name}.pretty.json`, `${pretty}\n`);
    Deno.copyFileSync(`${dump}/${name}`, `${images}/${name}`);
  }
  console.log(
    `${dump}: ${[...Deno.readDirSync(dump)].length} files; JSON of CRIU's tool: ${printed.length}`,
  );
}

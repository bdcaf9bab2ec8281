/**
 * Makes dumps for fixtures with a real CRIU: of the processes of `tests/criu/everything.c`, and the
 * JSON that CRIU's own tool prints for each image, where that runs.
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

import { Everything, RELEASES } from "../tests/criu/real.ts";
import { runProgram } from "../tests/programs.ts";

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
  const tool = criu.program.replace(/criu$/, "crit");
  let count = 0;
  for (const { name: image } of Deno.readDirSync(dump)) {
    for (const [ending, options] of [["json", []], ["pretty.json", ["--pretty"]]] as const) {
      const { code, stdout } = await runProgram(tool, [
        "decode",
        ...options,
        "-i",
        `${dump}/${image}`,
      ]);
      if (code !== 0) continue;
      Deno.writeTextFileSync(`${images}/${image}.${ending}`, stdout);
      count++;
    }
    if (count > 0) Deno.copyFileSync(`${dump}/${image}`, `${images}/${image}`);
  }
  console.log(
    `${dump}: ${[...Deno.readDirSync(dump)].length} files; JSON of CRIU's tool: ${count}`,
  );
}

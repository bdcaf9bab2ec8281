/** Every real dump at hand goes through the stream in both directions, byte for byte. */

import assert from "node:assert/strict";
import { capture } from "../../../images/stream/capture.ts";
import { DirectorySink, DirectorySource } from "../../../images/stream/directory.ts";
import { serve } from "../../../images/stream/serve.ts";
import { ROOT } from "../../programs.ts";
import type { Series } from "./peer.ts";
import { play, readDirectory, Scratch, seen, system } from "./streaming.ts";

/** Dumps outside the checkout, for a sweep where they are. */
const SHARED = `${ROOT}../shared/dumps`;

function dumpDirectories(path: string): string[] {
  const entries = [...Deno.readDirSync(path)];
  const below = entries.filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => dumpDirectories(`${path}/${name}`));
  return entries.some(({ name }) => name === "inventory.img") ? [path, ...below] : below;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Images that CRIU asks for and few dumps have. */
const OPTIONAL = ["memfd.img", "remap-fpath.img", "tty-info.img", "pidns-1.img"];

Deno.test({
  name: "every shared dump is served and captured as it is",
  ignore: !isDirectory(SHARED),
  async fn() {
    using scratch = new Scratch();
    const dumps = dumpDirectories(SHARED).map((path, i) => {
      const all = Object.entries(readDirectory(path));
      const files = Object.fromEntries(all.filter(([name]) => name.endsWith(".img")));
      const out = scratch.directory(`out-${i}`);
      return { path, files, out };
    });
    assert.ok(dumps.length > 0);
    const peers: Series = dumps.flatMap(({ path, files, out }) => {
      const names = Object.keys(files);
      const last = [...names.filter((name) => name !== "inventory.img"), "inventory.img"];
      return [
        ["restore", {
          socket: `${out}/streamer-serve.sock`,
          names: [...OPTIONAL, ...names],
          allOpen: true,
        }],
        ["dump", {
          socket: `${out}/streamer-capture.sock`,
          directory: path,
          names: last,
          allOpen: true,
        }],
      ];
    });
    const played = play("series", peers);
    for (const { path, out } of dumps) {
      const source = new DirectorySource(system, path);
      await serve(system, source, { socketDirectory: out }).finally(() => source.close());
      await capture(system, () => new DirectorySink(system, out), { socketDirectory: out });
    }
    const outcomes = await played;
    for (const [i, { path, files, out }] of dumps.entries()) {
      const absent = OPTIONAL.filter((name) => !(name in files));
      const expected = { ...seen(files), ...Object.fromEntries(absent.map((n) => [n, NONE])) };
      assert.deepEqual(outcomes[2 * i], expected, path);
      assert.deepEqual(readDirectory(out), files, path);
    }
  },
});

const NONE = { exists: false };

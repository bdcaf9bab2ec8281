/**
 * Compiles the executable with the tasks `bundle` and `executable`, and explains failed downloads.
 *
 * @module
 */

/** Deno's message for a failed download. */
const DOWNLOAD =
  /error sending request|failed to lookup address|Failed loading|client error|dns error/i;

const CURE = `
compile: something that is not in Deno's cache could not be downloaded.
  With a network: run "deno task compile" once; the cache (see "deno info") keeps what it needs:
    esbuild and rollup from the npm registry, and denort, the runtime, from dl.deno.land.
  Without one: copy that cache from a machine with the same deno, and set DENO_DIR to it;
    DENORT_BIN may name a denort of the same version (deno --version).
  crit also runs without being compiled: deno run -A main.ts`;

for (const task of ["bundle", "executable"]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task],
    cwd: new URL("../", import.meta.url).pathname,
    stdout: "inherit",
    stderr: "piped",
  }).spawn();
  let said = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stderr) {
    Deno.stderr.writeSync(bytes);
    said += decoder.decode(bytes, { stream: true });
  }
  const { code } = await child.status;
  if (code === 0) continue;
  if (DOWNLOAD.test(said)) console.error(CURE);
  Deno.exit(code);
}

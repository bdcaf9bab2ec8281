/**
 * Bundles the program into fewer modules, of which the executable is made: they load faster than
 * three hundred.
 *
 * What the program loads later (`cli/line/lazy_specifier.ts`) the bundler must be able to read off
 * the text: it gets a copy that has `import("…")` in these places. It puts what two commands share
 * into a module that neither shares with a third, and so makes fifty modules of what decoding an
 * image needs. Rollup joins these.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;
const SOURCE = `${ROOT}build/source`;
const CHUNKS = `${ROOT}build/chunks`;
const OUTPUT = `${ROOT}build/bundle`;

/** What the program is made of. */
const PARTS = ["main.ts", "version.ts", "cli", "images", "plugins", "proto"];

/**
 * What becomes one module: the program as far as decoding an image needs it. `main.ts` is not among
 * it: what waits for the program to end cannot be a module that a command waits for.
 */
const START = [
  "./cli/main.ts",
  "./cli/commands/decode/declaration.ts",
  "./cli/commands/decode/run.ts",
];

/** A program's text as the bundler can read it. */
export function plainImports(text: string): string {
  return text.replace(/import\(\s*lazySpecifier\(("[^"]+")\),?\s*\)/g, "import($1)")
    .replace(/\blazy\(("[^"]+")\)/g, "() => import($1)");
}

function copy(path: string): void {
  const info = Deno.statSync(`${ROOT}${path}`);
  if (info.isDirectory) {
    Deno.mkdirSync(`${SOURCE}/${path}`, { recursive: true });
    for (const { name } of Deno.readDirSync(`${ROOT}${path}`)) copy(`${path}/${name}`);
  } else if (path.endsWith(".ts")) {
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    Deno.writeTextFileSync(`${SOURCE}/${path}`, plainImports(text));
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Bundles the copy of the sources into {@link CHUNKS}. */
async function bundle(): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      `--lock=${ROOT}deno.lock`,
      "--frozen",
      "--minify",
      "--platform=deno",
      "--code-splitting",
      `--outdir=${CHUNKS}`,
      `${SOURCE}/main.ts`,
      `${SOURCE}/start.ts`,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

/** Joins the modules of {@link START}; the others stay as they are. */
async function join(): Promise<void> {
  const { rollup }: typeof import("npm:rollup@4.68.8") = await import("npm:rollup@4.68.8");
  const chunks = await rollup({
    input: `${CHUNKS}/main.js`,
    external: (id) => !/^[./]/.test(id),
    treeshake: false,
  });
  await chunks.write({
    dir: OUTPUT,
    compact: true,
    hoistTransitiveImports: false,
    manualChunks: { start: [`${CHUNKS}/start.js`] },
  });
}

if (import.meta.main) {
  for (const path of [SOURCE, CHUNKS, OUTPUT]) removeIfThere(path);
  Deno.mkdirSync(SOURCE, { recursive: true });
  for (const part of PARTS) copy(part);
  const start = START.map((path) => `import ${JSON.stringify(path)};\n`);
  Deno.writeTextFileSync(`${SOURCE}/start.ts`, start.join(""));
  const success = await bundle();
  if (success) await join();
  for (const path of [SOURCE, CHUNKS]) removeIfThere(path);
  if (!success) Deno.exit(1);
}

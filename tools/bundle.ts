/**
 * Bundles the program into fewer modules for the executable, which load faster than three hundred.
 *
 * The bundler must see the modules that the program loads later (`cli/line/lazy_specifier.ts`): it
 * gets a copy of the sources with `import("…")` in these places. It makes a module of each set of
 * modules that the same commands share, and so needs fifty modules for decoding an image. Rollup
 * joins these.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;
const SOURCE = `${ROOT}build/source`;
const CHUNKS = `${ROOT}build/chunks`;
const OUTPUT = `${ROOT}build/bundle`;

/** The sources of the program. */
const PARTS = ["main.ts", "version.ts", "cli", "images", "plugins", "proto"];

/**
 * The modules that become one: those for decoding an image, without `main.ts`, because a command
 * cannot wait for a module that waits for the end of the program.
 */
const START = [
  "./cli/main.ts",
  "./cli/commands/decode/declaration.ts",
  "./cli/commands/decode/run.ts",
];

/** The text of a program in the form that the bundler needs. */
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

/** Joins the modules of {@link START}; the others are unchanged. */
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

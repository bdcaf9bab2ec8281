/**
 * Bundles the program into a few modules, of which the executable is made: they load faster than
 * three hundred.
 *
 * What the program loads later (`cli/line/lazy_specifier.ts`) the bundler must be able to read off the text: it
 * gets a copy that has `import("…")` in these places.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url).pathname;
const SOURCE = `${ROOT}build/source`;
const OUTPUT = `${ROOT}build/bundle`;

/** What the program is made of. */
const PARTS = ["main.ts", "version.ts", "cli", "images", "plugins", "proto"];

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

if (import.meta.main) {
  removeIfThere(SOURCE);
  removeIfThere(OUTPUT);
  Deno.mkdirSync(SOURCE, { recursive: true });
  for (const part of PARTS) copy(part);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      `--lock=${ROOT}deno.lock`,
      "--frozen",
      "--minify",
      "--platform=deno",
      "--code-splitting",
      `--outdir=${OUTPUT}`,
      `${SOURCE}/main.ts`,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  removeIfThere(SOURCE);
  Deno.exit(code);
}

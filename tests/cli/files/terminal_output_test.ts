/** What goes to a terminal, and what comes from standard input. */

import assert from "node:assert/strict";
import { THOROUGH } from "../../dumps.ts";
import { CRIT, crit, lacks, ROOT, runProgram } from "../../programs.ts";

const PSTREE = `${ROOT}fixtures/images/pstree.img`;

/** Runs a shell line with `crit` in it, on a terminal of 60 columns. */
async function onTerminal(line: string): Promise<string> {
  const words = CRIT.map((word) => `'${word}'`).join(" ");
  const script = `stty cols 60; ${line.replaceAll("crit ", `${words} `)}`;
  const { stdout } = await runProgram("script", ["-qec", script, "/dev/null"], {
    env: { TERM: "xterm" },
  });
  return stdout.replaceAll("\r\n", "\n");
}

Deno.test({
  name: "images are not written to a terminal, and tables are cut at its width",
  ignore: lacks("script", "stty"),
  async fn() {
    for (
      const line of [
        `crit edit ${PSTREE} --set '[0].sid=1'`,
        `echo '{"magic": "PSTREE", "entries": []}' | crit encode`,
      ]
    ) {
      assert.match(
        await onTerminal(line),
        /^crit: \w+: an image is not printed to a terminal \(--out/,
      );
    }
    const dump = `${ROOT}fixtures/dumps/pyapp`;
    // Tables, lines of memory and differences are cut in three places.
    const other = `${ROOT}fixtures/dumps/shloop`;
    const each = [["x", dump, "mems"], ["search", other, "bin"], ["diff", dump, other]];
    const more = [["types"], ["x", dump, "sk"], ["strings", other]];
    for (const args of THOROUGH ? [...each, ...more] : each) await assertCut(args);
  },
});

/** Lines of standard output as a terminal shows them. */
async function shown(args: string[]): Promise<string[]> {
  const line = `crit ${args.map((arg) => `'${arg}'`).join(" ")} 2>/dev/null`;
  // deno-lint-ignore no-control-regex -- styles begin with an escape
  return (await onTerminal(line)).replace(/\x1b\[[0-9;]*m/g, "").split("\n");
}

/** On a terminal no line is wider than that, and elsewhere every line is whole. */
async function assertCut(args: string[]): Promise<void> {
  const lines = await shown(args);
  assert.ok(lines.length > 10 || args[0] === "search", args.join(" "));
  for (const line of lines) {
    // A tab goes to the next multiple of eight columns.
    assert.ok([...line.replace(/^\t/, " ".repeat(8))].length <= 60, line);
  }
  assert.ok(lines.some((line) => line.endsWith("…")), args.join(" "));
  const whole = (await crit(args)).stdout.split("\n");
  const most = Math.max(...whole.map((line) => line.length));
  assert.ok(most > 60, args.join(" "));
  if (args[0] !== "diff") assert.doesNotMatch(whole.join("\n"), /…/);
}

Deno.test({
  name: "prose is wrapped on a terminal, and one line elsewhere",
  ignore: lacks("script", "stty"),
  async fn() {
    const dump = `${ROOT}fixtures/dumps/shloop`;
    const lines = await shown(["preflight", "--all", dump]);
    const text = lines.slice(2);
    // A word, such as a path, is never broken.
    for (const line of text) assert.ok(line.length <= 60 || !line.trim().includes(" "), line);
    const { stdout } = await crit(["preflight", "--all", dump]);
    const words = (text: string) => text.split(/\s+/).filter((word) => word !== "").length;
    assert.equal(words(lines.join("\n")), words(stdout));
  },
});

Deno.test("show and info read standard input", async () => {
  for (const command of ["show", "info"]) {
    const words = [...CRIT, command].map((word) => `'${word}'`).join(" ");
    const named = await crit([command, PSTREE]);
    for (const dash of ["", " -"]) {
      const ended = await runProgram("sh", ["-c", `${words}${dash} < '${PSTREE}'`]);
      assert.deepEqual(ended, named);
    }
  }
});

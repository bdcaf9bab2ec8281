/** What goes to a terminal, and what comes from standard input. */

import assert from "node:assert/strict";
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
  name: "an image does not go to a terminal, and tables are cut at its width",
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
        /^crit: \w+: an image is no text for a terminal \(--out/,
      );
    }
    const dump = `${ROOT}fixtures/dumps/pyapp`;
    for (const args of [["types"], ["x", dump, "sk"], ["x", dump, "mems"]]) {
      const lines = (await onTerminal(`crit ${args.join(" ")}`)).split("\n");
      assert.ok(lines.length > 10);
      // A tab goes to the next multiple of eight columns.
      for (const line of lines) {
        assert.ok(line.replace(/^\t/, " ".repeat(8)).length <= 60, line);
      }
      assert.ok(lines.some((line) => line.endsWith("…")), args.join(" "));
      const { stdout } = await crit(args);
      assert.doesNotMatch(stdout, /…/);
    }
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

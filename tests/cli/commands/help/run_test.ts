/** What `crit help` prints. */

import assert from "node:assert/strict";
import { allDeclarations } from "../../../../cli/commands/load.ts";
import { commandHelp, overview } from "../../../../cli/line/help.ts";
import { manPage } from "../../../../cli/line/man_page.ts";
import { painter } from "../../../../cli/terminal/terminal.ts";
import { crit } from "../../../programs.ts";

const allCommands = await allDeclarations();
const commandNamed = (name: string) => allCommands.find((command) => command.name === name)!;

const plain = { paint: painter(false), width: 80 };

Deno.test("help is printed when it is asked for", async () => {
  const { code, stdout, stderr } = await crit(["--help"]);
  assert.deepEqual([code, stdout, stderr], [0, overview(allCommands, plain), ""]);
  for (const args of [["help", "decode"], ["decode", "--help"], ["-h", "decode"]]) {
    const help = await crit(args);
    assert.deepEqual([help.code, help.stdout], [0, commandHelp(commandNamed("decode"), plain)]);
  }
  assert.equal((await crit(["help"])).stdout, stdout);
  assert.equal((await crit(["help", "--man"])).stdout, manPage(allCommands));
});

Deno.test("help is in colour when it is asked to be", async () => {
  for (const args of [["help", "decode"], ["decode", "--help"], ["-h"], []]) {
    const colored = await crit(["--color=always", ...args]);
    assert.equal((colored.stdout + colored.stderr).includes("\x1b[1m"), args.length > 0);
    const colorless = await crit(["--color=never", ...args]);
    assert(!(colorless.stdout + colorless.stderr).includes("\x1b["));
  }
});

/** What `crit completion` prints. */

import assert from "node:assert/strict";
import { allDeclarations } from "../../../../cli/commands/load.ts";
import { bashCompletion } from "../../../../cli/line/complete_bash.ts";
import { fishCompletion } from "../../../../cli/line/complete_fish.ts";
import { zshCompletion } from "../../../../cli/line/complete_zsh.ts";
import { crit } from "../../../programs.ts";

const allCommands = await allDeclarations();

Deno.test("crit completion prints each shell's script", async () => {
  const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
  for (const [shell, script] of Object.entries(scripts)) {
    const { code, stdout } = await crit(["completion", shell]);
    assert.deepEqual([code, stdout], [0, script(allCommands)]);
  }
  assert.equal((await crit(["completion", "csh"])).code, 2);
  assert.equal((await crit(["completion"])).code, 2);
});

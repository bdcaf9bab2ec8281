/** What `crit show` prints. */

import assert from "node:assert/strict";
import { crit, ROOT } from "../../../programs.ts";

const IMAGE = `${ROOT}fixtures/images/pipes-data.img`;

Deno.test("show prints what decode --pretty does; --nopl leaves the bytes out", async () => {
  const shown = await crit(["show", IMAGE]);
  assert.deepEqual(await crit(["decode", "--pretty", "-i", IMAGE]), shown);
  assert.equal(shown.stdout, Deno.readTextFileSync(`${IMAGE}.pretty.json`).trimEnd() + "\n");
  const short = await crit(["show", "--nopl", IMAGE]);
  const [whole, without] = [shown, short].map(({ stdout }) => JSON.parse(stdout));
  assert.equal(without.entries.length, whole.entries.length);
  for (const [i, { bytes, extra }] of without.entries.entries()) {
    assert.equal(extra, `... <${bytes}B>`);
    assert.equal(atob(whole.entries[i].extra.replaceAll("\n", "")).length, bytes);
  }
});

/** A multiplied dump is one that CRIU could have made: all its tasks differ, and check is content. */

import assert from "node:assert/strict";
import { checkDump } from "../../images/check/check.ts";
import { RULES } from "../../images/check/rules/mod.ts";
import { openDump } from "../../images/dump/open.ts";
import "../../mod.ts";
import { multiplyDump } from "../../tools/multiply_dump.ts";
import { ROOT } from "../programs.ts";

Deno.test("a multiplied dump has no errors and many tasks", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "crit-multiply-" });
  try {
    const made = multiplyDump(`${directory}/dump`, { tasks: 9 });
    using dump = await openDump(`${directory}/dump`);
    assert.deepEqual(checkDump(dump, RULES).findings, []);
    // Two tasks at a time, of seven images each; the rest stands once.
    assert.deepEqual(made, { tasks: 10, images: 5 * 14 + 6 });
    assert.equal(dump.dumpFiles.length, made.images);
    const { tasks } = dump;
    for (
      const different of [
        tasks.map(({ pid }) => pid),
        tasks.map(({ ids }) => ids!.vm_id),
        tasks.map(({ fdinfoName }) => fdinfoName),
        // The two tasks of the original run one program.
        tasks.filter((_, index) => index % 2 === 0).map(({ exe }) => exe!.id),
        tasks.map(({ memory }) => memory.pageMap.pagesId),
      ]
    ) assert.equal(new Set<unknown>(different).size, different.length, String(different));
    assert.deepEqual(
      tasks.slice(2).map(({ ppid }) => ppid).filter((_, index) => index % 2 === 0),
      Array(4).fill(1517),
    );
    // What the copies have in memory and open is what the original has.
    const argumentsOf = tasks.map(({ memory }) => `${memory.argumentBytes}`);
    assert.equal(new Set(argumentsOf).size, 2);
    assert.ok(tasks.every(({ fdinfo }) => fdinfo.every(({ id }) => dump.files.get("REG", id))));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a dump that cannot be multiplied is refused by name", () => {
  const directory = Deno.makeTempDirSync({ prefix: "crit-multiply-" });
  try {
    const from = `${ROOT}fixtures/dumps/pyapp`;
    assert.throws(() => multiplyDump(`${directory}/dump`, { from, tasks: 9 }), /cannot be multip/);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

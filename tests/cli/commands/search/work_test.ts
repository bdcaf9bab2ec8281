/** `crit search` in many dumps: as grep does in many files. */

import assert from "node:assert/strict";
import { MOST_KEPT } from "../../../../cli/commands/search/work.ts";
import { isQuick, THOROUGH } from "../../../dumps.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { crit } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

const [SHLOOP, CPROG] = [`${DUMPS}/shloop`, `${DUMPS}/cprog`];

/** Runs `crit search`; gives the exit code and the lines. */
async function search(...args: string[]): Promise<[code: number, lines: string[]]> {
  const { code, stdout } = await crit(["search", ...args]);
  return [code, stdout.split("\n").slice(0, -1)];
}

Deno.test("each line has its dump's name before it, and is what the dump alone gives", async () => {
  const dumps = [SHLOOP, CPROG];
  for (const [i, args] of [[], ["-c"], ["-l"], ["-i", "-C3"], ["--regex"]].entries()) {
    const alone: string[] = [];
    for (const dump of dumps) {
      alone.push(...(await search(dump, "sleep", ...args))[1].map((line) => `${dump}:${line}`));
    }
    assert.ok(alone.length > 1);
    for (const jobs of THOROUGH ? ["1", "2"] : [`${1 + i % 2}`]) {
      assert.deepEqual(await search("-j", jobs, "-e", "sleep", ...args, ...dumps), [0, alone]);
    }
  }
  const alone = (await search(SHLOOP, "sleep", "--json"))[1].map((line) => JSON.parse(line));
  const [code, lines] = await search("--json", "-e", "sleep", ...dumps);
  const objects = lines.map((line) => JSON.parse(line));
  assert.equal(code, 0);
  const own = objects.filter(({ dump }) => dump === SHLOOP);
  assert.deepEqual(own, alone.map((object) => ({ dump: SHLOOP, ...object })));
  const [, whole] = await search("--jsonl", "-e", "sleep", SHLOOP);
  const { matches, count, left_out, exit_code } = JSON.parse(whole[0]!);
  assert.deepEqual([matches, count, left_out, exit_code], [alone, alone.length, 0, 0]);
});

Deno.test("it is 1 only if no dump has a match, and the worst if one cannot be read", async () => {
  const code = async (...args: string[]) => (await search(...args))[0];
  assert.equal(await code("-e", "while :;", CPROG, SHLOOP), 0);
  assert.equal(await code("-e", "no such text", CPROG, SHLOOP), 1);
  assert.equal(await code("-e", "while :;", SHLOOP, `${DUMPS}/none`), 4);
  const [, lines] = await search("--jsonl", "-c", "-e", "while :;", CPROG, SHLOOP);
  assert.deepEqual(lines.map((line) => JSON.parse(line).exit_code), [1, 0]);
});

Deno.test("which arguments are dumps, and which is the pattern", async () => {
  using scratch = new Scratch();
  const list = `${scratch.path}/list`;
  Deno.writeTextFileSync(list, `${SHLOOP}\n${CPROG}\n`);
  const expected = await search("-e", "sleep", SHLOOP, CPROG);
  assert.deepEqual(await search("--from", list, "sleep"), expected);
  assert.deepEqual(await search("--from", list, "-e", "sleep"), expected);
  assert.deepEqual(await search(CPROG, "--from", list, "-e", "while :;", "-l"), [0, [
    `${SHLOOP}:1517`,
  ]]);
  const patterns = `${scratch.path}/patterns`;
  Deno.writeTextFileSync(patterns, "sleep\n");
  assert.deepEqual(await search("-f", patterns, SHLOOP, CPROG), expected);
  Deno.writeTextFileSync(patterns, "\n");
  const wrong = [
    ["--from", list],
    ["--from", list, "sleep", SHLOOP],
    ["-e", "sleep"],
    ["-f", patterns, SHLOOP],
    ["-f", "-", "--from", "-"],
    ["-0", "-e", "sleep", SHLOOP, CPROG],
    [],
  ];
  for (const args of wrong) assert.deepEqual(await search(...args), [2, []], args.join(" "));
});

Deno.test("matches beyond what is kept are counted", async () => {
  const args = ["-C0", "--hex", "-e", "00"];
  const [, lines] = await search("--jsonl", ...args, CPROG);
  const { matches, count, left_out } = JSON.parse(lines[0]!);
  assert.equal(matches.length, MOST_KEPT);
  assert.ok(left_out > 0 && count === matches.length + left_out);
});

Deno.test("a line reports how many matches are not kept, unless a limit was asked for", {
  ignore: isQuick(),
}, async () => {
  const args = ["-C0", "--hex", "-e", "00"];
  const [, lines] = await search("--jsonl", ...args, CPROG);
  const { left_out } = JSON.parse(lines[0]!);
  const text = await crit(["search", ...args, CPROG, `${DUMPS}/none`]);
  assert.match(text.stderr, new RegExp(`^crit: ${CPROG}: ${left_out} further matches`, "m"));
  const limited = await crit(["search", "-m", "5", ...args, CPROG, `${DUMPS}/none`]);
  assert.doesNotMatch(limited.stderr, /further/);
});

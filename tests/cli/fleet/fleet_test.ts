/** Commands on many dumps: their order, their exit codes, their forms. */

import assert from "node:assert/strict";
import { tar } from "../../images/archive/archives.ts";
import { DUMPS } from "../../images/dump/sources.ts";
import { THOROUGH } from "../../dumps.ts";
import { CRIT, crit, lacks, runProgram } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const ignore = lacks("tar");
const NAMES = ["shloop", "sysvipc", "none", "aio00.h", "pty00.h", "broken.tar"];

/** Paths of dumps, of which one is not there and one is damaged. */
async function paths(scratch: Scratch): Promise<string[]> {
  const broken = await tar(`${scratch.path}/broken.tar`, `${DUMPS}/shloop`);
  Deno.truncateSync(broken, 130_000);
  return NAMES.map((name) => (name === "broken.tar" ? broken : `${DUMPS}/${name}`));
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  check: [],
  stats: [],
  container: [],
  search: ["-c", "-e", "sleep"],
};

for (const [command, options] of Object.entries(COMMANDS)) {
  Deno.test({
    name: `crit ${command}: each dump has its object in order, however many are looked at at once`,
    ignore,
    async fn() {
      using scratch = new Scratch();
      const dumps = await paths(scratch);
      const all = (...args: string[]) => crit([command, ...options, ...args]);
      const one = await all("--jsonl", ...dumps);
      const objects = one.stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(objects.map(({ dump }) => dump), dumps);
      const codes = objects.map(({ exit_code }) => exit_code);
      assert.deepEqual([codes[0], codes[2], codes[5] > 0], [0, 4, true]);
      assert.equal(one.code, Math.max(...codes));
      assert.equal(one.stderr, "");
      assert.match(objects[2].faults[0], /there is no such directory or archive$/);
      // All commands share what deals dumps out to threads: one of them tries all of that.
      const isFirst = THOROUGH || command === "check";
      for (const jobs of THOROUGH ? ["2", "64"] : ["2"]) {
        const { stdout, stderr, code } = await all("--jsonl", "-j", jobs, ...dumps);
        assert.equal(stdout, one.stdout, jobs);
        assert.deepEqual([stderr, code], ["", one.code]);
      }
      if (isFirst) {
        const two = [dumps[0]!, dumps[2]!];
        const { stdout } = await all("--jsonl", "-j", "64", ...two);
        const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
        assert.deepEqual(lines, [objects[0], objects[2]]);
      }
      if (command !== "search") {
        assert.deepEqual(JSON.parse((await all("--json", ...dumps)).stdout), objects);
      }
      const text = await all(...dumps);
      if (isFirst) assert.equal((await all("-j", "2", ...dumps)).stdout, text.stdout);
      assert.match(text.stderr, new RegExp(`^crit: ${dumps[2]}: there is no such`, "m"));
      assert.equal(text.code, one.code);
    },
  });
}

Deno.test({
  name: "names come from a list, from standard input, and with zero bytes",
  ignore: ignore || lacks("find"),
  async fn() {
    using scratch = new Scratch();
    const dumps = [`${DUMPS}/shloop`, `${DUMPS}/cprog`];
    const expected = (await crit(["check", "--jsonl", ...dumps])).stdout;
    const list = `${scratch.path}/list`;
    Deno.writeTextFileSync(list, `${dumps.join("\n")}\n`);
    assert.equal((await crit(["check", "--jsonl", "--from", list])).stdout, expected);
    assert.equal(
      (await crit(["check", "--jsonl", dumps[0]!, "--from", list])).stdout,
      (await crit(["check", "--jsonl", dumps[0]!, ...dumps])).stdout,
    );
    const shell = async (line: string) => {
      const ended = await runProgram("sh", ["-c", line, "-", ...CRIT], { env: { list } });
      return ended.stdout;
    };
    assert.equal(await shell('cat "$list" | "$@" check --jsonl --from -'), expected);
    assert.equal(await shell('tr "\\n" "\\0" <"$list" | "$@" check --jsonl -0 --from -'), expected);
    assert.equal(await shell('"$@" check --jsonl --from - </dev/null'), "");
    assert.equal((await crit(["check", "-0", ...dumps])).code, 2);
    assert.equal((await crit(["check", "-", "--from", "-"])).code, 2);
    assert.equal((await crit(["stats"])).code, 2);
  },
});

Deno.test("a single dump gives the usual output", async () => {
  const dump = `${DUMPS}/shloop`;
  const check = JSON.parse((await crit(["check", "--json", dump])).stdout);
  assert.equal(check.dump, dump);
  assert.equal("exit_code" in check, false);
  const stats = JSON.parse((await crit(["stats", "--json", dump])).stdout);
  assert.equal("dump" in stats, false);
  const missing = await crit(["stats", `${dump}/none`]);
  assert.equal(missing.stderr, `crit: ${dump}/none: there is no such directory or archive\n`);
  assert.equal(missing.code, 4);
});

Deno.test({
  name: "the reader of the results may close the pipe, with any number of threads",
  ignore: lacks("sh", "head"),
  async fn() {
    const dumps = Array.from({ length: THOROUGH ? 200 : 60 }, () => `${DUMPS}/shloop`);
    for (const jobs of THOROUGH ? ["1", "3"] : ["3"]) {
      const line = '"$@" | head -n 1; echo "${PIPESTATUS:-}"';
      const words = [...CRIT, "check", "--jsonl", "-j", jobs, ...dumps];
      const { code, stdout, stderr } = await runProgram("sh", ["-c", line, "-", ...words]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(JSON.parse(stdout.split("\n")[0]!).dump, dumps[0]);
    }
  },
});

Deno.test({
  name: "a terminal shows progress and warnings, and the progress disappears at the end",
  ignore: lacks("script", "tar"),
  async fn() {
    using scratch = new Scratch();
    // The first dump comes after the second for which a bar waits.
    const dumps = [`${DUMPS}/shloop`, `${scratch.path}/none`, `${DUMPS}/cprog`];
    const program = CRIT.map((word) => `'${word}'`).join(" ");
    const line = `(sleep 1.5; tar -C ${DUMPS} -c shloop) | ` +
      `${program} check - ${dumps.join(" ")} --jsonl >/dev/null`;
    const { stdout } = await runProgram("script", ["-qec", line, "/dev/null"], {
      env: { TERM: "xterm" },
    });
    const text = stdout.replaceAll("\r\n", "\n");
    assert.match(text, /\rdumps {2}25% {2}\[={6} {18}\] {2}1 of 4 {2}/);
    assert.ok(text.endsWith("\r\x1b[K"), JSON.stringify(text));
  },
});

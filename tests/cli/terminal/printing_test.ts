/** Tables, sizes, the progress bar and colours. */

import assert from "node:assert/strict";
import { Progress, type ProgressPart } from "../../../cli/terminal/progress.ts";
import { table } from "../../../cli/terminal/table.ts";
import { painter, usesColor } from "../../../cli/terminal/terminal.ts";
import { binarySize } from "../../../images/bytes/sizes.ts";
import { CRIT, lacks, runProgram } from "../../programs.ts";

const plain = painter(false);

Deno.test("sizes are in binary units with one decimal", () => {
  const cases: [number | bigint, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [1024 * 1023.9, "1023.9 KiB"],
    [10n * 1024n ** 3n, "10.0 GiB"],
    [2n ** 64n - 1n, "16.0 EiB"],
    [-1536, "-1.5 KiB"],
  ];
  for (const [bytes, size] of cases) assert.equal(binarySize(bytes), size);
});

Deno.test("columns of a table are aligned to the left or right", () => {
  const columns = [{ title: "NAME" }, { title: "COUNT", align: "right" }, {
    title: "HOLDS",
  }] as const;
  const rows = [["core", "1", "registers"], ["pagemap", "123456", ""], ["émile", "22"]];
  assert.equal(
    table(columns, rows, plain),
    "NAME      COUNT  HOLDS\n" +
      "core          1  registers\n" +
      "pagemap  123456\n" +
      "émile        22\n",
  );
  assert.equal(table([{ title: "A" }], [], plain), "A\n");
});

Deno.test("cells are made printable", () => {
  const columns = [{ title: "HOW" }, { title: "B" }];
  const rows = [["\x1b[31mbad\x1b[39m", "x"], ["fine\n", "y"]];
  assert.deepEqual(table(columns, rows, (_style, text) => text).split("\n"), [
    "HOW                  B",
    "\\x1b[31mbad\\x1b[39m  x",
    "fine\\n               y",
    "",
  ]);
});

/** A stage whose clock the test turns, and what was written on it. */
function stageOf(columns = 120): ProgressPart & { clock: number; written: string[] } {
  const stage = {
    visible: true,
    clock: 5000,
    written: [] as string[],
    columns: () => columns,
    write: (text: string) => void stage.written.push(text),
    now: () => stage.clock,
  };
  return stage;
}

Deno.test("a progress bar appears after a second, moves ten times a second, and disappears", () => {
  const stage = stageOf();
  {
    using progress = new Progress("decode", 100 * 1024 ** 2, stage);
    stage.clock += 999;
    progress.advance(10 * 1024 ** 2);
    assert.deepEqual(stage.written, []);
    stage.clock += 1001;
    progress.advance(15 * 1024 ** 2);
    assert.deepEqual(stage.written, [
      "\rdecode  25%  [======                  ]  25.0 MiB of 100.0 MiB  12.5 MiB/s  0:06 left\x1b[K",
    ]);
    stage.clock += 99;
    progress.advance(1);
    assert.equal(stage.written.length, 1);
    stage.clock += 1;
    progress.advance(1);
    assert.equal(stage.written.length, 2);
  }
  assert.equal(stage.written.at(-1), "\r\x1b[K");
});

Deno.test("a progress bar that was never shown does not clear the line", () => {
  const stage = stageOf();
  {
    using progress = new Progress("decode", 100, stage);
    progress.advance(100);
  }
  const hidden = { ...stageOf(), visible: false };
  {
    using progress = new Progress("decode", 100, hidden);
    hidden.clock += 10_000;
    progress.advance(50);
  }
  assert.deepEqual([stage.written, hidden.written], [[], []]);
});

Deno.test("a progress bar shows all known values", () => {
  const line = (total: number | undefined, done: number, columns = 120) => {
    const stage = stageOf(columns);
    const progress = new Progress("x", total, stage);
    stage.clock += 2000;
    progress.advance(done);
    return stage.written[0]!.slice(1, -3);
  };
  assert.equal(line(undefined, 4096), "x  4.0 KiB  2.0 KiB/s");
  assert.equal(line(0, 0), "x 100%  [========================]  0 B of 0 B  0 B/s  ?:?? left");
  assert.match(line(100, 200), /^x 100% {2}\[={24}\] {2}200 B of 100 B .* 0:00 left$/);
  assert.match(line(2 * 3661 * 10 + 20, 20), / {2}2:02:02 left$/);
  assert.equal(line(1000, 500, 20), "x  50%");
  for (let columns = 1; columns < 100; columns++) {
    assert(line(1000, 500, columns).length < Math.max(columns, 1));
  }
});

Deno.test("--color takes precedence over the environment", () => {
  assert.equal(usesColor("stdout", "always"), true);
  assert.equal(usesColor("stdout", "never"), false);
});

Deno.test("styles are switched on and off again", () => {
  const paint = painter(true);
  assert.equal(paint("bold", "x"), "\x1b[1mx\x1b[22m");
  assert.equal(paint("red", "x"), "\x1b[31mx\x1b[39m");
  assert.equal(plain("red", "x"), "x");
});

/** What crit prints when standard output is a terminal. */
async function onTerminal(line: string, env: Record<string, string>): Promise<string> {
  const program = CRIT.map((word) => `'${word}'`).join(" ");
  const ended = await runProgram("script", ["-qec", `${program} ${line}`, "/dev/null"], {
    env: { NO_COLOR: "", TERM: "xterm", ...env },
  });
  assert.equal(ended.code, 0);
  return ended.stdout;
}

Deno.test({
  name: "a terminal gets colours unless the user disables them",
  ignore: lacks("script"),
  fn: async () => {
    const bold = "\x1b[1m";
    assert((await onTerminal("help decode", {})).includes(bold));
    assert(!(await onTerminal("help decode", { NO_COLOR: "1" })).includes(bold));
    assert(!(await onTerminal("help decode", { TERM: "dumb" })).includes(bold));
    assert(!(await onTerminal("--color=never help decode", {})).includes(bold));
    assert((await onTerminal("--color=always help decode", { NO_COLOR: "1" })).includes(bold));
  },
});

import assert from "node:assert/strict";
import { failureOf } from "../../../cli/terminal/failure.ts";
import { CritError } from "../../../images/errors.ts";

function failing(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  assert.fail("it did not fail");
}

Deno.test("each kind of error has its exit code", () => {
  const codes = { usage: 2, data: 3, file: 4, unsupported: 5 } as const;
  for (const kind of Object.keys(codes) as (keyof typeof codes)[]) {
    const error = new CritError(kind, "wrong", { image: "core-1.img", entry: 3 }, "be right");
    assert.deepEqual(failureOf(error), {
      exitCode: codes[kind],
      line: "crit: core-1.img: entry 3: wrong (be right)",
    });
  }
});

Deno.test("a closed pipe is not an error", () => {
  assert.deepEqual(failureOf(new Deno.errors.BrokenPipe("Broken pipe (os error 32)")), {
    exitCode: 0,
  });
});

Deno.test("file system errors are short", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const file = `${directory}/file`;
    Deno.writeTextFileSync(file, "x");
    Deno.symlinkSync("loop", `${directory}/loop`);
    const cases: [() => unknown, string][] = [
      [() => Deno.openSync(`${directory}/no`), `${directory}/no: no such file or directory`],
      [() => Deno.statSync(`${file}/no`), `${file}/no: not a directory`],
      [() => Deno.statSync(`${directory}/loop`), `${directory}/loop: too many symbolic links`],
      [() => Deno.mkdirSync(directory), `${directory}: it exists already`],
      [
        () => Deno.renameSync(`${directory}/no`, `${directory}/new`),
        `${directory}/new: no such file or directory`,
      ],
      [() => Deno.removeSync(`${directory}/it's`), `${directory}/it's: no such file or directory`],
    ];
    for (const [work, reason] of cases) {
      assert.deepEqual(failureOf(failing(work)), { exitCode: 4, line: `crit: ${reason}` });
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a system error without a class in Deno keeps its text", () => {
  assert.deepEqual(failureOf(new Error("No space left on device (os error 28)")), {
    exitCode: 4,
    line: "crit: no space left on device",
  });
});

Deno.test({
  name: "a missing permission names the option that gives it",
  permissions: { read: false },
  fn: () => {
    assert.deepEqual(failureOf(failing(() => Deno.openSync("core-1.img"))), {
      exitCode: 4,
      line: 'crit: Deno does not allow access to "core-1.img" (read): run it with --allow-read',
    });
  },
});

Deno.test("any other exception is a bug of crit", () => {
  assert.deepEqual(failureOf(new TypeError("x is not a function")), {
    exitCode: 70,
    line: "crit: internal error: TypeError: x is not a function (set CRIT_DEBUG=1 for the stack)",
  });
  assert.equal(failureOf("a string").exitCode, 70);
  assert.equal(failureOf(undefined).exitCode, 70);
});

Deno.test("an error is one line, even if it quotes several", () => {
  const error = new CritError("file", "no such file", { image: "a\nb\x1b[31m\x9b.img" });
  assert.equal(failureOf(error).line, "crit: a\\nb\\x1b[31m\\x9b.img: no such file");
});

import assert from "node:assert/strict";
import { openOutput } from "../../../cli/files/output.ts";
import { isTemporary } from "../../../images/bytes/paths.ts";
import { lacks, ROOT, runProgram } from "../../programs.ts";

const text = new TextEncoder();

function inTemporaryDirectory(name: string, work: (directory: string) => void | Promise<void>) {
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir();
    try {
      await work(directory);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

function write(path: string, ...pieces: string[]): void {
  using output = openOutput(path);
  for (const piece of pieces) output.write(text.encode(piece));
  output.commit();
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

inTemporaryDirectory("a file is written beside its place and then takes it", (directory) => {
  const path = `${directory}/core.json`;
  {
    using output = openOutput(path);
    assert.deepEqual(namesIn(directory), []);
    output.write(text.encode("one "));
    const [name, ...others] = namesIn(directory);
    assert.match(name!, /^\.core\.json\.crit-\d+$/);
    assert(isTemporary(name!));
    assert.deepEqual(others, []);
    output.write(text.encode("two"));
    output.commit();
    assert.deepEqual(namesIn(directory), ["core.json"]);
  }
  assert.equal(Deno.readTextFileSync(path), "one two");
  assert.deepEqual(namesIn(directory), ["core.json"]);
});

inTemporaryDirectory("an output that is not committed leaves the old file", (directory) => {
  const path = `${directory}/core.json`;
  Deno.writeTextFileSync(path, "old");
  assert.throws(() => {
    using output = openOutput(path);
    output.write(text.encode("new"));
    throw new Error("failed half-way");
  }, /failed half-way/);
  assert.equal(Deno.readTextFileSync(path), "old");
  assert.deepEqual(namesIn(directory), ["core.json"]);
});

inTemporaryDirectory("an output to which nothing is written is an empty file", (directory) => {
  write(`${directory}/empty`);
  assert.equal(Deno.readTextFileSync(`${directory}/empty`), "");
});

inTemporaryDirectory("a replaced file keeps its permissions", (directory) => {
  const path = `${directory}/core.img`;
  for (const mode of [0o600, 0o640, 0o666, 0o755]) {
    Deno.writeTextFileSync(path, "old");
    Deno.chmodSync(path, mode);
    write(path, "new");
    assert.equal(Deno.statSync(path).mode! & 0o777, mode);
  }
});

inTemporaryDirectory("what replaces a private file is private from the start", (directory) => {
  const path = `${directory}/core.img`;
  Deno.writeTextFileSync(path, "old");
  Deno.chmodSync(path, 0o600);
  using output = openOutput(path);
  output.write(text.encode("secret"));
  const temporary = namesIn(directory).find((name) => name.startsWith(".core"));
  assert.equal(Deno.statSync(`${directory}/${temporary}`).mode! & 0o777, 0o600);
});

inTemporaryDirectory("a symbolic link stays and leads to the new file", (directory) => {
  Deno.mkdirSync(`${directory}/real`);
  Deno.writeTextFileSync(`${directory}/real/core.img`, "old");
  Deno.symlinkSync("real/core.img", `${directory}/link`);
  write(`${directory}/link`, "new");
  assert(Deno.lstatSync(`${directory}/link`).isSymlink);
  assert.equal(Deno.readTextFileSync(`${directory}/real/core.img`), "new");
  assert.deepEqual(namesIn(`${directory}/real`), ["core.img"]);
});

inTemporaryDirectory("a name of 255 bytes has room for its temporary one", (directory) => {
  for (const name of ["n".repeat(255), "é".repeat(127), "🐳".repeat(63)]) {
    write(`${directory}/${name}`, "x");
    assert.deepEqual(namesIn(directory), [name]);
    Deno.removeSync(`${directory}/${name}`);
  }
});

inTemporaryDirectory("a directory is refused, and so is a file in none", (directory) => {
  const refused = (path: string, reason: string) =>
    assert.throws(() => openOutput(path), { name: "CritError", kind: "file", reason });
  refused(directory, "it is a directory, not a file");
  refused(`${directory}/new/`, "it is a directory, not a file");
  refused(`${directory}/no/core.img`, `there is no directory ${directory}/no`);
});

inTemporaryDirectory("zeros that are skipped take no room in a file", (directory) => {
  const path = `${directory}/sparse`;
  {
    using output = openOutput(path);
    output.write(text.encode("begin"));
    output.skip(1 << 24);
    output.write(text.encode("middle"));
    output.skip(1 << 24);
    output.commit();
  }
  const { size, blocks } = Deno.statSync(path);
  assert.equal(size, 5 + 6 + (1 << 25));
  assert(blocks === null || blocks * 512 < 1 << 20, `${blocks} blocks`);
  const bytes = Deno.readFileSync(path);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 5)), "begin");
  assert.equal(new TextDecoder().decode(bytes.subarray(5 + (1 << 24), 11 + (1 << 24))), "middle");
  assert(bytes.subarray(11 + (1 << 24)).every((byte) => byte === 0));
});

Deno.test("a device is written directly", () => {
  write("/dev/null", "x");
  assert(Deno.statSync("/dev/null").isCharDevice);
});

Deno.test({
  name: "a named pipe is written directly",
  ignore: lacks("mkfifo"),
  fn: async () => {
    const directory = await Deno.makeTempDir();
    try {
      const pipe = `${directory}/pipe`;
      await runProgram("mkfifo", [pipe]);
      const reader = runProgram("cat", [pipe]);
      const writer = await runScript(
        `using output = openOutput("${pipe}");
         output.write(new TextEncoder().encode("through"));
         output.commit();`,
      ).output();
      assert.equal(writer.code, 0);
      assert.equal((await reader).stdout, "through");
      assert.deepEqual(namesIn(directory), ["pipe"]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

/** A program of its own that uses the output module. */
function runScript(body: string): Deno.Command {
  const script = `
    import { openOutput } from "file://${ROOT}cli/files/output.ts";
    import { yieldToEventLoop } from "file://${ROOT}cli/terminal/interrupt.ts";
    ${body}`;
  const url = `data:application/typescript,${encodeURIComponent(script)}`;
  const args = ["run", "--no-check", "--quiet", "--allow-all", url];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" });
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  inTemporaryDirectory(`${signal} takes the unfinished file with it`, async (directory) => {
    Deno.writeTextFileSync(`${directory}/core.img`, "old");
    const child = runScript(
      `using output = openOutput("${directory}/core.img");
       output.write(new Uint8Array(1000));
       for (let told = false;;) {
         const turn = yieldToEventLoop();
         if (turn === undefined) continue;
         await turn;
         if (!told) console.log("busy");
         told = true;
       }`,
    ).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    assert.equal(namesIn(directory).length, 2);
    child.kill(signal);
    await reader.cancel();
    assert.equal((await child.status).code, code);
    assert.deepEqual(namesIn(directory), ["core.img"]);
    assert.equal(Deno.readTextFileSync(`${directory}/core.img`), "old");
  });
}

inTemporaryDirectory("a signal ends work that never yields", async (directory) => {
  const child = runScript(
    `using output = openOutput("${directory}/core.img");
     output.write(new Uint8Array(1000));
     console.log("busy");
     for (;;);`,
  ).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  await reader.cancel();
  assert.equal((await child.status).signal, "SIGINT");
});

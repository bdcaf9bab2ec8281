/** `crit extract` as a program; what the dumped program wrote, sha256sum, tar and readelf judge. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { lacksCriu } from "../../../criu.ts";
import { isDirectory, SHARED } from "../../../dumps.ts";
import { Held } from "../../../inside/held.ts";
import { crit, isWithout, lacks, ROOT, runProgram } from "../../../programs.ts";

const DUMPS = `${ROOT}fixtures/dumps`;

interface Row {
  path: string | null;
  kind: string;
  name?: string;
  ids: Record<string, number | string>;
  pids: number[];
  size: number;
  offset?: number;
  sha256: string | null;
  missing: Array<{ from: number; length: number; why: string }>;
  missing_bytes: number;
  link?: string;
}

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function indexOf(directory: string): Row[] {
  return JSON.parse(Deno.readTextFileSync(`${directory}/index.json`));
}

/** Checks that all files are those of the index, private, and have their hashes. */
async function checkFiles(directory: string): Promise<void> {
  const rows = indexOf(directory).filter(({ path }) => path !== null);
  const { stdout } = await runProgram("find", [directory, "-type", "f", "-printf", "%m %P\n"]);
  const found = stdout.trimEnd().split("\n").sort();
  assert.deepEqual(found, ["600 index.json", ...rows.map(({ path }) => `600 ${path}`)].sort());
  for (let at = 0; at < rows.length; at += 200) {
    const part = rows.slice(at, at + 200);
    const sums = await runProgram("sha256sum", part.map(({ path }) => path!), { cwd: directory });
    assert.deepEqual(
      sums.stdout.trimEnd().split("\n"),
      part.map(({ path, sha256 }) => `${sha256}  ${path}`),
    );
  }
}

Deno.test({
  name: "extract writes everything that a program held when a real CRIU dumped it",
  ignore: lacksCriu() || lacks("gcc") || lacks("readelf"),
  async fn() {
    await using held = await Held.start();
    const { pid } = held;
    await held.dump();
    const out = `${held.directory}/out`;
    const { code, stderr } = await crit(["extract", held.images, "-o", out]);
    assert.equal(code, 0, stderr);
    await checkFiles(out);
    const rows = indexOf(out);
    const only = (kind: string, fits: (row: Row) => boolean = () => true) => {
      const found = rows.filter((row) => row.kind === kind && fits(row));
      assert.equal(found.length, 1, `${kind}: ${found.length}`);
      assert.deepEqual(found[0]!.pids, [pid], kind);
      return Deno.readFileSync(`${out}/${found[0]!.path}`);
    };
    const expected = (name: string) => Deno.readFileSync(held.at(`expected/${name}`));
    assert.deepEqual(only("ghost"), expected("ghost"));
    assert.deepEqual(only("memfd", ({ name }) => name === "kept ../../x"), expected("memfd"));
    assert.deepEqual(only("memfd", ({ name }) => name === "mapped"), expected("mapped"));
    assert.deepEqual(only("memfd", ({ name }) => name === "program"), expected("program"));
    assert.deepEqual(only("shared"), expected("shared"));
    assert.deepEqual(only("pipe"), expected("pipe"));
    assert.deepEqual(only("fifo"), expected("fifo"));
    assert.deepEqual(only("socket", ({ ids }) => ids.packet === 0), expected("socket0"));
    assert.deepEqual(only("socket", ({ ids }) => ids.packet === 1), expected("socket1"));
    assert.deepEqual(only("tcp"), expected("tcp"));
    const program = rows.find(({ kind, name }) => kind === "memfd" && name === "program")!;
    const elf = await runProgram("readelf", ["-hlS", `${out}/${program.path}`]);
    assert.equal(elf.stderr, "");
    assert.match(elf.stdout, /Entry point address/);
    const text = held.place("text");
    const memory = rows.find(({ kind, ids }) => {
      return kind === "memory" && BigInt(ids.start!) <= text && text < BigInt(ids.end!);
    })!;
    const bytes = Deno.readFileSync(`${out}/${memory.path}`);
    const at = Number(text - BigInt(memory.ids.start!));
    assert.equal(new TextDecoder().decode(bytes.subarray(at, at + 14)), "text as it was");
    const search = await crit(["search", held.images, "key=over the border", "--json"]);
    assert.equal(JSON.parse(search.stdout).address, `0x${(text + 4090n).toString(16)}`);
  },
});

/** Kinds of what {@link Held} has in namespaces, and what the program calls its contents. */
const BOXED: ReadonlyArray<readonly [expected: string, kind: string, name: RegExp]> = [
  ["gone", "ghost", /^\/gone$/],
  ["ghost", "ghost", /^\/deleted$/],
  ["memfd", "memfd", /^kept /],
  ["mapped", "memfd", /^mapped$/],
  ["program", "memfd", /^program$/],
  ["shared", "shared", /^\/dev\/zero$/],
  ["sysv", "shared", /^$/],
  ["posix", "tmpfs", /^\/dev\/shm\/posix$/],
  ["tmpfs", "tmpfs", /^\/scratch\/sub\/a file$/],
  ["pipe", "pipe", /^$/],
  ["fifo", "fifo", /^\/fifo$/],
  ["stream", "socket", /^$/],
  ["socket0", "socket", /^$/],
  ["socket1", "socket", /^$/],
  ["tcp", "tcp", /^$/],
  ["tty", "tty", /^$/],
];

/** Checks that a mapped program is its file again, but for the data that it changed. */
async function checkProgram(held: Held): Promise<void> {
  const out = `${held.directory}/program`;
  const args = ["extract", held.images, "-o", out, "program", "--sysroot", held.at("")];
  const { code, stderr } = await crit(args);
  assert.equal(code, 0, stderr);
  const [row, another] = indexOf(out);
  assert.equal(another, undefined);
  assert.deepEqual([row!.missing, row!.missing_bytes], [[], 0]);
  const [found, file] = [Deno.readFileSync(`${out}/${row!.path}`), programOf(held)];
  assert.equal(found.length, file.length);
  const changed = Array.from(found.keys()).filter((at) => found[at] !== file[at]);
  // The program is linked statically: its data is the last segment that is loaded.
  const { stdout } = await runProgram("readelf", ["-lW", held.at("contents")]);
  const loads = [...stdout.matchAll(/^ +LOAD +(0x\w+) \w+ \w+ (0x\w+)/gm)];
  const [, offset, size] = loads.at(-1)!;
  const end = Number(offset) + Number(size);
  assert(changed.length > 0 && changed.every((at) => Number(offset) <= at && at < end));
}

function programOf(held: Held): Uint8Array {
  return Deno.readFileSync(held.at("contents"));
}

Deno.test({
  name: "extract writes data of namespaces and the program of a deleted file",
  ignore: lacksCriu() || lacks("gcc") || lacks("readelf"),
  async fn() {
    await using held = await Held.start(true);
    const { pid } = held;
    await held.dump();
    const archive = `${held.directory}/dump.tar`;
    await runProgram("tar", ["-cf", archive, "-C", held.images, "."]);
    for (const dump of [held.images, archive]) {
      const out = `${held.directory}/out-${dump === archive}`;
      const { code, stderr } = await crit(["extract", dump, "-o", out]);
      assert.equal(code, 0, stderr);
      await checkFiles(out);
      const rows = indexOf(out).filter(({ kind }) => kind !== "memory" && kind !== "program");
      const names = BOXED.map(([name]) => held.at(`expected/${name}`));
      const { stdout } = await runProgram("sha256sum", names);
      const sums = stdout.trimEnd().split("\n").map((line) => line.slice(0, 64));
      for (const [i, [expected, kind, name]] of BOXED.entries()) {
        const found = rows.filter((row) => row.kind === kind && row.sha256 === sums[i]);
        assert.equal(found.length, 1, expected);
        assert.match(found[0]!.name ?? "", name);
        const who = Number(Deno.readTextFileSync(held.at("gone.pid")));
        const pids = expected === "gone" ? [who] : expected === "tmpfs" ? [] : [pid];
        assert.deepEqual(found[0]!.pids, pids, expected);
        assert.deepEqual([found[0]!.missing, found[0]!.missing_bytes], [[], 0]);
      }
      const links = rows.filter(({ path }) => path === null);
      assert.deepEqual(links.map(({ name, link }) => [name, link]), [
        ["/scratch/link", "/etc/passwd"],
      ]);
      // Of a connection that nobody reads from, some was received and some is still to be sent.
      const flood = Deno.readFileSync(held.at("expected/flood"));
      const queues = rows.filter(({ kind, size }) => kind === "tcp" && size > 8);
      assert.deepEqual(queues.map(({ ids }) => ids.queue).sort(), ["received", "sent"]);
      assert(queues.reduce((sum, { size }) => sum + size, 0) >= flood.length);
      for (const { path, size, ids } of queues) {
        const part = ids.queue === "sent" ? flood.subarray(-size) : flood.subarray(0, size);
        assert.equal(Buffer.compare(Deno.readFileSync(`${out}/${path}`), part), 0);
      }
      assert.equal(rows.length, BOXED.length + links.length + queues.length, "nothing else");
      const gone = rows.find(({ name }) => name === "/gone")!;
      const elf = await runProgram("readelf", ["-hlS", `${out}/${gone.path}`]);
      assert.deepEqual([elf.code, elf.stderr], [0, ""]);
      if (dump !== archive) await checkProgram(held);
      const sparse = rows.find(({ name }) => name === "/scratch/sub/a file")!;
      const { blocks, size } = Deno.statSync(`${out}/${sparse.path}`);
      assert.equal(size, 100_000);
      assert(blocks! * 512 < size, "a hole stays one");
    }
  },
});

Deno.test("extract writes ghosts, pipes, queues and memory into a new directory", async () => {
  await withDirectory(async (directory) => {
    const out = `${directory}/out`;
    const ended = await crit(["extract", `${DUMPS}/sysvipc`, "-o", out, "shared"]);
    assert.equal(ended.code, 0, ended.stderr);
    await checkFiles(out);
    const rows = indexOf(out);
    assert(rows.length >= 4 && rows.every(({ kind }) => kind === "shared"));
    assert.equal(Deno.statSync(out).mode! & 0o777, 0o700);
    const plain = `${directory}/plain`;
    const args = ["extract", `${DUMPS}/sysvipc`, "-o", plain, "shared", "--no-sha256"];
    assert.equal((await crit(args)).code, 0);
    assert.deepEqual(indexOf(plain), rows.map(({ sha256: _, ...row }) => row));
    const same = await runProgram("diff", ["-r", "-x", "index.json", out, plain]);
    assert.deepEqual([same.code, same.stdout], [0, ""]);
    Deno.removeSync(plain, { recursive: true });
    const again = await crit(["extract", `${DUMPS}/sysvipc`, "-o", out]);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /^crit: .*out: it exists already \(DIR must be new\)\n$/);
    Deno.mkdirSync(`${directory}/empty`);
    const empty = await crit(["extract", `${DUMPS}/sysvipc`, "-o", `${directory}/empty`]);
    assert.equal(empty.code, 4);
    Deno.removeSync(`${directory}/empty`);
    const neither = await crit(["extract", `${DUMPS}/sysvipc`]);
    assert.equal(neither.code, 2);
    assert.equal((await crit(["extract", `${DUMPS}/sysvipc`, "--list", "-p", "1"])).code, 2);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["out"]);
  });
});

Deno.test("--list prints the index without writing files", async () => {
  const { code, stdout } = await crit(["extract", `${DUMPS}/shloop`, "--list", "--json"]);
  assert.equal(code, 0);
  const listed: Row[] = JSON.parse(stdout);
  await withDirectory(async (directory) => {
    await crit(["extract", `${DUMPS}/shloop`, "-o", `${directory}/out`]);
    await checkFiles(`${directory}/out`);
    const written = indexOf(`${directory}/out`);
    assert.deepEqual(
      written.map(({ path, size }) => [path, size]),
      listed.map((r) => [r.path, r.size]),
    );
    const program = written.find(({ kind }) => kind === "program")!;
    assert(program.missing_bytes > 0 && program.missing.every(({ why }) => why === "file"));
  });
  const text = await crit(["extract", `${DUMPS}/shloop`, "--list", "memory"]);
  assert.match(text.stdout, /^KIND +PID +SIZE +PATH +NAME\nmemory +1517 /);
});

const TMPFS = `${SHARED}dumps/resources`;

Deno.test({
  name: "files of tmpfs mounts match those in tar",
  ignore: isWithout("../shared/dumps", isDirectory(TMPFS)),
  async fn() {
    let checked = 0;
    for (const { name } of Deno.readDirSync(TMPFS)) {
      const images = [...Deno.readDirSync(`${TMPFS}/${name}`)].map(({ name }) => name)
        .filter((name) => /^tmpfs-.*\.tar\.gz\.img$/.test(name));
      if (images.length === 0 || checked > 3) continue;
      await withDirectory(async (directory) => {
        const { code } = await crit([
          "extract",
          `${TMPFS}/${name}`,
          "-o",
          `${directory}/out`,
          "tmpfs",
        ]);
        assert.equal(code, 0);
        await checkFiles(`${directory}/out`);
        const expected: string[] = [];
        for (const image of images) {
          const listed = await runProgram("tar", ["tzvf", `${TMPFS}/${name}/${image}`]);
          for (const line of listed.stdout.split("\n")) {
            const [, size, path] = /^-\S+ +\S+ +(\d+) +\S+ +\S+ \.(\/.*)$/.exec(line) ?? [];
            if (path !== undefined) expected.push(`${path} ${size}`);
          }
        }
        const found = indexOf(`${directory}/out`).filter(({ path }) => path !== null)
          .map(({ name, size }) => `${name} ${size}`).sort();
        assert.equal(found.length, expected.length);
        // Names begin with the mount point, which the archive does not tell.
        assert(expected.every((one) => found.some((whole) => whole.endsWith(one))), `${found}`);
        if (expected.length > 0) checked++;
      });
    }
  },
});

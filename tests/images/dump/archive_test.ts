/** Dumps in archives: the same as in the directories that the archives were made of. */

import assert from "node:assert/strict";
import { TAR_END, tarHeader, tarPadding } from "../../../images/archive/tar_writer.ts";
import { DirectorySource } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { openDump } from "../../../images/dump/open.ts";
import { readWhole } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import "../../../plugins/mod.ts";
import { isNotSwept, isQuick, SHARED, THOROUGH } from "../../dumps.ts";
import { lacks, ROOT, runProgram } from "../../programs.ts";
import { pattern, Scratch } from "../../scratch.ts";
import { randomFrom, run, tar } from "../archive/archives.ts";
import { DUMPS, faultsOf, filesOf } from "./sources.ts";

const ignore = lacks("tar", "gzip", "zstd");

/** What the archive of a directory is compressed with, with its name. */
const KINDS: ReadonlyArray<readonly [ending: string, program: string[] | undefined]> = [
  [".tar", undefined],
  [".tar.gz", ["gzip", "-k"]],
  [".tar.zst", ["zstd", "-q"]],
];

/** Archives of a directory, one of each kind. */
async function archivesOf(scratch: Scratch, directory: string, args: string[] = []) {
  const plain = await tar(`${scratch.path}/a.tar`, directory, ...args);
  const archives = [plain];
  for (const [ending, program] of KINDS) {
    if (program === undefined) continue;
    await run(program[0]!, [...program.slice(1), plain]);
    archives.push(`${scratch.path}/a${ending}`);
  }
  return archives;
}

/** Everything that a dump has, as text. */
function summaryOf(dump: Dump): string {
  const files = dump.dumpFiles.map(({ name, size }) => {
    using file = dump.source.open(name);
    const bytes = readWhole(file);
    assert.equal(bytes.length, size);
    return [name, size, Buffer.from(bytes).toString("base64")];
  });
  const tasks = dump.tasks.map((task) => {
    const { memory } = task;
    const bytes = new Uint8Array(1 << 16);
    const areas = memory.areas.map((vma) => {
      const count = memory.read(vma.start, bytes);
      return [
        vma.start.toString(),
        count,
        Buffer.from(bytes.subarray(0, count)).toString("base64"),
      ];
    });
    return [task.pid, task.comm, task.exe?.reg?.name, Array.from(memory.argumentBytes), areas];
  });
  return JSON.stringify([files, tasks, faultsOf(dump)]);
}

async function compare(directory: string, archives: string[]): Promise<void> {
  using plain = new Dump(new DirectorySource(directory));
  const expected = summaryOf(plain);
  for (const archive of archives) {
    using dump = await openDump(archive);
    assert.ok(summaryOf(dump) === expected, archive);
  }
}

Deno.test({
  name: "a dump in an archive equals the directory",
  ignore,
  async fn() {
    for (const name of ["shloop", "sysvipc", "legacy-v1.0", "zombie_leader.ns"]) {
      using scratch = new Scratch();
      await compare(`${DUMPS}/${name}`, await archivesOf(scratch, `${DUMPS}/${name}`));
    }
  },
});

Deno.test({
  name: "every shared dump in an archive equals the directory",
  ignore: ignore || isNotSwept(),
  async fn() {
    const shared = `${SHARED}dumps`;
    const resources = [...Deno.readDirSync(`${shared}/resources`)].map(({ name }) => {
      return `resources/${name}`;
    });
    const names = ["legacy-v1.0", "legacy-v1.1", "pidns-external", "pyapp", ...resources];
    for (const name of names) {
      using scratch = new Scratch();
      const archives = await archivesOf(scratch, `${shared}/${name}`, ["--sparse"]);
      await compare(`${shared}/${name}`, archives);
    }
  },
});

/** Lays a checkpoint out as Podman, CRI-O and containerd export it. */
function exported(scratch: Scratch, fixture: string, inside = "checkpoint"): string {
  const directory = scratch.directory("export", {
    "config.dump": pattern(100, 1),
    "spec.dump": pattern(5000, 2),
    "network.status": pattern(10, 3),
    "rootfs-diff.tar": pattern(100_000, 4),
    "dump.log": pattern(9, 5),
  });
  const images = `${directory}/${inside}`;
  Deno.mkdirSync(images, { recursive: true });
  for (const [name, bytes] of Object.entries(filesOf(fixture))) {
    Deno.writeFileSync(`${images}/${name}`, bytes);
  }
  return directory;
}

Deno.test({
  name: "a checkpoint that a container engine exported is found in its archive",
  ignore,
  async fn() {
    for (const inside of ["checkpoint", "pre-checkpoint", "some/where"]) {
      using scratch = new Scratch();
      const directory = exported(scratch, "shloop", inside);
      await compare(`${DUMPS}/shloop`, await archivesOf(scratch, directory));
    }
  },
});

/** The incremental fixture with real links. */
function chain(scratch: Scratch, link: (to: string) => string = (to) => to): string {
  const directory = scratch.directory("chain");
  for (const name of ["1-predump", "2-predump", "3-dump"]) {
    scratch.directory(`chain/${name}`, filesOf(`incremental/${name}`));
  }
  Deno.symlinkSync(link("../1-predump"), `${directory}/2-predump/parent`);
  Deno.symlinkSync(link("../2-predump"), `${directory}/3-dump/parent`);
  return directory;
}

Deno.test({
  name: "the last dump of a chain in an archive is used, and its parents are found",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = chain(scratch);
    const archives = await archivesOf(scratch, directory);
    await compare(`${directory}/3-dump`, archives);
    await compare(`${directory}/3-dump`, archives.map((archive) => `${archive}/3-dump`));
    for (const archive of archives) {
      using dump = await openDump(archive);
      assert.equal(dump.parent?.path, `${archive}/2-predump`);
      assert.equal(dump.parent?.parent?.path, `${archive}/1-predump`);
      assert.equal(dump.parent?.parent?.parent, undefined);
      using middle = await openDump(`${archive}/2-predump/`);
      assert.equal(middle.pageMap("pagemap-26736.img").count, 17);
      assert.equal(middle.parent?.path, `${archive}/1-predump`);
    }
  },
});

Deno.test({
  name: "a parent outside of the archive is a fault, unless it is given",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = chain(scratch);
    const last = await tar(`${scratch.path}/last.tar`, `${directory}/3-dump`);
    const others = scratch.directory("others");
    Deno.renameSync(`${directory}/1-predump`, `${others}/1-predump`);
    Deno.renameSync(`${directory}/2-predump`, `${others}/2-predump`);
    const parents = await archivesOf(scratch, others);
    {
      using dump = await openDump(last);
      assert.equal(dump.parent, undefined);
      assert.deepEqual(faultsOf(dump), [
        "parent: it leads to ../2-predump, which is not in the archive",
      ]);
    }
    for (const parent of parents) {
      using dump = await openDump(last, { parent });
      using plain = await openDump(`${DUMPS}/incremental/3-dump`);
      const [task] = dump.tasks;
      const bytes = [new Uint8Array(1 << 18), new Uint8Array(1 << 18)];
      assert.equal(task!.memory.read(0x200000000000n, bytes[0]!), 1 << 18);
      plain.tasks[0]!.memory.read(0x200000000000n, bytes[1]!);
      assert.ok(Buffer.compare(bytes[0]!, bytes[1]!) === 0);
      assert.deepEqual(faultsOf(dump), []);
    }
  },
});

Deno.test({
  name: "circular, dangling and outside links are not followed",
  ignore,
  async fn() {
    for (const target of ["../3-dump", ".", "/", "../../../..", "nothing", "parent", "../loop"]) {
      using scratch = new Scratch();
      const directory = chain(scratch);
      Deno.removeSync(`${directory}/3-dump/parent`);
      Deno.symlinkSync(target, `${directory}/3-dump/parent`);
      Deno.symlinkSync("loop", `${directory}/loop`);
      const archive = await tar(`${scratch.path}/a.tar`, directory);
      using dump = await openDump(`${archive}/3-dump`);
      assert.equal(dump.parent, undefined);
      assert.equal(faultsOf(dump).length, 1, target);
      assert.match(faultsOf(dump)[0]!, /^parent: it leads /);
    }
  },
});

Deno.test("endless chains of links are refused, and an image may be a link", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/a.tar`;
  const link = (name: string, target: string) => {
    const header = tarHeader({ path: name, size: 0, mode: 0, modified: 0 });
    header[156] = "2".charCodeAt(0);
    header.set(new TextEncoder().encode(target), 157);
    const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    header.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0")), 148);
    return header;
  };
  const files = filesOf("shloop");
  const images = Object.entries(files).flatMap(([name, bytes]) => [
    tarHeader({
      path: name === "pages-1.img" ? "elsewhere/p" : name,
      size: bytes.length,
      mode: 0,
      modified: 0,
    }),
    bytes,
    tarPadding(bytes.length),
  ]);
  const mazes = Array.from({ length: 5000 }, (_, i) => {
    return link(`maze/${i}`, `${"x/../".repeat(15)}${(i + 1) % 5000}`);
  });
  const shortcut = link("pages-1.img", "./elsewhere/../elsewhere/p");
  Deno.writeFileSync(path, Buffer.concat([...images, shortcut, ...mazes, TAR_END]));
  using dump = await openDump(path);
  assert.equal(dump.sizeOf("pages-1.img"), files["pages-1.img"]!.length);
  assert.equal(dump.task(1517)!.memory.argumentBytes.length, 23);
  assert.deepEqual(faultsOf(dump), []);
});

Deno.test({
  name: "an archive without a dump, or with several, is refused",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const two = scratch.directory("two");
    scratch.directory("two/a", filesOf("shloop"));
    scratch.directory("two/b", filesOf("shloop"));
    const other = scratch.directory("other", { "README": pattern(100, 1) });
    const path = (name: string) => `${scratch.path}/${name}`;
    await tar(path("two.tar"), two);
    await tar(path("other.tar"), other);
    await tar(path("empty.tar"), scratch.directory("empty"));
    Deno.writeFileSync(path("noise"), pattern(5000, 1));
    Deno.writeFileSync(path("nothing"), new Uint8Array());
    Deno.writeFileSync(path("a.tar.xz"), Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]));
    Deno.writeFileSync(path("readme.gz"), pattern(1000, 1));
    await run("sh", ["-c", "gzip <noise >noise.gz; zstd -q <noise >noise.zst"], scratch.path);
    const cases: Array<[name: string, kind: CritError["kind"], message: RegExp]> = [
      ["two.tar", "data", /the archive holds 2 dumps: a, b \(name one of them as .*two\.tar\/b\)$/],
      ["two.tar/c", "data", /two\.tar: the archive has no directory c$/],
      ["other.tar", "data", /other\.tar: the archive holds no dump$/],
      ["empty.tar", "data", /holds no dump$/],
      ["noise", "data", /noise: it is neither an archive nor a directory$/],
      ["nothing", "data", /nothing: it is neither an archive nor a directory$/],
      ["noise.gz", "data", /noise\.gz: it is gzip data, but not of an archive/],
      ["noise.zst", "data", /noise\.zst: it is zstd data, but not of an archive/],
      ["a.tar.xz", "unsupported", /compressed with xz cannot be read \(decompress it first/],
      ["none", "file", /none: there is no such directory or archive$/],
      ["none/none", "file", /none: there is no such directory or archive$/],
    ];
    for (const [name, kind, message] of cases) {
      await assert.rejects(openDump(path(name)), (error: unknown) => {
        assert.ok(error instanceof CritError, String(error));
        assert.match(error.message, message);
        assert.equal(error.kind, kind, name);
        return true;
      });
    }
    await assert.rejects(openDump("/dev/null"), /neither a directory nor an archive/);
  },
});

Deno.test({
  name: "an archive cut short gives what it has, and a fault; a damaged one too",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const files = filesOf("shloop");
    const archives = await archivesOf(scratch, exported(scratch, "shloop"));
    const random = randomFrom(5);
    for (const archive of archives) {
      const whole = Deno.readFileSync(archive);
      const path = `${archive}.damaged`;
      const look = async (bytes: Uint8Array): Promise<boolean> => {
        Deno.writeFileSync(path, bytes);
        try {
          using dump = await openDump(path);
          for (const { name, size } of dump.dumpFiles) {
            using file = dump.source.open(name);
            const read = readWhole(file);
            assert.ok(read.length === size || dump.faults.length > 0);
            const expected = files[name];
            if (expected === undefined || archive.endsWith(".tar")) continue;
            // A checksum tells; what came before the damage is right but for zstd's own last block.
            if (dump.faults.length === 0) assert.deepEqual(read, expected.subarray(0, size));
          }
          for (const task of dump.tasks) void [task.comm, task.mm, task.memory.argumentBytes];
          for (const fault of faultsOf(dump)) assert.match(fault, /^[^\n]+$/);
          return dump.faults.length > 0;
        } catch (error) {
          assert.ok(error instanceof CritError, String(error));
          assert.match(error.message, /^[^\n]+$/);
          return true;
        }
      };
      assert.equal(await look(whole), false);
      const cuts = THOROUGH ? 40 : 12;
      for (let i = 0; i < cuts; i++) {
        const length = Math.floor((whole.length - 10_240) * i / cuts);
        if (length > 0) assert.ok(await look(whole.subarray(0, length)), `${archive} ${length}`);
      }
      for (let i = 0; i < (THOROUGH ? 60 : 15); i++) {
        const bytes = whole.slice();
        bytes[random(bytes.length)]! ^= 1 << random(8);
        await look(bytes);
      }
    }
  },
});

Deno.test({
  name: "an archive cut short inside its pages gives the pages before the cut",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("dump", filesOf("shloop"));
    const names = Object.keys(filesOf("shloop")).filter((name) => name !== "pages-1.img");
    const path = `${scratch.path}/a.tar`;
    await run("tar", ["-cf", path, "-C", directory, ...names, "pages-1.img"]);
    const { size } = Deno.statSync(path);
    const blocks = 10_240;
    Deno.truncateSync(path, size - size % blocks - blocks - 30_000);
    using dump = await openDump(path);
    const pages = dump.sizeOf("pages-1.img")!;
    assert.ok(pages > 50_000 && pages < 126_976, String(pages));
    void dump.task(1517)!.memory.argumentBytes;
    assert.deepEqual(dump.faults.map(({ message }) => message.replace(/(?<=[ ])\d{4,}/g, "N")), [
      `${path}: offset N: the archive is cut short`,
      "pages-1.img: it has N bytes, the page map has N",
    ]);
  },
});

/** Looks at tasks and page maps; prints the most memory that this took, in MiB. */
const LOOK = `
  import "${ROOT}plugins/mod.ts";
  import { openDump } from "${ROOT}images/dump/open.ts";
  using dump = await openDump(Deno.args[0]);
  const ranges = dump.tasks.map((task) => task.memory.pageMap.count);
  const last = new Uint8Array(10);
  const count = dump.read("pages-9.img", dump.sizeOf("pages-9.img") - 5, last);
  const peak = /VmHWM:\\s*(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))[1] / 1024;
  console.log(JSON.stringify({ ranges, count, peak, size: dump.sizeOf("pages-9.img") }));
`;

for (const [ending, program] of KINDS) {
  Deno.test({
    name: `gigabytes of pages in ${ending} do not take memory`,
    ignore: ignore || (program !== undefined && isQuick()),
    async fn() {
      using scratch = new Scratch();
      const directory = scratch.directory("dump", filesOf("shloop"));
      // Compressing zeros takes its time.
      const size = program === undefined ? 10 * 2 ** 30 : 2 ** 28;
      Deno.openSync(`${directory}/pages-9.img`, { write: true, create: true }).close();
      Deno.truncateSync(`${directory}/pages-9.img`, size);
      const archive = `${scratch.path}/big${ending}`;
      const sparse = program === undefined ? "--sparse" : "";
      const pack = program === undefined ? "cat" : program[0] === "gzip" ? "gzip -1" : "zstd -q";
      await run("sh", ["-c", `tar ${sparse} -cf - -C ${directory} . | ${pack} >${archive}`]);
      const script = `${scratch.path}/look.ts`;
      Deno.writeTextFileSync(script, LOOK);
      const args = ["run", "-A", "--no-check", script, archive];
      const { code, stdout, stderr } = await runProgram(Deno.execPath(), args);
      assert.equal(code, 0, stderr);
      const { peak, ...facts } = JSON.parse(stdout);
      assert.deepEqual(facts, { ranges: [13, 12], count: 5, size });
      assert.ok(peak < 200, `${peak} MiB`);
    },
  });
}

/** `crit coredump` as a program. @module */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { coreFile, madeVma, writeDump } from "../../../images/coredump/dump_maker.ts";
import { readCore } from "../../../images/coredump/elf_reader.ts";
import { syntheticCore } from "../../../images/coredump/synthetic.ts";
import { isQuick, punch } from "../../../dumps.ts";
import { crit, type Ended, isInstalled, lacks, ROOT, runProgram } from "../../../programs.ts";

const DUMPS = `${ROOT}fixtures/dumps`;
const CPROG = `${DUMPS}/cprog/images`;

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const namesIn = (directory: string) => [...Deno.readDirSync(directory)].map(({ name }) => name);

/** A copy of the images of a dump, to be damaged. */
function copyOf(dump: string, directory: string): string {
  const copy = `${directory}/dump`;
  Deno.mkdirSync(copy);
  for (const name of namesIn(dump)) {
    Deno.writeFileSync(`${copy}/${name}`, Deno.readFileSync(`${dump}/${name}`));
  }
  return copy;
}

function expectFailure(ended: Ended, code: number, line: RegExp): void {
  equal(ended.code, code, ended.stderr);
  equal(ended.stdout, "");
  match(ended.stderr, line);
  equal(ended.stderr.split("\n").length, 2, "one line");
}

Deno.test("all processes into a directory that is made for them", async () => {
  await withDirectory(async (directory) => {
    const out = `${directory}/new/cores`;
    const ended = await crit(["coredump", `${DUMPS}/shloop`, "--no-files", "-o", out]);
    deepEqual(ended, { code: 0, stdout: "", stderr: "" });
    deepEqual(namesIn(out).sort(), ["core.1517", "core.1520"]);
    for (const pid of [1517, 1520]) {
      deepEqual(
        Deno.readFileSync(`${out}/core.${pid}`),
        await coreFile(`${DUMPS}/shloop`, pid),
        "as the library makes it",
      );
    }
  });
});

Deno.test("without -o, into the current directory", async () => {
  await withDirectory(async (directory) => {
    const options = { cwd: directory };
    equal((await crit(["coredump", `${DUMPS}/shloop`, "-p", "1520"], options)).code, 0);
    deepEqual(namesIn(directory), ["core.1520"]);
  });
});

Deno.test("one process to a file, to a directory and to standard output", async () => {
  await withDirectory(async (directory) => {
    const args = ["coredump", `${DUMPS}/shloop`, "--no-files", "-p", "1517"];
    const file = `${directory}/some-core`;
    equal((await crit([...args, "-o", file])).code, 0);
    equal((await crit([...args, "-o", directory])).code, 0);
    equal((await crit([...args, "-o", `${directory}/other/`])).code, 0);
    const line = `"$@" > ${directory}/piped`;
    const program = Deno.env.get("CRIT_BIN");
    const words = program ? [program] : [
      ...[Deno.execPath(), "run", "--no-check", "--quiet", "--allow-all", `${ROOT}main.ts`],
    ];
    await runProgram("sh", ["-c", line, "sh", ...words, ...args, "-o", "-"]);
    const expected = await coreFile(`${DUMPS}/shloop`, 1517);
    for (const name of ["some-core", "core.1517", "other/core.1517", "piped"]) {
      deepEqual(Deno.readFileSync(`${directory}/${name}`), expected, name);
    }
  });
});

Deno.test("several processes, chosen", async () => {
  await withDirectory(async (directory) => {
    const args = ["coredump", `${DUMPS}/zombie_leader.ns`, "--no-files", "-o", directory];
    equal((await crit([...args, "-p", "5,1", "-p", "5"])).code, 0);
    deepEqual(namesIn(directory).sort(), ["core.1", "core.5"]);
  });
});

Deno.test("a dead process is named and left out", async () => {
  await withDirectory(async (directory) => {
    const args = ["coredump", `${DUMPS}/zombie_leader.ns`, "--no-files", "-o"];
    const stderr = "crit: process 6 is dead and has no memory: it gets no core file\n";
    deepEqual(await crit([...args, directory]), { code: 0, stdout: "", stderr });
    deepEqual(namesIn(directory).sort(), ["core.1", "core.5", "core.7"]);
    const alone = await crit([...args, `${directory}/none`, "-p", "6"]);
    deepEqual(alone, { code: 1, stdout: "", stderr }, "what was asked for is not there");
    equal((await crit([...args, directory, "-p", "5,6"])).code, 1);
    ok(!namesIn(directory).includes("none"));
  });
});

Deno.test("what cannot be asked for", async () => {
  await withDirectory(async (directory) => {
    const dump = `${DUMPS}/shloop`;
    const hint = String.raw`\(it has 1517, 1520\)`;
    const line = new RegExp(`^crit: the dump has no process 7 ${hint}\n$`);
    expectFailure(await crit(["coredump", dump, "-p", "7", "-o", directory]), 2, line);
    expectFailure(
      await crit(["coredump", dump, "-o", "-"]),
      2,
      /^crit: standard output takes one core file \(choose it with -p\)\n$/,
    );
    Deno.writeTextFileSync(`${directory}/file`, "");
    expectFailure(
      await crit(["coredump", dump, "-o", `${directory}/file`]),
      4,
      /^crit: .*\/file: it is not a directory\n$/,
    );
    expectFailure(await crit(["coredump", `${directory}/none`]), 4, /^crit: .*\/none: there is no/);
    deepEqual(namesIn(directory), ["file"]);
  });
});

Deno.test("mapped files: said when missing, found below a sysroot, not read when told so", async () => {
  await withDirectory(async (directory) => {
    const args = ["coredump", CPROG, "-p", "5970", "-o", `${directory}/core`];
    const program = "/srv/cprog/prog-noshm";
    const root = `${directory}/root`;
    Deno.mkdirSync(`${root}/srv/cprog`, { recursive: true });
    const missing = await crit([...args, "--sysroot", root]);
    equal(missing.code, 0);
    const lines = missing.stderr.trimEnd().split("\n");
    equal(lines.length, 3, "the program and two libraries");
    equal(
      lines[0],
      `crit: ${program} is not there: pages of it that were not changed are left out`,
    );
    const textOf = () => {
      const core = readCore(Deno.readFileSync(`${directory}/core`));
      // Its first page: the ELF header, and the next: its code.
      return [0x563142907000n, 0x563142909000n].map((start) =>
        core.segments.find(({ address }) => address === start)?.fileSize
      );
    };
    deepEqual(textOf(), [undefined, undefined]);

    const bytes = Deno.readFileSync(`${DUMPS}/cprog/prog-noshm`);
    const place = `${root}${program}`;
    Deno.writeFileSync(place, bytes);
    const found = await crit([...args, "--sysroot", `${root}/`]);
    ok(!found.stderr.includes(program));
    deepEqual(textOf(), [4096, 4096]);

    Deno.writeFileSync(place, bytes.subarray(1));
    match(
      (await crit([...args, "--sysroot", root])).stderr,
      /prog-noshm has 23447 bytes, not 23448/,
    );
    // The first byte of NT_GNU_BUILD_ID: the note has 20 bytes and type 3.
    const note = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0];
    const at = bytes.findIndex((_, i) => note.every((byte, j) => bytes[i + j] === byte));
    bytes[at + 16]! ^= 1;
    Deno.writeFileSync(place, bytes);
    match(
      (await crit([...args, "--sysroot", root])).stderr,
      /has another build id than when dumped/,
    );
    deepEqual(textOf(), [undefined, undefined]);

    const none = await crit([...args, "--no-files"]);
    deepEqual(none, { code: 0, stdout: "", stderr: "" });
    deepEqual(textOf(), [undefined, undefined]);
  });
});

Deno.test("with a filter, what it leaves out is no longer in the file", async () => {
  await withDirectory(async (directory) => {
    const sizeOf = async (...options: string[]) => {
      const args = ["coredump", CPROG, "--no-files", "-p", "5970", "-o", `${directory}/core`];
      equal((await crit([...args, ...options])).code, 0);
      return Deno.statSync(`${directory}/core`).size;
    };
    const whole = await sizeOf();
    equal(await sizeOf("--filter", "0x33"), whole, "all of it is anonymous");
    ok(await sizeOf("--filter", "0") < 100_000);
    expectFailure(await crit(["coredump", CPROG, "--filter", "0x200"]), 2, /--filter/);
  });
});

Deno.test("pages of zeros take no room on the disk", async () => {
  await withDirectory(async (directory) => {
    await crit(["coredump", CPROG, "--no-files", "-o", directory]);
    const { size, blocks } = Deno.statSync(`${directory}/core.5970`);
    ok(size > 20 << 20);
    ok(blocks! * 512 < 2 << 20, `${blocks} blocks`);
  });
});

Deno.test("a damaged dump: one line, code 3 and no file", async () => {
  const damages: Array<[image: string, how: (path: string) => void, line: RegExp]> = [
    ["pstree.img", Deno.removeSync, /^crit: \S*pstree\.img: the image is missing\n$/],
    ["core-5974.img", Deno.removeSync, /^crit: \S*core-5974\.img: the image is missing\n$/],
    ["mm-5970.img", Deno.removeSync, /^crit: \S*mm-5970\.img: the image is missing\n$/],
    ["files.img", Deno.removeSync, /^crit: \S*files\.img: the image is missing\n$/],
    ["pages-1.img", Deno.removeSync, /^crit: \S*pages-1\.img: the image is missing\n$/],
    [
      "pages-1.img",
      (path) => Deno.truncateSync(path, 5000),
      /^crit: \S*pages-1\.img: it has 5000 bytes, the page map has 1196032\n$/,
    ],
    [
      "core-5970.img",
      (path) => Deno.truncateSync(path, 300),
      /^crit: \S*core-5970\.img: entry 0 at/,
    ],
    ["mm-5970.img", flipBit, /^crit: \S*mm-5970\.img: /],
    ["pagemap-5970.img", flipBit, /^crit: \S*pagemap-5970\.img: /],
  ];
  for (const [image, damage, line] of damages) {
    await withDirectory(async (directory) => {
      const dump = copyOf(CPROG, directory);
      damage(`${dump}/${image}`);
      for (const out of ["core", "cores/"]) {
        const args = ["coredump", dump, "--no-files", "-p", "5970", "-o", `${directory}/${out}`];
        expectFailure(await crit(args), 3, line);
      }
      deepEqual(namesIn(directory), ["dump"]);
    });
  }
});

/** Changes the first entry's size. */
function flipBit(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[8]! ^= 0x40;
  Deno.writeFileSync(path, bytes);
}

Deno.test("what is wrong with one process does not keep the others from their core files", async () => {
  await withDirectory(async (directory) => {
    const dump = copyOf(`${DUMPS}/shloop`, directory);
    Deno.removeSync(`${dump}/mm-1517.img`);
    const out = `${directory}/cores`;
    const args = ["coredump", dump, "--no-files", "-o", out];
    expectFailure(await crit(args), 3, /^crit: \S*mm-1517\.img: the image is missing\n$/);
    deepEqual(namesIn(out), ["core.1520"]);
    Deno.removeSync(`${dump}/mm-1520.img`);
    const { code, stderr } = await crit(args);
    equal(code, 3);
    equal(
      stderr,
      `crit: ${dump}/mm-1517.img: the image is missing\n` +
        `crit: ${dump}/mm-1520.img: the image is missing\n`,
    );
  });
});

Deno.test("what has no tasks, or no pages, is named as what it is", async () => {
  await withDirectory(async (directory) => {
    const half = copyOf(`${DUMPS}/shloop`, directory);
    for (const name of namesIn(half)) {
      if (name.startsWith("page")) Deno.removeSync(`${half}/${name}`);
    }
    const out = ["-o", `${directory}/cores`];
    const preDump = `${DUMPS}/incremental/1-predump`;
    expectFailure(
      await crit(["coredump", preDump, ...out]),
      3,
      /1-predump: it is a pre-dump: a core file cannot be made from it \(/,
    );
    expectFailure(
      await crit(["coredump", half, ...out]),
      3,
      /: it is a dump without its page maps, as criu dump --page-server leaves it: a core file cannot/,
    );
    deepEqual(namesIn(directory).includes("cores"), false);
  });
});

Deno.test("lost pages of a parent that a later dump has are no fault", async () => {
  await withDirectory(async (directory) => {
    for (const link of ["1-predump", "2-predump", "3-dump"]) {
      Deno.renameSync(copyOf(`${DUMPS}/incremental/${link}`, directory), `${directory}/${link}`);
    }
    const args = ["coredump", `${directory}/3-dump`, "--no-files", "-o", `${directory}/cores`];
    Deno.truncateSync(`${directory}/2-predump/pages-1.img`, 4096);
    const ended = await crit(args);
    deepEqual([ended.code, ended.stderr], [0, ""]);
    const whole = await coreFile(`${DUMPS}/incremental/3-dump`, 26736);
    deepEqual(Deno.readFileSync(`${directory}/cores/core.26736`), whole);
    Deno.truncateSync(`${directory}/1-predump/pages-1.img`, 4096);
    expectFailure(await crit(args), 3, /: it has 4096 bytes, the page map has 376832\n$/);
  });
});

Deno.test("pages that were punched out are counted", async () => {
  await withDirectory(async (directory) => {
    const dump = copyOf(`${DUMPS}/shloop`, directory);
    punch(`${dump}/pages-2.img`, () => true);
    const pages = Deno.statSync(`${dump}/pages-2.img`).size / 4096;
    const ended = await crit(["coredump", dump, "--no-files", "-o", `${directory}/cores`]);
    equal(ended.code, 0);
    equal(
      ended.stderr,
      `crit: ${pages} pages of a process are holes in the dump's files, which --auto-dedup ` +
        "punched: they are zeros\n",
    );
  });
});

Deno.test("the parent dump may be named", async () => {
  await withDirectory(async (directory) => {
    const chain = `${DUMPS}/incremental`;
    const dump = copyOf(`${chain}/3-dump`, directory);
    Deno.removeSync(`${dump}/parent`);
    const out = `${directory}/core`;
    const args = ["coredump", dump, "--no-files", "-p", "26736", "-o", out];
    const line = /^crit: 64 pages of a process are in a missing parent dump: they are left/;
    expectFailure(await crit(args), 3, line);
    ok(readCore(Deno.readFileSync(out)).segments.length > 0, "what is there");
    equal((await crit([...args, "--parent", `${chain}/2-predump`])).code, 0);
    deepEqual(Deno.readFileSync(out), await coreFile(`${chain}/3-dump`, 26736));
  });
});

// The layout of such files is tested in images/coredump/elf.
Deno.test("more segments than an ELF header can count", { ignore: isQuick() }, async () => {
  await withDirectory(async (directory) => {
    const core = syntheticCore("X86_64", 1);
    core.tc = { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "x" };
    const vmas = Array.from({ length: 65_600 }, (_, i) => {
      const start = 0x10000000n + BigInt(i * 2 * 4096);
      return madeVma({ start, end: start + 4096n });
    });
    const page = new Uint8Array(4096).fill(7);
    const ranges = [{ vaddr: vmas[65_599]!.start, bytes: page }];
    const dump = `${directory}/dump`;
    Deno.mkdirSync(dump);
    writeDump(dump, [{ pid: 100, cores: [[100, core]], mm: {}, vmas, ranges }]);
    const out = `${directory}/core`;
    equal((await crit(["coredump", dump, "-p", "100", "-o", out])).code, 0);
    const { segments, bytes } = readCore(Deno.readFileSync(out));
    equal(segments.length, 65_600);
    const last = segments.at(-1)!;
    deepEqual(bytes.subarray(last.offset, last.offset + last.fileSize), page);
    if (isInstalled("readelf")) {
      const { stdout, stderr } = await runProgram("readelf", ["-hW", out]);
      equal(stderr, "");
      match(stdout, /Number of program headers: +65535 \(65601\)$/m);
    }
    if (isInstalled("gdb")) {
      const { stdout } = await runProgram("gdb", [
        ...["-nx", "-batch", "-core", out, "-ex", `x/4xb ${last.address}`],
      ]);
      match(stdout, /:\t0x07\t0x07\t0x07\t0x07$/m);
    }
  });
});

Deno.test({
  name: "a dump in an archive, its parents included",
  ignore: lacks("tar"),
  fn: async () => {
    await withDirectory(async (directory) => {
      const archive = `${directory}/chain.tar.gz`;
      await runProgram("tar", ["-C", `${DUMPS}/incremental`, "-czf", archive, "."]);
      const out = `${directory}/core`;
      const args = ["coredump", `${archive}/3-dump`, "--no-files", "-p", "26736", "-o", out];
      deepEqual(await crit(args), { code: 0, stdout: "", stderr: "" });
      deepEqual(Deno.readFileSync(out), await coreFile(`${DUMPS}/incremental/3-dump`, 26736));
    });
  },
});

Deno.test("--json says what came of each process", async () => {
  await withDirectory(async (directory) => {
    const dump = copyOf(`${DUMPS}/shloop`, directory);
    const out = `${directory}/cores`;
    const args = ["coredump", dump, "--sysroot", `${directory}/none`, "-o", out, "--json"];
    const { code, stdout } = await crit(args);
    equal(code, 0);
    const rows = JSON.parse(stdout);
    deepEqual(rows.map(({ pid, comm, path }: Record<string, unknown>) => [pid, comm, path]), [
      [1517, "sh", `${out}/core.1517`],
      [1520, "sleep", `${out}/core.1520`],
    ]);
    for (const { path, size, missing_files, pages_in_missing_parent, lazy_pages } of rows) {
      equal(Deno.statSync(path).size, size);
      ok(missing_files.some(({ name }: { name: string }) => /^\/usr\/bin\/\w+$/.test(name)));
      deepEqual([pages_in_missing_parent, lazy_pages], [0, 0]);
    }
    Deno.removeSync(`${dump}/mm-1517.img`);
    const partly = await crit([...args.slice(0, -1), "--no-files", "--json"]);
    equal(partly.code, 3);
    const [failed, written] = JSON.parse(partly.stdout);
    deepEqual(failed, {
      pid: 1517,
      comm: "sh",
      path: null,
      reason: `${dump}/mm-1517.img: the image is missing`,
    });
    equal(written.path, `${out}/core.1520`);
    const refused = await crit(["coredump", dump, "-p", "1520", "-o", "-", "--json"]);
    deepEqual([refused.code, refused.stdout], [2, ""]);
  });
});

Deno.test({
  name: "--json counts the pages of a parent dump that is not there",
  async fn() {
    await withDirectory(async (directory) => {
      const dump = copyOf(`${DUMPS}/incremental/3-dump`, directory);
      Deno.removeSync(`${dump}/parent`);
      const out = `${directory}/cores`;
      const { code, stdout } = await crit(["coredump", dump, "--no-files", "-o", out, "--json"]);
      equal(code, 3);
      equal(JSON.parse(stdout)[0].pages_in_missing_parent, 64);
    });
  },
});

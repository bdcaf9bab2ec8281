/** Extracting from dumps whose names and sizes deceive. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { safeName, UniquePaths } from "../../../images/extract/names.ts";
import { crit } from "../../programs.ts";
import { filesOf, fixture, image } from "../dump/sources.ts";

Deno.test("all names become safe and all paths distinct", () => {
  for (
    const name of [
      "../../etc/passwd",
      "/",
      "..",
      "\x1b[31m",
      "-rf",
      ".hidden",
      "\udcff",
      "a\nb",
      "é",
    ]
  ) {
    assert.match(safeName(name), /^([A-Za-z0-9_+@=,][\w.+@=,-]*)?$/, JSON.stringify(name));
  }
  assert.equal(safeName("/usr/lib/libc.so.6"), "usr_lib_libc.so.6");
  assert(safeName("x".repeat(5000)).length < 200);
  const paths = new UniquePaths();
  assert.deepEqual(
    ["a/b", "a/b", "a", "a/b/c", "x", "x/y"].map((path) => paths.of(path)),
    ["a/b", "a/b~2", "a~2", "a/b~3/c", "x", "x~2/y"],
  );
});

/** A ustar archive of these files. */
function tar(files: Record<string, string>, links: Record<string, string> = {}): Uint8Array {
  const blocks: Uint8Array[] = [];
  const add = (path: string, type: string, link: string, text: string) => {
    const header = new Uint8Array(512);
    const put = (at: number, value: string) => header.set(new TextEncoder().encode(value), at);
    put(0, path);
    put(100, "0000644\0");
    put(124, `${text.length.toString(8).padStart(11, "0")}\0`);
    put(148, "        ");
    put(156, type);
    put(157, link);
    put(257, "ustar\x0000");
    const sum = header.reduce((sum, byte) => sum + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    const contents = new Uint8Array(Math.ceil(text.length / 512) * 512);
    contents.set(new TextEncoder().encode(text));
    blocks.push(header, contents);
  };
  for (const [path, text] of Object.entries(files)) add(path, "0", "", text);
  for (const [path, link] of Object.entries(links)) add(path, "2", link, "");
  blocks.push(new Uint8Array(1024));
  return new Uint8Array(blocks.flatMap((block) => [...block]));
}

Deno.test("no file is written outside, and no size creates a large file or takes long", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const dump = `${directory}/dump`;
    Deno.mkdirSync(dump);
    const { mm } = fixture("shloop").task(1517)!;
    const area = { pgoff: 0n, shmid: 9n, prot: 3, flags: 0x22, fd: -1n };
    const evil = "../../../evil\x1b[31m\n";
    const files = {
      ...filesOf("shloop"),
      "mm-1517.img": image("MM", [{
        ...mm,
        vmas: [
          { ...area, start: 0x1000n, end: (1n << 47n) - 4096n, status: 0x201 },
          { ...area, start: 1n << 61n, end: 1n << 62n, status: 0x4081 },
        ],
      }]),
      "files.img": image("FILES", [
        { type: "MEMFD", id: 9, memfd: MEMFD },
      ]),
      "memfd.img": image("MEMFD_INODE", [
        { name: evil, uid: 0, gid: 0, size: 1n << 60n, shmid: 77, seals: 0, inode_id: 5n },
        { name: "wide", uid: 0, gid: 0, size: 1n << 36n, shmid: 78, seals: 0, inode_id: 6n },
      ]),
      "pagemap-shmem-78.img": image("PAGEMAP", [
        { pages_id: 901 },
        { vaddr: 8192n, compat_nr_pages: 1, flags: 4 },
      ]),
      "pages-901.img": new Uint8Array(4096).fill(8),
      "pagemap-shmem-77.img": image("PAGEMAP", [
        { pages_id: 900 },
        { vaddr: (1n << 60n) - 8192n, compat_nr_pages: 0, nr_pages: 1n, flags: 4 },
      ]),
      "pages-900.img": new Uint8Array(4096).fill(7),
      "tmpfs-1.tar.gz.img": new Uint8Array(gzipSync(tar({
        "./../../evil": "one",
        "/etc/evil": "two",
        "a": "three",
        "a/b": "four",
        "\x1b[31mred": "five",
      }, { "up": "../../../.." }))),
      "tmpfs-2.tar.gz.img": new Uint8Array([1, 2, 3]),
    };
    for (const [name, bytes] of Object.entries(files)) Deno.writeFileSync(`${dump}/${name}`, bytes);
    const { code, stderr } = await crit(["extract", dump, "-o", `${directory}/out`]);
    assert.equal(code, 3, "a tmpfs is no archive");
    assert.match(stderr, /tmpfs-2\.tar\.gz\.img/);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), [
      "dump",
      "out",
    ]);
    const index = JSON.parse(Deno.readTextFileSync(`${directory}/out/index.json`));
    const memfd = index.filter(({ kind }: { kind: string }) => kind === "memfd");
    assert.equal(memfd.length, 2);
    const wide = Deno.statSync(`${directory}/out/${memfd[1].path}`);
    assert.deepEqual([memfd[1].size, wide.size, memfd[1].sha256], [2 ** 36, 2 ** 36, null]);
    assert(wide.blocks! <= 16, "holes are holes");
    assert.equal(memfd[0].path, "memfd/5-evil_31m@fffffffffffe000");
    assert.equal(memfd[0].name, evil);
    assert.deepEqual(
      Deno.readFileSync(`${directory}/out/${memfd[0].path}`),
      new Uint8Array(4096).fill(7),
    );
    const tmpfs = index.filter(({ kind }: { kind: string }) => kind === "tmpfs");
    assert.deepEqual(
      tmpfs.map(({ path }: { path: string | null }) =>
        path && Deno.readTextFileSync(`${directory}/out/${path}`)
      ),
      // An archive has no file of a name with `..` in it.
      ["two", "three", "four", "five", null],
    );
    assert.equal(tmpfs.at(-1).link, "../../../..");
    const memory = index.filter(({ kind }: { kind: string }) => kind === "memory");
    assert(
      memory.every(({ size }: { size: number }) => size <= 1 << 20),
      "parts of the large area",
    );
    const list = await crit(["extract", dump, "--list"]);
    assert(!list.stdout.includes("\x1b"), "nothing harms the terminal");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

const MEMFD = {
  ...{ id: 9, flags: 2, pos: 0n, inode_id: 5 },
  fown: { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 },
};

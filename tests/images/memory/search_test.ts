/** Searching a dump's memory: who has it, at which address, and what is not searched. */

import assert from "node:assert/strict";
import type { Dump } from "../../../images/dump/dump.ts";
import { CritError } from "../../../images/errors.ts";
import { VMA } from "../../../images/kernel/memory.ts";
import { parsePerm, parseRange } from "../../../images/memory/choice.ts";
import { memoryOf, memoryStrings, searchMemory } from "../../../images/memory/library.ts";
import { MemorySearch, type SearchOptions } from "../../../images/memory/search.ts";
import { matcherOf } from "../../../images/search/matcher.ts";
import { parsePattern } from "../../../images/search/pattern.ts";
import { dumpOf, filesOf, fixture, image } from "../dump/sources.ts";

const PAGE = 4096;
const P = (count: number) => BigInt(count * PAGE);

interface Area {
  at: bigint;
  pages: bigint;
  status?: number;
  shmid?: bigint;
  pgoff?: bigint;
  prot?: number;
}

interface TaskParts {
  areas: Area[];
  /** Text by address; each begins a range of pages. */
  pages?: Record<string, string>;
  ranges?: Array<{ vaddr: bigint; nr_pages: bigint; flags: number }>;
}

/** Pages of text, filled up with dots. */
function pagesOf(text: string): Uint8Array {
  const length = Math.ceil(text.length / PAGE) * PAGE;
  return new TextEncoder().encode(text.padEnd(length, "."));
}

/** A dump of tasks; `shared` are page maps of shared memory. */
function dumpWith(
  tasks: Record<number, TaskParts>,
  more: Record<string, Uint8Array> = {},
  sharedWith: Record<number, number> = {},
): Dump {
  const shell = filesOf("shloop");
  const { mm } = fixture("shloop").task(1517)!;
  const files: Record<string, Uint8Array> = { "inventory.img": shell["inventory.img"]! };
  const pids = [...Object.keys(tasks), ...Object.keys(sharedWith)].map(Number);
  files["pstree.img"] = image(
    "PSTREE",
    pids.map((pid, i) => ({ pid, ppid: i === 0 ? 0 : pids[0], pgid: 1, sid: 1, threads: [pid] })),
  );
  const { ids } = fixture("shloop").task(1517)!;
  for (const pid of pids) {
    files[`core-${pid}.img`] = shell["core-1517.img"]!;
    files[`ids-${pid}.img`] = image("IDS", [{ ...ids, vm_id: sharedWith[pid] ?? pid }]);
  }
  for (const [pid, { areas, pages = {}, ranges = [] }] of Object.entries(tasks)) {
    files[`mm-${pid}.img`] = image("MM", [{
      ...mm,
      vmas: areas.map(({ at, pages, status = 0x201, shmid = 0n, pgoff = 0n, prot = 3 }) => {
        const end = at + pages * 4096n;
        return { start: at, end, pgoff, shmid, prot, flags: 0x22, status, fd: -1n };
      }),
    }]);
    Object.assign(files, pageImages(`pagemap-${pid}.img`, Number(pid), pages, ranges));
  }
  return dumpOf({ ...files, ...more });
}

function pageImages(
  name: string,
  id: number,
  pages: Record<string, string>,
  ranges: Array<{ vaddr: bigint; nr_pages: bigint; flags: number }> = [],
): Record<string, Uint8Array> {
  const texts = Object.entries(pages).map(([at, text]) => ({
    at: BigInt(at),
    bytes: pagesOf(text),
  }));
  const present = texts.map(({ at, bytes }) => ({
    vaddr: at,
    nr_pages: BigInt(bytes.length / PAGE),
    flags: 4,
  }));
  const all = [...present, ...ranges].sort((a, b) => (a.vaddr < b.vaddr ? -1 : 1))
    .map((range) => ({ compat_nr_pages: 0, ...range }));
  return {
    [name]: image("PAGEMAP", [{ pages_id: id }, ...all]),
    [`pages-${id}.img`]: new Uint8Array(texts.flatMap(({ bytes }) => [...bytes])),
  };
}

/** `PID ADDRESS AREA TEXT` of each match. */
function found(dump: Dump, text: string, options: SearchOptions = {}): string[] {
  const matcher = matcherOf(parsePattern({ kind: "regex", text }));
  using search = new MemorySearch(dump, [matcher], options);
  const lines: string[] = [];
  for (const match of search.matches()) {
    const text = new TextDecoder().decode(match.bytes);
    const pids = match.space.tasks.map(({ pid }) => pid).join("+");
    lines.push(`${pids} ${match.address.toString(16)} ${match.area.name} ${text}`);
  }
  return lines;
}

const A = 0x7f00_0000_0000n;

Deno.test("a match continues across adjacent pages, ranges and areas only", () => {
  const border = ".".repeat(PAGE - 3) + "key=12345";
  const dump = dumpWith({
    1: {
      areas: [
        { at: A, pages: 3n, status: 0x221 },
        { at: A + P(3), pages: 1n },
        { at: A + P(5), pages: 1n },
      ],
      pages: {
        [`${A}`]: border,
        [`${A + P(2)}`]: ".".repeat(PAGE - 4) + "key=",
        [`${A + P(3)}`]: "54321" + ".".repeat(PAGE - 9) + "key=",
        [`${A + P(5)}`]: "99999",
      },
    },
  });
  assert.deepEqual(found(dump, "key=\\d+"), [
    "1 7f0000000ffd [heap] key=12345",
    "1 7f0000002ffc [heap] key=54321",
  ]);
  assert.deepEqual(found(dump, "key=\\d+", { areas: ["heap"] }), [
    "1 7f0000000ffd [heap] key=12345",
  ]);
});

Deno.test("addresses are exact at the end of 64 bits", () => {
  const at = 0xffff_ffff_ff60_0000n;
  const dump = dumpWith({ 1: { areas: [{ at, pages: 1n }], pages: { [`${at}`]: "...key=7" } } });
  assert.deepEqual(found(dump, "key=7"), ["1 ffffffffff600003 [anon] key=7"]);
  const range = parseRange("ffffffffff600004+100");
  assert.deepEqual(found(dump, "key=7", { range }), []);
  assert.deepEqual(found(dump, "y=7", { range }), ["1 ffffffffff600005 [anon] y=7"]);
});

Deno.test("shared memory is reported for each task and read once", () => {
  const id = 77n;
  const SHARED = VMA.REGULAR | VMA.ANON_SHARED;
  const text = "key=1" + ".".repeat(2 * PAGE) + "key=2";
  const dump = dumpWith({
    1: { areas: [{ at: A, pages: 3n, status: SHARED, shmid: id }] },
    2: {
      areas: [
        { at: A, pages: 1n },
        { at: A + P(1), pages: 1n, status: SHARED, shmid: id, pgoff: P(2) },
        { at: A + P(2), pages: 1n },
      ],
      pages: { [`${A}`]: "-".repeat(PAGE - 1) + "<", [`${A + P(2)}`]: ">" },
    },
  }, pageImages("pagemap-shmem-77.img", 500, { 0: text }));
  let count = 0;
  assert.deepEqual(found(dump, "key=\\d", { onRead: (bytes) => count += bytes }), [
    "1 7f0000000000 /dev/zero (deleted) key=1",
    "1 7f0000002005 /dev/zero (deleted) key=2",
    "2 7f0000001005 /dev/zero (deleted) key=2",
  ]);
  // Five pages of the dump; those at the borders of shared memory pad its neighbours once more.
  assert(count <= 7 * PAGE, `${count}`);
  assert.deepEqual(found(dump, "<[.]+k", { pids: [2] }), ["2 7f0000000fff [anon] <.....k"]);
  assert.deepEqual(found(dump, "<[.]+k"), ["2 7f0000000fff [anon] <.....k"], "over the border");
  assert.deepEqual(found(dump, "[.]{9}>"), [
    "2 7f0000001ff7 /dev/zero (deleted) .........>",
  ]);
});

Deno.test("tasks that share all memory are reported together", () => {
  const parts = { areas: [{ at: A, pages: 1n }], pages: { [`${A}`]: "key=1" } };
  const dump = dumpWith({ 1: parts }, {}, { 3: 1 });
  assert.deepEqual(found(dump, "key=1"), ["1+3 7f0000000000 [anon] key=1"]);
  assert.deepEqual(found(dump, "key=1", { pids: [3] }), ["3 7f0000000000 [anon] key=1"]);
});

Deno.test("memory that the dump does not have ends a match and is counted", () => {
  const dump = dumpWith({
    1: {
      areas: [{ at: A, pages: 4n }, { at: A + P(9), pages: 2n, status: 0x41, shmid: 5n }],
      pages: { [`${A}`]: ".".repeat(PAGE - 2) + "ke", [`${A + P(2)}`]: "y=1" },
      ranges: [{ vaddr: A + P(1), nr_pages: 1n, flags: 2 }, {
        vaddr: A + P(3),
        nr_pages: 1n,
        flags: 1,
      }],
    },
  });
  const matcher = matcherOf(parsePattern({ kind: "text", text: "key=1" }));
  using search = new MemorySearch(dump, [matcher]);
  assert.deepEqual([...search.matches()], []);
  assert.deepEqual(search.walk.missing, { file: 2 * PAGE, lazy: PAGE, lost: PAGE });
});

Deno.test("unwritten zeros are not searched, but end a match", () => {
  const at = 0x1000n;
  const dump = dumpWith({
    1: {
      areas: [{ at, pages: 1n << 35n }],
      pages: { [`${at + P(5)}`]: ".".repeat(PAGE - 1) + "z" },
    },
  });
  assert.deepEqual(found(dump, "\\x00"), []);
  assert.deepEqual(found(dump, "z\\x00{3}"), ["1 6fff [anon] z\0\0\0"]);
  assert.deepEqual(found(dump, "\\x00\\x00[.]"), ["1 5ffe [anon] \0\0."]);
});

Deno.test("the longest pattern is found across every boundary", () => {
  const SHARED = VMA.REGULAR | VMA.ANON_SHARED;
  const dump = dumpWith({
    1: {
      areas: [
        { at: A, pages: 20n },
        { at: A + P(20), pages: 20n, status: SHARED, shmid: 77n },
      ],
      pages: { [`${A}`]: ".".repeat(PAGE - 1) + "z", [`${A + P(19)}`]: "y".repeat(PAGE) },
    },
    2: { areas: [{ at: A, pages: 20n, status: SHARED, shmid: 77n }] },
  }, pageImages("pagemap-shmem-77.img", 500, { 0: "x".repeat(3 * PAGE) }));
  const places = (text: string, most?: number) => {
    const matcher = matcherOf(parsePattern({ kind: "hex", text }));
    using search = new MemorySearch(dump, [matcher], { most });
    return [...search.matches()].map(({ space, address }) => {
      return `${space.tasks[0]!.pid} ${address.toString(16)}`;
    });
  };
  assert.deepEqual(places(`7a${"00".repeat(60_000)}`), ["1 7f0000000fff"]);
  assert.deepEqual(places(`${"00".repeat(60_000)}79`), ["1 7f00000045a0"]);
  assert.deepEqual(places(`79${"78".repeat(9000)}`), ["1 7f0000013fff"]);
  assert.deepEqual(places("7a"), ["1 7f0000000fff"]);
  assert.deepEqual(places("78", 1), ["1 7f0000014000", "2 7f0000000000"]);
});

Deno.test("a memfd that is open twice is read once", () => {
  const MEMFD = VMA.REGULAR | VMA.MEMFD;
  const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };
  const memfd = { flags: 2, pos: 0n, fown, inode_id: 5 };
  const dump = dumpWith({
    1: { areas: [{ at: A, pages: 9n, status: MEMFD, shmid: 8n }] },
    2: { areas: [{ at: A, pages: 9n, status: MEMFD, shmid: 9n }] },
  }, {
    "files.img": image(
      "FILES",
      [8, 9].map((id) => ({
        type: "MEMFD",
        id,
        memfd: { ...memfd, id },
      })),
    ),
    "memfd.img": image("MEMFD_INODE", [
      { name: "m", uid: 0, gid: 0, size: P(9), shmid: 77, seals: 0, inode_id: 5n },
    ]),
    ...pageImages("pagemap-shmem-77.img", 500, { 0: "key=1".padEnd(9 * PAGE) }),
  });
  let count = 0;
  assert.deepEqual(found(dump, "key=\\d", { onRead: (bytes) => count += bytes }), [
    "1 7f0000000000 /memfd:m (deleted) key=1",
    "2 7f0000000000 /memfd:m (deleted) key=1",
  ]);
  assert.equal(count, 9 * PAGE);
});

Deno.test("memory is chosen by permissions, kinds, names and addresses", () => {
  const dump = dumpWith({
    1: {
      areas: [{ at: A, pages: 1n, prot: 5 }, { at: A + P(2), pages: 1n, prot: 7, status: 0x221 }],
      pages: { [`${A}`]: "key=1", [`${A + P(2)}`]: "key=2 key=3 key=4" },
    },
  });
  const numbers = (options: SearchOptions) =>
    found(dump, "key=\\d", options).map((line) => line.slice(-1)).join("");
  assert.equal(numbers({}), "1234");
  assert.equal(numbers({ perm: parsePerm("r-x") }), "1");
  assert.equal(numbers({ perm: parsePerm("rx") }), "1234");
  assert.equal(numbers({ perm: parsePerm("w") }), "234");
  assert.equal(numbers({ areas: ["anon"] }), "1");
  assert.equal(numbers({ areas: ["x*", "stack"] }), "");
  assert.equal(numbers({ areas: ["[heap]"] }), "234");
  assert.equal(numbers({ areas: ["?he*"] }), "234");
  assert.equal(numbers({ range: parseRange("7f0000002001-7f000000200b") }), "3");
  assert.equal(numbers({ most: 2 }), "12");
  assert.throws(() => numbers({ pids: [9] }), CritError);
  for (const text of ["rr", "a", "", "rwxr"]) assert.throws(() => parsePerm(text), CritError, text);
  for (const text of ["5", "9-1", "x-y", "1+", "1+q", "1-1", "11111111111111111-2"]) {
    assert.throws(() => parseRange(text), CritError, text);
  }
});

Deno.test("areas of 2^47 bytes and shared memory of 2^60 bytes take little time and memory", () => {
  const SHARED = VMA.REGULAR | VMA.ANON_SHARED;
  const pages = 1n << 48n;
  const dump = dumpWith({
    1: {
      areas: [
        { at: 0x1000n, pages: 1n << 35n },
        { at: 1n << 61n, pages, status: SHARED, shmid: 77n },
      ],
    },
    2: { areas: [{ at: 1n << 61n, pages, status: SHARED, shmid: 77n }] },
  }, pageImages("pagemap-shmem-77.img", 500, { [`${(1n << 60n) - 4096n}`]: "...key=1" }));
  let count = 0;
  assert.deepEqual(found(dump, "key=1", { onRead: (bytes) => count += bytes }), [
    "1 2ffffffffffff003 /dev/zero (deleted) key=1",
    "2 2ffffffffffff003 /dev/zero (deleted) key=1",
  ]);
  assert(count < 1 << 20, `${count}`);
});

Deno.test("a truncated pages file is searched to its end and reported as a fault", () => {
  const dump = dumpWith({
    1: { areas: [{ at: A, pages: 2n }], pages: { [`${A}`]: "x".repeat(5000) } },
  }, { "pages-1.img": new Uint8Array(5000).fill(0x78) });
  assert.equal(found(dump, "x").length, 5000);
  assert.equal(dump.allFaults.length, 1);
});

Deno.test("the library describes the parts of a task's memory", () => {
  const dump = dumpWith({
    1: {
      areas: [{ at: A, pages: 3n }, { at: A + P(5), pages: 1n, status: 0x41, shmid: 5n }],
      pages: { [`${A + P(1)}`]: "...key=1" },
    },
  });
  const told = [...memoryOf(dump, 1, { range: parseRange("7efffffff000-7f0000006001") })]
    .map(({ address, length, source, absence }) => {
      return `${address.toString(16)}+${length} ${source === undefined ? absence : "bytes"}`;
    });
  assert.deepEqual(told, [
    "7efffffff000+4096 unmapped",
    "7f0000000000+4096 zero",
    "7f0000001000+4096 bytes",
    "7f0000002000+4096 zero",
    "7f0000003000+8192 unmapped",
    "7f0000005000+4096 file",
    "7f0000006000+1 unmapped",
  ]);
  const [found] = [...memoryOf(dump, 1, { range: parseRange("7f0000001003+5") })];
  const bytes = new Uint8Array(5);
  found!.source!.read(found!.offset, bytes);
  assert.equal(new TextDecoder().decode(bytes), "key=1");
  assert.throws(() => [...memoryOf(dump, 9)], CritError);
});

Deno.test("the library finds the same matches and reports missing memory", () => {
  const parts = { areas: [{ at: A, pages: 1n }], pages: { [`${A}`]: "...key=1" } };
  const dump = dumpWith({ 1: parts }, {}, { 3: 1 });
  const search = searchMemory(dump, [{ kind: "text", text: "KEY" }], { ignoreCase: true });
  const all = [...search].map(({ pid, address, bytes }) => [pid, address, bytes.length]);
  assert.deepEqual(all, [[1, A + 3n, 3], [3, A + 3n, 3]]);
  const strings = memoryStrings(dump, { min: 4096 });
  for (const pid of [1, 3]) {
    const { done, value } = strings.next();
    assert(!done && value.pid === pid);
  }
  assert.deepEqual(strings.next(), { done: true, value: { file: 0, lazy: 0, lost: 0 } });
});

/** Ways to break memory areas, page maps, pages and parents. @module */

import { punch } from "../../../dumps.ts";
import { type Break, type BrokenDump, OWN } from "../broken_dump.ts";

const MAP = "pagemap-1520.img";
const MM = "mm-1520.img";
/** The page map of the incremental dump. */
const PARENT_MAP = "pagemap-26736.img";

/** Makes the copy's parents copies, too, and gives the nearest; its own parent is in it. */
function parentCopy(dump: BrokenDump): string {
  dump.remove("parent");
  const path = dump.file("parent");
  for (const [from, to] of [["2-predump", path], ["1-predump", `${path}/parent`]]) {
    Deno.mkdirSync(to!);
    for (const { name, isFile } of Deno.readDirSync(`${OWN}/incremental/${from}`)) {
      if (!isFile || name === "parent") continue;
      Deno.copyFileSync(`${OWN}/incremental/${from}/${name}`, `${to}/${name}`);
    }
  }
  return path;
}

/** Lets nothing of the dump be in its parent, whose pages it then has as pages of its own. */
function ownAllPages(dump: BrokenDump): void {
  let pages = 0;
  dump.edit(PARENT_MAP, ([, ...ranges]) => {
    for (const range of ranges) {
      range.flags = 4;
      pages += Number(range.nr_pages ?? range.compat_nr_pages);
    }
  });
  dump.resize(dump.pagesOf(PARENT_MAP), pages * 4096);
}

export const breaks: readonly Break[] = [
  {
    rule: "vma-aligned",
    dump: "shloop",
    how: "let the last area end inside a page",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas.at(-1).end -= 1n),
    image: MM,
    entry: 0,
    message: /^0x[0-9a-f]+-0x[0-9a-f]+ does not consist of pages of 4096 bytes$/,
  },
  {
    rule: "vma-aligned",
    dump: "shloop",
    how: "let the last area end before it begins",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas.at(-1).end = vmas.at(-1).start - 4096n),
    image: MM,
    entry: 0,
    message: /^the area at 0x[0-9a-f]+ ends at 0x[0-9a-f]+$/,
  },
  {
    rule: "vma-offset",
    dump: "shloop",
    how: "map a file from inside a page on",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas[0].pgoff = 0xffff_ffff_ffff_ffffn),
    image: MM,
    entry: 0,
    field: "vmas[0].pgoff",
    message: /^0x[0-9a-f]+ is not a multiple of 4096$/,
  },
  {
    rule: "vma-order",
    dump: "shloop",
    how: "put the last area first",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas.unshift(vmas.pop())),
    image: MM,
    entry: 0,
    field: "vmas[1]",
    message: /^0x[0-9a-f]+ comes after 0x[0-9a-f]+$/,
  },
  {
    rule: "vma-order",
    dump: "shloop",
    how: "let the first area overlap the second",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas[0].end = vmas[1].start + 4096n),
    image: MM,
    entry: 0,
    field: "vmas[1]",
    message: /^0x[0-9a-f]+ overlaps the area before, which ends at 0x[0-9a-f]+$/,
  },
  {
    rule: "vma-file",
    dump: "shloop",
    how: "let an area map a file that is not there",
    break: (dump) => dump.edit(MM, ([{ vmas }]) => vmas[0].shmid = 999n),
    image: MM,
    entry: 0,
    field: "vmas[0]",
    message: /^there is no REG file 999, which the area at 0x[0-9a-f]+ maps$/,
  },
  {
    rule: "fs-file",
    dump: "shloop",
    how: "let a process be in a directory that is not there",
    break: (dump) => dump.edit("fs-1520.img", ([entry]) => entry.cwd_id = 999),
    image: "fs-1520.img",
    entry: 0,
    field: "cwd_id",
    message: /^there is no REG file 999$/,
  },
  {
    rule: "exe-file",
    dump: "shloop",
    how: "let a process run a program that is not there",
    break: (dump) => dump.edit(MM, ([entry]) => entry.exe_file_id = 999),
    image: MM,
    entry: 0,
    field: "exe_file_id",
    message: /^there is no REG file 999$/,
  },
  {
    rule: "aio-area",
    dump: "aio00.h",
    how: "move a ring of asynchronous I/O",
    break: (dump) => dump.edit("mm-66.img", ([{ aios }]) => aios[0].id += 4096n),
    image: "mm-66.img",
    entry: 0,
    field: "aios[0].id",
    message: /^there is no area of a ring at 0x[0-9a-f]+$/,
  },
  {
    rule: "pages-present",
    dump: "shloop",
    how: "remove the pages of a process",
    break: (dump) => dump.remove(dump.pagesOf(MAP)),
    image: "pages-2.img",
    message: /^it is missing: pagemap-\d+\.img has \d+ bytes in it$/,
  },
  {
    rule: "pages-exact",
    dump: "shloop",
    how: "cut the pages of a process",
    break: (dump) => dump.resize("pages-2.img", dump.size("pages-2.img") - 4096),
    image: "pages-2.img",
    message: /: 4096 missing$/,
  },
  {
    rule: "pages-exact",
    dump: "shloop",
    how: "put a byte behind the pages of a process",
    break: (dump) => dump.resize("pages-2.img", dump.size("pages-2.img") + 1),
    image: "pages-2.img",
    message: /: 1 too many$/,
  },
  {
    rule: "pages-holes",
    dump: "shloop",
    how: "punch the pages of a process out",
    break: (dump) => punch(dump.file("pages-2.img"), () => true),
    image: "pages-2.img",
    message: /^(\d+) of \1 pages are holes$/,
  },
  {
    rule: "pages-apart",
    dump: "shloop",
    how: "let the child have its parent's pages",
    break: (dump) => {
      dump.edit(MAP, ([head]) => head.pages_id = 1);
      dump.remove("pages-2.img");
    },
    image: MAP,
    entry: 0,
    field: "pages_id",
    message: /^1 is also the pages_id of pagemap-1517\.img$/,
  },
  {
    rule: "pagemap-length",
    dump: "shloop",
    how: "let a range have no pages, as one of CRIU 4.2 has for older releases",
    break: (dump) =>
      dump.edit(MAP, (entries) => {
        const less = Number(entries[1].nr_pages) * 4096;
        delete entries[1].nr_pages;
        dump.resize("pages-2.img", dump.size("pages-2.img") - less);
      }),
    image: MAP,
    entry: 1,
    message: /^the range at 0x[0-9a-f]+ has no pages$/,
  },
  {
    rule: "pagemap-length",
    dump: "shloop",
    how: "let a range have more pages than memory",
    break: (dump) => dump.edit(MAP, (entries) => entries[1].nr_pages = 1n << 60n),
    image: MAP,
    entry: 1,
    message: /^a range of \d+ pages is impossible$/,
  },
  {
    rule: "pagemap-aligned",
    dump: "shloop",
    how: "let a range begin inside a page",
    break: (dump) =>
      dump.edit(MAP, (entries) => {
        // A range of several pages, so that it stays inside its area without the last.
        const range = entries.find(({ nr_pages }) => nr_pages > 1n);
        range.vaddr += 1n;
        range.nr_pages -= 1n;
        dump.resize("pages-2.img", dump.size("pages-2.img") - 4096);
      }),
    image: MAP,
    message: /does not begin at a page of 4096 bytes$/,
  },
  {
    rule: "pagemap-order",
    dump: "shloop",
    how: "exchange two ranges",
    break: (dump) =>
      dump.edit(MAP, (entries) => [entries[1], entries[2]] = [entries[2], entries[1]]),
    image: MAP,
    entry: 2,
    message: /^the range begins before the range ahead of it$/,
  },
  {
    rule: "pagemap-order",
    dump: "shloop",
    how: "list a range twice",
    break: (dump) =>
      dump.edit(MAP, (entries) => {
        const twice = entries[1];
        entries.splice(1, 0, twice);
        const more = Number(twice.nr_pages) * 4096;
        dump.resize("pages-2.img", dump.size("pages-2.img") + more);
      }),
    image: MAP,
    entry: 2,
    message: /overlaps the range before, up to 0x/,
  },
  {
    rule: "pagemap-area",
    dump: "shloop",
    how: "move the last range out of its area",
    break: (dump) => dump.edit(MAP, (entries) => entries.at(-1).vaddr += 1n << 46n),
    image: MAP,
    message: /lies in no memory area of process 1520$/,
  },
  {
    rule: "pagemap-flags",
    dump: "shloop",
    how: "let the pages of a range be nowhere",
    break: (dump) =>
      dump.edit(MAP, (entries) => {
        entries[1].flags = 0;
        const less = Number(entries[1].nr_pages) * 4096;
        dump.resize("pages-2.img", dump.size("pages-2.img") - less);
      }),
    image: MAP,
    entry: 1,
    message: /is neither here nor in a parent dump by its flags$/,
  },
  {
    rule: "pages-lazy",
    dump: "shloop",
    how: "let the pages of a range be fetched later",
    break: (dump) =>
      dump.edit(MAP, (entries) => {
        entries[1].flags = 2;
        const less = Number(entries[1].nr_pages) * 4096;
        dump.resize("pages-2.img", dump.size("pages-2.img") - less);
      }),
    image: MAP,
    entry: 1,
    message: /^1 page \(4096 bytes\) is to be fetched later: a restore without --lazy-pages never/,
  },
  {
    rule: "parent-present",
    dump: "incremental/3-dump",
    how: "remove the link to the parent",
    break: (dump) => dump.remove("parent"),
    image: "pagemap-26736.img",
    message: /^\d+ pages are in the parent dump, and there is no link `parent`$/,
  },
  {
    rule: "parent-present",
    dump: "incremental/3-dump",
    how: "let the link to the parent lead nowhere",
    break: (dump) => {
      dump.remove("parent");
      Deno.symlinkSync("../gone", dump.file("parent"));
    },
    image: "pagemap-26736.img",
    message: /and it leads to \.\.\/gone, which is not a directory$/,
  },
  {
    rule: "parent-present",
    dump: "incremental/3-dump",
    how: "let the dump be its own parent",
    break: (dump) => {
      dump.remove("parent");
      Deno.symlinkSync(".", dump.file("parent"));
    },
    image: "pagemap-26736.img",
    message: /and it leads back to /,
  },
  {
    rule: "parent-whole",
    dump: "incremental/3-dump",
    how: "cut the pages of the parent's parent",
    break: (dump) => Deno.truncateSync(`${parentCopy(dump)}/parent/pages-1.img`, 4096),
    image: "parent/parent/pages-1.img",
    message:
      /^it has 4096 bytes, its page map says 376832: \d+ pages that the dump needs are lost$/,
  },
  {
    rule: "parent-whole",
    dump: "incremental/3-dump",
    how: "remove the parent's page map",
    break: (dump) => Deno.removeSync(`${parentCopy(dump)}/pagemap-26736.img`),
    image: "parent/pagemap-26736.img",
    message: /^it is missing/,
  },
  {
    rule: "parent-whole",
    dump: "incremental/3-dump",
    how: "remove the parent's own parent",
    break: (dump) => Deno.removeSync(`${parentCopy(dump)}/parent`, { recursive: true }),
    image: "parent/pagemap-26736.img",
    message: /pages are in its parent, and there is no link `parent`$/,
  },
  {
    rule: "parent-whole",
    dump: "incremental/3-dump",
    how: "cut a page map that nothing is needed of",
    break: (dump) => {
      ownAllPages(dump);
      const map = `${parentCopy(dump)}/parent/${PARENT_MAP}`;
      Deno.truncateSync(map, Deno.statSync(map).size - 1);
    },
    image: `parent/parent/${PARENT_MAP}`,
    message: /^payload is \d+ bytes, \d+ remain$/,
  },
  {
    rule: "parent-link",
    dump: "incremental/3-dump",
    how: "let a link that nothing is behind lead to a file",
    break: (dump) => {
      ownAllPages(dump);
      dump.remove("parent");
      Deno.symlinkSync("pstree.img", dump.file("parent"));
    },
    image: "parent",
    message: /^it leads to pstree.img, which is not a directory$/,
  },
  {
    rule: "parent-link",
    dump: "incremental/3-dump",
    how: "let the first dump of the chain build upon the last",
    break: (dump) => Deno.symlinkSync(dump.path, `${parentCopy(dump)}/parent/parent`),
    image: "parent/parent/parent",
    message: /^it leads back to /,
  },
  {
    rule: "parent-format",
    dump: "incremental/3-dump",
    how: "take the head magic from a parent's page map",
    break: (dump) => {
      const map = `${parentCopy(dump)}/parent/${PARENT_MAP}`;
      Deno.writeFileSync(map, Deno.readFileSync(map).subarray(4));
    },
    image: `parent/parent/${PARENT_MAP}`,
    message: /^it has no head magic, as in version 1, but the dump has version 2$/,
  },
  {
    rule: "parent-spare",
    dump: "incremental/3-dump",
    how: "cut pages of the parent that the dump has, too",
    break: (dump) => Deno.truncateSync(`${parentCopy(dump)}/pages-1.img`, 4096),
    image: "parent/pages-1.img",
    message: /^it has 4096 bytes, its page map says 114688: no page that the dump needs is lost$/,
  },
  {
    rule: "parent-spare",
    dump: "incremental/3-dump",
    how: "put a page behind the parent's",
    break: (dump) => Deno.truncateSync(`${parentCopy(dump)}/pages-1.img`, 118784),
    image: "parent/pages-1.img",
    message: /: 4096 too many$/,
  },
  {
    rule: "parent-pages",
    dump: "incremental/3-dump",
    how: "let a page be in the parent that is not",
    break: (dump) =>
      dump.edit("pagemap-26736.img", (entries) => {
        const last = entries.at(-1);
        last.flags = 1;
        last.in_parent = true;
        const pages = dump.pagesOf("pagemap-26736.img");
        dump.resize(pages, dump.size(pages) - Number(last.nr_pages) * 4096);
        // No pre-dump has this area's pages.
        dump.edit("mm-26736.img", ([{ vmas }]) => {
          vmas.push({ ...vmas.at(-1), start: 0x7fff_ffff_0000n, end: 0x7fff_ffff_1000n });
          vmas.sort((a: { start: bigint }, b: { start: bigint }) => a.start < b.start ? -1 : 1);
        });
        last.vaddr = 0x7fff_ffff_0000n;
        last.nr_pages = 1n;
      }),
    image: "pagemap-26736.img",
    message: /^0x7fffffff0000-0x7fffffff1000 is not in the parent dump$/,
  },
  {
    rule: "shmem-present",
    dump: "shloop",
    how: "let an area be anonymous shared memory that is not there",
    break: (dump) =>
      dump.edit(MM, ([{ vmas }]) => {
        vmas[0].status = 1 | 1 << 8;
        vmas[0].shmid = 77n;
      }),
    image: "pagemap-shmem-77.img",
    message: /^it is missing: process 1520 maps it at 0x/,
  },
  {
    rule: "ipc-shm-pages",
    dump: "sysvipc",
    how: "remove the contents of a segment",
    break: (dump) => {
      dump.remove(dump.pagesOf("pagemap-shmem-2.img"));
      dump.remove("pagemap-shmem-2.img");
    },
    image: "pagemap-shmem-2.img",
    message: /^it is missing, but ipcns-shm-9\.img, entry 2 has the segment$/,
  },
  {
    rule: "memfd-inode",
    dump: "pyapp",
    how: "let a memfd have an inode that is not there",
    break: (dump) =>
      dump.edit("files.img", (entries) => {
        entries.find(({ id }) => id === 41).memfd.inode_id = 99;
      }),
    image: "files.img",
    entry: 40,
    field: "memfd.inode_id",
    message: /^there is no memfd inode 99$/,
  },
  {
    rule: "memfd-inode",
    dump: "aio00.h",
    how: "remove memfd.img",
    break: (dump) => dump.remove("memfd.img"),
    image: "memfd.img",
    message: /^it is missing: files.img, entry \d+ names memfd inode 1$/,
  },
  {
    rule: "memfd-pages",
    dump: "pyapp",
    how: "remove the contents of a memfd",
    break: (dump) => {
      dump.remove(dump.pagesOf("pagemap-shmem-5405.img"));
      dump.remove("pagemap-shmem-5405.img");
    },
    image: "pagemap-shmem-5405.img",
    message: /^it is missing, but the dump has the memfd "my-memfd", entry 1 of memfd\.img$/,
  },
  {
    rule: "shmem-size",
    dump: "pyapp",
    how: "let a memfd be shorter than its contents",
    break: (dump) => dump.edit("memfd.img", (entries) => entries[1].size = 1n),
    image: "pagemap-shmem-5405.img",
    message: /goes beyond the size of 1 bytes$/,
  },
  {
    rule: "shmem-size",
    dump: "sysvipc",
    how: "let a segment be shorter than its contents",
    break: (dump) => dump.edit("ipcns-shm-9.img", (entries) => entries[1].size = 1n),
    image: "pagemap-shmem-1.img",
    message: /goes beyond the size of 1 bytes$/,
  },
];

/**
 * Dumps converted for CRIU 3.17.1 in the hands of Debian's crit, which is of that release: it reads
 * every image to the last field and writes it again as the same bytes, and it finds the pages.
 */

import assert from "node:assert/strict";
import { typeByFileName } from "../../images/types/registry.ts";
import {
  allDrops,
  converted,
  dumpOf,
  dumpsUnder,
  type Files,
  filesIn,
} from "../images/convert/dumps.ts";
import { isQuick, SHARED, SWEEPS } from "../dumps.ts";
import { isWithout, lacks, ROOT, runProgram } from "../programs.ts";

const PYTHON = "/usr/bin/python3";

/** Decodes and encodes each file; prints what went wrong. */
const SCRIPT = `
import sys, json, pycriu
for path in sys.argv[1:]:
    with open(path, "rb") as image:
        before = image.read()
        image.seek(0)
        try:
            after = pycriu.images.dumps(json.loads(json.dumps(pycriu.images.load(image, False))))
        except Exception as error:
            print(path, repr(error))
            continue
    if after != before:
        print(path, "differs")
`;

/** Images that it cannot write, or reads wrongly, whoever made them (docs/DIFFERENCES.md). */
const BEYOND = /^(ipcns-shm-\d+|bpfmap-data)\.img$/;

const ignore = isQuick() || lacks("crit") ||
  isWithout("pycriu", (await runProgram(PYTHON, ["-c", "import pycriu"])).stderr === "");

/** Modern dumps of little-endian machines, the only ones that it reads: all at hand. */
const dumps = dumpsUnder(SWEEPS ? `${SHARED}dumps` : `${ROOT}fixtures/dumps`)
  .filter((path) => !/legacy|s390x/.test(path));

/** The same dump but for a file's name that is no UTF-8, which Debian's crit cannot write. */
function readable(files: Files): Files {
  const image = files.get("files.img");
  const marker = new TextEncoder().encode("bad-utf8-");
  const at = image?.findIndex((_, i) => marker.every((byte, j) => image[i + j] === byte)) ?? -1;
  for (let i = at; at >= 0 && image![i] !== ".".charCodeAt(0); i++) image![i]! &= 0x7f;
  return files;
}

/** Writes a converted dump to a directory, which the caller removes. */
function write(path: string): string {
  const files = readable(filesIn(path));
  const directory = Deno.makeTempDirSync();
  const { files: older } = converted(files, "3.17.1", allDrops(files, "3.17.1"));
  for (const [name, bytes] of older) Deno.writeFileSync(`${directory}/${name}`, bytes);
  return directory;
}

Deno.test({
  name: "Debian's crit reads and writes every image of a dump converted to 3.17.1",
  ignore,
  async fn() {
    let images = 0;
    for (const path of dumps) {
      const directory = write(path);
      const paths = [...Deno.readDirSync(directory)].map(({ name }) => name)
        .filter((name) => typeByFileName(name)?.entry !== undefined && !BEYOND.test(name))
        .map((name) => `${directory}/${name}`);
      const { stdout, stderr, code } = await runProgram(PYTHON, ["-c", SCRIPT, ...paths]);
      assert.deepEqual({ stdout, stderr, code }, { stdout: "", stderr: "", code: 0 }, path);
      images += paths.length;
      Deno.removeSync(directory, { recursive: true });
    }
    assert(images > (SWEEPS ? 400 : 40), `${images} images`);
  },
});

Deno.test({
  name: "Debian's crit finds the pages of a dump converted to 3.17.1",
  ignore,
  async fn() {
    let ranges = 0;
    for (const path of dumps) {
      const directory = write(path);
      using dump = dumpOf(filesIn(path));
      const expected = dump.has("pstree.img")
        ? dump.tasks.filter((task) => !task.isDead).flatMap(({ pid, memory }) => {
          const { addresses, lengths, count } = memory.pageMap;
          const pages = Array.from({ length: count }, (_, i) => {
            return `${addresses[i]!.toString(16)} / ${lengths[i]}`;
          });
          return [`${pid}`, ...pages];
        })
        : undefined;
      // Of dead tasks and of tasks that share their memory it knows nothing.
      const hasAll = dump.has("pstree.img") &&
        dump.tasks.every(({ pid }) => dump.has(`mm-${pid}.img`));
      if (hasAll) {
        const { stdout, stderr, code } = await runProgram("crit", ["x", directory, "rss"]);
        assert.equal(code, 0, `${path}: ${stderr}`);
        const found = stdout.split("\n").flatMap((line) =>
          /^\d+$/.exec(line)?.[0] ?? /^\t([0-9a-f]+ \/ \d+)/.exec(line)?.[1] ?? []
        );
        assert.deepEqual(found, expected, path);
        ranges += found.length;
      }
      Deno.removeSync(directory, { recursive: true });
    }
    assert(ranges > 10, `${ranges} ranges`);
  },
});

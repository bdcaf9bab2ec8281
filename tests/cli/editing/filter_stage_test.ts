/** Filters and transforms from the command line: good ones, bad ones, and ones that hang. */

import assert from "node:assert/strict";
import { decodeObjects } from "../../../images/image/objects.ts";
import type { Entry } from "../../../mod.ts";
import "../../../plugins/mod.ts";
import { THOROUGH } from "../../dumps.ts";
import { crit, isInstalled, ROOT } from "../../programs.ts";
import { readDirectory, Scratch } from "../../scratch.ts";
import { Running } from "../running.ts";

const IMAGES = `${ROOT}fixtures/images`;
const PSTREE = `${IMAGES}/pstree.img`;

const entriesOf = (path: string): Entry[] => decodeObjects(Deno.readFileSync(path)).entries;

Deno.test("a filter changes the JSON of one line, or the readable form", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.img`;
  const sidAfter = async (...args: string[]) => {
    const { code, stderr } = await crit(["edit", PSTREE, "-o", out, ...args]);
    assert.deepEqual([code, stderr], [0, "crit: 1 edit in 1 image\n"]);
    return entriesOf(out)[0]!.sid;
  };
  assert.equal(await sidAfter("--filter", 'sed "s/\\"sid\\": [0-9]*/\\"sid\\": 7/"'), 7);
  assert.equal(await sidAfter("--filter", 'pstree.img=sed \'s/"sid": 2496/"sid": 8/\''), 8);
  const line = 'sed \'/^            "sid": 2496,$/ s/2496/"0x9"/\'';
  assert.equal(await sidAfter("--pretty", "--filter", line), 9);
  if (isInstalled("jq")) {
    assert.equal(await sidAfter("--filter", "jq '.entries[0].sid = 10'"), 10);
  }
});

Deno.test("filters come after sets and deletes, transforms after filters", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.img`;
  const script = `${scratch.path}/twice.js`;
  Deno.writeTextFileSync(
    script,
    `export default async ({ entries }, name) => {
      if (name === "pstree.img") entries[0].sid *= 2;
    };`,
  );
  const filter = 'sed \'s/"sid": 5/"sid": 50/\'';
  const args = ["--transform", script, "--filter", filter, "--set", "[0].sid=5"];
  const { code, stderr } = await crit(["edit", PSTREE, "-o", out, ...args]);
  assert.deepEqual([code, stderr], [0, "crit: 3 edits in 1 image\n"]);
  assert.equal(entriesOf(out)[0]!.sid, 100);
});

Deno.test("on a dump, filters apply to the named images, or to all with entries", async () => {
  using scratch = new Scratch();
  const dump = `${ROOT}fixtures/dumps/shloop`;
  const out = `${scratch.path}/out`;
  const script = `${scratch.path}/names.js`;
  const seen = `${scratch.path}/seen`;
  Deno.writeTextFileSync(
    script,
    `export default (image, name) => Deno.writeTextFileSync(${JSON.stringify(seen)}, name + "\\n", {
      append: true,
    });`,
  );
  const args = [
    "--transform",
    script,
    "--filter",
    'core-*.img=sed \'s/"comm": "sh"/"comm": "zsh"/\'',
  ];
  const { code, stderr } = await crit(["edit", dump, "-o", out, ...args]);
  assert.deepEqual([code, stderr], [0, "crit: 1 edit in 1 image\n"]);
  const before = readDirectory(dump);
  const raw = Object.keys(before).filter((name) => name.startsWith("pages-"));
  const named = Deno.readTextFileSync(seen).trim().split("\n").sort();
  assert.deepEqual(named, Object.keys(before).filter((name) => !raw.includes(name)));
  for (const [name, bytes] of Object.entries(readDirectory(out))) {
    if (name !== "core-1517.img") assert.deepEqual(bytes, before[name], name);
  }
  const nothing = await crit(["edit", dump, "-o", `${out}2`, "--filter", "nosuch.img=cat"]);
  assert.equal(nothing.code, 3);
  assert.match(nothing.stderr, /^crit: nosuch\.img=cat matches no image\n$/);
});

Deno.test("a filter that fails or does not print an image is a one-line error", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.img`;
  const lines: Array<[filter: string, stderr: RegExp]> = [
    ["exit 7", /^crit: \S*pstree\.img: the filter "exit 7" ended with code 7\n$/],
    ["cat; echo so so >&2; exit 1", /ended with code 1: so so\n$/],
    ["nosuchprogram", /ended with code 127: .*not found\n$/],
    ["kill -9 $$", /the filter "kill -9 \$\$" was ended by SIGKILL\n$/],
    [
      "true",
      /^crit: \S*pstree\.img: the output of "true" makes no image: line 1, column 1: expected "\{", the text ends here\n$/,
    ],
    ["echo hi", /the output of "echo hi" makes no image: line 1, column 1: expected "\{"/],
    ["cat; echo more", /something follows the image's closing brace\n$/],
    ["head -c 50", /makes no image: line 1, column \d+: /],
    [
      "sed s/sid/side/",
      /makes no image: line 1, column \d+: entry 0: pstree_entry has no field "side" \(did you mean sid\?\)\n$/,
    ],
    ["sed s/PSTREE/FS/", /makes no image: .* fs_entry has no field "pid"/],
    [
      'printf \'{"magic": "FS", "entries": []}\'',
      /^crit: \S*pstree\.img: the output of .* is a FS image\n$/,
    ],
  ];
  const ended = await Promise.all(
    lines.map(([filter]) => crit(["edit", PSTREE, "-o", out, "--filter", filter])),
  );
  for (const [i, [filter, stderr]] of lines.entries()) {
    assert.match(ended[i]!.stderr, stderr);
    assert.match(ended[i]!.stderr, /^[^\n]*\n$/, filter);
    assert.equal(ended[i]!.code, 3, filter);
  }
  assert.throws(() => Deno.statSync(out));
});

Deno.test("standard error of a successful filter is passed on", async () => {
  const { code, stderr } = await crit([
    "edit",
    PSTREE,
    "-o",
    "/dev/null",
    "--filter",
    "cat; echo a note >&2",
  ]);
  assert.deepEqual([code, stderr], [0, "a note\ncrit: 0 edits in 0 images\n"]);
});

/** A pagemap of many entries: hundreds of KB of JSON at least, many times what a pipe holds. */
function largePagemap(): Uint8Array {
  const count = THOROUGH ? 40_000 : 8000;
  const entry = Uint8Array.of(8, 0, 0, 0, 0x08, 0x80, 0x20, 0x10, 1, 0x20, 4, 0x28);
  const image = new Uint8Array(8 + 6 + count * (entry.length + 1));
  image.set(Deno.readFileSync(`${IMAGES}/pagemap-2496.img`).subarray(0, 8));
  image.set([2, 0, 0, 0, 0x08, 1], 8);
  for (let i = 0, at = 14; i < count; i++, at += entry.length + 1) {
    image.set([9, ...entry.subarray(1), 1], at);
  }
  return image;
}

Deno.test("filters that read nothing, read late, write early or write much do not hang crit", async () => {
  using scratch = new Scratch();
  const image = `${scratch.path}/pagemap-1.img`;
  Deno.writeFileSync(image, largePagemap());
  const out = `${scratch.path}/out.img`;
  const empty = '{"magic": "PAGEMAP", "entries": []}';
  const much = THOROUGH ? 3_000_000 : 600_000;
  const good: Array<[filter: string, size: number]> = [
    ["cat", Deno.statSync(image).size],
    ["tac", Deno.statSync(image).size],
    ["sleep 0.3; cat", Deno.statSync(image).size],
    [`echo '${empty}'`, 8],
    [`head -c 100 >/dev/null; echo '${empty}'`, 8],
    [`exec <&-; echo '${empty}'`, 8],
    [`yes 'much to say' | head -c ${much} >&2; cat >/dev/null; echo '${empty}'`, 8],
    [`yes ' ' | head -c ${much}; cat`, Deno.statSync(image).size],
  ];
  for (const [i, [filter, size]] of good.entries()) {
    // `tac` reads as `cat` does.
    if (!THOROUGH && i === 1) continue;
    const { code, stderr } = await crit(["edit", image, "-o", out, "--filter", filter]);
    assert.equal(code, 0, `${filter}: ${stderr.slice(-300)}`);
    assert.equal(Deno.statSync(out).size, size, filter);
  }
  const bad = [
    "yes",
    "yes '{' ",
    "exec >&-; cat >/dev/null",
    "cat | { head -c 1000; sleep 0.2; } | head -c 10",
  ];
  for (const filter of bad) {
    const { code, stderr } = await crit(["edit", image, "-o", out, "--filter", filter]);
    assert.equal(code, 3, `${filter}: ${stderr}`);
    assert.match(stderr, /^crit: \S*pagemap-1\.img: [^\n]*\n$/);
  }
});

Deno.test("a signal ends a filter that hangs, and no file remains", async () => {
  using scratch = new Scratch();
  const mark = `${scratch.path}/pid`;
  const out = `${scratch.path}/out.img`;
  const filter = `sleep 1000 & echo $! >${mark}; wait`;
  const running = new Running(["edit", PSTREE, "-o", out, "--filter", filter]);
  for (let i = 0; i < 1000 && !readText(mark).includes("\n"); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const sleeper = Number(readText(mark));
  running.child.kill("SIGTERM");
  assert.equal((await running.ended()).code, 143);
  for (let i = 0; i < 200 && isAlive(sleeper); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(sleeper > 0 && !isAlive(sleeper));
  assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name), ["pid"]);
});

Deno.test("a signal leaves no partial copy of a dump", async () => {
  using scratch = new Scratch();
  const mark = `${scratch.path}/begun`;
  const filter = `pstree.img=touch ${mark}; sleep 1000`;
  const args = ["edit", `${ROOT}fixtures/dumps/shloop`, "-o", `${scratch.path}/out`];
  const running = new Running([...args, "--filter", filter]);
  const began = () => [...Deno.readDirSync(scratch.path)].some(({ name }) => name === "begun");
  for (let i = 0; i < 1000 && !began(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal([...Deno.readDirSync(scratch.path)].length, 2);
  running.child.kill("SIGINT");
  assert.equal((await running.ended()).code, 130);
  assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name), ["begun"]);
});

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  const status = readText(`/proc/${pid}/status`);
  return status !== "" && !/^State:\s+Z/m.test(status);
}

Deno.test("a transform that fails or is invalid is a one-line error", async () => {
  using scratch = new Scratch();
  const file = (name: string, text: string) => {
    Deno.writeTextFileSync(`${scratch.path}/${name}`, text);
    return name;
  };
  const lines: Array<[file: string, code: number, stderr: RegExp]> = [
    [
      file("no.js", "export default 5"),
      2,
      /^crit: no\.js: its default export is not a function\n$/,
    ],
    [
      file("syntax.js", "export default ("),
      2,
      /^crit: syntax\.js: cannot be loaded as a transform: /,
    ],
    [
      file("throws.js", "export default () => { null.x }"),
      3,
      /^crit: \S*pstree\.img: throws\.js failed: TypeError: /,
    ],
    [
      file("other.js", "export default () => 7"),
      3,
      /^crit: \S*pstree\.img: other\.js gave no image/,
    ],
    [
      file("field.js", "export default (image) => { image.entries[0].x = 1 }"),
      3,
      /as field\.js gave it: entry 0: x: pstree_entry has no such field\n$/,
    ],
  ];
  for (const [i, [name, code, stderr]] of lines.entries()) {
    // A path is told as it was given; one that begins at the directory needs a process in it.
    const args = (
      place: string,
    ) => ["edit", PSTREE, "-o", place + "out.img", "--transform", place + name];
    const ended = i === 0
      ? await crit(args(""), { cwd: scratch.path })
      : await crit(args(`${scratch.path}/`));
    ended.stderr = ended.stderr.replace(`${scratch.path}/${name}`, name);
    assert.match(ended.stderr, stderr);
    assert.match(ended.stderr, /^[^\n]*\n$/);
    assert.equal(ended.code, code);
  }
});

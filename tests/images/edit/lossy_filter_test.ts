/** Filters that round numbers or replace bytes: refused, unless numbers are given as strings. */

import assert from "node:assert/strict";
import { decodeImage, type Entry } from "../../../mod.ts";
import { crit, lacks, ROOT } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const READ = (name: string) => Deno.readFileSync(`${ROOT}fixtures/dumps/pyapp/${name}`);
const MM = READ("mm-2496.img");
/** The address at which every task on x86-64 has its vsyscall page. */
const [VSYSCALL, ROUNDED] = ["18446744073699065856", "18446744073699066000"];

/** Passes an image through a filter; gives how crit ended, and the image. */
async function filtered(image: Uint8Array, filter: string, ...args: string[]) {
  using scratch = new Scratch();
  const path = `${scratch.path}/mm-1.img`;
  Deno.writeFileSync(path, image);
  const ended = await crit(["edit", path, "--in-place", "--filter", filter, ...args]);
  return { ...ended, image: Deno.readFileSync(path) };
}

Deno.test("a number that a filter rounds is refused, with its field and a fix", async () => {
  for (
    const sed of [`s/${VSYSCALL}/${ROUNDED}/`, `s/${VSYSCALL}/${ROUNDED}/; s/"mm_start_brk": 9/&9/`]
  ) {
    const { code, stderr, image } = await filtered(MM, `sed '${sed}'`);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^crit: [^\n]*mm-1\.img: the filter "sed .*": entry 0: vmas\[\d+\]\.start: 18446744073699065856 came back as 18446744073699066000: rounded beyond 2\^53 \(--big-numbers=string [^\n]*\n$/,
    );
    assert.deepEqual(image, MM);
  }
});

Deno.test("a number that a filter rounds out of its range is refused, with the fix", async () => {
  for (const written of ["18446744073709552000", "1.8446744073699066e19"]) {
    const { code, stderr, image } = await filtered(MM, `sed 's/${VSYSCALL}/${written}/'`);
    assert.equal(code, 3);
    assert.match(stderr, /it may have rounded numbers beyond 2\^53, which --big-numbers=string/);
    assert.deepEqual(image, MM);
  }
  const { stderr } = await filtered(MM, `sed 's/${VSYSCALL}/"one"/'`);
  assert.match(stderr, /"one" is not a number/);
  assert.doesNotMatch(stderr, /rounded/);
});

Deno.test("a number that a filter changes on purpose is accepted", async () => {
  const { code, stderr, image } = await filtered(MM, `sed 's/${VSYSCALL}/18446744073699069952/'`);
  assert.equal(code, 0, stderr);
  const [mm] = decodeImage(image, { name: "mm-1.img" }).entries as [Entry];
  assert.ok((mm.vmas as Entry[]).some(({ start }) => start === 18446744073699069952n));
});

Deno.test("numbers beyond 2^53 are strings for filters and decode if asked for", async () => {
  const edit = `sed 's/"${VSYSCALL}"/"18446744073699066000"/'`;
  const { code, image } = await filtered(MM, edit, "--big-numbers=string");
  assert.equal(code, 0);
  assert.notDeepEqual(image, MM, "a number that is a string was meant");
  using scratch = new Scratch();
  const path = `${scratch.path}/mm-2496.img`;
  Deno.writeFileSync(path, MM);
  for (const more of [[], ["--pretty"]]) {
    const json = await crit(["decode", path, "--big-numbers=string", ...more]);
    // What a program that knows no integers makes of it encodes to the same image.
    const reread = JSON.stringify(JSON.parse(json.stdout));
    Deno.writeTextFileSync(`${scratch.path}/mm.json`, reread);
    const out = `${scratch.path}/again.img`;
    assert.equal((await crit(["encode", `${scratch.path}/mm.json`, "-o", out])).code, 0);
    assert.deepEqual(Deno.readFileSync(out), MM);
  }
  const json = (await crit(["decode", path, "--big-numbers=string"])).stdout;
  assert.ok(json.includes(`"start": "${VSYSCALL}"`));
  assert.doesNotMatch(json, /: "\d{1,15}"/);
});

Deno.test("2^53 itself is a string, because 2^53 + 1 reads as the same double", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/files.img`;
  Deno.writeFileSync(path, READ("files.img"));
  const edit = "[type=REG].reg.pos=9007199254740992";
  assert.equal((await crit(["edit", path, "--in-place", "--set", edit])).code, 0);
  const { stdout } = await crit(["decode", path, "--big-numbers=string"]);
  assert.ok(stdout.includes(`"pos": "9007199254740992"`));
});

Deno.test("bytes that a filter replaces by U+FFFD are refused, in both forms", async () => {
  const files = READ("files.img");
  for (const more of [[], ["--pretty"], ["--big-numbers=string"]]) {
    const filter = String.raw`sed 's/\\udc[0-9a-f][0-9a-f]/\\ufffd/g'`;
    const { code, stderr, image } = await filtered(files, filter, ...more);
    assert.equal(code, 3, stderr);
    assert.match(
      stderr,
      /reg\.name: "[^"]*\\udcff[^\n]* not UTF-8 were replaced \(--set [^\n]*\n$/,
    );
    assert.deepEqual(image, files);
  }
});

Deno.test(
  "jq of any version leaves no image silently wrong",
  { ignore: lacks("jq") },
  async () => {
    for (const name of ["mm-2496.img", "core-2529.img", "files.img"]) {
      const { code, stderr, image } = await filtered(READ(name), "jq .");
      if (code === 0) assert.deepEqual(image, READ(name));
      else assert.match(stderr, /came back as/);
    }
    const { code, image } = await filtered(MM, "jq .", "--big-numbers=string");
    assert.equal(code, 0);
    assert.deepEqual(image, MM);
  },
);

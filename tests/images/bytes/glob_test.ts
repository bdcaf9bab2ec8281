import assert from "node:assert/strict";
import { matchesGlob } from "node:path";
import { Glob, isExact, splitGlob } from "../../../images/bytes/glob.ts";

/** Names that the patterns are tried on. */
const NAMES = [
  "core-1.img",
  "core-12.img",
  "core-5.img",
  "core-a.img",
  "score-1.img",
  "core-1.img.json",
  "shloop/pstree.img",
  "a/b/pstree.img",
  "pstree.img",
  "xaxbx",
  "axb",
  "a]b",
  "{a}",
  "[",
  "é1",
];

Deno.test("patterns match like Node's matchesGlob", () => {
  const patterns = [
    "core-*.img",
    "core-?.img",
    "core-[1-5].img",
    "core-[!1-5].img",
    "core-[^1-5]*.img",
    "core-{1,5}.img",
    "core-{1,{5,12}}.img",
    "{core,pstree}*",
    "*",
    "**",
    "*/*",
    "**/pstree.img",
    "a/**/pstree.img",
    "shloop/p{s,t}*",
    "*a*b*",
    "a.b",
    "a?b",
    "a[]]b",
    "{a}",
    "é?",
    "[a-",
    "nothing",
  ];
  for (const pattern of patterns) {
    const glob = new Glob(pattern);
    for (const name of NAMES) {
      assert.equal(glob.fits(name), matchesGlob(name, pattern), `${pattern} ${name}`);
    }
  }
});

Deno.test("matching takes time in proportion to the lengths of pattern and name", () => {
  assert.ok(!new Glob("*a".repeat(100) + "b").fits("a".repeat(10_000)));
  assert.throws(() => new Glob("{a,b}".repeat(11)), { kind: "usage", message: /more than 1024/ });
});

Deno.test("a pattern for a single name is recognized", () => {
  for (const name of ["files.img", "core-1.img", "{a}", "[", "a]"]) assert.ok(isExact(name), name);
  for (const name of ["*.img", "?", "[ab]", "{a,b}", "**/x"]) assert.ok(!isExact(name), name);
});

Deno.test("a pattern is distinguished from a command without one", () => {
  const globs = ["pstree.img", "*", "core-{1,5}.img", "core-[!1-5].img", "{core,mm}-?.img"];
  for (const files of globs) {
    for (const rest of ["cat", "sed s/a=b//", "jq '.a=1'"]) {
      assert.deepEqual(splitGlob(`${files}=${rest}`), { files, rest });
    }
  }
  const commands = ["jq '.entries[0].pid=1'", "'a=b'", "/bin/x=y", "sed\\ s=a=b=", "$X=1", "cat"];
  for (const rest of commands) assert.deepEqual(splitGlob(rest), { files: undefined, rest });
});

Deno.test("two patterns overlap if a name fits both", () => {
  const meeting = [
    ["core-*.img", "core-*.img"],
    ["core-{1,2}.img", "core-*.img"],
    ["core-[0-9].img", "core-*.img"],
    ["*.img", "files.img"],
    ["*", "core-*.img"],
    ["*1*", "pages-*.img"],
    ["f?le*", "files.img"],
  ];
  const apart = [
    ["cor-*.img", "core-*.img"],
    ["core-*.im", "core-*.img"],
    ["core-[a-z]", "core-*.img"],
    ["{a,b}.img", "c*.img"],
    ["?", "ab"],
    ["", "a"],
  ];
  for (const [a, b] of meeting) assert.ok(new Glob(a!).meets(new Glob(b!)), `${a} ${b}`);
  for (const [a, b] of apart) assert.ok(!new Glob(a!).meets(new Glob(b!)), `${a} ${b}`);
});

import assert from "node:assert/strict";
import { fitsGlob, isExact, splitGlob } from "../../../images/edit/glob.ts";
import { parseAssignment, parseTarget } from "../../../images/edit/path.ts";

const one = (index: number) => ({ kind: "index", index });

Deno.test("a path says files, entries and fields", () => {
  assert.deepEqual(parseAssignment("core-*.img:[0].tc.comm=worker"), {
    files: "core-*.img",
    entries: one(0),
    steps: [{ field: "tc" }, { field: "comm" }],
    value: "worker",
  });
  assert.deepEqual(parseTarget("[-1]"), { files: undefined, entries: one(-1), steps: [] });
  assert.deepEqual(parseTarget("[*].vmas[start=0x400000].flags"), {
    files: undefined,
    entries: { kind: "all" },
    steps: [
      {
        field: "vmas",
        which: { kind: "where", conditions: [{ fields: ["start"], value: "0x400000" }] },
      },
      { field: "flags" },
    ],
  });
  assert.deepEqual(parseTarget("[isk.state=LISTEN][isk.src_port=80]").entries, {
    kind: "where",
    conditions: [
      { fields: ["isk", "state"], value: "LISTEN" },
      { fields: ["isk", "src_port"], value: "80" },
    ],
  });
  assert.deepEqual(parseAssignment("[0].threads[+]=5").steps, [
    { field: "threads", which: { kind: "append" } },
  ]);
});

Deno.test("a value may hold anything, one in brackets whatever is closed again", () => {
  assert.equal(parseAssignment("[0].a=[1]=:[x").value, "[1]=:[x");
  assert.equal(parseAssignment("[0].a=").value, "");
  assert.equal(parseAssignment("x:[0].a=b:[c").files, "x");
  const valueOf = (text: string) => {
    const { entries } = parseTarget(text);
    return entries.kind === "where" ? entries.conditions[0]!.value : undefined;
  };
  assert.equal(valueOf("[reg.name=/a[1].log].id"), "/a[1].log");
  assert.equal(valueOf("[name==00x]"), "=00x");
  assert.equal(valueOf('[reg.name="/a]"].id'), '"/a]"');
  assert.equal(valueOf('[reg.name="/a\\"]"].id'), '"/a\\"]"');
  assert.equal(valueOf('[reg.name="half].id'), '"half');
  assert.equal(valueOf("[name=]"), "");
});

Deno.test("what is no path is refused in one line that says where", () => {
  const wrong: Array<[text: string, reason: RegExp]> = [
    ["", /does not say which entry \(as in/],
    ["tc.comm", /does not say which entry/],
    ["x.img:tc.comm", /does not say which entry/],
    ["[", /expected a number, \*, \+ or FIELD=VALUE where it ends, at character 2/],
    ["[0", /expected "\]" where it ends/],
    ["[0].", /expected a field's name where it ends/],
    ["[0].a.[1]", /expected a field's name where "\[" stands, at character 7/],
    ["[0].a[1][2]", /expected the end where "\[" stands, at character 9/],
    ["[a=b", /expected "\]" where it ends/],
    ["[a]", /expected a number/],
    ["[a=b][0]", /expected a number, \*, \+ or FIELD=VALUE where "0" stands/],
    ["[1.5]", /expected "\]" where "." stands/],
    ["[99999999999999]", /there is no 99999999999999/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseTarget(text), { kind: "usage", message });
  }
  assert.throws(() => parseAssignment("[0].a"), { kind: "usage", message: /expected "="/ });
});

Deno.test("patterns of file names", () => {
  const fits: Array<[pattern: string, name: string, fits: boolean]> = [
    ["core-*.img", "core-12.img", true],
    ["core-*.img", "core-.img", true],
    ["core-*.img", "score-1.img", false],
    ["core-*.img", "core-1.img.json", false],
    ["core-?.img", "core-1.img", true],
    ["core-?.img", "core-12.img", false],
    ["*", "", true],
    ["*a*b*", "xaxbx", true],
    ["*a*b*", "xbxax", false],
    ["a.b", "axb", false],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
  ];
  for (const [pattern, name, expected] of fits) {
    assert.equal(fitsGlob(pattern, name), expected, `${pattern} ${name}`);
  }
  assert.ok(!fitsGlob("*a".repeat(100) + "b", "a".repeat(10_000)));
  assert.ok(isExact("files.img") && !isExact("*.img") && !isExact("?"));
});

Deno.test("a command may hold an equals sign and need no pattern", () => {
  assert.deepEqual(splitGlob("pstree.img=jq ."), { files: "pstree.img", rest: "jq ." });
  assert.deepEqual(splitGlob("*=sed s/a=b//"), { files: "*", rest: "sed s/a=b//" });
  const command = "jq '.entries[0].pid=1'";
  assert.deepEqual(splitGlob(command), { files: undefined, rest: command });
});

import assert from "node:assert/strict";
import { parseAssignment, parseEditTarget } from "../../../images/edit/path.ts";

const one = (index: number) => ({ kind: "index", index });

Deno.test("a path names files, entries and fields", () => {
  assert.deepEqual(parseAssignment("core-*.img:[0].tc.comm=worker"), {
    files: "core-*.img",
    entries: one(0),
    steps: [{ field: "tc" }, { field: "comm" }],
    value: "worker",
  });
  assert.deepEqual(parseEditTarget("[-1]"), { files: undefined, entries: one(-1), steps: [] });
  assert.deepEqual(parseEditTarget("[*].vmas[start=0x400000].flags"), {
    files: undefined,
    entries: { kind: "all" },
    steps: [
      {
        field: "vmas",
        which: {
          kind: "where",
          conditions: [{ fields: ["start"], operator: "=", value: "0x400000" }],
        },
      },
      { field: "flags" },
    ],
  });
  assert.deepEqual(parseEditTarget("[isk.state=LISTEN][isk.src_port=80]").entries, {
    kind: "where",
    conditions: [
      { fields: ["isk", "state"], operator: "=", value: "LISTEN" },
      { fields: ["isk", "src_port"], operator: "=", value: "80" },
    ],
  });
  assert.deepEqual(parseEditTarget("[reg.name~/var/*=?]").entries, {
    kind: "where",
    conditions: [{ fields: ["reg", "name"], operator: "~", value: "/var/*=?" }],
  });
  assert.deepEqual(parseAssignment("[0].threads[+]=5").steps, [
    { field: "threads", which: { kind: "append" } },
  ]);
});

Deno.test("a value may contain any text, and a value in brackets any balanced text", () => {
  assert.equal(parseAssignment("[0].a=[1]=:[x").value, "[1]=:[x");
  assert.equal(parseAssignment("[0].a=").value, "");
  assert.equal(parseAssignment("x:[0].a=b:[c").files, "x");
  const valueOf = (text: string) => {
    const { entries } = parseEditTarget(text);
    return entries.kind === "where" ? entries.conditions[0]!.value : undefined;
  };
  assert.equal(valueOf("[reg.name=/a[1].log].id"), "/a[1].log");
  assert.equal(valueOf("[name==00x]"), "=00x");
  assert.equal(valueOf('[reg.name="/a]"].id'), '"/a]"');
  assert.equal(valueOf('[reg.name="/a\\"]"].id'), '"/a\\"]"');
  assert.equal(valueOf('[reg.name="half].id'), '"half');
  assert.equal(valueOf("[name=]"), "");
});

Deno.test("a text that is not a path is refused in one line, with the place", () => {
  const wrong: Array<[text: string, reason: RegExp]> = [
    ["", /does not say which entry \(as in/],
    ["tc.comm", /does not say which entry/],
    ["x.img:tc.comm", /does not say which entry/],
    ["[", /expected a number, \*, \+, FIELD=VALUE or FIELD~GLOB where it ends, at character 2/],
    ["[0", /expected "\]" where it ends/],
    ["[0].", /expected a field's name where it ends/],
    ["[0].a.[1]", /expected a field's name where "\[" stands, at character 7/],
    ["[0].a[1][2]", /expected the end where "\[" stands, at character 9/],
    ["[a=b", /expected "\]" where it ends/],
    ["[a]", /expected a number/],
    ["[a=b][0]", /expected a number, \*, \+, FIELD=VALUE or FIELD~GLOB where "0" stands/],
    ["[1.5]", /expected "\]" where "." stands/],
    ["[99999999999999]", /there is no 99999999999999/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseEditTarget(text), { kind: "usage", message });
  }
  assert.throws(() => parseAssignment("[0].a"), { kind: "usage", message: /expected "="/ });
});

Deno.test("a pattern of files may begin with a bracket, as a selection does", () => {
  const filesOf = (text: string) => parseEditTarget(text).files;
  assert.equal(filesOf("[cm]*.img:[0].tc"), "[cm]*.img");
  assert.equal(filesOf("[0-9]*.img:[0]"), "[0-9]*.img");
  assert.equal(filesOf("core-[1-5].img:[0].tc.comm"), "core-[1-5].img");
  assert.equal(filesOf("core-{1,5}.img:[reg.name=a:[b]].id"), "core-{1,5}.img");
  for (const text of ["[0]", "[-1].a", "[*]", "[a.b=c:[d]].e", "[a=:[b]]"]) {
    assert.equal(filesOf(text), undefined, text);
  }
});

import assert from "node:assert/strict";
import { CritError, imageToJson, jsonToImage } from "../../../mod.ts";
import { rounds } from "../../dumps.ts";
import { steppedFixtures } from "../../fixtures.ts";

/** A small deterministic generator (mulberry32), so that a failure can be seen again. */
function random(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

/** Decodes; a refusal must be a clean one. Returns the JSON, if any. */
function decode(bytes: Uint8Array, name: string): string | undefined {
  try {
    return imageToJson(bytes, { name });
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    assert.equal(error.kind, "data");
    assert.doesNotMatch(error.message, /\n/);
    assert.match(error.message, new RegExp(`^${name.replaceAll(".", "\\.")}: `));
    return undefined;
  }
}

Deno.test("an image cut at any byte is refused, or ends where an entry does", () => {
  for (const { name, file, bytes, version, step, start } of steppedFixtures()) {
    // Every byte of the first hundreds, then some.
    for (let end = start; end < bytes.length; end += end < rounds(600) ? step : 61 * step) {
      const json = decode(bytes.subarray(0, end), file);
      if (json === undefined) continue;
      assert.deepEqual(
        jsonToImage(json, { version }),
        bytes.slice(0, end),
        `${name} cut at ${end}`,
      );
    }
  }
});

Deno.test("an image with flipped bits is refused, or what it decodes to decodes to itself", () => {
  const next = random(66);
  for (const { file, bytes, version, step } of steppedFixtures()) {
    for (let i = 0; i < rounds(120); i += step) {
      const damaged = bytes.slice();
      const at = 8 + Math.floor(next() * (bytes.length - 8));
      damaged[at] = damaged[at]! ^ 1 << Math.floor(next() * 8);
      const json = decode(damaged, file);
      if (json === undefined) continue;
      const again = imageToJson(jsonToImage(json, { version }), { name: file });
      assert(again === json, `${file}, a bit flipped at ${at}`);
    }
  }
});

Deno.test("JSON cut at any byte is refused with its line and column", () => {
  for (const { file, bytes, step, start } of steppedFixtures()) {
    const json = new TextEncoder().encode(imageToJson(bytes, { name: file, pretty: true }));
    const stride = Math.max(997 * step, Math.floor(json.length / 20));
    for (let end = start; end < json.length; end += end < rounds(300) ? step : stride) {
      assert.throws(() => jsonToImage(json.subarray(0, end)), (error) => {
        assert(error instanceof CritError, String(error));
        assert.equal(error.kind, "data");
        assert.match(error.message, /line \d+, column \d+/);
        return true;
      });
    }
  }
});

Deno.test("sizes that cannot be are refused at once", () => {
  const head = [0x19, 0x43, 0x56, 0x54, 0x30, 0x30, 0x27, 0x50];
  const cases: Array<[number[], RegExp]> = [
    [[0xff, 0xff, 0xff, 0xff], /4294967295 bytes/],
    [[0xff, 0xff, 0xff, 0x7f], /2147483647 bytes, 0 remain/],
    [[5, 0, 0, 0, 1], /payload is 5 bytes, 1 remain/],
    [[1, 0, 0], /size is cut short: 3 of 4 bytes/],
  ];
  for (const [size, message] of cases) {
    assert.throws(() => imageToJson(Uint8Array.of(...head, ...size)), message);
  }
});

/** A faulty JSON text and what its error says. */
const FAULTS: Array<[json: string, message: RegExp]> = [
  ["", /line 1, column 1: expected "\{", the text ends here/],
  ["[]", /expected "\{", found a list/],
  ["{}", /an image needs "magic" and "entries"/],
  ['{"magic": "PSTREE"}', /an image needs "entries"/],
  ['{"entries": []}', /an image needs "magic"/],
  ['{"magic": "PSTREF", "entries": []}', /no image type "PSTREF" \(did you mean PSTREE\?\)/],
  ['{"magic": "PSTREE", "entries": []} x', /column 36: something follows/],
  ['{"magic": "PSTREE", "magic": "FS", "entries": []}', /magic is given twice/],
  ['{"magic": "PSTREE", "entries": [], "entries": []}', /entries is given twice/],
  ['{"magic": "PAGES", "entries": [{}]}', /PAGES images have no entries/],
  ["FS {}", /entry 0: cwd_id: required field is missing/],
  ['FS {"cwd_id": 1, "root_id": 2, "cwd_id": 3}', /cwd_id: given twice/],
  ['FS {"cwd_id": 1, "root_id": 2, "umusk": 3}', /no field "umusk" \(did you mean umask\?\)/],
  ['FS {"cwd_id": 4294967296, "root_id": 2}', /cwd_id: 4294967296 does not fit uint32/],
  ['FS {"cwd_id": -1, "root_id": 2}', /cwd_id: -1 does not fit uint32/],
  ['FS {"cwd_id": 1.5, "root_id": 2}', /cwd_id: not a whole number/],
  ['FS {"cwd_id": 1e3, "root_id": 2}', /cwd_id: not a whole number/],
  ['FS {"cwd_id": 01, "root_id": 2}', /cwd_id: a number begins with 0/],
  ['FS {"cwd_id": "x", "root_id": 2}', /cwd_id: "x" is not a number/],
  ['FS {"cwd_id": null, "root_id": 2}', /cwd_id: expected a number, found null/],
  ['FS {"cwd_id": [1], "root_id": 2}', /cwd_id: expected a number, found a list/],
  ['FS {"cwd_id": 1, "root_id": 2,}', /expected a key, found "\}"/],
  ['FS {"cwd_id" 1}', /expected ":", found a number/],
  [
    'FDINFO {"id": 1, "flags": 0, "type": "REGG", "fd": 0}',
    /no value "REGG" \(did you mean REG\?\)/,
  ],
  ['FDINFO {"id": 1, "flags": 0, "type": REG, "fd": 0}', /type: expected/],
  ['PIPES_DATA {"pipe_id": 1, "bytes": 2, "extra": "QQ==\\n"}', /extra: 1 bytes, the entry says 2/],
  ['PIPES_DATA {"pipe_id": 1, "bytes": 2}', /extra: there is none, the entry says 2 bytes/],
  ['PIPES_DATA {"pipe_id": 1, "bytes": 1, "extra": "QQ=\\n"}', /extra: not base64/],
  ['PIPES_DATA {"pipe_id": 1, "bytes": 1, "extra": "Q*=="}', /extra: not base64/],
  ['PIPES_DATA {"pipe_id": 1, "bytes": 1, "extra": 7}', /extra: expected a base64 string/],
  ['UTSNS {"nodename": "\\ud800", "domainname": ""}', /nodename: a lone surrogate/],
  ['UTSNS {"nodename": "\\x", "domainname": ""}', /nodename: there is no such escape/],
  ['UTSNS {"nodename": "a\tb", "domainname": ""}', /nodename: a control character/],
];

Deno.test("each fault of JSON is refused in one line that says where and what", () => {
  for (const [short, message] of FAULTS) {
    const named = /^([A-Z_]+) (\{.*)$/s.exec(short);
    const json = named ? `{"magic": "${named[1]}", "entries": [${named[2]}]}` : short;
    assert.throws(() => jsonToImage(json, { name: "x.json" }), (error) => {
      assert(error instanceof CritError, String(error));
      assert.equal(error.kind, "data", error.message);
      assert.match(error.message, /^x\.json: line \d+, column \d+: /);
      assert.match(error.message, message);
      return true;
    }, short);
  }
});

/** What encode takes beyond the JSON that decode writes, and what it refuses with its place. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { ImageEncoder } from "../../../images/image/encode.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { CritError, type EncodeOptions, imageToJson, jsonToImage } from "../../../mod.ts";
import { THOROUGH } from "../../dumps.ts";
import { ownFixtures } from "../../fixtures.ts";
import { ROOT } from "../../programs.ts";

/** The text of an image with one entry. */
const imageText = (magic: string, entry: string) => `{"magic": "${magic}", "entries": [${entry}]}`;

const encodeEntry = (magic: string, entry: string, options?: EncodeOptions) =>
  jsonToImage(imageText(magic, entry), options);

/** Pairs of entries that make the same image. */
const SAME: Array<[magic: string, plain: string, other: string]> = [
  [
    "FS",
    '{"cwd_id": 1, "root_id": 31, "umask": 18}',
    '{"umask":0x12,"root_id":31,"cwd_id":1}'
      .replace("0x12", '"0x12"'),
  ],
  [
    "FS",
    '{"cwd_id": 1, "root_id": 31, "umask": 18}',
    '{"umask": "0o22", "cwd_id": "1", "root_id": "0x1f"}',
  ],
  ["FS", '{"cwd_id": 1, "root_id": 2}', ' \n{ "cwd_id"\t:\r\n1 , "root_id" :2\n} '],
  ["FS", '{"cwd_id": 1, "root_id": 2}', '{"\\u0063wd_id": 1, "root\\u005fid": 2}'],
  [
    "FDINFO",
    '{"id": 1, "flags": 2, "type": "REG", "fd": 4}',
    '{"fd": 4, "type": 1, "flags": 2, "id": 1}',
  ],
  [
    "FDINFO",
    '{"id": 1, "flags": 2, "type": "REG", "fd": 4}',
    '{"id": 1, "flags": 2, "type": "1", "fd": 4}',
  ],
  // Names that earlier releases had.
  [
    "FDINFO",
    '{"id": 1, "flags": 2, "type": "TUNF", "fd": 4}',
    '{"id": 1, "flags": 2, "type": "TUN", "fd": 4}',
  ],
  // A length that follows its extra, and extra bytes in other lines.
  [
    "PIPES_DATA",
    '{"pipe_id": 1, "bytes": 3, "extra": "QUJD\\n"}',
    '{"extra": "Q\\nUJ D", "bytes": 3, "pipe_id": 1}',
  ],
  [
    "TCP_STREAM",
    '{"inq_len": 1, "inq_seq": 0, "outq_len": 3, "outq_seq": 0, "opt_mask": 0, "snd_wscale": 0, "mss_clamp": 0, "extra": {"inq": "QQ==", "outq": "QUJD"}}',
    '{"inq_len": 1, "inq_seq": 0, "outq_len": 3, "outq_seq": 0, "opt_mask": 0, "snd_wscale": 0, "mss_clamp": 0, "extra": {"out_q": "QUJD", "in_q": "QQ=="}}',
  ],
];

Deno.test("equivalent JSON encodes to the same image", () => {
  for (const [magic, plain, other] of SAME) {
    assert.deepEqual(encodeEntry(magic, other), encodeEntry(magic, plain), other);
  }
});

Deno.test("magic may follow the entries, and go-criu's null is an empty list", () => {
  const entry = '{"cwd_id": 1, "root_id": 2}';
  const image = encodeEntry("FS", entry);
  assert.deepEqual(jsonToImage(`{"entries": [${entry}], "magic": "FS"}`), image);
  assert.deepEqual(jsonToImage('{"entries": [], "magic": "FS"}'), image.slice(0, 8));
  assert.deepEqual(jsonToImage('{"entries": null, "magic": "FS"}'), image.slice(0, 8));
  assert.deepEqual(jsonToImage('{"magic": "FS", "entries": null}'), image.slice(0, 8));
});

Deno.test("JSON of pagemaps up to CRIU 4.1 has nr_pages for what is compat_nr_pages now", () => {
  const old = '{"pages_id": 1}, {"vaddr": 4096, "nr_pages": 3, "flags": 4}';
  const present = '{"pages_id": 1}, {"vaddr": 4096, "compat_nr_pages": 3, "flags": 4}';
  assert.deepEqual(encodeEntry("PAGEMAP", old), encodeEntry("PAGEMAP", present));
});

Deno.test("--strict refuses what only other tools write", () => {
  const faults: Array<[json: string, message: RegExp]> = [
    ['{"magic": "FS", "entries": null}', /expected a list, found null/],
    [
      imageText("FDINFO", '{"id": 1, "flags": 2, "type": "TUN", "fd": 4}'),
      /type: fd_types has no value "TUN"/,
    ],
    [
      imageText("PAGEMAP", '{"pages_id": 1}, {"vaddr": 0, "nr_pages": 3}'),
      /compat_nr_pages: required field is missing/,
    ],
    [
      imageText(
        "TCP_STREAM",
        '{"inq_len": 0, "inq_seq": 0, "outq_len": 0, "outq_seq": 0, "opt_mask": 0, "snd_wscale": 0, "mss_clamp": 0, "extra": {"in_q": "", "outq": ""}}',
      ),
      /there is no "in_q"/,
    ],
  ];
  for (const [json, message] of faults) {
    jsonToImage(json);
    assert.throws(() => jsonToImage(json, { strict: true }), message, json);
  }
});

/** A field of each kind of integer, with its bits; entries of an image with the value as `#`. */
const RANGES: Array<
  [magic: string, field: string, bits: 32 | 64, signed: boolean, entries: string]
> = [
  ["FS", "cwd_id", 32, false, '{"cwd_id": #, "root_id": 1}'],
  ["PAGEMAP", "vaddr", 64, false, '{"pages_id": 1}, {"vaddr": #, "compat_nr_pages": 1}'],
  [
    "AUTOFS",
    "fd",
    32,
    true,
    '{"fd": #, "pgrp": 0, "timeout": 0, "minproto": 0, "maxproto": 0, "mode": 0}',
  ],
  [
    "FILE_LOCKS",
    "start",
    64,
    true,
    '{"flag": 0, "type": 0, "pid": 1, "fd": 0, "start": #, "len": 0}',
  ],
  [
    "REG_FILES",
    "mnt_id",
    32,
    true,
    '{"id": 1, "flags": 0, "pos": 0, "fown": {"uid": 0, "euid": 0, "signum": 0, "pid_type": 0, "pid": 0}, "name": "/", "mnt_id": #}',
  ],
  [
    "VMAS",
    "fd",
    64,
    true,
    '{"start": 0, "end": 0, "pgoff": 0, "shmid": 0, "prot": 0, "flags": 0, "status": 0, "fd": #}',
  ],
];

Deno.test("a number is accepted in the range of its type and refused outside", () => {
  for (const [magic, field, bits, signed, entries] of RANGES) {
    const min = signed ? -(1n << BigInt(bits - 1)) : 0n;
    const max = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
    for (const value of [min, -1n, 0n, 1n, max].filter((value) => value >= min)) {
      const hex = value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
      for (const text of [`${value}`, `"${value}"`, `"${hex}"`, `"${hex.replace("-0x", "0x-")}"`]) {
        const image = encodeEntry(magic, entries.replace("#", text));
        assert.equal(`${decodeObjects(image).entries.at(-1)![field]}`, `${value}`);
        const json = imageToJson(image);
        assert(json.includes(`"${field}": ${value}`), json);
      }
    }
    for (const value of [min - 1n, max + 1n]) {
      for (const text of [`${value}`, `"${value}"`]) {
        assert.throws(() => encodeEntry(magic, entries.replace("#", text)), (error) => {
          assert(error instanceof CritError);
          const fault = new RegExp(`${field}: .*(does not fit u?s?int${bits}|is beyond 64 bits)`);
          assert.match(error.message, fault);
          return true;
        });
      }
    }
  }
});

/** The image in pieces of one size. */
function encodeInPieces(json: Uint8Array, size: number): Uint8Array {
  const pieces: Uint8Array[] = [new Uint8Array()];
  const encoder = new ImageEncoder((image) => pieces.push(image.slice()));
  for (let at = 0; at < json.length; at += size) encoder.push(json.subarray(at, at + size));
  encoder.finish();
  return joinBytes(pieces);
}

Deno.test("JSON may arrive byte by byte", () => {
  for (const { name, file, bytes, version } of ownFixtures()) {
    if (bytes.length > 250 || version === "1.0") continue;
    const json = new TextEncoder().encode(imageToJson(bytes, { name: file, pretty: true }));
    for (const size of [1, 7, 64]) assert.deepEqual(encodeInPieces(json, size), bytes, name);
  }
});

/** An image of one entry with an extra of `size` bytes. */
function largeExtra(size: number): { bytes: Uint8Array<ArrayBuffer>; base64: string } {
  const bytes = Uint8Array.from({ length: size }, (_, i) => i * 131 >> 3);
  return { bytes, base64: JSON.stringify(bytes.toBase64().replace(/.{1,76}/g, "$&\n")) };
}

Deno.test("a large extra is encoded in pieces of any size, with its length before or after it", () => {
  const { bytes, base64 } = largeExtra(700_000);
  const length = `"bytes": ${bytes.length}`;
  const before = imageText("PIPES_DATA", `{"pipe_id": 1, ${length}, "extra": ${base64}}`);
  const after = imageText("PIPES_DATA", `{"extra": ${base64}, ${length}, "pipe_id": 1}`);
  const escaped = before.replaceAll("/", "\\/").replaceAll("+", "\\u002b");
  const expected = jsonToImage(before);
  assert.deepEqual(decodeObjects(expected).entries, [{
    pipe_id: 1,
    bytes: bytes.length,
    extra: bytes,
  }]);
  for (const json of [before, after, escaped]) {
    const text = new TextEncoder().encode(json);
    for (const size of [4099, 65536, 262144]) {
      assert.deepEqual(encodeInPieces(text, size), expected);
    }
  }
});

Deno.test("a large extra that contradicts its length or is not base64 is refused", () => {
  const { bytes, base64 } = largeExtra(700_000);
  const entry = (length: number, extra: string, rest = "") =>
    new TextEncoder().encode(
      imageText("PIPES_DATA", `{"pipe_id": 1, "bytes": ${length}, "extra": ${extra}${rest}}`),
    );
  const faults: Array<[json: Uint8Array, message: RegExp]> = [
    [entry(bytes.length - 1, base64), /extra: 700000 bytes, the entry says 699999/],
    [entry(bytes.length + 1, base64), /extra: 700000 bytes, the entry says 700001/],
    [entry(bytes.length, base64.replace(/.{9}"$/, '*"')), /extra: not base64/],
    [entry(bytes.length, base64.slice(0, -1)).slice(0, -3), /line 1, column \d+: entry 0: /],
    [entry(bytes.length, base64, ', "pipe_id": 2'), /line 1, column \d+: entry 0: /],
  ];
  for (const [json, message] of faults) {
    assert.throws(() => encodeInPieces(json, 65536), (error) => {
      assert(error instanceof CritError, String(error));
      assert.equal(error.kind, "data");
      assert.match(error.message, message);
      assert.match(error.message, /^line 1, column \d+: entry 0: /);
      return true;
    });
  }
});

Deno.test("JSON without one character of its punctuation is refused or has another meaning", () => {
  // Without any one byte of its punctuation the text is refused or means something else.
  for (const { name, file, bytes } of ownFixtures()) {
    if (bytes.length > (THOROUGH ? 150 : 80)) continue;
    const json = imageToJson(bytes, { name: file });
    for (let at = 0; at < json.length; at++) {
      if (!/[{}[\]:",]/.test(json[at]!)) continue;
      const without = json.slice(0, at) + json.slice(at + 1);
      try {
        assert.notDeepEqual(jsonToImage(without), bytes, `${name} without byte ${at}`);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        assert(error instanceof CritError, String(error));
        assert.match(error.message, /^line 1, column \d+: /);
      }
    }
  }
});

Deno.test("deep nesting is refused without a stack overflow", () => {
  const dir = (depth: number) =>
    '{"dir_name": "a", "children": ['.repeat(depth) + '{"dir_name": "b"}' + "]}".repeat(depth);
  const cgroup = (depth: number) =>
    imageText("CGROUP", `{"controllers": [{"cnames": ["x"], "dirs": [${dir(depth)}]}]}`);
  assert.equal(decodeObjects(jsonToImage(cgroup(40))).type, "CGROUP");
  assert.throws(
    () => jsonToImage(cgroup(5000)),
    /line 1, column \d+: entry 0: .*nest deeper than 100/,
  );
  for (const text of ["[".repeat(1e5), '{"a":'.repeat(1e5)]) {
    for (const json of [text, `{"magic": "FS", "entries": ${text}`, `{"entries": ${text}`]) {
      assert.throws(() => jsonToImage(json), (error) => {
        assert(error instanceof CritError, String(error));
        assert(error.message.length < 20_000, error.message.slice(0, 200));
        return true;
      });
    }
  }
});

Deno.test("raw unknown fields must be fields, and end where the text does", () => {
  for (
    const [raw, message] of [
      ["CA==", /\?: not a valid message: a number is cut short/],
      ["Dw==", /\?: not a valid message: field 1 has wire type 7/],
      ["*", /\?: not base64/],
    ] as const
  ) {
    const json = imageText("FS", `{"cwd_id": 1, "root_id": 2, "?": "${raw}"}`);
    assert.throws(() => jsonToImage(json), message);
  }
});

Deno.test("the line of an error does not depend on chunks", () => {
  const image = Deno.readFileSync(`${ROOT}fixtures/images/files.img`);
  for (const pretty of [true, false]) {
    const json = imageToJson(image, { pretty });
    for (let at = 20; at < json.length; at += 397) {
      const before = json.slice(0, at);
      const broken = new TextEncoder().encode(`${before}\x01${json.slice(at + 1)}`);
      const encoder = new ImageEncoder(() => {});
      const pushAll = () => {
        for (let from = 0; from < broken.length; from += 29) {
          encoder.push(broken.subarray(from, from + 29));
        }
        encoder.finish();
      };
      const line = before.split("\n").length;
      assert.throws(pushAll, new RegExp(`^CritError: line ${line}, column \\d+: `), `byte ${at}`);
    }
  }
});

Deno.test("numbers in an extra may be strings, as in other fields", () => {
  const path = `${ROOT}fixtures/images/ipcns-sem-9.img`;
  const image = Deno.readFileSync(path);
  const json = imageToJson(image, { name: "ipcns-sem-9.img" });
  const quoted = json.replace(
    /"extra": \[([\d, ]+)\]/g,
    (_, list: string) =>
      `"extra": [${list.replace(/\d+/g, (n) => `"0x${Number(n).toString(16)}"`)}]`,
  );
  assert.notEqual(quoted, json);
  assert.deepEqual(jsonToImage(quoted), image);
  for (const bad of ['"x"', '"65536"', '"-1"', '"18446744073709551616"']) {
    const wrong = json.replace(/"extra": \[\d+/, `"extra": [${bad}`);
    assert.throws(() => jsonToImage(wrong), /extra: (not a number|a number is not in 0\.\.65535)/);
  }
});

Deno.test("white space between tokens takes no memory and counts lines", () => {
  const entry = '{"cwd_id": 1, "root_id": 2, "umask": 18}';
  const space = "  \n ".repeat(1 << 18);
  const pieces: Uint8Array[] = [];
  const encoder = new ImageEncoder((piece) => void pieces.push(piece.slice()));
  const push = (text: string) => encoder.push(new TextEncoder().encode(text));
  let most = 0;
  const pushSpace = () => {
    for (let i = 0; i < 8; i++) {
      push(space);
      most = Math.max(most, encoder.room().buffer.byteLength);
    }
  };
  pushSpace();
  push("{");
  pushSpace();
  push(`"magic": "FS",`);
  pushSpace();
  push(`"entries": [${entry}`);
  push("]}");
  encoder.finish();
  assert.deepEqual(joinBytes(pieces), encodeEntry("FS", entry));
  assert.ok(most < 4 << 20, `${most} bytes of room for 8 MiB of white space`);
  const failing = new ImageEncoder(() => {});
  const bytes = new TextEncoder().encode(`{${space.repeat(3)}"magic": "NONE"`);
  assert.throws(
    () => {
      for (let at = 0; at < bytes.length; at += 1 << 16) {
        failing.push(bytes.subarray(at, at + (1 << 16)));
      }
      failing.finish();
    },
    (error: CritError) => {
      assert.equal(error.place.line, 3 * (1 << 18) + 1);
      return true;
    },
  );
});

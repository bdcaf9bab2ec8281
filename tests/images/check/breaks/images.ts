/** Ways to break single images, the inventory and the whole. @module */

import { decodeObjects } from "../../../../images/image/objects.ts";
import { encodeImage } from "../../../../mod.ts";
import type { Break } from "../broken_dump.ts";

/** Puts bytes at the end of an image's first payload; the sizes before it are one byte long. */
function appendToPayload(bytes: Uint8Array, at: number, added: number[]): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const size = view.getUint32(at, true);
  const end = at + 4 + size;
  const grown = Uint8Array.from([...bytes.subarray(0, end), ...added, ...bytes.subarray(end)]);
  new DataView(grown.buffer).setUint32(at, size + added.length, true);
  return grown;
}

export const breaks: readonly Break[] = [
  {
    rule: "some-image",
    dump: "shloop",
    how: "remove every image",
    break: (dump) => {
      for (const { name } of [...Deno.readDirSync(dump.path)]) dump.remove(name);
    },
    image: "",
    message: /^it has no image$/,
  },
  {
    rule: "no-dump",
    dump: "shloop",
    how: "leave nothing but stats-dump",
    break: (dump) => {
      for (const { name } of [...Deno.readDirSync(dump.path)]) {
        if (name !== "stats-dump") dump.remove(name);
      }
    },
    image: "",
    message: /^it has nothing to restore, only stats-dump$/,
  },
  {
    rule: "inventory-present",
    dump: "shloop",
    how: "remove inventory.img",
    break: (dump) => dump.remove("inventory.img"),
    image: "inventory.img",
    message: /^it is missing$/,
  },
  {
    rule: "inventory-version",
    dump: "shloop",
    how: "name a version that is to come",
    break: (dump) => dump.edit("inventory.img", ([entry]) => entry.img_version = 3),
    image: "inventory.img",
    entry: 0,
    field: "img_version",
    message: /^3 is not a known image version$/,
  },
  {
    rule: "framing-version",
    dump: "shloop",
    how: "take the head magic from fs-1520.img",
    break: (dump) => dump.bytes("fs-1520.img", (bytes) => bytes.subarray(4)),
    image: "fs-1520.img",
    message: /no head magic/,
  },
  {
    rule: "framing-version",
    dump: "legacy-v1.0",
    how: "give fs-17936.img a head magic",
    break: (dump) =>
      dump.bytes("fs-17936.img", (bytes) => Uint8Array.from([0x19, 0x43, 0x56, 0x54, ...bytes])),
    image: "fs-17936.img",
    message: /a head magic, as in version 2/,
  },
  {
    rule: "byte-order",
    dump: "s390x",
    how: "take fs-244.img from a little-endian machine",
    break: (dump) => {
      const image = decodeObjects(Deno.readFileSync(dump.file("fs-244.img")));
      Deno.writeFileSync(dump.file("fs-244.img"), encodeImage({ ...image, byteOrder: "little" }));
    },
    image: "fs-244.img",
    message: /^it is little-endian, but the dump is big-endian$/,
  },
  {
    rule: "byte-order-machine",
    dump: "shloop",
    how: "write all images as on a big-endian machine",
    break: (dump) => {
      for (const { name } of Deno.readDirSync(dump.path)) {
        if (name.startsWith("pages-")) continue;
        const image = decodeObjects(Deno.readFileSync(dump.file(name)), { name });
        Deno.writeFileSync(dump.file(name), encodeImage({ ...image, byteOrder: "big" }));
      }
    },
    image: "",
    entry: 0,
    field: "mtype",
    message: /^X86_64 is little-endian, but the image is big-endian$/,
    count: 2,
  },
  {
    rule: "image-whole",
    dump: "shloop",
    how: "cut fs-1520.img by a byte",
    break: (dump) => dump.resize("fs-1520.img", dump.size("fs-1520.img") - 1),
    image: "fs-1520.img",
    entry: 0,
    message: /^payload is \d+ bytes, \d+ remain$/,
  },
  {
    rule: "image-whole",
    dump: "shloop",
    how: "put half a size behind pstree.img",
    break: (dump) => dump.bytes("pstree.img", (bytes) => Uint8Array.from([...bytes, 1, 0])),
    image: "pstree.img",
    entry: 2,
    message: /^the entry's size is cut short: 2 of 4 bytes$/,
  },
  {
    rule: "image-whole",
    dump: "shloop",
    how: "make a field of timens-0.img longer than its message",
    break: (dump) => dump.bytes("timens-0.img", (bytes) => void (bytes[13] = 0x7f)),
    image: "timens-0.img",
    entry: 0,
    message: /^not a valid message: a field is 127 bytes/,
  },
  {
    rule: "image-whole",
    dump: "pyapp",
    how: "cut the data of a TCP stream",
    break: (dump) => {
      const name = "tcp-stream-e2067.img";
      const other = "tcp-stream-e2068.img";
      const longer = dump.size(name) > dump.size(other) ? name : other;
      dump.resize(longer, dump.size(longer) - 1);
    },
    image: "",
    entry: 0,
    message: /remain$/,
  },
  {
    rule: "image-magic",
    dump: "shloop",
    how: "flip a bit of a magic number",
    break: (dump) => dump.bytes("fs-1520.img", (bytes) => void (bytes[5]! ^= 0x10)),
    image: "fs-1520.img",
    message: /^unknown magic 0x[0-9a-f]{8} \(a FS image is expected\)$/,
  },
  {
    rule: "image-magic",
    dump: "shloop",
    how: "name an ids image fs-1520.img",
    break: (dump) => Deno.copyFileSync(dump.file("ids-1520.img"), dump.file("fs-1520.img")),
    image: "fs-1520.img",
    message: /^its magic says IDS, its name FS$/,
  },
  {
    rule: "field-missing",
    dump: "shloop",
    how: "cut the second field from timens-0.img's entry",
    break: (dump) =>
      dump.bytes("timens-0.img", (bytes) => {
        // 8 bytes of magic, 4 of size, a tag, a length, the first message.
        const first = 2 + bytes[13]!;
        return Uint8Array.from([
          ...bytes.subarray(0, 8),
          first,
          0,
          0,
          0,
          ...bytes.subarray(12, 12 + first),
        ]);
      }),
    image: "timens-0.img",
    entry: 0,
    field: "boottime",
    message: /^required field is missing$/,
  },
  {
    rule: "field-type",
    dump: "shloop",
    how: "add umask as bytes to fs-1520.img",
    break: (dump) =>
      dump.bytes("fs-1520.img", (bytes) => appendToPayload(bytes, 8, [3 << 3 | 2, 1, 0])),
    image: "fs-1520.img",
    entry: 0,
    field: "umask",
    message: /^it has wire type 2/,
  },
  {
    rule: "field-unknown",
    dump: "shloop",
    how: "add a field that is to come to each entry of fs-1520.img and pstree.img",
    break: (dump) => dump.bytes("fs-1520.img", (bytes) => appendToPayload(bytes, 8, [15 << 3, 1])),
    image: "fs-1520.img",
    entry: 0,
    message: /^field 15 is not in the schema$/,
  },
  {
    rule: "enum-known",
    dump: "shloop",
    how: "name a security module that is to come",
    break: (dump) => dump.edit("inventory.img", ([entry]) => entry.lsmtype = 77),
    image: "inventory.img",
    entry: 0,
    field: "lsmtype",
    message: /^77 is no known value$/,
  },
  {
    rule: "entry-missing",
    dump: "shloop",
    how: "leave only the magic of timens-0.img",
    break: (dump) => dump.resize("timens-0.img", 8),
    image: "timens-0.img",
    message: /^it has no entry$/,
  },
  {
    rule: "entry-missing",
    dump: "pyapp",
    how: "leave only the magic of a thread's core image",
    break: (dump) => dump.resize("core-2532.img", 8),
    image: "core-2532.img",
    message: /^it has no entry$/,
  },
  {
    rule: "entry-surplus",
    dump: "shloop",
    how: "write the entry of timens-0.img twice",
    break: (dump) => dump.edit("timens-0.img", (entries) => entries.push(entries[0])),
    image: "timens-0.img",
    entry: 1,
    message: /^it has 2 entries, but CRIU reads only the first$/,
  },
];

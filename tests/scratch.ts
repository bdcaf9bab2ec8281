/** What the tests of streaming share. @module */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadSystemCalls } from "../images/stream/ffi.ts";
import type { Received, SystemCalls } from "../images/stream/system.ts";
import type { RestoreOutcome } from "./images/stream/peer.ts";

const open = new Set<number>();

/** The system calls; takes note of descriptors, for {@link Scratch} to find those left open. */
export const system: SystemCalls = watched(loadSystemCalls());

function watched(calls: SystemCalls): SystemCalls {
  const noteOpened = (result: unknown) => {
    if (typeof result === "number" && result >= 0) open.add(result);
  };
  return new Proxy(calls, {
    get(target, key) {
      const call = Reflect.get(target, key) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const result = call.apply(target, args);
        if (OPENERS.has(key)) noteOpened(result);
        if (key === "receive") noteOpened((result as Received).descriptor);
        if (key === "pipe") Object.values(result as object).forEach(noteOpened);
        if (key === "close") assert.ok(open.delete(args[0] as number), `closed twice: ${args[0]}`);
        return result;
      };
    },
  });
}

const OPENERS = new Set<string | symbol>(["open", "openAt", "socket", "accept", "watchProcess"]);

/** A directory for one test, removed at its end, when no descriptor may be left open. */
export class Scratch implements Disposable {
  readonly path: string;

  /** @param dir where to make it, if not where temporary files go */
  constructor(dir?: string) {
    this.path = Deno.makeTempDirSync({ prefix: "crit-", dir });
  }

  /** A new directory in it, with files. */
  directory(name: string, files: Record<string, Uint8Array> = {}): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path, { recursive: true });
    for (const [file, bytes] of Object.entries(files)) Deno.writeFileSync(`${path}/${file}`, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
    const left = [...open];
    open.clear();
    assert.deepEqual(left, [], "descriptors were left open");
  }
}

/** An inventory as far as framing goes: magic, size, payload. */
export const INVENTORY: Uint8Array = Uint8Array.from([0x16, 0x31, 0x31, 0x58, 2, 0, 0, 0, 8, 1]);

/** Bytes that differ from place to place and from seed to seed. */
export function pattern(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = (seed + 1) * 0x9e3779b1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** A dump of `count` images of many sizes, and its inventory last. */
export function manyImages(count: number): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) files[`core-${i}.img`] = pattern(i * 1500, i);
  files["inventory.img"] = INVENTORY;
  return files;
}

/** All regular files of a directory. */
export function readDirectory(path: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const names = [...Deno.readDirSync(path)].filter((entry) => entry.isFile).map(({ name }) => name);
  for (const name of names.sort()) files[name] = Deno.readFileSync(`${path}/${name}`);
  return files;
}

/** What a restore of these files, read as a whole, should have seen. */
export function seen(files: Record<string, Uint8Array>): RestoreOutcome {
  const entries = Object.entries(files).map(([name, bytes]) => [name, {
    exists: true,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }]);
  return Object.fromEntries(entries);
}

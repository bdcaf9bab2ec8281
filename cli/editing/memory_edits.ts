/** Writes of the command line into the memory of tasks. @module */

import { encodeText } from "../../images/bytes/utf8.ts";
import type { Dump } from "../../images/dump/dump.ts";
import { CritError } from "../../images/errors.ts";
import { parseAddress } from "../../images/memory/choice.ts";
import {
  environmentWrite,
  type MemoryWrite,
  planWrites,
  type WritePlan,
} from "../../images/memory/write.ts";
import type { MemoryEditArguments } from "./memory_edit_options.ts";

/** Largest file to write into memory, in bytes. */
const LARGEST_FILE = 64 << 20;

/**
 * Plans the writes of --write and --env.
 *
 * @throws {CritError} `usage` if an option is invalid, `data` if the dump cannot be changed
 */
export function planMemoryEdits(dump: Dump, { write, env }: MemoryEditArguments): WritePlan {
  return planWrites(dump, [
    ...write.map(parseWrite),
    ...env.map((text) => parseVariable(dump, text)),
  ]);
}

function parseWrite(text: string): MemoryWrite {
  const [, pid, address, value] = /^(\d+):([^=]+)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) {
    throw new CritError("usage", `--write ${text}: it is not PID:ADDRESS=VALUE`);
  }
  return { pid: Number(pid), address: parseAddress(address!), bytes: bytesOf(value) };
}

function parseVariable(dump: Dump, text: string): MemoryWrite {
  const [, pid, name, value] = /^(\d+):([^=]+)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) {
    throw new CritError("usage", `--env ${text}: it is not PID:NAME=VALUE`);
  }
  return environmentWrite(dump, Number(pid), name!, encodeText(value));
}

/** The bytes of a value. */
function bytesOf(value: string): Uint8Array {
  if (value.startsWith("@")) return fileBytes(value.slice(1));
  if (value.startsWith('"')) return encodeText(quotedText(value));
  const digits = value.replace(/^0x/i, "").replaceAll(/\s/g, "");
  if (/^([\da-f]{2})+$/i.test(digits)) return Uint8Array.fromHex(digits);
  const hint = `text is in double quotes: '"${value.slice(0, 20)}"'`;
  throw new CritError("usage", `${value.slice(0, 40)} is not hexadecimal`, {}, hint);
}

function quotedText(value: string): string {
  try {
    const text: unknown = JSON.parse(value);
    if (typeof text === "string" && text !== "") return text;
  } catch {
    // Reported below.
  }
  throw new CritError("usage", `${value.slice(0, 40)} is not text in double quotes`);
}

function fileBytes(path: string): Uint8Array {
  const { size, isFile } = Deno.statSync(path);
  if (!isFile || size > LARGEST_FILE || size === 0) {
    const reason = `it must be a file of 1 to ${LARGEST_FILE} bytes`;
    throw new CritError("usage", reason, { image: path });
  }
  return Deno.readFileSync(path);
}

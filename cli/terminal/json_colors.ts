/** JSON in colours, for people who read it on a terminal. @module */

import { ByteBuffer } from "../../images/bytes/buffer.ts";

/** ANSI codes. */
const OFF = code(39);
const KEY = code(34);
const STRING = code(32);
const NUMBER = code(36);
const WORD = code(33);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function code(number: number): Uint8Array {
  return new TextEncoder().encode(`\x1b[${number}m`);
}

/**
 * Adds colours to JSON that comes in pieces of any size. What stands between values stays as it is,
 * so that lines of JSON are as good as one value.
 */
export class JsonColors {
  /** Whether each of the containers that are open is an object. */
  readonly #objects: boolean[] = [];
  /** Whether a string that begins now is a key. */
  #isKeyNext = false;
  #isInString = false;
  #isEscaped = false;
  /** Whether a number or a word is going on. */
  #isInWord = false;

  /** A piece of JSON, with colours. */
  paint(json: Uint8Array): Uint8Array {
    const out = new ByteBuffer(json.length * 2);
    for (const byte of json) {
      const before = this.#before(byte);
      if (before !== undefined) out.raw(before);
      out.ensure(1);
      out.bytes[out.pos++] = byte;
      if (this.#endsString(byte)) out.raw(OFF);
    }
    return out.view();
  }

  /** What stands before a byte. */
  #before(byte: number): Uint8Array | undefined {
    if (this.#isInString) return undefined;
    if (isOfWord(byte)) {
      if (this.#isInWord) return undefined;
      this.#isInWord = true;
      return byte === 0x2d || byte <= 0x39 ? NUMBER : WORD;
    }
    const wasInWord = this.#isInWord;
    this.#isInWord = false;
    if (byte === QUOTE) {
      const color = this.#isKeyNext ? KEY : STRING;
      this.#isKeyNext = false;
      return color;
    }
    this.#note(byte);
    return wasInWord ? OFF : undefined;
  }

  /** Takes note of what a byte outside of strings says about what comes next. */
  #note(byte: number): void {
    if (byte === 0x7b || byte === 0x5b) {
      this.#objects.push(byte === 0x7b);
      this.#isKeyNext = byte === 0x7b;
    } else if (byte === 0x7d || byte === 0x5d) {
      this.#objects.pop();
      this.#isKeyNext = false;
    } else if (byte === 0x2c) this.#isKeyNext = this.#objects.at(-1) === true;
  }

  /** Whether a byte, which has been written, ends a string. */
  #endsString(byte: number): boolean {
    if (!this.#isInString) {
      this.#isInString = byte === QUOTE;
      return false;
    }
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#isInString = false;
      return true;
    }
    return false;
  }
}

/** Whether a byte may be part of a number or a word. */
function isOfWord(byte: number): boolean {
  return byte === 0x2b || byte === 0x2d || byte === 0x2e || byte >= 0x30 && byte <= 0x39 ||
    byte >= 0x41 && byte <= 0x5a || byte >= 0x61 && byte <= 0x7a;
}

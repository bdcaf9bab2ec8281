/** Colours JSON for a terminal. @module */

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
 * Adds colours to JSON that arrives in pieces. Text between values is unchanged, so that several
 * values, such as lines of JSON, are coloured too.
 */
export class JsonColors {
  /** Whether each open container is an object. */
  readonly #objects: boolean[] = [];
  /** Whether the next string is a key. */
  #isKeyNext = false;
  #isInString = false;
  #isEscaped = false;
  /** Whether a number or a word continues. */
  #isInWord = false;

  /** Colours a piece of JSON. */
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

  /** The code before a byte. */
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

  /** Updates the state after a byte outside of strings. */
  #note(byte: number): void {
    if (byte === 0x7b || byte === 0x5b) {
      this.#objects.push(byte === 0x7b);
      this.#isKeyNext = byte === 0x7b;
    } else if (byte === 0x7d || byte === 0x5d) {
      this.#objects.pop();
      this.#isKeyNext = false;
    } else if (byte === 0x2c) this.#isKeyNext = this.#objects.at(-1) === true;
  }

  /** Whether a byte that has been written ends a string. */
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

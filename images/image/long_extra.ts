/**
 * An extra that is too long for memory: its base64 is decoded as it arrives.
 *
 * @module
 */

import { Base64Decoder } from "../bytes/base64.ts";
import type { JsonReader } from "../codec/json_reader.ts";
import { inField } from "../errors.ts";
import type { WireWriter } from "../protobuf/wire.ts";
import { wrongLength } from "./encode_extra.ts";
import type { ExtraRun } from "./extra.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes of `\uXXXX`. */
const LONGEST_ESCAPE = 6;

/** A run of bytes whose base64 is being read; the position is behind its opening quote. */
export class LongExtra {
  #base64 = new Base64Decoder();

  constructor(readonly json: JsonReader, readonly out: WireWriter, readonly run: ExtraRun) {}

  /** Whether nothing can follow it, as it goes to the file's end. */
  get goesToEnd(): boolean {
    return this.run.length === Infinity;
  }

  /**
   * Decodes the text that has arrived; true at the end of the extra.
   *
   * @throws {CritError} `data` when it is not base64, or longer or shorter than the entry says
   */
  take(): boolean {
    const { json, out } = this;
    const from = json.pos;
    const { pos } = out;
    const before = this.#base64.clone();
    // Where the text there is cannot be all of it, looking for its end takes as long as decoding.
    let quote = this.#isWithin(json.end - from) ? -1 : this.#quoteAfter(from);
    let to = quote < 0 ? this.#wholeEscapes(from) : quote;
    if (!this.#base64.push(json.bytes.subarray(from, to), out)) {
      // A quote is no base64: the text may be shorter than it should.
      quote = quote < 0 ? this.#quoteAfter(from) : -1;
      to = quote;
      this.#base64 = before;
      out.pos = pos;
      if (quote < 0 || !before.push(json.bytes.subarray(from, to), out)) {
        throw inField(json.error("not base64"), "extra");
      }
    }
    json.pos = to;
    if (quote < 0) {
      if (json.eof) throw json.unexpected("the string's end", json.end);
      return false;
    }
    json.pos++;
    this.#finish();
    return true;
  }

  /** Whether so many characters are surely not more than a long extra still has. */
  #isWithin(count: number): boolean {
    const { length } = this.run;
    return length !== Infinity && count <= Math.ceil((length - this.#base64.length) / 3) * 4;
  }

  #quoteAfter(from: number): number {
    return this.json.bytes.subarray(0, this.json.end).indexOf(QUOTE, from);
  }

  /** End of the text there is, without an escape that is not whole. */
  #wholeEscapes(from: number): number {
    const { bytes, end } = this.json;
    const last = Math.max(from, end - LONGEST_ESCAPE + 1);
    const escape = bytes.subarray(last, end).lastIndexOf(BACKSLASH);
    return escape < 0 ? end : last + escape;
  }

  #finish(): void {
    const { json, out } = this;
    if (!this.#base64.finish(out)) throw inField(json.error("not base64"), "extra");
    const { length, padding } = this.run;
    if (length !== Infinity && length !== this.#base64.length) {
      throw inField(wrongLength(`${this.#base64.length} bytes`, `${length}`), "extra");
    }
    out.raw(new Uint8Array(padding));
  }
}

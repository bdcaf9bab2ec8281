/**
 * Encodes extras from JSON: base64, lists of numbers, named parts, lists of messages.
 *
 * @module
 */

import { Base64Decoder } from "../bytes/base64.ts";
import { type ByteOrder, numberBytes, setWordAt } from "../bytes/byte_order.ts";
import type { JsonMessages } from "../codec/from_json.ts";
import type { JsonReader } from "../codec/json_reader.ts";
import { messageTable } from "../codec/table.ts";
import { type CritError, dataError, inField } from "../errors.ts";
import type { WireWriter } from "../protobuf/wire.ts";
import { parseInteger } from "../types/hints.ts";
import type { EntryShape, Extra } from "../types/image_type.ts";
import { type ExtraRun, planExtra } from "./extra.ts";

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Writes extras whose JSON is in memory. */
export class ExtraWriter {
  /** How u16 numbers and the sizes of messages lie in the image. */
  byteOrder: ByteOrder = "little";

  /** @param strict names of older tools are refused */
  constructor(
    readonly json: JsonReader,
    readonly out: WireWriter,
    readonly messages: JsonMessages,
    readonly strict: boolean,
  ) {}

  /**
   * Appends the extra whose JSON begins at `at` (-1: none is given). Returns whether it goes to
   * the file's end.
   */
  write(shape: EntryShape, extra: Extra, start: number, at: number): boolean {
    const json = this.json;
    const after = json.pos;
    const plan = planExtra(extra, shape.entry, this.out.bytes.slice(start + 4, this.out.pos));
    let toEnd = false;
    try {
      if (at < 0) this.#noExtra(plan);
      else {
        json.pos = at;
        json.peek();
        if (extra.kind === "record") this.#recordExtra(plan);
        else if (extra.kind === "messages") this.#messagesExtra(plan);
        else if (extra.kind === "numbers") this.#numbersExtra(plan);
        else toEnd = this.#bytesExtra(plan);
      }
    } catch (error) {
      throw inField(error, "extra");
    }
    json.pos = after;
    return toEnd;
  }

  #noExtra(plan: Generator<ExtraRun>): void {
    for (const run of plan) {
      if (run.length !== Infinity && (run.kind === "message" || run.length > 0)) {
        throw wrongLength("there is none", run.kind === "message" ? "more" : `${run.length} bytes`);
      }
    }
  }

  #bytesExtra(plan: Generator<ExtraRun>): boolean {
    const run = plan.next().value as ExtraRun | undefined;
    this.#bytesRun(run ?? { kind: "bytes", length: 0, padding: 0 });
    return run?.length === Infinity;
  }

  /** Takes one base64 string as the bytes of a run. */
  #bytesRun(run: ExtraRun): void {
    const json = this.json;
    const out = this.out;
    if (json.peek() !== QUOTE) throw json.unexpected("a base64 string");
    const { pos } = json;
    const [from, to] = json.rawString();
    const base64 = new Base64Decoder();
    if (!base64.push(json.bytes.subarray(from, to), out) || !base64.finish(out)) {
      throw json.error("not base64", pos);
    }
    if (run.length !== Infinity && base64.length !== run.length) {
      json.pos = pos;
      throw wrongLength(`${base64.length} bytes`, `${run.length}`);
    }
    out.raw(new Uint8Array(run.padding));
  }

  #recordExtra(plan: Generator<ExtraRun>): void {
    const json = this.json;
    const at = new Map<string, number>();
    json.expect(OPEN_OBJECT);
    if (json.peek() === CLOSE_OBJECT) json.pos++;
    else {
      do {
        if (json.peek() !== QUOTE) throw json.unexpected("a key");
        const { pos } = json;
        // go-criu writes in_q and out_q.
        const key = json.key();
        const part = this.strict ? key : key.replace(/^(in|out)_q$/, "$1q");
        if (at.has(part)) throw json.error(`${part} is given twice`, pos);
        at.set(part, json.pos);
        json.skip();
      } while (json.more(CLOSE_OBJECT));
    }
    for (const run of plan) {
      const pos = at.get(run.part!);
      at.delete(run.part!);
      if (pos !== undefined) {
        json.pos = pos;
        this.#bytesRun(run);
      } else if (run.length > 0) {
        throw wrongLength(`there is no ${run.part}`, `${run.length} bytes`);
      }
    }
    for (const [part, pos] of at) throw json.error(`there is no ${JSON.stringify(part)}`, pos);
  }

  #numbersExtra(plan: Generator<ExtraRun>): void {
    const json = this.json;
    const out = this.out;
    const run = plan.next().value as ExtraRun;
    const { pos } = json;
    let count = 0;
    if (json.peek() !== OPEN_LIST) throw json.unexpected("a list");
    json.pos++;
    if (json.peek() === CLOSE_LIST) json.pos++;
    else {
      do {
        if (json.peek() === QUOTE) this.#quotedNumber();
        else json.number();
        if (json.negative || json.hi !== 0 || json.lo > 0xffff) {
          throw json.error("a number is not in 0..65535");
        }
        out.raw(numberBytes([json.lo], this.byteOrder));
        count++;
      } while (json.more(CLOSE_LIST));
    }
    json.pos = pos;
    if (count * 2 !== run.length) throw wrongLength(`${count} numbers`, `${run.length / 2}`);
    out.raw(new Uint8Array(run.padding));
  }

  /** Reads a number that is a string, in any form that fields take. */
  #quotedNumber(): void {
    const { json } = this;
    const { pos } = json;
    const [from, to] = json.rawString();
    const value = parseInteger(new TextDecoder().decode(json.bytes.subarray(from, to)));
    if (value === undefined) throw json.error("not a number", pos);
    json.negative = value < 0n;
    json.hi = value > 0xffffffffn || value < 0n ? 1 : 0;
    json.lo = Number(BigInt.asUintN(32, value));
  }

  /** Takes a flat list: message, bytes, message, bytes, … */
  #messagesExtra(plan: Generator<ExtraRun, void, Uint8Array | undefined>): void {
    const json = this.json;
    const out = this.out;
    if (json.peek() !== OPEN_LIST) throw json.unexpected("a list");
    json.pos++;
    let more = json.peek() !== CLOSE_LIST;
    if (!more) json.pos++;
    let step = plan.next();
    while (!step.done) {
      if (!more) throw wrongLength("the list ends early", "more");
      const run = step.value;
      let payload: Uint8Array | undefined;
      if (run.kind === "message") {
        out.ensure(4);
        const start = out.pos;
        out.pos += 4;
        this.messages.message(messageTable(run.message!, "pretty"));
        setWordAt(out.bytes, start, out.pos - start - 4, this.byteOrder);
        payload = out.bytes.slice(start + 4, out.pos);
      } else this.#bytesRun(run);
      more = json.more(CLOSE_LIST);
      step = plan.next(payload);
    }
    if (more) throw wrongLength("the list goes on", "fewer");
  }
}

/** The error for an extra whose length differs from the length in its entry. */
export function wrongLength(given: string, said: string): CritError {
  return dataError(`${given}, the entry says ${said}`);
}

/**
 * JSON text → image, as a stream of chunks.
 *
 * @module
 */

import { type ByteOrder, setWordAt } from "../bytes/byte_order.ts";
import { pushInto } from "../bytes/io.ts";
import { nearest } from "../bytes/nearest.ts";
import { JsonMessages } from "../codec/from_json.ts";
import { JsonReader, NEED_MORE } from "../codec/json_reader.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import { CritError, inField } from "../errors.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, Extra, ImageType } from "../types/image_type.ts";
import { allTypes, typeByName } from "../types/registry.ts";
import { ExtraWriter } from "./encode_extra.ts";
import { planExtra } from "./extra.ts";
import { headOf, type ImageVersion, writeHead } from "./head.ts";
import { LongExtra } from "./long_extra.ts";
import { shapeAt } from "./reader.ts";

/** How an image is written. */
export interface EncodeOptions {
  /** Name of the JSON file, for errors. */
  name?: string;
  /** Size of the JSON in bytes, if known; a short one takes less memory. */
  size?: number;
  /** Image version to write; `1.1` if undefined. */
  version?: ImageVersion;
  /** Byte order of the image if the JSON does not have it; `little` if undefined. */
  byteOrder?: ByteOrder;
  /** Whether to refuse the names and forms that only older tools and go-criu write. */
  strict?: boolean;
}

/** The image is handed on in pieces of about this many bytes. */
const FLUSH = 1 << 18;

/**
 * So much JSON has a whole entry in it, as a rule: with less, more is waited for. To find out by
 * trying takes longer, as does the compiled code that is thrown away when it meets the end.
 */
const USUAL_ENTRY = 1 << 9;

/** An entry with more JSON than this is not read whole if its extra can be passed on in pieces. */
const LARGE_ENTRY = 1 << 17;

const BLANK = 0x20;
const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

enum State {
  /** Before the image's opening brace. */
  Start,
  /** Before a key of the image's object, or its end. */
  Key,
  /** `entries` came before `magic`: all text is kept until the end. */
  Hold,
  /** Before an entry, or the end of the list. */
  Entry,
  /** Inside a long extra, which is passed on in pieces. */
  LongExtra,
  /** Before the end of an entry whose extra was long. */
  LongEnd,
  /** After the image's closing brace. */
  End,
}

/**
 * Accepts JSON in chunks and passes the image to `give` in chunks, which are valid until `give`
 * returns.
 *
 * Either `push` chunks, or read a file into {@link ImageEncoder.room} and report the number of
 * bytes with {@link ImageEncoder.advance}; then call `finish`.
 */
export class ImageEncoder {
  readonly #json: JsonReader;
  readonly #out: WireWriter;
  readonly #messages: JsonMessages;
  readonly #extras: ExtraWriter;
  #state = State.Start;
  #type: ImageType | undefined;
  #shape: EntryShape | undefined;
  /** Table of the entries of this shape. */
  #table: MessageTable | undefined;
  #order: ByteOrder;
  #sawMagic = false;
  #sawOrder = false;
  #sawEntries = false;
  #firstKey = true;
  #index = 0;
  /** All keys were looked at before the entries were read. */
  #wasHeld = false;
  /** Where the held text of `entries` begins. */
  #held = 0;
  /** Start of what must be read again when the buffer runs out. */
  #mark = 0;
  /** How much was written when `#mark` was set. */
  #written = 0;
  /** How much text there must be before the entry is tried again. */
  #retryAt = 0;
  #longExtra: LongExtra | undefined;
  /** An extra went to the end of the file: nothing can follow. */
  #closed = false;

  constructor(
    readonly give: (image: Uint8Array<ArrayBuffer>) => void,
    readonly options: EncodeOptions = {},
  ) {
    this.#order = options.byteOrder ?? "little";
    this.#json = new JsonReader(options.size);
    // An image is hardly ever longer than its JSON.
    this.#out = new WireWriter(Math.min(options.size ?? Infinity, FLUSH * 2));
    const strict = options.strict ?? false;
    this.#messages = new JsonMessages(this.#json, this.#out, strict);
    this.#extras = new ExtraWriter(this.#json, this.#out, this.#messages, strict);
  }

  /** Image type, once it is known. */
  get type(): ImageType | undefined {
    return this.#type;
  }

  /** Byte order of the image, as known so far. */
  get byteOrder(): ByteOrder {
    return this.#order;
  }

  /** Room for the next bytes of the text. */
  room(): Uint8Array {
    const room = this.#json.room(this.#mark);
    this.#held -= Math.min(this.#mark, this.#held);
    this.#mark = 0;
    return room;
  }

  /** Adds `count` bytes that the caller has written into {@link ImageEncoder.room}. */
  advance(count: number): void {
    this.#json.advance(count);
    if (this.#json.end - this.#mark >= this.#retryAt) this.#run();
  }

  /** Adds a chunk. */
  push(chunk: Uint8Array): void {
    pushInto(this, chunk);
  }

  /**
   * Ends the text.
   *
   * @throws {CritError} `data` if the text is incomplete, or continues after the image
   */
  finish(): void {
    this.#json.eof = true;
    if (this.#state === State.Hold) {
      try {
        this.#releaseHeld();
      } catch (error) {
        throw this.#located(error);
      }
    }
    this.#run();
    if (this.#state !== State.End) {
      throw this.#json.error("the text ends early").at({ image: this.options.name });
    }
    this.give(this.#out.view());
    this.#out.pos = 0;
  }

  /** Goes on as long as there is text. */
  #run(): void {
    try {
      this.#steps();
    } catch (error) {
      if (error !== NEED_MORE) throw this.#located(error);
      const json = this.#json;
      this.#out.pos = this.#written;
      json.pos = this.#mark;
      // What is read again from its start must have grown by much: that keeps the work linear.
      const have = json.end - this.#mark;
      const isShort = have < FLUSH;
      if (this.#state === State.Entry) this.#retryAt = have * (isShort ? 4 : 2);
      else this.#retryAt = isShort ? 0 : have * 2;
    }
  }

  #steps(): void {
    const json = this.#json;
    const out = this.#out;
    do {
      if (out.pos >= FLUSH) {
        this.give(out.view());
        out.pos = 0;
      }
      this.#retryAt = 0;
      // Much white space before a token need not be kept until the token is there.
      if (json.bytes[json.pos + 1]! <= BLANK && this.#isBetweenTokens) json.peek();
      this.#mark = json.pos;
      this.#written = out.pos;
      if (this.#state === State.Entry && !json.eof && json.end - json.pos < USUAL_ENTRY) return;
    } while (this.#step());
  }

  /** Whether a token comes next. */
  get #isBetweenTokens(): boolean {
    const state = this.#state;
    return state === State.Entry || state === State.Key || state === State.Start;
  }

  /** The error with its line, column and entry. */
  #located(error: unknown): unknown {
    if (!(error instanceof CritError)) return error;
    const inEntry = this.#state >= State.Entry && this.#state <= State.LongEnd;
    const { line, column } = this.#json.error("").place;
    return error.at({
      image: this.options.name,
      line,
      column,
      ...(inEntry ? { entry: this.#index } : {}),
    });
  }

  /** Does one thing; false when there is nothing more to do for now. */
  #step(): boolean {
    const json = this.#json;
    switch (this.#state) {
      case State.Start:
        json.expect(OPEN_OBJECT);
        this.#state = State.Key;
        return true;
      case State.Key:
        this.#key();
        return true;
      case State.Hold:
        return false;
      case State.Entry:
        this.#entry();
        return true;
      case State.LongExtra:
        return this.#goOnWithExtra();
      case State.LongEnd:
        if (json.peek() === 0x2c) {
          throw json.error("nothing may follow an extra of this size", json.pos, "put extra last");
        }
        json.expect(CLOSE_OBJECT);
        this.#listGoesOn();
        this.#index++;
        return true;
      case State.End:
        if (json.peek() !== 0 || json.pos < json.end) {
          throw json.error("something follows the image's closing brace");
        }
        return false;
    }
  }

  #key(): void {
    const json = this.#json;
    if (this.#firstKey) {
      if (json.peek() === CLOSE_OBJECT) {
        throw json.error('an image needs "magic" and "entries"');
      }
      this.#firstKey = false;
    }
    if (json.peek() !== QUOTE) throw json.unexpected("a key");
    const { pos } = json;
    const key = json.key();
    if (key === "magic") this.#magic(pos);
    else if (key === "entries") this.#entries(pos);
    else if (key === "byte_order") this.#byteOrder(pos);
    else throw json.error(`an image has no ${JSON.stringify(key)}`, pos, "magic and entries only");
  }

  #magic(keyPos: number): void {
    const json = this.#json;
    const type = this.#typeName();
    if (this.#sawMagic) throw json.error("magic is given twice", keyPos);
    this.#keysGoOn();
    this.#type = type;
    this.#sawMagic = true;
  }

  #byteOrder(keyPos: number): void {
    const json = this.#json;
    const order = this.#orderName();
    if (this.#sawOrder) throw json.error("byte_order is given twice", keyPos);
    if (this.#sawEntries && !this.#wasHeld) {
      throw json.error("byte_order has to stand before entries", keyPos);
    }
    this.#keysGoOn();
    this.#order = order;
    this.#sawOrder = true;
  }

  /** Takes the name of a byte order. */
  #orderName(): ByteOrder {
    const json = this.#json;
    json.peek();
    const { pos } = json;
    const name = json.string();
    if (name === "little" || name === "big") return name;
    throw json.error(`there is no byte order ${JSON.stringify(name)}`, pos, "little or big");
  }

  /** Takes the name of an image type. */
  #typeName(): ImageType {
    const json = this.#json;
    json.peek();
    const { pos } = json;
    const name = json.string();
    const type = typeByName(name);
    if (type !== undefined) return type;
    const near = nearest(name, allTypes().map((known) => known.name));
    throw json.error(
      `there is no image type ${JSON.stringify(name)}`,
      pos,
      near && `did you mean ${near}?`,
    );
  }

  /** After a value of the image's object. */
  #keysGoOn(sawEntries = this.#sawEntries): void {
    const json = this.#json;
    const more = json.more(CLOSE_OBJECT);
    if (!more && !sawEntries) throw json.error('an image needs "entries"');
    this.#state = more ? State.Key : State.End;
  }

  #entries(keyPos: number): void {
    const json = this.#json;
    if (this.#sawEntries) throw json.error("entries is given twice", keyPos);
    if (this.#type === undefined) {
      if (json.eof) throw json.error('an image needs "magic"');
      this.#state = State.Hold;
      json.pos = this.#held = keyPos;
      return;
    }
    writeHead(this.#out, headOf(this.#type, this.options.version ?? "1.1", this.#order));
    this.#messages.byteOrder = this.#extras.byteOrder = this.#order;
    const first = json.peek();
    if (first === 0x6e && !this.options.strict) {
      // go-criu writes null for no entries.
      json.word("null");
      this.#keysGoOn(true);
    } else if (first !== OPEN_LIST) throw json.unexpected("a list");
    else {
      json.pos++;
      if (json.peek() === CLOSE_LIST) {
        json.pos++;
        this.#keysGoOn(true);
      } else if (json.pos < json.end) this.#state = State.Entry;
      else throw json.unexpected("an entry");
    }
    this.#sawEntries = true;
  }

  /** The text is whole: finds the magic after the entries, then reads it from their start. */
  #releaseHeld(): void {
    const json = this.#json;
    json.pos = this.#held;
    for (let more = true; more;) {
      if (json.peek() !== QUOTE) throw json.unexpected("a key");
      const key = json.key();
      if (key === "magic") this.#type ??= this.#typeName();
      else if (key === "byte_order") this.#order = this.#orderName();
      else json.skip();
      more = json.more(CLOSE_OBJECT);
    }
    if (this.#type === undefined) throw json.error('an image needs "magic"');
    json.pos = this.#held;
    this.#wasHeld = true;
    this.#state = State.Key;
  }

  #listGoesOn(): void {
    if (this.#json.more(CLOSE_LIST)) {
      this.#state = State.Entry;
      return;
    }
    this.#keysGoOn();
  }

  /** Takes one entry, its size before it and its extra after it. */
  #entry(): void {
    const json = this.#json;
    const out = this.#out;
    if (this.#closed) throw json.error("no entry can follow an extra that goes to the file's end");
    const shape = shapeAt(this.#type!, this.#index);
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#table = messageTable(shape.entry, "pretty");
    }
    const table = this.#table!;
    if (json.peek() !== OPEN_OBJECT) throw json.unexpected("an entry");
    out.ensure(4);
    const start = out.pos;
    out.pos += 4;
    let extraAt = -1;
    const { extra } = shape;
    const other = extra === undefined ? undefined : (key: string) => {
      if (key !== "extra") return false;
      if (extraAt >= 0) throw json.error("extra is given twice");
      extraAt = json.pos;
      if (json.end - this.#mark < LARGE_ENTRY || !this.#isStreamable(extra)) json.skip();
      else this.#skipOrStream();
      return true;
    };
    try {
      this.#messages.message(table, other);
    } catch (error) {
      if (!(error instanceof StreamExtra)) throw error;
      return this.#beginLongExtra(shape, start);
    }
    setWordAt(out.bytes, start, out.pos - start - 4, this.#order);
    const toEnd = extra !== undefined && this.#extras.write(shape, extra, start, extraAt);
    this.#listGoesOn();
    this.#index++;
    this.#closed = toEnd;
  }

  #isStreamable(extra: Extra): boolean {
    return extra.kind === "bytes" || extra.kind === "rest";
  }

  /** Skips the extra if all of it is there, else breaks off to pass it on in pieces. */
  #skipOrStream(): void {
    const json = this.#json;
    const { pos } = json;
    try {
      json.skip();
    } catch (error) {
      if (error !== NEED_MORE || json.bytes[pos] !== QUOTE) throw error;
      json.pos = pos;
      throw new StreamExtra();
    }
  }

  /** The payload is complete but for its closing brace: writes it, and goes on with the extra. */
  #beginLongExtra(shape: EntryShape, start: number): void {
    const json = this.#json;
    const out = this.#out;
    try {
      this.#messages.settle(this.#table!, start + 4);
    } catch (error) {
      // What is missing may follow the extra, which must be read whole then.
      throw json.eof ? error : NEED_MORE;
    }
    setWordAt(out.bytes, start, out.pos - start - 4, this.#order);
    const payload = out.bytes.slice(start + 4, out.pos);
    const run = planExtra(shape.extra!, shape.entry, payload).next().value;
    if (!run) throw inField(json.error("the entry says that there is none"), "extra");
    this.#longExtra = new LongExtra(json, out, run);
    json.pos++;
    this.#state = State.LongExtra;
  }

  /** Passes on what is there of a long extra; false when there is nothing more to do for now. */
  #goOnWithExtra(): boolean {
    const extra = this.#longExtra!;
    const isWhole = extra.take();
    if (isWhole) {
      this.#closed = extra.goesToEnd;
      this.#longExtra = undefined;
      this.#state = State.LongEnd;
    } else {
      this.#mark = this.#json.pos;
      this.#flush();
    }
    return isWhole;
  }

  #flush(): void {
    if (this.#out.pos < FLUSH) return;
    this.give(this.#out.view());
    this.#out.pos = 0;
  }
}

/** Thrown to break off an entry whose extra is to be passed on in pieces. */
class StreamExtra extends Error {}

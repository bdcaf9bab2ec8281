/**
 * Reads the framing of images: head, entries and extras. The reader does no I/O: it accepts chunks,
 * which may end anywhere, and reports events.
 *
 * ```text
 * image ::= HEAD ENTRY*
 * ENTRY ::= u32 size, payload[size], extra?
 * ```
 *
 * Sizes are in the head's byte order. (CRIU: criu/protobuf.c `pb_write_one`)
 *
 * @module
 */

import { type ByteOrder, swapped32, uint32At, wordAt } from "../bytes/byte_order.ts";
import { pushInto } from "../bytes/io.ts";
import { CritError, dataError } from "../errors.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { typeByFileName } from "../types/registry.ts";
import { type ExtraPlan, type ExtraRun, planExtra } from "./extra.ts";
import { foreignFormat } from "./foreign.ts";
import { type Head, headLength, LONGEST_HEAD, readHead, withoutEntries } from "./head.ts";

/** Largest payload in bytes: a protobuf message is below 2 GiB. */
const MAX_PAYLOAD = 0x7fffffff;

/** Shape of the entry with this index. */
export function shapeAt(type: ImageType, index: number): EntryShape {
  if (index === 0 && type.head !== undefined) return type.head;
  if (type.entry === undefined) throw withoutEntries(type);
  return type as EntryShape;
}

/** The events while an image is read, in this order. */
export interface ImageEvents {
  /** The head was read. */
  begin(head: Head): void;
  /**
   * The whole payload of an entry. The bytes are valid only during the call.
   *
   * @param offset offset of the entry's size in the file
   */
  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void;
  /** A run of the entry's extra begins. */
  extraBegin(run: ExtraRun): void;
  /** A piece of the run; for a message the whole payload, for numbers an even count of bytes. */
  extraBytes(bytes: Uint8Array, from: number, to: number): void;
  /** The run ends. */
  extraEnd(run: ExtraRun): void;
  /** The padding of the run; CRIU does not always write zeros. */
  padding?(bytes: Uint8Array, from: number, to: number): void;
  /** The entry ends, including its extra. */
  entryEnd(): void;
  /** The image ends. */
  end(): void;
}

/** What an {@link ImageReader} knows about its input. */
export interface ImageReaderOptions {
  /** Name of the file, for errors and to recognize raw images. */
  name?: string;
  /** Size of the whole file in bytes, if known; an entry beyond it fails at once. */
  size?: number;
}

/** Bytes that are read ahead at a time. */
const CHUNK = 1 << 18;
/** Half of what is read at first. */
const FIRST = 1 << 11;
/** The buffer of a reader to which nothing came yet. */
const NOTHING = new Uint8Array();

enum State {
  Head,
  Size,
  Payload,
  MessageSize,
  Message,
  Run,
  Padding,
}

/**
 * Accepts an image in chunks of any size and reports its contents.
 *
 * Either `push` chunks, or read a file into {@link ImageReader.room} and report the number of bytes
 * with {@link ImageReader.advance}; then call `finish`. {@link ImageReader.readAll} does all of
 * this for an image in memory.
 */
export class ImageReader {
  #buffer: Uint8Array = NOTHING;
  #pos = 0;
  #end = 0;
  /** File offset of `#buffer[0]`. */
  #base = 0;
  /** How much is asked for at a time: little at first. */
  #ask = FIRST;
  #state = State.Head;
  /** Bytes that the current state still needs. */
  #need = 4;
  #type: ImageType | undefined;
  #order: ByteOrder = "little";
  #shape: EntryShape | undefined;
  #index = 0;
  #entryOffset = 0;
  #plan: ExtraPlan | undefined;
  #run: ExtraRun | undefined;

  constructor(readonly events: ImageEvents, readonly options: ImageReaderOptions = {}) {}

  /** Index of the entry being read, from 0; at the end, the number of entries. */
  get index(): number {
    return this.#index;
  }

  /** Room for the next bytes of the file. */
  room(): Uint8Array {
    if (this.#pos > 0) {
      this.#buffer.copyWithin(0, this.#pos, this.#end);
      this.#base += this.#pos;
      this.#end -= this.#pos;
      this.#pos = 0;
    }
    if (this.#end === this.#buffer.length) this.#grow();
    this.#ask = Math.min(this.#ask * 2, CHUNK);
    return this.#buffer.subarray(this.#end, this.#end + this.#ask);
  }

  /** Only a payload needs more than a chunk; the buffer doubles as its bytes arrive. */
  #grow(): void {
    const { length } = this.#buffer;
    // A dump has many small images; the byte more lets the file's end be seen without growing.
    const first = Math.min(CHUNK, (this.options.size ?? CHUNK) + 1);
    const grown = new Uint8Array(
      length === 0 ? first : Math.min(length * 2, this.#need + CHUNK),
    );
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }

  /** Adds `count` bytes that the caller has written into {@link ImageReader.room}. */
  advance(count: number): void {
    this.#end += count;
    try {
      while (this.#step()) {
        if (this.#state === State.Size) this.#plainEntries();
      }
    } catch (error) {
      throw this.#located(error);
    }
  }

  /** Takes a chunk. */
  push(chunk: Uint8Array): void {
    pushInto(this, chunk);
  }

  /** Reads a whole image in memory, without copying it, and ends it. */
  readAll(bytes: Uint8Array): void {
    this.#buffer = bytes;
    this.advance(bytes.length);
    this.finish();
  }

  /**
   * Ends the image.
   *
   * @throws {CritError} `data` when it ends inside an entry
   */
  finish(): void {
    const remain = this.#end - this.#pos;
    try {
      if (this.#state === State.Run && this.#need === Infinity) {
        this.#endRun();
        this.#nextRun(undefined);
      } else if (this.#state !== State.Size || remain > 0) throw this.#cutShort(remain);
      this.events.end();
    } catch (error) {
      throw this.#located(error);
    }
  }

  #cutShort(remain: number): CritError {
    switch (this.#state) {
      case State.Head:
        this.#typeByFile();
        return endInHead(this.#buffer.subarray(0, this.#base + this.#end));
      case State.Size:
        return dataError(`the entry's size is cut short: ${remain} of 4 bytes`);
      case State.MessageSize:
        return dataError(`a size in the extra is cut short: ${remain} of 4 bytes`);
      case State.Padding:
        return dataError(`the extra's padding is ${this.#need} bytes short`);
      case State.Run: {
        const length = this.#run!.length;
        return dataError(`the extra is ${length} bytes, ${length - this.#need + remain} remain`);
      }
      default:
        return dataError(`payload is ${this.#need} bytes, ${remain} remain`);
    }
  }

  /** Passes on the entries without extras that are there whole: the commonest by far. */
  #plainEntries(): void {
    const buffer = this.#buffer;
    const end = this.#end;
    const isBig = this.#order === "big";
    const shape = shapeAt(this.#type!, this.#index);
    if (shape !== this.#type || shape.extra !== undefined) return;
    for (;;) {
      const offset = this.#pos;
      const from = offset + 4;
      if (from > end) return;
      const size = uint32At(buffer, offset);
      const to = from + (isBig ? swapped32(size) : size);
      if (to > end) return;
      this.#entryOffset = this.#base + offset;
      this.#state = State.Payload;
      this.events.payload(shape, buffer, from, to, this.#entryOffset);
      this.#pos = to;
      this.events.entryEnd();
      this.#state = State.Size;
      this.#index++;
    }
  }

  /** Does one thing if enough bytes are there; false when more are needed. */
  #step(): boolean {
    if (this.#state === State.Run) return this.#passRun();
    if (this.#end - this.#pos < this.#need) return false;
    const from = this.#pos;
    switch (this.#state) {
      case State.Head:
        return this.#readHead();
      case State.Size:
        this.#entryOffset = this.#base + from;
        this.#pos += 4;
        this.#expectPayload(wordAt(this.#buffer, from, this.#order), State.Payload);
        return true;
      case State.MessageSize:
        this.#pos += 4;
        this.#expectPayload(wordAt(this.#buffer, from, this.#order), State.Message);
        return true;
      case State.Payload:
        this.#readPayload();
        return true;
      case State.Message: {
        const to = this.#pos += this.#need;
        this.events.extraBytes(this.#buffer, from, to);
        this.events.extraEnd(this.#run!);
        this.#nextRun(this.#buffer.subarray(from, to));
        return true;
      }
      case State.Padding:
        this.#pos += this.#need;
        this.events.padding?.(this.#buffer, from, this.#pos);
        this.#nextRun(undefined);
        return true;
    }
    return false;
  }

  #readHead(): boolean {
    const end = Math.min(this.#end, this.#pos + LONGEST_HEAD);
    const head = readHead(this.#buffer.subarray(this.#pos, end), this.#typeByFile());
    if (head === undefined) {
      this.#need = LONGEST_HEAD;
      return false;
    }
    this.#type = head.type;
    this.#order = head.byteOrder;
    this.#pos += headLength(head);
    this.events.begin(head);
    this.#expectEntry();
    return true;
  }

  /** The image type that the file's name tells; a raw one is refused. */
  #typeByFile(): ImageType | undefined {
    const { name } = this.options;
    const type = name === undefined ? undefined : typeByFileName(name);
    if (type === undefined || type.entry !== undefined) return type;
    throw dataError(`a raw image without entries: ${type.raw}`);
  }

  #expectEntry(): void {
    this.#state = State.Size;
    this.#need = 4;
  }

  #expectPayload(size: number, state: State): void {
    this.#state = state;
    this.#need = size;
    if (size > MAX_PAYLOAD) {
      throw dataError(`payload is ${size} bytes, more than a message can have`);
    }
    this.#expect(size, "payload is");
  }

  /** Fails early when the file is known to be too short. */
  #expect(size: number, what: string): void {
    if (this.options.size === undefined || size === Infinity) return;
    const remain = this.options.size - this.#base - this.#pos;
    if (size > remain) throw dataError(`${what} ${size} bytes, ${Math.max(remain, 0)} remain`);
  }

  #readPayload(): void {
    const from = this.#pos;
    const to = from + this.#need;
    const shape = this.#shape = shapeAt(this.#type!, this.#index);
    this.events.payload(shape, this.#buffer, from, to, this.#entryOffset);
    this.#pos = to;
    if (shape.extra === undefined) return this.#endEntry();
    this.#plan = planExtra(shape.extra, shape.entry, this.#buffer.slice(from, to));
    this.#nextRun(undefined);
  }

  #nextRun(message: Uint8Array | undefined): void {
    const next = this.#plan!.next(message);
    if (next.done) return this.#endEntry();
    const run = this.#run = next.value;
    this.#expect(run.length + run.padding, "the extra is");
    this.events.extraBegin(run);
    this.#need = run.kind === "message" ? 4 : run.length;
    this.#state = run.kind === "message" ? State.MessageSize : State.Run;
  }

  /** Passes on what is there of the current run. */
  #passRun(): boolean {
    let count = Math.min(this.#need, this.#end - this.#pos);
    if (this.#run!.kind === "numbers") count -= count % 2;
    if (count > 0) {
      this.events.extraBytes(this.#buffer, this.#pos, this.#pos + count);
      this.#pos += count;
      this.#need -= count;
    }
    if (this.#need > 0) return false;
    this.#endRun();
    this.#state = State.Padding;
    this.#need = this.#run!.padding;
    return true;
  }

  #endRun(): void {
    this.events.extraEnd(this.#run!);
  }

  #endEntry(): void {
    this.events.entryEnd();
    this.#index++;
    this.#expectEntry();
  }

  /** The error with the image and entry that it is about. */
  #located(error: unknown): unknown {
    if (!(error instanceof CritError)) return error;
    const image = this.options.name;
    if (this.#type === undefined) return error.at({ image });
    const inSize = this.#state === State.Size;
    const offset = inSize ? this.#base + this.#pos : this.#entryOffset;
    return error.at({ image, entry: this.#index, offset });
  }
}

/** The error for a file that ends before its head does. */
function endInHead(bytes: Uint8Array): CritError {
  if (bytes.length === 0) return dataError("the file is empty");
  const foreign = foreignFormat(bytes);
  return dataError(
    foreign === undefined ? "the file ends inside its magic" : `it is ${foreign}, not an image`,
  );
}

/**
 * Image → JSON text, as a stream of chunks.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { JsonWriter } from "../codec/json_writer.ts";
import { type Form, type MessageTable, messageTable } from "../codec/table.ts";
import { BASE64_LINE, JsonPrinter, writeBase64Lines } from "../codec/to_json.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import type { ExtraRun } from "./extra.ts";
import { type Head, jsonName } from "./head.ts";
import { type ImageEvents, ImageReader } from "./reader.ts";

/** How numbers beyond 2^53 are written; programs that read them as doubles round them. */
export type BigNumbers = NonNullable<DecodeOptions["bigNumbers"]>;

/** How an image is printed. */
export interface DecodeOptions {
  /** Name of the file, for errors. */
  name?: string;
  /** Size of the image in bytes, if known; an entry beyond it fails at once. */
  size?: number;
  /** Whether to apply display hints; implies `indented`. */
  pretty?: boolean;
  /** Whether to print one item per line, with 4 spaces per level. */
  indented?: boolean;
  /** Whether to print everything on one line, regardless of the other options. */
  oneLine?: boolean;
  /** Whether to print the sizes of extras instead of their bytes. */
  noPayload?: boolean;
  /** How numbers beyond 2^53 are written; by default, as numbers. */
  bigNumbers?: "number" | "string";
  /** Called once if an entry has fields that the schema does not know. */
  onUnknown?: () => void;
}

/** JSON is handed on in pieces of about this many bytes. */
const FLUSH = 1 << 18;

/** How much longer than its image JSON is at least, as a rule. */
const GROWTH = 4;

/** Levels of nesting above an entry's members: the image's object, its list of entries. */
const ENTRY_DEPTH = 2;

/**
 * Accepts an image in chunks and passes its JSON to `give` in chunks, which are valid until `give`
 * returns.
 */
export class ImageDecoder implements ImageEvents {
  /** The reader of the image: push chunks here, or read a file into its room. */
  readonly reader: ImageReader;
  readonly #out: JsonWriter;
  readonly #printer: JsonPrinter;
  readonly #form: Form;
  #type: ImageType | undefined;
  #order: ByteOrder = "little";
  #index = 0;
  #members = false;
  #shape: EntryShape | undefined;
  /** Table of the entries of this shape. */
  #table: MessageTable | undefined;
  /** How many runs the current extra had so far, and how many bytes. */
  #runs = 0;
  #extraSize = 0;
  /** Bytes that do not fill a base64 line yet. */
  readonly #line = new Uint8Array(BASE64_LINE);
  #lineLength = 0;
  #numbers = 0;
  /** Kind of the current run. */
  #kind: ExtraRun["kind"] = "bytes";

  constructor(
    readonly give: (json: Uint8Array<ArrayBuffer>) => void,
    readonly options: DecodeOptions = {},
  ) {
    const capacity = Math.min((options.size ?? Infinity) * GROWTH, FLUSH * 2);
    this.#out = new JsonWriter(isIndented(options), capacity);
    this.#out.quotesBig = options.bigNumbers === "string";
    this.#printer = new JsonPrinter(this.#out);
    this.#form = options.pretty ? "pretty" : "plain";
    this.reader = new ImageReader(this, options);
  }

  /** Image type, once the magic is read. */
  get type(): ImageType | undefined {
    return this.#type;
  }

  begin({ type, byteOrder }: Head): void {
    this.#type = type;
    this.#order = byteOrder;
    this.#printer.byteOrder = byteOrder;
    const out = this.#out;
    out.ascii("{");
    out.item(true, 1);
    out.ascii(`"magic": "${jsonName(type)}"`);
    if (byteOrder !== "little") {
      out.item(false, 1);
      out.ascii(`"byte_order": "${byteOrder}"`);
    }
    out.item(false, 1);
    out.ascii('"entries": [');
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#table = messageTable(shape.entry, this.#form);
    }
    this.#out.item(this.#index === 0, ENTRY_DEPTH);
    this.#members = this.#printer.open(this.#table!, bytes, from, to, ENTRY_DEPTH);
    this.#runs = 0;
    this.#extraSize = 0;
  }

  extraBegin(run: ExtraRun): void {
    const out = this.#out;
    if (!this.options.noPayload) {
      if (this.#runs === 0) this.#extraOpen();
      const extra = this.#shape!.extra!;
      if (extra.kind === "record") {
        out.item(this.#runs === 0, ENTRY_DEPTH + 2);
        out.ascii(`"${run.part}": `);
      } else if (extra.kind === "messages") out.item(this.#runs === 0, ENTRY_DEPTH + 2);
      if (run.kind === "bytes") out.ascii('"');
    }
    this.#runs++;
    this.#kind = run.kind;
    this.#lineLength = 0;
    this.#numbers = 0;
  }

  /** Begins the member `extra`, and the list or object that it is. */
  #extraOpen(): void {
    const out = this.#out;
    out.item(!this.#members, ENTRY_DEPTH + 1);
    this.#members = true;
    out.ascii('"extra": ');
    const { kind } = this.#shape!.extra!;
    if (kind === "record") out.ascii("{");
    else if (kind === "messages" || kind === "numbers") out.ascii("[");
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#extraSize += to - from;
    if (this.options.noPayload) return;
    const out = this.#out;
    const { extra } = this.#shape!;
    if (extra!.kind === "numbers") this.#printNumbers(bytes, from, to);
    else if (extra!.kind === "messages" && this.#kind === "message") {
      const table = messageTable(extra!.message, this.#form === "plain" ? "plain" : "pretty");
      if (this.#printer.open(table, bytes, from, to, ENTRY_DEPTH + 2)) {
        out.newline(ENTRY_DEPTH + 2);
      }
      out.ascii("}");
    } else this.#printBytes(bytes, from, to);
    this.#flush();
  }

  #printNumbers(bytes: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    for (let pos = from; pos < to; pos += 2) {
      out.item(this.#numbers++ === 0, ENTRY_DEPTH + 2);
      const [first, second] = [bytes[pos]!, bytes[pos + 1]!];
      out.unsigned(this.#order === "little" ? first | second << 8 : first << 8 | second, 0);
    }
  }

  /** Prints bytes as base64, keeping back what does not fill a line. */
  #printBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#lineLength > 0) {
      const count = Math.min(BASE64_LINE - this.#lineLength, to - from);
      this.#line.set(bytes.subarray(from, from + count), this.#lineLength);
      this.#lineLength += count;
      from += count;
      if (this.#lineLength < BASE64_LINE) return;
      writeBase64Lines(this.#out, this.#line);
    }
    this.#lineLength = (to - from) % BASE64_LINE;
    writeBase64Lines(this.#out, bytes.subarray(from, to - this.#lineLength));
    this.#line.set(bytes.subarray(to - this.#lineLength, to));
  }

  extraEnd(run: ExtraRun): void {
    if (this.options.noPayload || run.kind !== "bytes") return;
    writeBase64Lines(this.#out, this.#line.subarray(0, this.#lineLength));
    this.#out.ascii('"');
  }

  entryEnd(): void {
    const out = this.#out;
    if (this.#shape!.extra !== undefined) this.#closeExtra();
    if (this.#members) out.newline(ENTRY_DEPTH);
    out.ascii("}");
    this.#index++;
    if (this.#printer.sawUnknown) {
      this.#printer.sawUnknown = false;
      this.options.onUnknown?.();
    }
    this.#flush();
  }

  #closeExtra(): void {
    const out = this.#out;
    const { kind } = this.#shape!.extra!;
    if (this.options.noPayload) {
      if (this.#type!.head !== undefined) return;
      out.item(!this.#members, ENTRY_DEPTH + 1);
      this.#members = true;
      out.ascii(`"extra": "... <${humanSize(this.#extraSize)}>"`);
      return;
    }
    if (this.#runs === 0) {
      if (kind === "rest") return;
      this.#extraOpen();
      if (kind === "bytes") out.ascii('""');
    } else if (
      kind === "record" || (kind === "numbers" ? this.#numbers > 0 : kind === "messages")
    ) {
      out.newline(ENTRY_DEPTH + 1);
    }
    if (kind === "record") out.ascii("}");
    else if (kind === "messages" || kind === "numbers") out.ascii("]");
  }

  end(): void {
    const out = this.#out;
    if (this.#index > 0) out.newline(1);
    out.ascii("]");
    out.newline(0);
    out.ascii("}");
    this.give(out.take());
  }

  #flush(): void {
    if (this.#out.pos >= FLUSH) this.give(this.#out.take());
  }
}

function isIndented({ pretty, indented, oneLine }: DecodeOptions): boolean {
  return !oneLine && (pretty || indented || false);
}

/** A size as `--nopl` of CRIU's tool has it: `33B`, `1.5KB`. */
function humanSize(size: number): string {
  for (const unit of ["", "K", "M", "G", "T", "P", "E", "Z"]) {
    if (size < 1024) return `${oneDecimal(size)}${unit}B`;
    size /= 1024;
  }
  return `${size.toFixed(1)}YB`;
}

/** A number as Python's `%.1f` has it, which rounds a tie to the even digit; whole ones bare. */
function oneDecimal(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const tenths = value * 10;
  const isTie = tenths % 1 === 0.5;
  return isTie ? (2 * Math.round(tenths / 2) / 10).toFixed(1) : value.toFixed(1);
}

/**
 * Edits an image entry by entry, from chunks of the image to chunks of the edited image. Everything
 * that no edit touches keeps its bytes.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { messageTable } from "../codec/table.ts";
import { dataError, inField } from "../errors.ts";
import { type ExtraPlan, type ExtraRun, planExtra } from "../image/extra.ts";
import { contradiction, EXTRA, ExtraCollector } from "../image/extra_parts.ts";
import { type Head, writeHead } from "../image/head.ts";
import {
  type ImageEvents,
  ImageReader,
  type ImageReaderOptions,
  shapeAt,
} from "../image/reader.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import type { Edit } from "./edit.ts";
import { EditedEntry, writeNewEntry } from "./entry.ts";

/** The image is handed on in pieces of about this many bytes. */
const FLUSH = 1 << 18;

/** What is done with the extra that is being read. */
enum Extras {
  /** It goes through. */
  Pass,
  /** The same, but the payload has changed: its lengths must still be right. */
  Check,
  /** It is kept until the entry ends. */
  Collect,
  /** It is left out. */
  Drop,
}

/** How an image is edited. */
export interface EntryEditorOptions extends ImageReaderOptions {
  /** Number of entries; needed if an edit counts from the end. */
  count?: number;
}

/**
 * Takes an image in chunks and gives the edited image; a given chunk is valid until `give` returns.
 */
export class EntryEditor implements ImageEvents {
  /** Whether anything is written otherwise than it was read. */
  changed = false;
  readonly #reader: ImageReader;
  readonly #out = new WireWriter(FLUSH * 2);
  #type: ImageType | undefined;
  #order: ByteOrder = "little";
  #entry: EditedEntry | undefined;
  #extras = Extras.Pass;
  #plan: ExtraPlan | undefined;
  readonly #collector = new ExtraCollector();
  #run: ExtraRun | undefined;
  /** Payload of the message in the extra that was read last. */
  #message: Uint8Array | undefined;
  /** An extra goes to the end of the file: no entry can follow. */
  #closed = false;
  /** What each edit had matched before this image. */
  readonly #before: readonly number[];

  constructor(
    readonly edits: readonly Edit[],
    readonly give: (image: Uint8Array<ArrayBuffer>) => void,
    readonly options: EntryEditorOptions = {},
  ) {
    this.#reader = new ImageReader(this, options);
    this.#before = edits.map(({ matches }) => matches);
    for (const edit of edits) edit.images++;
  }

  /** Room for the next bytes of the image. */
  room(): Uint8Array {
    return this.#reader.room();
  }

  /** Adds `count` bytes that the caller has written into {@link EntryEditor.room}. */
  advance(count: number): void {
    this.#reader.advance(count);
  }

  /**
   * Ends the image.
   *
   * @throws {CritError} `data` when it ends inside an entry, or an edit that is for this image
   * only found nothing in it
   */
  finish(): void {
    this.#reader.finish();
    this.edits.forEach((edit, i) => {
      if (edit.matches > this.#before[i]!) return;
      edit.missedItem(0, edit.target.entries, this.#reader.index, "entry");
      if (edit.isExact && edit.mustMatch) throw edit.nothing().at({ image: this.options.name });
    });
    this.give(this.#out.view());
    this.#out.pos = 0;
  }

  begin(head: Head): void {
    this.#type = head.type;
    this.#order = head.byteOrder;
    for (const edit of this.edits) edit.byteOrder = head.byteOrder;
    writeHead(this.#out, head);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    const entry = this.#entry = this.#edited(shape, bytes, from, to);
    this.#extras = Extras.Pass;
    if (entry === undefined || !entry.changed && !entry.deleted && !entry.needsExtra) {
      this.#entry = undefined;
      this.#out.word(to - from, this.#order);
      this.#out.raw(bytes.subarray(from, to));
      return;
    }
    this.changed = true;
    if (entry.deleted) this.#extras = Extras.Drop;
    else if (entry.needsExtra) this.#extras = Extras.Collect;
    else {
      entry.writePayload(this.#out);
      if (entry.dropsExtra) {
        this.#extras = Extras.Drop;
        entry.writeExtra(this.#out, []);
      } else if (shape.extra !== undefined) {
        this.#extras = Extras.Check;
        this.#plan = planExtra(shape.extra, shape.entry, entry.payload);
      }
    }
  }

  /** The entry after the edits that are for it; undefined when there are none. */
  #edited(
    shape: EntryShape,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): EditedEntry | undefined {
    const { index } = this.#reader;
    const table = messageTable(shape.entry, "pretty");
    let entry: EditedEntry | undefined;
    const range = () => entry?.range ?? { table, bytes, from, to };
    for (const edit of this.edits) {
      const count = this.options.count ?? Infinity;
      const isMeant = edit.attempt(0, () => edit.takes(edit.target.entries, index, count, range));
      if (!isMeant) continue;
      entry ??= new EditedEntry(shape, this.#order, bytes.slice(from, to));
      entry.apply(edit);
      if (!entry.deleted) continue;
      if (index === 0 && this.#type!.head !== undefined) {
        throw dataError("it is the image's head, which cannot be deleted");
      }
      break;
    }
    return entry;
  }

  extraBegin(run: ExtraRun): void {
    if (run.length === Infinity) this.#closed = this.#extras !== Extras.Drop;
    this.#run = run;
    if (this.#extras === Extras.Check) this.#check(run);
    this.#collector.extraBegin();
  }

  /** Sees to it that the run is the one which the edited payload says. */
  #check(run: ExtraRun | undefined): void {
    const next = this.#plan!.next(this.#message);
    this.#message = undefined;
    const said = next.done ? undefined : next.value;
    if (said?.length === run?.length && said?.kind === run?.kind) return;
    const { extra } = this.#entry!.shape;
    throw inField(contradiction(extra!, run?.length ?? 0, said?.length ?? 0), EXTRA);
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#extras === Extras.Drop) return;
    if (this.#extras === Extras.Collect) return this.#collector.extraBytes(bytes, from, to);
    const piece = bytes.subarray(from, to);
    if (this.#run!.kind === "message") {
      this.#out.word(to - from, this.#order);
      if (this.#extras === Extras.Check) this.#message = piece.slice();
    }
    this.#out.raw(piece);
    this.#flush();
  }

  extraEnd(run: ExtraRun): void {
    if (this.#extras === Extras.Collect) this.#collector.extraEnd(run);
  }

  padding(bytes: Uint8Array, from: number, to: number): void {
    if (this.#extras === Extras.Drop) return;
    if (this.#extras !== Extras.Collect) this.#out.raw(bytes.subarray(from, to));
    else this.#collector.padding(bytes, from, to);
  }

  entryEnd(): void {
    const entry = this.#entry;
    if (this.#extras === Extras.Check) this.#check(undefined);
    if (this.#extras === Extras.Collect) {
      entry!.writePayload(this.#out);
      entry!.writeExtra(this.#out, this.#collector.take());
    }
    this.#flush();
  }

  /** Writes the entries that are new. */
  end(): void {
    let { index } = this.#reader;
    for (const edit of this.edits) {
      if (edit.target.entries.kind !== "append") continue;
      if (this.#closed) throw dataError("no entry can follow an extra that goes to the file's end");
      writeNewEntry(this.#out, this.#order, shapeAt(this.#type!, index++), edit.value!);
      edit.matches++;
      this.changed = true;
    }
  }

  #flush(): void {
    if (this.#out.pos < FLUSH) return;
    this.give(this.#out.view());
    this.#out.pos = 0;
  }
}

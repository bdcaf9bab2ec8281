/** What the tests of editing share. @module */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { Edit } from "../../../images/edit/edit.ts";
import { Edits } from "../../../images/edit/edits.ts";
import { EntryEditor } from "../../../images/edit/entry_editor.ts";
import { type ImageEvents, ImageReader } from "../../../images/image/reader.ts";
import "../../../plugins/mod.ts";

/** Edits of one image: those that begin with `-` delete. */
export function editsOf(...texts: string[]): Edit[] {
  return texts.map((text) => text.startsWith("-") ? Edit.delete(text.slice(1)) : Edit.set(text));
}

/** Edits a whole image. */
export function edited(name: string, image: Uint8Array, ...texts: string[]): Promise<Uint8Array> {
  return new Edits(editsOf(...texts), [], "image").session(name).edit(image);
}

/** Edits an image that comes in pieces of `size` bytes. */
export function editedInPieces(
  name: string,
  image: Uint8Array,
  size: number,
  ...texts: string[]
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const editor = new EntryEditor(editsOf(...texts), (piece) => pieces.push(piece.slice()), {
    name,
  });
  for (let from = 0; from < image.length;) {
    const room = editor.room();
    const piece = image.subarray(from, from + Math.min(size, room.length));
    room.set(piece);
    from += piece.length;
    editor.advance(piece.length);
  }
  editor.finish();
  return joinBytes(pieces);
}

/** The raw bytes of an image: its head, and each entry with its extra. */
export function piecesOf(name: string, image: Uint8Array): Uint8Array[] {
  const offsets: number[] = [];
  const events: ImageEvents = {
    begin() {},
    payload: (_shape, _bytes, _from, _to, offset) => void offsets.push(offset),
    extraBegin() {},
    extraBytes() {},
    extraEnd() {},
    entryEnd() {},
    end() {},
  };
  const reader = new ImageReader(events, { name, size: image.length });
  reader.push(image);
  reader.finish();
  const ends = [...offsets, image.length];
  return [
    image.subarray(0, ends[0]),
    ...offsets.map((start, i) => image.subarray(start, ends[i + 1])),
  ];
}

/** Checks that an edit is refused, in one line. */
export async function refused(
  name: string,
  image: Uint8Array,
  text: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(edited(name, image, text), (error: Error & { kind?: string }) => {
    assert.equal(error.name, "CritError", error.stack);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

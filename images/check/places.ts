/**
 * Offsets of entries in their images.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { ImageEvents } from "../image/reader.ts";
import type { EntryShape } from "../types/image_type.ts";
import type { Finding } from "./rule.ts";

/** The findings with the byte offsets of their entries; each image in question is read once. */
export function withOffsets<F extends Finding>(dump: Dump, findings: readonly F[]): F[] {
  const wanted = new Map<string, Set<number>>();
  for (const { image, entry, offset } of findings) {
    if (entry === undefined || offset !== undefined || !dump.has(image)) continue;
    const entries = wanted.get(image) ?? new Set();
    wanted.set(image, entries.add(entry));
  }
  const offsets = new Map([...wanted].map(([image, entries]) => {
    const events = new OffsetEvents(entries);
    dump.scan(image, events);
    return [image, events.offsets];
  }));
  return findings.map((finding) => {
    const { image, entry, offset } = finding;
    if (entry === undefined || offset !== undefined) return finding;
    return { ...finding, offset: offsets.get(image)?.get(entry) };
  });
}

/** Notes where certain entries begin. */
class OffsetEvents implements ImageEvents {
  readonly offsets = new Map<number, number>();
  #index = 0;

  constructor(readonly wanted: ReadonlySet<number>) {}

  payload(
    _shape: EntryShape,
    _bytes: Uint8Array,
    _from: number,
    _to: number,
    offset: number,
  ): void {
    if (this.wanted.has(this.#index)) this.offsets.set(this.#index, offset);
    this.#index++;
  }

  begin(): void {}
  extraBegin(): void {}
  extraBytes(): void {}
  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}
}

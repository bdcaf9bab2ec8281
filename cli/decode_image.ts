/**
 * One image as JSON.
 *
 * @module
 */

import { ImageDecoder } from "../images/decode.ts";
import { feed } from "../images/io.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";

/** How JSON is laid out. */
export interface Layout {
  /** Display hints applied, indented. */
  readonly pretty: boolean;
  /** Indented. */
  readonly indented: boolean;
  /** The size of extra bytes instead of the bytes. */
  readonly noPayload: boolean;
}

/** Told how many bytes were read; a promise that it returns is waited for. */
export type OnRead = (count: number) => Promise<void> | undefined;

/**
 * Writes an image as JSON, without a newline at its end.
 *
 * @returns whether it has fields that the schema does not know
 * @throws {CritError} `data` when it is damaged
 */
export async function decodeInto(
  output: Pick<Output, "write">,
  input: Input,
  layout: Layout,
  onRead: OnRead,
): Promise<boolean> {
  let unknown = false;
  const decoder = new ImageDecoder((json) => output.write(json), {
    ...layout,
    name: input.name ?? "standard input",
    size: input.size,
    onUnknown: () => unknown = true,
  });
  await feed(input, decoder.reader, onRead);
  return unknown;
}

/** Says that an image has such fields. */
export function unknownWarning(image: string): string {
  return `crit: ${image}: has fields that this version does not know, kept as "?"`;
}

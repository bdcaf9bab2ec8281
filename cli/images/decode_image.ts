/**
 * One image as JSON.
 *
 * @module
 */

import { feed } from "../../images/bytes/io.ts";
import { type BigNumbers, ImageDecoder } from "../../images/image/decode.ts";
import { namingImage } from "../files/error_places.ts";
import type { Input } from "../files/input.ts";
import { openInputAt } from "../files/input_at.ts";
import { openOutput, type Output } from "../files/output.ts";
import { progressBar } from "../files/progress_bar.ts";
import { yieldToEventLoop } from "../terminal/interrupt.ts";
import { warn } from "../terminal/terminal.ts";

/** How JSON is laid out. */
export interface JsonLayout {
  /** Display hints applied, indented. */
  readonly pretty: boolean;
  /** Indented. */
  readonly indented: boolean;
  /** The size of extra bytes instead of the bytes. */
  readonly noPayload: boolean;
  /** How numbers beyond 2^53 are written; as numbers unless given. */
  readonly bigNumbers?: BigNumbers;
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
  layout: JsonLayout,
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

const NEWLINE = Uint8Array.of(0x0a);

/** Writes one image as JSON, with a newline at its end on standard output only. */
export async function writeDecodedImage(
  from: string | undefined,
  to: string | undefined,
  layout: JsonLayout,
): Promise<void> {
  using input = await openInputAt(from);
  using output = openOutput(to, input.mode);
  using progress = await progressBar("decode", input.size);
  const onRead = (count: number) => {
    progress?.advance(count);
    return yieldToEventLoop();
  };
  const unknown = await namingImage(from, () => decodeInto(output, input, layout, onRead));
  if (to === undefined || to === "-") output.write(NEWLINE);
  output.commit();
  if (unknown) warn(unknownWarning(input.name === undefined ? "standard input" : from!));
}

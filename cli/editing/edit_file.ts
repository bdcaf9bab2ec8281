/**
 * Edits one image file.
 *
 * @module
 */

import type { EditSession } from "../../images/edit/session.ts";
import { type Input, openInput } from "../files/input.ts";
import { yieldToEventLoop } from "../terminal/interrupt.ts";
import { Progress } from "../terminal/progress.ts";

/**
 * Edits an image.
 *
 * @param session its edits
 * @param path path of the image; `-` is standard input
 * @param write receives the edited image in pieces
 * @param openAgain opens the image, instead of its path
 * @returns whether it has changed
 */
export async function editFile(
  session: EditSession,
  path: string,
  write: (bytes: Uint8Array) => void,
  openAgain: () => Input = () => openInput(path),
): Promise<boolean> {
  let opened: Input | undefined = openAgain();
  const { name: label = "standard input", size } = opened;
  const open = () => {
    const input = opened ?? openAgain();
    opened = undefined;
    return input;
  };
  using progress = new Progress("edit", size);
  return await session.stream({ label, size, isRepeatable: size !== undefined, open }, write, {
    advance: (count) => progress.advance(count),
    turn: yieldToEventLoop,
  });
}

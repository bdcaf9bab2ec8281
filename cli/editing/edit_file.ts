/**
 * Edits one image file.
 *
 * @module
 */

import { feed } from "../../images/bytes/io.ts";
import type { Edits } from "../../images/edit/edits.ts";
import { EntryEditor } from "../../images/edit/entry_editor.ts";
import { readToEnd } from "../../images/edit/size.ts";
import { InfoReader } from "../../images/image/info.ts";
import { openInput } from "../files/input.ts";
import { breathe } from "../terminal/interrupt.ts";
import { Progress } from "../terminal/progress.ts";

/**
 * Edits an image, in constant memory where only fields are set and deleted.
 *
 * @param path where it is; `-` is standard input
 * @param name the file name by which edits know it
 * @param write takes the edited image in pieces
 * @returns whether it has changed
 */
export async function editFile(
  path: string,
  name: string,
  edits: Edits,
  write: (bytes: Uint8Array) => void,
): Promise<boolean> {
  const fields = edits.fieldsFor(name);
  const counts = fields.some(({ countsFromEnd }) => countsFromEnd);
  using input = openInput(path);
  const label = input.name ?? "standard input";
  if (edits.stagesFor(name).length > 0 || (counts && path === "-")) {
    const image = await readToEnd(label, input);
    const edited = await edits.edit(name, image, label);
    write(edited);
    return edited !== image;
  }
  const editor = new EntryEditor(fields, write, {
    name: label,
    size: input.size,
    count: counts ? await countEntries(path, label) : undefined,
  });
  using progress = new Progress("edit", input.size);
  await feed(input, editor, (count) => {
    progress.advance(count);
    return breathe();
  });
  if (editor.changed) edits.changed();
  return editor.changed;
}

async function countEntries(path: string, name: string): Promise<number> {
  using input = openInput(path);
  const { reader } = new InfoReader({ name, size: input.size });
  await feed(input, reader, breathe);
  return reader.index;
}

/**
 * Edits the images of a dump directory: in place, or into a complete copy.
 *
 * @module
 */

import { DirectorySource } from "../../../images/dump/directory.ts";
import type { Edits } from "../../../images/edit/edits.ts";
import { editFile } from "../../editing/edit_file.ts";
import { DumpCopy } from "../../files/dump_copy.ts";
import { openOutput, type Output } from "../../files/output.ts";
import type { Arguments } from "../../line/command.ts";
import type { declaration } from "./declaration.ts";

/** Edits a dump as `crit edit` was asked to. */
export async function editDump(args: Arguments<typeof declaration>, edits: Edits): Promise<void> {
  const source = new DirectorySource(args.input);
  const names = [...source.files.keys()];
  if (args.inPlace) await editInPlace(args.input, names, edits);
  else await editCopy(args.input, args.out!, names, edits, args.copy);
}

/** Writes all edited images beside the old ones, and renames them once all are whole. */
async function editInPlace(path: string, names: readonly string[], edits: Edits): Promise<void> {
  using ready = new DisposableStack();
  const outputs: Output[] = [];
  for (const name of names) {
    if (!edits.concern(name)) continue;
    const output = ready.use(openOutput(`${path}/${name}`));
    const changed = await editFile(`${path}/${name}`, name, edits, (bytes) => output.write(bytes));
    // Their number is not limited by how many files may be open.
    output.seal();
    if (changed) outputs.push(output);
  }
  edits.finish();
  for (const output of outputs) output.commit();
}

async function editCopy(
  path: string,
  out: string,
  names: readonly string[],
  edits: Edits,
  mayLink: boolean,
): Promise<void> {
  using copy = new DumpCopy(path, out, !mayLink);
  for (const name of names) {
    if (!edits.concern(name)) continue;
    using file = copy.create(name);
    await editFile(`${path}/${name}`, name, edits, (bytes) => file.write(bytes));
  }
  edits.finish();
  await copy.complete();
}

/** The edits of the command line. @module */

import { Edit } from "../../images/edit/edit.ts";
import { Edits } from "../../images/edit/edits.ts";
import type { Stage } from "../../images/edit/session.ts";
import { CritError } from "../../images/errors.ts";
import type { Context } from "../line/command.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";
import type { EditArguments } from "./edit_options.ts";
import type { FilterLimits } from "./filter_stage.ts";

/** Options for edits of fields. */
const FIELD_EDITS: Readonly<Record<string, (text: string) => Edit>> = {
  set: (text) => Edit.set(text),
  delete: (text) => Edit.delete(text),
  deleteIfPresent: (text) => Edit.delete(text, { ifPresent: true }),
};

/**
 * Prepares the edits: parses paths, and loads transforms.
 *
 * @param scope whether the edits are for one image or for a dump, where each must name its images
 * @throws {CritError} `usage` if one is invalid
 */
export async function editsOf(
  args: EditArguments,
  { given }: Context,
  scope: Edits["scope"],
  limits: FilterLimits = {},
): Promise<Edits> {
  const fields = given.flatMap(({ key, value }) => FIELD_EDITS[key]?.(value) ?? []);
  for (const { text, target } of fields) {
    if (scope === "image" || target.files !== undefined) continue;
    const hint = `as in core-*.img:${text}`;
    throw new CritError("usage", `${text}: it names no image of the dump`, {}, hint);
  }
  const stages: Stage[] = [];
  if (args.filter.length > 0) {
    const { filterStage }: typeof import("./filter_stage.ts") = await import(
      lazySpecifier("./filter_stage.ts")
    );
    for (const text of args.filter) stages.push(filterStage(text, args, limits));
  }
  if (args.transform.length > 0) {
    const { transformStage }: typeof import("./transform_stage.ts") = await import(
      lazySpecifier("./transform_stage.ts")
    );
    for (const text of args.transform) stages.push(await transformStage(text, limits));
  }
  return new Edits(fields, stages, scope);
}

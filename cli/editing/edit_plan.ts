/**
 * The edits that the command line asks for.
 *
 * @module
 */

import { Edit } from "../../images/edit/edit.ts";
import { Edits, type Stage } from "../../images/edit/edits.ts";
import { CritError } from "../../images/errors.ts";
import type { Context, OptionValues } from "../line/command.ts";
import { later } from "../line/later.ts";
import type { editOptions } from "./edit_options.ts";
import type { FilterLimits } from "./filter_stage.ts";

/** Values of the options that say what is edited. */
export type EditArguments = OptionValues<typeof editOptions>;

/**
 * Makes the edits ready: paths are read, transforms loaded.
 *
 * @param scope whether they are for one image or for a dump, where each must name its images
 * @throws {CritError} `usage` when one is not what it should be
 */
export async function editsOf(
  args: EditArguments,
  { given }: Context,
  scope: Edits["scope"],
  limits: FilterLimits = {},
): Promise<Edits> {
  const fields = given.filter(({ key }) => key === "set" || key === "delete").map(
    ({ key, value }) => key === "set" ? Edit.set(value) : Edit.delete(value),
  );
  for (const { text, target } of fields) {
    if (scope === "image" || target.files !== undefined) continue;
    const hint = `as in core-*.img:${text}`;
    throw new CritError("usage", `${text}: it does not say in which image of the dump`, {}, hint);
  }
  const stages: Stage[] = [];
  if (args.filter.length > 0) {
    const { filterStage }: typeof import("./filter_stage.ts") = await import(
      later("./filter_stage.ts")
    );
    for (const text of args.filter) stages.push(filterStage(text, args.pretty, limits));
  }
  if (args.transform.length > 0) {
    const { transformStage }: typeof import("./transform_stage.ts") = await import(
      later("./transform_stage.ts")
    );
    for (const text of args.transform) stages.push(await transformStage(text));
  }
  return new Edits(fields, stages, scope);
}

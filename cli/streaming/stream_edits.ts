/**
 * Edits on the way to and from CRIU.
 *
 * @module
 */

import type { Edits } from "../../images/edit/edits.ts";
import { CritError, dataError } from "../../images/errors.ts";
import type { StreamOptions } from "../../images/stream/connection.ts";
import { type EditPlan, passAll } from "../../images/stream/edit.ts";
import type { DumpSource } from "../../images/stream/store.ts";
import type { EditArguments } from "../editing/edit_plan.ts";
import type { FilterLimits } from "../editing/filter_stage.ts";
import type { Context } from "../line/command.ts";
import { later } from "../line/later.ts";

/** The edits of a stream, made ready before CRIU connects. */
export interface StreamEdits {
  /**
   * Looks for the images that edits name.
   *
   * @throws {CritError} `data` when one is not there
   */
  check(source: DumpSource): Promise<void>;
  /**
   * Carries out `work` with the edits as a plan, and sees to it that each has found something.
   *
   * @param work its second argument may be called when the last image is through, else it is at
   * the end
   */
  around<T>(
    options: StreamOptions,
    work: (plan: EditPlan, finish: () => void) => Promise<T>,
  ): Promise<T>;
}

/** Nothing is edited. */
const NO_EDITS: StreamEdits = {
  check: () => Promise.resolve(),
  around: (_options, work) => work(passAll, () => {}),
};

/**
 * Makes the edits of the command line ready.
 *
 * @throws {CritError} `usage` when one is not what it should be
 */
export async function streamEdits(args: EditArguments, context: Context): Promise<StreamEdits> {
  const { set, delete: deleted, filter, transform } = args;
  if ([set, deleted, filter, transform].every((list) => list.length === 0)) return NO_EDITS;
  const { loadPlugins }: typeof import("../images/plugins.ts") = await import(
    later("../images/plugins.ts")
  );
  await loadPlugins(context.plugins);
  const { editsOf }: typeof import("../editing/edit_plan.ts") = await import(
    later("../editing/edit_plan.ts")
  );
  const limits = {};
  return new PlannedEdits(await editsOf(args, context, "dump", limits), limits);
}

class PlannedEdits implements StreamEdits {
  constructor(
    readonly edits: Edits,
    readonly limits: { -readonly [K in keyof FilterLimits]: FilterLimits[K] },
  ) {}

  async check(source: DumpSource): Promise<void> {
    for (const name of this.edits.names) {
      const file = await source.open(name);
      if (file === undefined) throw dataError("the dump has no such image", { image: name });
      file.close();
    }
  }

  async around<T>(
    { patience, signal }: StreamOptions,
    work: (plan: EditPlan, finish: () => void) => Promise<T>,
  ): Promise<T> {
    Object.assign(this.limits, { patience, signal });
    const finish = () => this.#finish();
    const done = await work((name) => this.#plan(name), finish);
    finish();
    return done;
  }

  #plan(name: string): ReturnType<EditPlan> {
    return this.edits.concern(name) ? (image) => this.edits.edit(name, image) : "pass";
  }

  #finish(): void {
    try {
      this.edits.finish();
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      throw new CritError(error.kind, `CRIU is done, but ${error.reason}`, error.place, error.hint);
    }
  }
}

/**
 * Edits on the way to and from CRIU.
 *
 * @module
 */

import type { Edits } from "../../images/edit/edits.ts";
import { dataError } from "../../images/errors.ts";
import type { StreamOptions } from "../../images/stream/connection.ts";
import { type EditPlan, passAll } from "../../images/stream/edit.ts";
import { readWhole } from "../../images/stream/serve.ts";
import type { DumpSource } from "../../images/stream/store.ts";
import { type EditArguments, hasEdits } from "../editing/edit_options.ts";
import type { FilterLimits } from "../editing/filter_stage.ts";
import type { Context } from "../line/command.ts";
import { later } from "../line/later.ts";

/** The edits of a stream, made ready before CRIU connects. */
export interface StreamEdits {
  /**
   * Looks whether the dump has the images that edits name and the places that paths lead to.
   *
   * @throws {CritError} `data` when it has not
   */
  check(source: DumpSource): Promise<void>;
  /** What is done with each image. */
  plan(options: StreamOptions): EditPlan;
  /** Ends the edits. @throws {CritError} `data` when one has found nothing that it could be for */
  finish(): void;
}

/** Nothing is edited. */
const NO_EDITS: StreamEdits = {
  check: () => Promise.resolve(),
  plan: () => passAll,
  finish() {},
};

/**
 * Makes the edits of the command line ready.
 *
 * @throws {CritError} `usage` when one is not what it should be
 */
export async function streamEdits(args: EditArguments, context: Context): Promise<StreamEdits> {
  if (!hasEdits(args)) return NO_EDITS;
  const { loadPlugins }: typeof import("../images/plugins.ts") = await import(
    later("../images/plugins.ts")
  );
  await loadPlugins(context.plugins);
  const { editsOf }: typeof import("../editing/edit_plan.ts") = await import(
    later("../editing/edit_plan.ts")
  );
  const limits = {};
  const edits = await editsOf(args, context, "dump", limits);
  edits.check();
  return new PlannedEdits(edits, limits);
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
    const rehearsal = this.edits.rehearsal();
    for (const name of source.names) {
      if (!rehearsal.concern(name)) continue;
      const file = await source.open(name);
      if (file === undefined) continue;
      try {
        await rehearsal.edit(name, await readWhole(name, file));
      } finally {
        file.close();
      }
    }
    rehearsal.finish();
  }

  plan({ patience, signal }: StreamOptions): EditPlan {
    Object.assign(this.limits, { patience, signal });
    return (name) => this.edits.concern(name) ? (image) => this.edits.edit(name, image) : "pass";
  }

  finish(): void {
    this.edits.finish();
  }
}

/** Edits of images while they are streamed. @module */

import { type ImageSource, readWhole } from "../../images/dump/source.ts";
import type { Edits } from "../../images/edit/edits.ts";
import { dataError } from "../../images/errors.ts";
import type { StreamOptions } from "../../images/stream/connection.ts";
import { type EditPlan, passAll } from "../../images/stream/edit.ts";
import { type EditArguments, hasEdits } from "../editing/edit_options.ts";
import type { FilterLimits } from "../editing/filter_stage.ts";
import type { Context } from "../line/command.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";

/** The edits of a stream, prepared before CRIU connects. */
export interface StreamEdits {
  /**
   * Checks that the dump has the images and paths that the edits name.
   *
   * @throws {CritError} `data` if it does not
   */
  check(source: ImageSource): Promise<void>;
  /** Returns the edit of each image. */
  plan(options: StreamOptions): EditPlan;
  /**
   * Ends the edits.
   *
   * @throws {CritError} `data` if an edit matched nothing
   */
  finish(): void;
}

/** No edits. */
const NO_EDITS: StreamEdits = {
  check: () => Promise.resolve(),
  plan: () => passAll,
  finish() {},
};

/**
 * Prepares the edits of the command line.
 *
 * @throws {CritError} `usage` if one is invalid
 */
export async function streamEdits(args: EditArguments, context: Context): Promise<StreamEdits> {
  if (!hasEdits(args)) return NO_EDITS;
  const { loadPlugins }: typeof import("../images/plugins.ts") = await import(
    lazySpecifier("../images/plugins.ts")
  );
  await loadPlugins(context.plugins);
  const { editsOf }: typeof import("../editing/edit_plan.ts") = await import(
    lazySpecifier("../editing/edit_plan.ts")
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

  async check(source: ImageSource): Promise<void> {
    const { files } = source;
    for (const name of this.edits.names) {
      if (!files.has(name)) throw dataError("the dump has no such image", { image: name });
    }
    const rehearsal = this.edits.rehearsal();
    for (const name of files.keys()) {
      const session = rehearsal.session(name);
      if (session.isEmpty) continue;
      using file = source.open(name);
      await session.edit(readWhole(file));
    }
    rehearsal.finish();
  }

  plan({ timeout, signal }: StreamOptions): EditPlan {
    // The stages were created before the stream, whose timeout and signal they use.
    Object.assign(this.limits, { timeout, signal });
    return (name) => {
      const session = this.edits.session(name);
      return session.isEmpty ? "pass" : (image) => session.edit(image);
    };
  }

  finish(): void {
    this.edits.finish();
  }
}

/** What `crit edit` does. @module */

import { baseName } from "../../../images/bytes/paths.ts";
import { countOf } from "../../../images/bytes/sizes.ts";
import { Edits } from "../../../images/edit/edits.ts";
import type { PidPlan } from "../../../images/edit/pids.ts";
import { CritError } from "../../../images/errors.ts";
import type { WritePlan } from "../../../images/memory/write.ts";
import { editFile } from "../../editing/edit_file.ts";
import { editsOf } from "../../editing/edit_plan.ts";
import { namingDump, namingImage } from "../../files/error_places.ts";
import { modeOf } from "../../files/input.ts";
import { openImageOutput } from "../../files/output.ts";
import { inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { deferSignals, letSignalsIn } from "../../terminal/interrupt.ts";
import { jsonLine } from "../../terminal/json_text.ts";
import { warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { writeEditedDump } from "./dump.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  const kind = await inputKind(args.input);
  const isDump = kind !== "file";
  if (kind === "archive" && args.inPlace) {
    const reason = "edit: an archive is not edited in its place";
    throw new CritError("usage", reason, {}, "write another with --out NAME.tar");
  }
  checkUse(args, isDump);
  await loadPlugins(context.plugins);
  const asked = await editsOf(args, context, isDump ? "dump" : "image");
  const plan = await namingDump(args.input, () => pidPlan(args));
  const { fields, stages, scope } = asked;
  const memory = await namingDump(args.input, () => memoryPlan(args, isDump));
  const edits = plan === undefined ? asked : new Edits(fields, [...plan.stages, ...stages], scope);
  if (edits.isEmpty && memory === undefined) {
    const hint =
      "give --set, --delete, --filter, --transform, --write, --env or --pid; see crit help edit";
    throw new CritError("usage", "edit: there is nothing to do", {}, hint);
  }
  const whole = { renames: plan?.renames ?? new Map(), memory, kind };
  const naming = isDump ? namingDump : namingImage;
  await naming(args.input, async () => {
    if (args.dryRun) {
      const { previewDump, previewImage }: typeof import("./preview.ts") = await import(
        lazySpecifier("./preview.ts")
      );
      await (isDump
        ? previewDump(args, edits, whole, context)
        : previewImage(args, edits, context));
    } else await (isDump ? writeEditedDump(args, edits, whole) : editImage(args, edits));
  });
  for (const note of [...plan?.notes ?? [], ...memory?.notes ?? []]) warn(`crit: ${note}`);
  if (!args.dryRun) report(edits, memory, args.json);
  return 0;
}

/** What --pid and --pid-offset come to. */
async function pidPlan(
  { input, pid, pidOffset: offset }: Arguments<typeof declaration>,
): Promise<PidPlan | undefined> {
  if (pid.length === 0 && offset === undefined) return undefined;
  const { parsePair, planPids }: typeof import("../../../images/edit/pids.ts") = await import(
    lazySpecifier("../../../images/edit/pids.ts")
  );
  const { openDump }: typeof import("../../../images/dump/open.ts") = await import(
    lazySpecifier("../../../images/dump/open.ts")
  );
  using dump = await openDump(input);
  return planPids(dump, { pairs: pid.map(parsePair), offset });
}

/** What --write and --env come to. */
async function memoryPlan(
  args: Arguments<typeof declaration>,
  isDump: boolean,
): Promise<WritePlan | undefined> {
  if (args.write.length === 0 && args.env.length === 0) return undefined;
  if (!isDump) throw new CritError("usage", "edit: --write and --env are for a dump directory");
  const { planMemoryEdits }: typeof import("../../editing/memory_edits.ts") = await import(
    lazySpecifier("../../editing/memory_edits.ts")
  );
  const { openDump }: typeof import("../../../images/dump/open.ts") = await import(
    lazySpecifier("../../../images/dump/open.ts")
  );
  using dump = await openDump(args.input);
  return planMemoryEdits(dump, args);
}

function checkUse(
  { input, out, inPlace, dryRun, json, pid, pidOffset }: Arguments<typeof declaration>,
  isDump: boolean,
): void {
  const usage = (reason: string, hint?: string) =>
    new CritError("usage", `edit: ${reason}`, {}, hint);
  if (inPlace && out !== undefined) throw usage("--in-place and --out exclude each other");
  if (inPlace && input === "-") throw usage("standard input has no place to be edited in");
  if (pid.length > 0 || pidOffset !== undefined) {
    if (!isDump) throw usage("--pid is for a dump directory");
    if (inPlace) {
      throw usage("--pid gives images other names, which --in-place does not", "--out DIR");
    }
  }
  if (dryRun) return;
  const toStandardOutput = !inPlace && (out === undefined || out === "-");
  if (isDump && toStandardOutput) {
    throw usage(`${input} is a dump, which needs a place to go to`, "--out DIR or --in-place");
  }
  if (json && toStandardOutput) throw usage("--json needs --out or --in-place");
}

async function editImage(
  { input, out, inPlace }: Arguments<typeof declaration>,
  edits: Edits,
): Promise<void> {
  const name = baseName(input);
  using _ = deferSignals();
  using output = openImageOutput("edit", inPlace ? input : out, modeOf(input));
  const changed = await editFile(edits.session(name), input, (bytes) => output.write(bytes));
  edits.finish();
  await letSignalsIn();
  if (changed || !inPlace) output.commit();
}

function report(edits: Edits, memory: WritePlan | undefined, json: boolean): void {
  const tally = {
    edits: edits.tally.edits + (memory?.writes ?? 0),
    images: edits.tally.images + (memory?.overlays.size ?? 0),
  };
  if (json) writeText(jsonLine(tally));
  else warn(`crit: ${countOf(tally.edits, "edit")} in ${countOf(tally.images, "image")}`);
}

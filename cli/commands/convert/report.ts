/**
 * How `crit convert` says what it does, and why it does not.
 *
 * @module
 */

import type {
  ConversionLoss,
  ConversionReport,
  ImageReport,
} from "../../../images/convert/report.ts";
import { CritError } from "../../../images/errors.ts";
import { releaseName, type Target } from "../../../images/releases/releases.ts";
import { failureOf } from "../../terminal/failure.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { table } from "../../terminal/table.ts";
import { type Look, warn } from "../../terminal/terminal.ts";

/** What changes, image by image, as a table. */
export function reportText(target: Target, report: ConversionReport, { paint }: Look): string {
  const rows = report.images.map((image) => [image.name, image.fate, changesOf(image)]);
  const titles = [{ title: "IMAGE" }, { title: "FATE" }, { title: `TO ${nameOf(target)}` }];
  return table(titles, rows, paint);
}

function changesOf({ changes }: ImageReport): string {
  return [...changes].map(([change, count]) => count === 1 ? change : `${change} (${count})`)
    .join(", ");
}

/** The same for programs. */
export function reportJson(target: Target, report: ConversionReport): string {
  const images = report.images.map(({ name, fate, changes }) => {
    return { image: name, fate, changes: Object.fromEntries(changes) };
  });
  const losses = report.losses.map(({ image, entry, field, what, name, isAccepted }) => {
    return { image, entry, field, what, drop: name, accepted: isAccepted };
  });
  const goal = target.kind === "release" ? { release: releaseName(target.rank) } : {};
  const facts = { ...goal, image_version: target.version, images, losses };
  return jsonText(facts);
}

/** Says every loss that was not accepted, and how to accept them. */
export function sayRefusals(target: Target, report: ConversionReport): void {
  const { refusals } = report;
  for (const loss of refusals) warn(failureOf(refusal(target, loss)).line!);
  const names = [...new Set(refusals.map(({ name }) => name))];
  const things = refusals.length === 1 ? "one thing" : `${refusals.length} things`;
  const it = refusals.length === 1 ? "it" : "them";
  const hint = `to lose ${it}: --drop ${names.join(",")}`;
  warn(`crit: nothing was written: ${nameOf(target)} cannot say ${things} (${hint})`);
}

function refusal(target: Target, { image, entry, field, what, name }: ConversionLoss): CritError {
  const reason = `${nameOf(target)} cannot say ${what}`;
  return new CritError("unsupported", reason, { image, entry, field }, `--drop ${name}`);
}

/** `CRIU 4.1`, `image version 1.0` */
function nameOf(target: Target): string {
  if (target.kind === "version") return `image version ${target.version}`;
  return `CRIU ${releaseName(target.rank)}`;
}

/**
 * The reports of `crit convert`: changes, losses and refusals.
 *
 * @module
 */

import { countOf } from "../../../images/bytes/sizes.ts";
import { PARENTS } from "../../../images/convert/parents.ts";
import type {
  ConversionLoss,
  ConversionReport,
  ImageReport,
} from "../../../images/convert/report.ts";
import { PARENT } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import { releaseName, type Target } from "../../../images/releases/releases.ts";
import { failureOf } from "../../terminal/failure.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { table } from "../../terminal/table.ts";
import { type Look, warn } from "../../terminal/terminal.ts";

/** The changes to all dumps of a chain. */
export type ChainReport = Pick<ConversionReport, "images" | "losses" | "refusals">;

/** The reports of a chain, the last dump's first, as one: images of parents are `parent/IMAGE`. */
export function reportOfChain(reports: readonly ConversionReport[]): ChainReport {
  const prefixes = reports.map((_, index) => `${PARENT}/`.repeat(index));
  const losses = reports.flatMap(({ losses }, index) =>
    losses.map((loss) => ({ ...loss, image: prefixes[index] + loss.image }))
  );
  return {
    images: reports.flatMap(({ images }, index) =>
      images.map((image) => ({ ...image, name: prefixes[index] + image.name }))
    ),
    losses,
    refusals: losses.filter(({ isAccepted }) => !isAccepted),
  };
}

/** The changes to each image, as a table. */
export function conversionText(target: Target, report: ChainReport, { paint }: Look): string {
  const rows = report.images.map((image) => [image.name, image.fate, changesOf(image)]);
  const titles = [{ title: "IMAGE" }, { title: "FATE" }, { title: `TO ${nameOf(target)}` }];
  return table(titles, rows, paint);
}

function changesOf({ changes }: ImageReport): string {
  return [...changes].map(([change, count]) => count === 1 ? change : `${change} (${count})`)
    .join(", ");
}

/** The same for programs. */
export function reportJson(target: Target, report: ChainReport): string {
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

/** Prints every loss that was not accepted, and how to accept them. */
export function sayRefusals(target: Target, { refusals }: ChainReport): void {
  for (const loss of refusals) warn(failureOf(refusal(target, loss)).line!);
  const losses = refusals.filter(({ name }) => name !== PARENTS);
  const reasons: string[] = [];
  const hints: string[] = [];
  if (losses.length > 0) {
    const names = [...new Set(losses.map(({ name }) => name))];
    const values = countOf(losses.length, "value");
    reasons.push(`${nameOf(target)} cannot represent ${values}`);
    hints.push(`to drop ${losses.length === 1 ? "it" : "them"}: --drop ${names.join(",")}`);
  }
  if (losses.length < refusals.length) {
    reasons.push(`${nameOf(target)} cannot read the parents, which stay as they are`);
    hints.push("--with-parents converts the chain");
  }
  warn(`crit: nothing was written: ${reasons.join(", and ")} (${hints.join("; ")})`);
}

function refusal(target: Target, { image, entry, field, what, name }: ConversionLoss): CritError {
  const verb = name === PARENTS ? "read" : "represent";
  const reason = `${nameOf(target)} cannot ${verb} ${what}`;
  return new CritError("unsupported", reason, { image, entry, field }, `--drop ${name}`);
}

/** `CRIU 4.1`, `image version 1.0` */
function nameOf(target: Target): string {
  if (target.kind === "version") return `image version ${target.version}`;
  return `CRIU ${releaseName(target.rank)}`;
}

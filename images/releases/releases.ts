/**
 * CRIU releases and their features, from `proto/release_tables.ts`. A release is represented by its
 * rank, so that releases compare as numbers.
 *
 * @module
 */

import {
  enums as enumTexts,
  images as imageTexts,
  meanings,
  messages as messageTexts,
  releases,
} from "../../proto/release_tables.ts";
import { nearest } from "../bytes/nearest.ts";
import { CritError } from "../errors.ts";
import type { ImageVersion } from "../image/head.ts";

/** Position of a release among all; the oldest is 0. */
export type Rank = number;

/** The newest release that crit knows. */
export const NEWEST: Rank = releases.length - 1;

/** Its name, such as `4.2`. */
export const NEWEST_NAME: string = releases[NEWEST]!;

/** The oldest release that a dump can be converted to. */
export const OLDEST_TARGET = "1.3";

/** First release with head magics: image version 1.1. */
const FIRST_WITH_HEADS = "1.6";

/** Target of a conversion. */
export type Target =
  /** Only head magics change. */
  | { readonly kind: "version"; readonly version: ImageVersion }
  /** The form that a release reads. */
  | { readonly kind: "release"; readonly rank: Rank; readonly version: ImageVersion };

/** The name of a rank, such as `4.2`. */
export function releaseName(rank: Rank): string {
  return releases[rank]!;
}

/** The rank of an existing release. */
export function rankOf(release: string): Rank {
  const rank = releases.indexOf(release);
  if (rank < 0) throw new RangeError(`there is no CRIU ${release}`);
  return rank;
}

/**
 * Parses a version: an image version (`1.0`, `1.1`) or a release from `1.3` on; the newest one by
 * default.
 *
 * @throws {CritError} `usage` if it is neither
 */
export function parseTarget(text?: string): Target {
  const name = text?.replace(/^v/, "");
  if (name === "1.0" || name === "1.1") return { kind: "version", version: name };
  const rank = name === undefined ? NEWEST : releases.indexOf(name);
  const oldest = rankOf(OLDEST_TARGET);
  if (rank >= oldest) {
    const version = rank < rankOf(FIRST_WITH_HEADS) ? "1.0" : "1.1";
    return { kind: "release", rank, version };
  }
  const major = (version: string) => version.split(".")[0];
  const near = nearest(
    name!,
    releases.slice(oldest).filter((known) => major(known) === major(name!)),
  );
  const hint = near === undefined
    ? `image versions are 1.0 and 1.1, CRIU releases ${OLDEST_TARGET} to ${releases[NEWEST]}`
    : `did you mean ${near}?`;
  throw new CritError("usage", `there is no version ${text} to convert to`, {}, hint);
}

/** First releases of a message and of its newer fields by number. */
interface MessageEras {
  readonly first: Rank;
  readonly fields: ReadonlyMap<number, Rank>;
}

const messageEras = new Map<string, MessageEras | undefined>();
const enumEras = new Map<string, ReadonlyMap<number, Rank> | undefined>();

function erasOf(message: string): MessageEras | undefined {
  if (messageEras.has(message)) return messageEras.get(message);
  const [first, ...fields] = messageTexts[message]?.split(" ") ?? [];
  const eras = first === undefined ? undefined : { first: rankOf(first), fields: eraMap(fields) };
  messageEras.set(message, eras);
  return eras;
}

/** Parses `NUMBER=RELEASE` texts. */
function eraMap(texts: readonly string[]): Map<number, Rank> {
  return new Map(
    texts.filter((text) => text !== "").map((text) => {
      const [number, release] = text.split("=");
      return [Number(number), rankOf(release!)];
    }),
  );
}

/** First release of a field; 0 if no table has it, such as a field of a user's plugin. */
export function firstOfField(message: string, number: number): Rank {
  const eras = erasOf(message);
  return eras === undefined ? 0 : eras.fields.get(number) ?? eras.first;
}

/** First release of a value of an enum; 0 if no table has the enum, undefined for an unknown value. */
export function firstOfValue(enumName: string, value: number): Rank | undefined {
  if (!enumEras.has(enumName)) {
    const text = enumTexts[enumName];
    enumEras.set(enumName, text === undefined ? undefined : eraMap(text.split(" ")));
  }
  const eras = enumEras.get(enumName);
  return eras === undefined ? 0 : eras.get(value);
}

/** First release of an image type; 0 if no table has it. */
export function firstOfImage(type: string): Rank {
  const release = imageTexts[type];
  return release === undefined ? 0 : rankOf(release);
}

/** The meaning of a field as a phrase; undefined if its name is clear. */
export function meaningOfField(path: string): string | undefined {
  return meanings[path];
}

/**
 * The features of a dump that older releases do not know.
 *
 * @module
 */

import type { Feature } from "../releases/features.ts";
import { type Rank, releaseName } from "../releases/releases.ts";

/** A feature of a dump that older releases do not know. */
export interface Need {
  /** First release that knows it: `4.2`. */
  readonly release: string;
  /**
   * Field as `MESSAGE.FIELD`, value as `ENUM.VALUE`, flag as `MESSAGE.FIELD bit N`, or `TYPE
   * images`, or `image version 1.1`.
   */
  readonly feature: string;
  /** The first image in which it was found. */
  readonly image: string;
}

/** The releases that a dump needs. */
export interface ReleaseNeeds {
  /**
   * Oldest release that can read the dump without a loss: anything that it does not know is
   * insignificant, such as a flag that is not set.
   */
  readonly oldestRelease: string;
  /** Oldest release that knows every field of the images, even insignificant ones. */
  readonly knowsAllRelease: string;
  /** Whether a field or value is unknown to every release that crit knows. */
  readonly hasUnknown: boolean;
  /** The features that rule out releases before {@link ReleaseNeeds.oldestRelease}, newest first. */
  readonly needs: readonly Need[];
}

/** Collects the features of a dump. */
export class FoundFeatures {
  /** The image that is being read. */
  image: { readonly name: string } = { name: "" };
  /** Whether a field or value is unknown to every release that crit knows. */
  hasUnknown = false;
  #newestKnown: Rank = 0;
  readonly #needed = new Map<string, { feature: Feature; image: string }>();

  /** A release from this one on is needed to know all that occurs. */
  know(since: Rank): void {
    if (since > this.#newestKnown) this.#newestKnown = since;
  }

  /** A feature is significant in the image that is being read. */
  need(feature: Feature): void {
    if (feature.since === 0 || this.#needed.has(feature.name)) return;
    this.#needed.set(feature.name, { feature, image: this.image.name });
  }

  /** Whether the feature of this name is needed. */
  isNeeded(name: string): boolean {
    return this.#needed.has(name);
  }

  /** The oldest releases, and the needed features, newest first. */
  result(): ReleaseNeeds {
    const found = [...this.#needed.values()].sort((a, b) => b.feature.since - a.feature.since);
    const oldest = found[0]?.feature.since ?? 0;
    return {
      oldestRelease: releaseName(oldest),
      knowsAllRelease: releaseName(Math.max(oldest, this.#newestKnown)),
      hasUnknown: this.hasUnknown,
      needs: found.map(({ feature, image }) => ({
        release: releaseName(feature.since),
        feature: feature.name,
        image,
      })),
    };
  }
}

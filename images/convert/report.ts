/**
 * The changes to each image in a conversion, and the losses.
 *
 * @module
 */

/** A value in the dump that the target cannot represent. */
export interface ConversionLoss {
  /** File name of the image. */
  readonly image: string;
  /** Index of the entry; undefined for an image as a whole. */
  readonly entry: number | undefined;
  /** Path of the field within the entry. */
  readonly field: string | undefined;
  /** The loss in words. */
  readonly what: string;
  /** The name that accepts the loss: `message.field`, or an image type. */
  readonly name: string;
  /** Whether it was accepted. */
  readonly isAccepted: boolean;
}

/** The fate of an image. */
export type Fate =
  /** It is copied without changes. */
  | "kept"
  /** Its head magic, or entries, change. */
  | "changed"
  /** It is new. */
  | "made"
  /** It is not part of the converted dump. */
  | "gone";

/** The fate of one image, and the changes to it. */
export interface ImageReport {
  readonly name: string;
  readonly fate: Fate;
  /** The number of occurrences of each change. */
  readonly changes: ReadonlyMap<string, number>;
}

/** Collects the changes and losses of one dump. */
export class ConversionReport {
  readonly losses: ConversionLoss[] = [];
  readonly #lossKeys = new Set<string>();
  readonly #images = new Map<string, { fate?: Fate; changes: Map<string, number> }>();

  /** @param accepted names of losses that the user accepts */
  constructor(readonly accepted: ReadonlySet<string> = new Set()) {}

  /** The images, sorted by name. */
  get images(): ImageReport[] {
    return [...this.#images]
      .map(([name, { fate = "kept", changes }]) => ({ name, fate, changes }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Losses that the user did not accept. */
  get refusals(): ConversionLoss[] {
    return this.losses.filter(({ isAccepted }) => !isAccepted);
  }

  /** Whether the fate of an image is known, so that no later stage converts it. */
  isSettled(name: string): boolean {
    return this.#images.get(name)?.fate !== undefined;
  }

  /** Settles the fate of an image. */
  fate(name: string, fate: Fate): void {
    this.#image(name).fate = fate;
  }

  /** Counts a change within an image. */
  change(name: string, change: string): void {
    const { changes } = this.#image(name);
    changes.set(change, (changes.get(change) ?? 0) + 1);
  }

  /** Adds a loss, once for each place. */
  lose(loss: Omit<ConversionLoss, "isAccepted">): void {
    const { image, entry, field, name } = loss;
    const key = `${image}\0${entry}\0${field}\0${name}`;
    if (this.#lossKeys.has(key)) return;
    this.#lossKeys.add(key);
    this.losses.push({ ...loss, isAccepted: this.#accepts(name) });
  }

  /** A loss is accepted by its full name or by the name of the field. */
  #accepts(name: string): boolean {
    return this.accepted.has(name) || this.accepted.has(name.slice(name.indexOf(".") + 1));
  }

  #image(name: string): { fate?: Fate; changes: Map<string, number> } {
    let image = this.#images.get(name);
    if (image === undefined) this.#images.set(name, image = { changes: new Map() });
    return image;
  }
}

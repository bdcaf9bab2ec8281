/** Places in the images of a dump. @module */

/** A place in an image of a dump: the image, one of its entries, or a field of the entry. */
export interface DumpPlace {
  readonly image: string;
  /** Index of the entry, from 0. */
  readonly entry?: number;
  /** Path of the field in the entry, such as `reg.size`. */
  readonly field?: string;
}

/**
 * The values that paths lead to in one image after another: `crit get`, and `valuesIn` of the
 * library.
 *
 * @module
 */

import { Glob } from "../bytes/glob.ts";
import { feed, type InputReader } from "../bytes/io.ts";
import { countEntries } from "../image/info.ts";
import { type GetOptions, type ValueMatch, ValueReader } from "./get.ts";
import { isMeant, type Scope } from "./meant.ts";
import type { Search } from "./search.ts";

/** How {@link ImageValues} reads. */
export interface ValuesOptions extends Pick<GetOptions, "form"> {
  readonly scope: Scope;
  /** Called after each read; a promise that it returns is waited for. */
  readonly onRead?: (count: number) => Promise<void> | undefined;
}

/** Reads values from images. */
export class ImageValues {
  readonly #searches: ReadonlyArray<readonly [Search, Glob | undefined]>;

  constructor(searches: readonly Search[], readonly options: ValuesOptions) {
    this.#searches = searches.map((search) => {
      const { files } = search.target;
      return [search, files === undefined ? undefined : new Glob(files)];
    });
  }

  /**
   * Reads what the paths lead to in one image, and opens it only if a path means it.
   *
   * @param open opens the image; called twice if a path counts entries from the end
   */
  async read(
    name: string,
    open: () => InputReader | Promise<InputReader>,
    give: (value: ValueMatch) => void,
  ): Promise<void> {
    const { scope, form, onRead } = this.options;
    const searches = this.#searches
      .filter(([, glob]) => isMeant(glob, name, scope))
      .map(([search]) => search);
    if (searches.length === 0) return;
    const count = searches.some(({ countsFromEnd }) => countsFromEnd)
      ? await this.#count(open)
      : undefined;
    using image = await open();
    const { reader } = new ValueReader(searches, give, { ...named(image), form, count });
    await feed(image, reader, onRead);
    for (const search of searches) {
      if (search.matches === 0) search.missedItem(0, search.target.entries, reader.index, "entry");
    }
  }

  /** How many entries an image has. */
  async #count(open: () => InputReader | Promise<InputReader>): Promise<number> {
    using image = await open();
    return await countEntries(image, named(image), this.options.onRead);
  }
}

function named({ name = "standard input", size }: InputReader) {
  return { name, size };
}

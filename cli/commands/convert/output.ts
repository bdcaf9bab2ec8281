/**
 * Where `crit convert` writes: dumps or an image that are complete or not there at all.
 *
 * @module
 */

import { below } from "../../../images/bytes/paths.ts";
import type { ConversionOutput, ImageOutput } from "../../../images/convert/output.ts";
import type { ImageSource } from "../../../images/dump/source.ts";
import { dataError, OutputError } from "../../../images/errors.ts";
import { copyBytes } from "../../files/copy.ts";
import { type NewDump, newDump } from "../../files/new_archive.ts";
import { openOutput, type Output } from "../../files/output.ts";
import { asInput } from "../../files/tree.ts";
import { deferSignals, letSignalsIn } from "../../terminal/interrupt.ts";
import type { Chain, ChainDump } from "./chain.ts";

/** Where dumps go that take their place when they are whole; without that they leave no trace. */
export interface Finished extends Disposable {
  /** Takes the images of one of the dumps, by its number in the chain. */
  of(index: number): ConversionOutput;
  /** Says that all is written, and puts it in its place. */
  commit(): Promise<void>;
}

const nothing: ImageOutput = { write: () => {}, skip: () => {}, end: () => {} };

/** For a dry run. */
export const noProducts: Finished = {
  of: () => ({ keep: () => {}, create: () => nothing }),
  commit: () => Promise.resolve(),
  [Symbol.dispose]: () => {},
};

function productOf(output: Output): ImageOutput {
  return {
    write: (bytes) => output.write(bytes),
    skip: (length) => output.skip(length),
    end: () => output.commit(),
  };
}

/** The images of one dump, at its place in the new directory. */
class LinkProducts implements ConversionOutput {
  readonly #kept = new Set<string>();
  readonly #open = new Set<Output>();

  constructor(readonly directory: NewDump, readonly link: ChainDump) {}

  keep(name: string): void {
    this.#kept.add(name);
  }

  create(name: string): ImageOutput {
    this.#kept.add(name);
    const output = this.directory.create(below(this.link.place, name));
    this.#open.add(output);
    const product = productOf(output);
    return {
      ...product,
      end: () => {
        product.end();
        this.#open.delete(output);
      },
    };
  }

  /** Leaves out the images that are not part of the converted dump. */
  omitRest(): void {
    const { dump, place } = this.link;
    for (const name of dump.source.files.keys()) {
      if (!this.#kept.has(name)) this.directory.omit(below(place, name));
    }
  }

  [Symbol.dispose](): void {
    for (const output of this.#open) output[Symbol.dispose]();
  }
}

/** A chain in a new directory or archive, with all that is beside it. */
export class DumpProducts implements Finished {
  readonly #directory: NewDump;
  readonly #links: readonly LinkProducts[];

  /**
   * @param copies whether files that stay as they are are copied even if they could be linked
   * @throws {CritError} `file` when there is something at the path already
   */
  constructor(path: string, { links, tree }: Chain, copies: boolean) {
    this.#directory = newDump(path, tree, { links: !copies });
    this.#links = links.map((link) => new LinkProducts(this.#directory, link));
  }

  of(index: number): ConversionOutput {
    return this.#links[index]!;
  }

  async commit(): Promise<void> {
    for (const link of this.#links) link.omitRest();
    await this.#directory.commit();
  }

  [Symbol.dispose](): void {
    for (const link of this.#links) link[Symbol.dispose]();
    this.#directory[Symbol.dispose]();
  }
}

/** A single image. */
export class ImageProducts implements Finished, ConversionOutput {
  readonly #output: Output;
  readonly #signals = deferSignals();
  #kept: string | undefined;
  #isWritten = false;

  /**
   * @param image name of the image that is converted
   * @param mode its permission bits
   */
  constructor(
    readonly path: string,
    readonly source: ImageSource,
    readonly image: string,
    mode: number,
  ) {
    this.#output = openOutput(path, mode);
  }

  of(): ConversionOutput {
    return this;
  }

  keep(name: string): void {
    this.#kept = name;
    this.create(name);
  }

  create(name: string): ImageOutput {
    if (name !== this.image) {
      const reason = `a part of it belongs in ${name}`;
      const place = { image: this.image };
      throw new OutputError("unsupported", reason, place, "convert the whole dump");
    }
    this.#isWritten = true;
    return { ...productOf(this.#output), end: () => {} };
  }

  async commit(): Promise<void> {
    if (!this.#isWritten) throw dataError("nothing of it remains", { image: this.image });
    if (this.#kept !== undefined) {
      using input = asInput(this.source.open(this.#kept));
      await copyBytes(input, this.#output);
    }
    await letSignalsIn();
    this.#output.commit();
  }

  [Symbol.dispose](): void {
    this.#output[Symbol.dispose]();
    this.#signals[Symbol.dispose]();
  }
}

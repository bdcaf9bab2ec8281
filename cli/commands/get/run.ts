/** What `crit get` does. @module */

import { Glob } from "../../../images/bytes/glob.ts";
import { feed } from "../../../images/bytes/io.ts";
import { baseName } from "../../../images/bytes/paths.ts";
import { printable } from "../../../images/bytes/printable.ts";
import { decodeText, encodeText } from "../../../images/bytes/utf8.ts";
import { openSource } from "../../../images/dump/open.ts";
import {
  type FoundValue,
  type GetOptions,
  readingSearch,
  ValueReader,
} from "../../../images/edit/get.ts";
import { isMeant } from "../../../images/edit/meant.ts";
import type { Search } from "../../../images/edit/search.ts";
import { CritError } from "../../../images/errors.ts";
import { InfoReader } from "../../../images/image/info.ts";
import { namingDump, namingImage } from "../../files/error_places.ts";
import type { Input } from "../../files/input.ts";
import { openInputAt } from "../../files/input_at.ts";
import { inputKind } from "../../files/paths.ts";
import { asInput } from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { beginJson } from "../../line/json_output.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { jsonOf } from "../../terminal/json_text.ts";
import { isTerminal, warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

/** Runs `crit get`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const isImage = await inputKind(args.input) === "file";
  const searches = args.paths.map((text) => readingSearch(text, isImage ? "image" : "dump"));
  if (!args.raw) await beginJson(context.color);
  const getter = new Getter(args, searches);
  try {
    if (isImage) await namingImage(args.input, () => getter.image(args.input));
    else await namingDump(args.input, () => getter.dump(args.input));
  } finally {
    getter.writer.flush();
  }
  const missed = searches.filter(({ matches }) => matches === 0);
  for (const search of missed) {
    const nowhere = search.images === 0 ? `${search.text} matches no image` : undefined;
    warn(`crit: ${nowhere ?? search.nothing().message}`);
  }
  return missed.length > 0 ? 1 : 0;
}

/** Reads values from images and prints them. */
class Getter {
  readonly writer = new ByteWriter();
  readonly #form: GetOptions["form"];
  /** Searches with their patterns. */
  readonly #searches: ReadonlyArray<readonly [Search, Glob | undefined]>;

  constructor(readonly args: Arguments<typeof declaration>, searches: readonly Search[]) {
    this.#form = args.pretty ? "pretty" : "plain";
    this.#searches = searches.map((search) => {
      const { files } = search.target;
      return [search, files === undefined ? undefined : new Glob(files)];
    });
  }

  async image(path: string): Promise<void> {
    const meant = this.#meant(path === "-" ? "" : baseName(path), "image");
    await this.#read(meant, path === "-" ? "-" : baseName(path), () => openInputAt(path));
  }

  async dump(path: string): Promise<void> {
    using source = await openSource(path);
    for (const name of source.files.keys()) {
      const meant = this.#meant(name, "dump");
      if (meant.length > 0) await this.#read(meant, name, () => asInput(source.open(name)));
    }
  }

  #meant(name: string, scope: "image" | "dump"): Search[] {
    return this.#searches.filter(([, glob]) => isMeant(glob, name, scope)).map(([search]) =>
      search
    );
  }

  async #read(
    searches: readonly Search[],
    image: string,
    open: () => Input | Promise<Input>,
  ): Promise<void> {
    let count: number | undefined;
    if (searches.some(({ countsFromEnd }) => countsFromEnd)) {
      if (image === "-") {
        throw new CritError(
          "usage",
          "standard input is read once: [-1] cannot be looked for in it",
        );
      }
      using input = await open();
      const { reader } = new InfoReader({ name: image, size: input.size });
      await feed(input, reader, yieldToEventLoop);
      count = reader.index;
    }
    using input = await open();
    const { reader } = new ValueReader(searches, (value) => this.#print(image, value), {
      name: input.name ?? "standard input",
      size: input.size,
      form: this.#form,
      count,
    });
    await feed(input, reader, yieldToEventLoop);
    for (const search of searches) {
      if (search.matches === 0) search.missedItem(0, search.target.entries, reader.index, "entry");
    }
  }

  #print(image: string, { search, entry, json }: FoundValue): void {
    const { raw } = this.args;
    if (this.args.json) {
      const where = jsonOf({ image, entry, path: search.text });
      this.writer.text(`${where.slice(0, -1)},"value":`);
      this.writer.bytes(json);
      this.writer.text("}");
    } else if (raw && json[0] === 0x22) {
      const text: string = JSON.parse(decodeText(json));
      if (isTerminal("stdout")) this.writer.text(printable(text));
      else this.writer.bytes(encodeText(text));
    } else this.writer.bytes(json);
    this.writer.text("\n");
  }
}

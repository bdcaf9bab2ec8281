/** The images that the tests run on. @module */

import { imageToJson, jsonToImage } from "../mod.ts";

/** An image with the JSON that CRIU's own tool prints for it, where it can. */
export interface Fixture {
  /** Path below the directory of fixtures. */
  name: string;
  /** File name alone. */
  file: string;
  bytes: Uint8Array<ArrayBuffer>;
  version: "1.0" | "1.1";
  compact: string | undefined;
  pretty: string | undefined;
}

const IMAGE = /\.img$|^stats-[a-z]+$|^irmap-cache$/;

/** Every image below `images`, with its JSON from below `golden`. */
export function* fixturesIn(images: string, golden: string, below = ""): Generator<Fixture> {
  for (const entry of [...Deno.readDirSync(`${images}/${below}`)].sort(byName)) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) yield* fixturesIn(images, golden, name);
    else if (entry.isFile && IMAGE.test(entry.name)) {
      yield {
        name,
        file: entry.name,
        bytes: Deno.readFileSync(`${images}/${name}`),
        version: name.includes("v1.0/") ? "1.0" : "1.1",
        compact: textOf(`${golden}/${name}.json`),
        pretty: textOf(`${golden}/${name}.pretty.json`),
      };
    }
  }
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trimEnd();
  } catch {
    return undefined;
  }
}

/** The project's own fixtures. */
export function ownFixtures(): Fixture[] {
  const images = new URL("../fixtures/images", import.meta.url).pathname;
  return [...fixturesIn(images, images)];
}

/** Decodes and encodes again, in the image's own version. */
export function roundTrip(fixture: Fixture, pretty: boolean): Uint8Array {
  const json = imageToJson(fixture.bytes, { name: fixture.file, pretty });
  return jsonToImage(json, { version: fixture.version });
}

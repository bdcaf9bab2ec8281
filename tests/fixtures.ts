/** The images that the tests run on. @module */

import { imageToJson, jsonToImage, typeByFileName } from "../mod.ts";

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
    else if (!entry.isDirectory && IMAGE.test(entry.name)) {
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

/**
 * The project's own fixtures with a step for tests that damage them byte by byte: 1 for every third
 * type's first image and that of each type with raw bytes after its entries, 7 for the others, which
 * begin at different bytes.
 */
export function* steppedFixtures(): Generator<Fixture & { step: number; start: number }> {
  const seen = new Set<string>();
  for (const [index, fixture] of ownFixtures().entries()) {
    const magics = fixture.bytes.subarray(0, 8).join();
    const hasExtra = typeByFileName(fixture.file)?.extra !== undefined;
    const isFirst = !seen.has(magics) && (hasExtra || seen.size % 3 === 0);
    seen.add(magics);
    yield { ...fixture, step: isFirst ? 1 : 7, start: isFirst ? 0 : index % 7 };
  }
}

/** Decodes and encodes again, in the image's own version. */
export function roundTrip(fixture: Fixture, pretty: boolean): Uint8Array {
  const json = imageToJson(fixture.bytes, { name: fixture.file, pretty });
  return jsonToImage(json, { version: fixture.version });
}

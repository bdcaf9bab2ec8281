/** The cases of the fuzzer: damaged inputs with their command lines. @module */

import { gzipSync, zstdCompressSync } from "node:zlib";
import { TAR_END, tarHeader, tarPadding } from "../../images/archive/tar_writer.ts";
import { joined } from "../captured.ts";
import { anyMutations, mutated, type Mutation, Random } from "./mutations.ts";

/** A file of an input with its path and its changed bytes. */
export interface DamagedFile {
  path: string;
  bytes: Uint8Array;
  mutations: Mutation[];
}

/** An input with its command lines, whose paths are in the work directory. */
export interface Case {
  kind: Kind;
  files: DamagedFile[];
  lines: string[][];
}

/** Kinds of inputs. */
export const KINDS = ["image", "json", "dump", "archive"] as const;
export type Kind = typeof KINDS[number];

/** The originals of inputs. */
export interface Corpus {
  /** Images by file name. */
  images: ReadonlyArray<readonly [name: string, bytes: Uint8Array]>;
  /** Images as JSON, plain and pretty. */
  json: ReadonlyArray<readonly [name: string, bytes: Uint8Array]>;
  /** Dumps, each a list of files. */
  dumps: ReadonlyArray<ReadonlyArray<readonly [path: string, bytes: Uint8Array]>>;
  views: readonly string[];
}

const RELEASES = ["1.0", "1.1", "1.3", "1.8", "2.0", "2.12", "3.6", "3.17.1", "4.0", "4.1"];

/** A few of the command lines for a dump. */
function dumpLines(random: Random, dump: string, views: readonly string[]): string[][] {
  const all: string[][] = [
    ["check", dump],
    ["check", dump, "--json", "--fix-hints"],
    ["stats", dump, "--json", "--pages"],
    ["info", "-v", dump],
    ["diff", dump, dump],
    ["decode", "-i", dump, "-o", "out"],
    ["decode", "-i", dump, "-o", "out", "-k", "--pretty", "-j", "1"],
    ["convert", dump, "out", "--to", random.of(RELEASES)],
    ["convert", dump, "--dry-run", "--to", random.of(RELEASES)],
    ["coredump", dump, "-o", "out", "--no-files"],
    ["edit", dump, "-o", "out", "--set", "core-*.img:[*].tc.comm=x"],
    ["edit", dump, "-o", "out", "--delete", "files.img:[0]"],
    ["x", dump, "ps", "--args", "--tree"],
    ...views.flatMap((view) => [["x", dump, view], ["x", dump, view, "--json"]]),
  ];
  return Array.from({ length: 8 }, () => random.of(all));
}

/** Makes the files and command lines of a case. */
type MakeCase = (random: Random, corpus: Corpus) => Omit<Case, "kind">;

const CASES: Readonly<Record<Kind, MakeCase>> = {
  image(random, corpus) {
    const [name, bytes] = random.of(corpus.images);
    const original = { path: `original/${name}`, bytes, mutations: [] };
    const image = `input/${name}`;
    return {
      files: [damaged(random, corpus, image, bytes), original],
      lines: [
        ["decode", "-i", image, "-o", "out"],
        ["show", image],
        ["info", "-v", image],
        ["decode", "--nopl", "-i", image],
        ["diff", image, original.path],
        ["edit", image, "-o", "out", "--set", "[0].pid=1"],
        ["edit", image, "-o", "out", "--delete", "[-1]"],
        ["convert", image, "out", "--to", random.of(RELEASES)],
      ],
    };
  },

  json(random, corpus) {
    const [name, bytes] = random.of(corpus.json);
    const json = `input/${name}`;
    return {
      files: [damaged(random, corpus, json, bytes)],
      lines: [
        ["encode", "-i", json, "-o", "out"],
        ["encode", "-i", json, "-o", "out", "--strict"],
      ],
    };
  },

  dump(random, corpus) {
    const files: DamagedFile[] = random.of(corpus.dumps)
      .map(([path, bytes]) => ({ path: `input/${path}`, bytes, mutations: [] }));
    for (let count = 1 + random.below(3); count > 0; count--) {
      const file = random.of(files);
      if (random.below(12) === 0 && files.length > 1) files.splice(files.indexOf(file), 1);
      else file.mutations = anyMutations(random, file.bytes.length, othersIn(corpus));
    }
    return { files, lines: dumpLines(random, "input", corpus.views) };
  },

  archive(random, corpus) {
    const tar = joined([
      ...random.of(corpus.dumps).flatMap(([path, bytes]) => [
        tarHeader({ path, size: bytes.length, mode: 0o600, modified: 0 }),
        bytes,
        tarPadding(bytes.length),
      ]),
      TAR_END,
    ]);
    const file = damaged(random, corpus, "input.tar", tar);
    const packing = random.below(4);
    // Damage to the compressed bytes, or to the archive before it is compressed.
    if (packing === 0) file.bytes = new Uint8Array(gzipSync(tar));
    if (packing === 1) file.bytes = new Uint8Array(zstdCompressSync(tar));
    if (packing === 2) {
      const inner = mutated(tar, file.mutations);
      Object.assign(file, { bytes: new Uint8Array(gzipSync(inner)), mutations: [] });
    }
    return { files: [file], lines: dumpLines(random, file.path, corpus.views) };
  },
};

function damaged(random: Random, corpus: Corpus, path: string, bytes: Uint8Array): DamagedFile {
  return { path, bytes, mutations: anyMutations(random, bytes.length, othersIn(corpus)) };
}

/** Images whose pieces may be inserted into another. */
function othersIn(corpus: Corpus): Uint8Array[] {
  return corpus.images.map(([, bytes]) => bytes).filter(({ length }) => length > 0);
}

/** The case with this number and seed. */
export function caseOf(seed: number, index: number, corpus: Corpus, only?: Kind): Case {
  const random = new Random(seed * 1_000_003 + index);
  const kind = only ?? random.of(KINDS);
  return { kind, ...CASES[kind](random, corpus) };
}

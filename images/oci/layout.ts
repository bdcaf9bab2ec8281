/**
 * Images in the formats of container tools: OCI layouts, docker-archives, Docker's directories, and
 * containerd's checkpoints; in an archive or in a directory.
 *
 * Sources: OCI image specification 1.1 (image-layout.md, manifest.md, image-index.md); Docker's
 * image specification 1.2; containerd's `core/images/mediatypes.go`.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { readUpTo } from "../archive/bytes.ts";
import { decodeText } from "../bytes/utf8.ts";
import { type CritError, dataError } from "../errors.ts";
import { parseDigest, verify } from "./digest.ts";

/** Files by path. */
export interface FileTree {
  /** The tree's path, for messages. */
  readonly path: string;
  /** Opens a file; links must stay in the tree. Undefined if it does not exist. */
  open(path: string): SizedBytes | undefined;
}

/** A blob of an image. */
export interface Blob {
  /** Its path in the tree. */
  readonly path: string;
  /** Digest that its bytes must have; undefined if unknown. */
  readonly digest: string | undefined;
  /** Media type; `""` if unknown. */
  readonly mediaType: string;
}

/** An image. */
export interface StoredImage {
  /** Digest of its manifest, or of containerd's index; undefined for a docker-archive. */
  readonly digest: string | undefined;
  /** Name of the image in the layout. */
  readonly ref: string | undefined;
  /** Annotations of its manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Layers from the bottom; for containerd's checkpoint, the archives of images. */
  readonly layers: readonly Blob[];
  /** The OCI runtime's configuration in containerd's checkpoint. */
  readonly spec: Blob | undefined;
  /** Changes to the container's root file system, in containerd's checkpoint. */
  readonly changes: Blob | undefined;
}

/** Largest manifest in bytes; registries accept 4 MiB. */
const LARGEST_MANIFEST = 1 << 22;
/** Deepest nesting of indexes. */
const MOST_LEVELS = 8;
/** Most manifests to read. */
const MOST_MANIFESTS = 1000;

/** Media types of containerd's checkpoints. */
const CONTAINERD = "application/vnd.containerd.container.";
const CRIU_TAR = `${CONTAINERD}criu.checkpoint.criu.tar`;
const PRE_DUMP_TAR = `${CONTAINERD}criu.checkpoint.predump.tar`;
const SPEC = `${CONTAINERD}checkpoint.config.v1+proto`;

/** Annotation with the name of an image in a layout. */
const REF_NAME = "org.opencontainers.image.ref.name";

/** JSON of unknown shape. */
type Json = { readonly [key: string]: unknown };

/** A reference to a blob in a manifest or an index. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations: Record<string, string>;
}

/**
 * Reads the images of a layout.
 *
 * @returns undefined if there is no layout
 * @throws {CritError} `data` if a manifest is damaged, missing, or does not match its digest
 */
export async function readImages(tree: FileTree): Promise<StoredImage[] | undefined> {
  const index = readJson(tree, "index.json");
  if (isObject(index) && Array.isArray(index.manifests)) {
    const reader = new LayoutReader(tree, (hex) => `blobs/${hex.algorithm}/${hex.hex}`);
    await reader.readIndex(index, undefined, undefined, 0);
    return reader.images;
  }
  const manifest = readJson(tree, "manifest.json");
  if (Array.isArray(manifest) && manifest.every(isObject)) {
    return await dockerArchive(tree, manifest);
  }
  if (isObject(manifest) && Array.isArray(manifest.layers)) {
    const reader = new LayoutReader(tree, ({ hex }) => hex);
    reader.readManifest(manifest, undefined, undefined);
    return reader.images;
  }
  return undefined;
}

class LayoutReader {
  readonly images: StoredImage[] = [];
  #left = MOST_MANIFESTS;

  /** @param pathOf returns the path of the blob with a digest */
  constructor(
    readonly tree: FileTree,
    readonly pathOf: (digest: { algorithm: string; hex: string }) => string,
  ) {}

  async readIndex(
    index: Json,
    digest: string | undefined,
    ref: string | undefined,
    level: number,
  ): Promise<void> {
    const all = descriptors(index.manifests, this.tree.path);
    if (all.some(({ mediaType }) => mediaType === CRIU_TAR)) {
      this.#addCheckpoint(index, all, digest, ref);
      return;
    }
    for (const { digest, mediaType, annotations } of all) {
      if (mediaType !== "" && !/index|manifest/.test(mediaType)) continue;
      if (--this.#left < 0) throw this.#error("it has too many manifests");
      if (level >= MOST_LEVELS) throw this.#error("its indexes lead to one another without end");
      const path = this.#pathOf(digest);
      const blob = this.tree.open(path);
      // Layouts may lack images that were not requested, such as those of other platforms.
      if (blob === undefined) continue;
      using file = blob;
      const where = `${this.tree.path}/${path}`;
      checkSize(file, where);
      await verify(file, digest, where);
      const json = parse(file, where);
      if (!isObject(json)) continue;
      const name = annotations[REF_NAME] ?? annotations["io.containerd.image.name"] ?? ref;
      if (Array.isArray(json.manifests)) await this.readIndex(json, digest, name, level + 1);
      else if (Array.isArray(json.layers)) this.readManifest(json, digest, name);
    }
  }

  readManifest(manifest: Json, digest: string | undefined, ref: string | undefined): void {
    this.images.push({
      digest,
      ref,
      annotations: texts(manifest.annotations),
      layers: descriptors(manifest.layers, this.tree.path).map((layer) => this.#blob(layer)),
      spec: undefined,
      changes: undefined,
    });
  }

  #addCheckpoint(
    index: Json,
    all: readonly Descriptor[],
    digest: string | undefined,
    ref: string | undefined,
  ): void {
    const blobs = (wanted: (type: string) => boolean) =>
      all.filter(({ mediaType }) => wanted(mediaType)).map((blob) => this.#blob(blob));
    this.images.push({
      digest,
      ref,
      annotations: texts(index.annotations),
      layers: blobs((type) => type === CRIU_TAR || type === PRE_DUMP_TAR).reverse(),
      spec: blobs((type) => type === SPEC)[0],
      changes: blobs((type) => /\.layer\.v1\.tar|container\.rw\.tar/.test(type))[0],
    });
  }

  #blob({ digest, mediaType }: Descriptor): Blob {
    return { path: this.#pathOf(digest), digest, mediaType };
  }

  #pathOf(digest: string): string {
    return this.pathOf(parseDigest(digest, this.tree.path));
  }

  #error(reason: string): CritError {
    return dataError(reason, { image: this.tree.path });
  }
}

/** Reads a docker-archive's images; its configuration has the digests of the layers. */
async function dockerArchive(tree: FileTree, manifests: readonly Json[]): Promise<StoredImage[]> {
  if (manifests.length > MOST_MANIFESTS) {
    throw dataError("it has too many manifests", { image: tree.path });
  }
  const images: StoredImage[] = [];
  for (const { Config, RepoTags, Layers } of manifests) {
    const config = typeof Config === "string" ? readJson(tree, Config) : undefined;
    const rootfs = isObject(config) && isObject(config.rootfs) ? config.rootfs : {};
    const ids = Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids : [];
    const names = Array.isArray(Layers) ? Layers : [];
    const [ref] = Array.isArray(RepoTags) ? RepoTags : [];
    const layers = await Promise.all(names.map((name, i) => dockerLayer(tree, name, ids[i])));
    images.push({
      digest: undefined,
      ref: typeof ref === "string" ? ref : undefined,
      annotations: isObject(config) && isObject(config.config) ? texts(config.config.Labels) : {},
      layers: layers.filter((layer) => layer !== undefined),
      spec: undefined,
      changes: undefined,
    });
  }
  return images;
}

function dockerLayer(tree: FileTree, name: unknown, diffId: unknown): Blob | undefined {
  if (typeof name !== "string") return undefined;
  const [, algorithm, hex] = /^blobs\/(sha\d+)\/([0-9a-f]+)$/.exec(name) ?? [];
  if (hex !== undefined) return { path: name, digest: `${algorithm}:${hex}`, mediaType: "" };
  // The configuration has digests of uncompressed layers, which layers in this form are.
  const blob = tree.open(name);
  if (blob === undefined) return { path: name, digest: undefined, mediaType: "" };
  using file = blob;
  const isPacked = !isPlainTar(file);
  const digest = typeof diffId === "string" && !isPacked ? diffId : undefined;
  return { path: name, digest, mediaType: "" };
}

function isPlainTar(file: SizedBytes): boolean {
  const [a, b] = readUpTo(file, 0, 2);
  return !(a === 0x1f && b === 0x8b) && !(a === 0x28 && b === 0xb5);
}

/** Reads a JSON file; undefined if it does not exist. */
function readJson(tree: FileTree, path: string): unknown {
  const blob = tree.open(path);
  if (blob === undefined) return undefined;
  using file = blob;
  return parse(file, `${tree.path}/${path}`);
}

function checkSize(file: SizedBytes, where: string): void {
  if (file.size <= LARGEST_MANIFEST) return;
  const reason = `${file.size} bytes are too many for a manifest, ${LARGEST_MANIFEST} at most`;
  throw dataError(reason, { image: where });
}

function parse(file: SizedBytes, where: string): unknown {
  checkSize(file, where);
  try {
    return JSON.parse(decodeText(readUpTo(file, 0, file.size)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw dataError("it is not JSON", { image: where });
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of an object that are strings. */
function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((item): item is [string, string] => typeof item[1] === "string"),
  );
}

function descriptors(value: unknown, where: string): Descriptor[] {
  const list = Array.isArray(value) ? value.filter(isObject) : [];
  return list.map(({ mediaType, digest, annotations }) => {
    const { algorithm, hex } = parseDigest(digest, where);
    return {
      mediaType: typeof mediaType === "string" ? mediaType : "",
      digest: `${algorithm}:${hex}`,
      annotations: texts(annotations),
    };
  });
}

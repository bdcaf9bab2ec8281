/**
 * Describes an image with one layer (OCI image specification 1.1: config.md, manifest.md,
 * image-layout.md).
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";

/** Media types of layers by compression. */
export const LAYER_TYPES = {
  none: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
} as const;

/** Properties of a new image. */
export interface NewImage {
  /** The layer's media type. */
  readonly layerType: string;
  /** Digest of the layer as stored. */
  readonly layerDigest: string;
  /** Size of the layer as stored, in bytes. */
  readonly layerSize: number;
  /** Digest of the layer without compression. */
  readonly diffId: string;
  /** The processor by its name in Go. */
  readonly architecture: string;
  /** RFC 3339. */
  readonly created: string | undefined;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Name of the image in the layout. */
  readonly ref: string | undefined;
}

/** A file of a layout. */
export interface LayoutFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const REF_NAME = "org.opencontainers.image.ref.name";

/** Path of a blob in a layout. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Makes the files of an image's layout, except the layer, and the manifest's digest. */
export async function layoutOf(
  image: NewImage,
): Promise<{ readonly files: readonly LayoutFile[]; readonly digest: string }> {
  const { created } = image;
  const config = await blob(CONFIG, {
    ...(created === undefined ? {} : { created }),
    architecture: image.architecture,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [image.diffId] },
    history: [{ ...(created === undefined ? {} : { created }), created_by: "crit build" }],
  });
  const manifest = await blob(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: config.descriptor,
    layers: [{
      mediaType: image.layerType,
      digest: image.layerDigest,
      size: image.layerSize,
    }],
    annotations: image.annotations,
  });
  const names = image.ref === undefined ? {} : { annotations: { [REF_NAME]: image.ref } };
  const index = { schemaVersion: 2, manifests: [{ ...manifest.descriptor, ...names }] };
  const files = [
    { path: "oci-layout", bytes: json({ imageLayoutVersion: "1.0.0" }) },
    { path: "index.json", bytes: json(index) },
    ...[manifest, config].map(({ descriptor: { digest }, bytes }) => ({
      path: blobPath(digest),
      bytes,
    })),
  ];
  return { files, digest: manifest.descriptor.digest };
}

async function blob(mediaType: string, value: unknown) {
  const bytes = json(value);
  const { createHash } = await import("node:crypto");
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { bytes, descriptor: { mediaType, digest, size: bytes.length } };
}

function json(value: unknown): Uint8Array {
  return encodeText(JSON.stringify(value));
}

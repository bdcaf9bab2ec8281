/** What container engines leave, made by the programs that they are made of. @module */

import { run } from "../archive/archives.ts";

/** How a layer is compressed. */
export type Packing = "none" | "gzip" | "zstd";

/** Ends of layers' media types. */
const SUFFIXES: Readonly<Record<Packing, string>> = { none: "", gzip: "+gzip", zstd: "+zstd" };

/** Media types of OCI's image specification. */
const OCI = "application/vnd.oci.image.";

/** Files of an engine beside a dump. */
export type Beside = Readonly<Record<string, string | Uint8Array>>;

/** Writes files below a directory. */
export function writeFiles(directory: string, files: Beside): void {
  for (const [name, contents] of Object.entries(files)) {
    const path = `${directory}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof contents === "string") Deno.writeTextFileSync(path, contents);
    else Deno.writeFileSync(path, contents);
  }
}

/** Makes an engine's archive: a dump in `checkpoint/`, and files beside it. */
export async function engineArchive(
  archive: string,
  dump: string,
  beside: Beside,
  packing: Packing = "none",
): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "crit-engine-" });
  try {
    writeFiles(directory, beside);
    await run("cp", ["-a", dump, `${directory}/checkpoint`]);
    const names = [...Object.keys(beside).map((name) => name.split("/")[0]!), "checkpoint"];
    await run("tar", ["-cf", archive, "-C", directory, ...new Set(names)]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  return packing === "none" ? archive : await pack(archive, packing);
}

/** Compresses a file in its place. */
export async function pack(path: string, packing: Packing): Promise<string> {
  if (packing === "gzip") {
    await run("sh", ["-c", 'gzip -n <"$1" >"$1.x" && mv "$1.x" "$1"', "-", path]);
  }
  if (packing === "zstd") {
    await run("sh", ["-c", 'zstd -q <"$1" >"$1.x" && mv "$1.x" "$1"', "-", path]);
  }
  return path;
}

/** The SHA-256 of a file, by sha256sum. */
export async function sha256(path: string): Promise<string> {
  return (await run("sha256sum", [path])).slice(0, 64);
}

/** A blob's descriptor. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

/** An OCI layout in a directory that is being made. */
export class LayoutMaker {
  constructor(readonly path: string) {
    Deno.mkdirSync(`${path}/blobs/sha256`, { recursive: true });
    Deno.writeTextFileSync(`${path}/oci-layout`, '{"imageLayoutVersion": "1.0.0"}');
  }

  /** Adds a file as a blob. */
  async file(path: string, mediaType: string): Promise<Descriptor> {
    const hex = await sha256(path);
    await run("cp", [path, `${this.path}/blobs/sha256/${hex}`]);
    return { mediaType, digest: `sha256:${hex}`, size: Deno.statSync(path).size };
  }

  /** Adds a blob. */
  async bytes(bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
    const path = await Deno.makeTempFile({ prefix: "crit-blob-" });
    await Deno.writeFile(path, bytes);
    const descriptor = await this.file(path, mediaType);
    await Deno.remove(path);
    return descriptor;
  }

  /** Adds a blob of JSON. */
  json(value: unknown, mediaType: string): Promise<Descriptor> {
    return this.bytes(new TextEncoder().encode(JSON.stringify(value)), mediaType);
  }

  /** Adds an image with layers, which are archives. */
  async image(
    layers: readonly string[],
    packing: Packing,
    annotations: Record<string, string> = {},
  ): Promise<Descriptor> {
    const config = await this.json({ architecture: "amd64", os: "linux" }, `${OCI}config.v1+json`);
    const descriptors: Descriptor[] = [];
    for (const layer of layers) {
      const copy = `${this.path}/layer`;
      await run("cp", [layer, copy]);
      await pack(copy, packing);
      descriptors.push(await this.file(copy, `${OCI}layer.v1.tar${SUFFIXES[packing]}`));
      await Deno.remove(copy);
    }
    const mediaType = `${OCI}manifest.v1+json`;
    const manifest = { schemaVersion: 2, mediaType, config, layers: descriptors, annotations };
    return await this.json(manifest, mediaType);
  }

  /** Writes index.json. */
  index(manifests: readonly Descriptor[], more: Record<string, unknown> = {}): void {
    const index = { schemaVersion: 2, manifests, ...more };
    Deno.writeTextFileSync(`${this.path}/index.json`, JSON.stringify(index));
  }

  /** Puts the layout into an archive. */
  async archive(path: string): Promise<string> {
    const names = [...Deno.readDirSync(this.path)].map(({ name }) => name);
    await run("tar", ["-cf", path, "-C", this.path, ...names]);
    return path;
  }
}

/** A `google.protobuf.Any` as containerd writes one. */
export function anyMessage(typeUrl: string, value: string): Uint8Array {
  const field = (tag: number, text: string): number[] => {
    const bytes = new TextEncoder().encode(text);
    const length: number[] = [];
    let rest = bytes.length;
    for (; rest > 127; rest >>>= 7) length.push(rest & 127 | 128);
    return [tag, ...length, rest, ...bytes];
  };
  return Uint8Array.from([...field(0x0a, typeUrl), ...field(0x12, value)]);
}

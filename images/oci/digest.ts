/** Digests of OCI's content-addressable storage: `sha256:HEX`. @module */

import type { SizedBytes } from "../archive/bytes.ts";
import { chunksOf } from "../archive/bytes.ts";
import { dataError } from "../errors.ts";

/** Algorithms of OCI's image specification, with the lengths of their digits. */
const ALGORITHMS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

/** A digest in its parts. */
export interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

/**
 * Parses a digest; a valid digest is a safe file name.
 *
 * @throws {CritError} `data` if it is invalid
 */
export function parseDigest(text: unknown, where: string): Digest {
  const [, algorithm, hex] = /^(sha\d+):([0-9a-f]+)$/.exec(typeof text === "string" ? text : "") ??
    [];
  if (algorithm === undefined || ALGORITHMS[algorithm] !== hex!.length) {
    throw dataError(`${JSON.stringify(text)} is not a digest`, { image: where });
  }
  return { algorithm, hex: hex! };
}

/** The digest of bytes. */
export async function digestOf(bytes: SizedBytes, algorithm = "sha256"): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash(algorithm);
  for (const chunk of chunksOf(bytes, 0)) hash.update(chunk);
  return `${algorithm}:${hash.digest("hex")}`;
}

/**
 * Checks bytes against a digest.
 *
 * @throws {CritError} `data` if they do not match
 */
export async function verify(bytes: SizedBytes, digest: string, where: string): Promise<void> {
  const { algorithm } = parseDigest(digest, where);
  const found = await digestOf(bytes, algorithm);
  if (found === digest) return;
  throw dataError(`its digest does not match: it is ${found}, not ${digest}`, {
    image: where,
  });
}

/**
 * CRIU's image streaming protocol over the socket (criu/img-streamer.c).
 *
 * A record is a u32 in host order (little-endian on every machine that crit streams on), followed
 * by a protobuf message of that size. CRIU sends `img_streamer_request_entry`; in a restore the
 * streamer answers with `img_streamer_reply_entry`. CRIU then sends one byte together with the
 * streamer's end of a pipe.
 *
 * @module
 */

import { setUint32At, uint32At } from "../bytes/byte_order.ts";
import { encodeText } from "../bytes/utf8.ts";
import { decodeMessage, encodeMessage } from "../codec/objects.ts";
import { dataError } from "../errors.ts";

/** Name of the socket that captures a dump. */
export const CAPTURE_SOCKET = "streamer-capture.sock";

/** Name of the socket that serves a restore. */
export const SERVE_SOCKET = "streamer-serve.sock";

/** Largest accepted record in bytes; a request is a file name. */
export const MAX_RECORD = 64 * 1024;

/** Longest file name in bytes (include/uapi/linux/limits.h, NAME_MAX). */
const MAX_NAME = 255;

const HEAD = 4;

/**
 * Assembles records without reading beyond the end of a record: the next byte on the socket carries
 * a descriptor, which a plain read would lose.
 */
export class RecordReader {
  #bytes = new Uint8Array(HEAD);
  #filled = 0;
  #inBody = false;

  /** The buffer for the next bytes; never empty. */
  get wanted(): Uint8Array {
    return this.#bytes.subarray(this.#filled);
  }

  /** Whether part of a record has been read. */
  get begun(): boolean {
    return this.#inBody || this.#filled > 0;
  }

  /**
   * Registers `count` bytes written to {@link wanted}.
   *
   * @returns the record's message once it is complete
   * @throws {CritError} `data` if the record is larger than {@link MAX_RECORD}
   */
  took(count: number): Uint8Array | undefined {
    this.#filled += count;
    if (this.#filled < this.#bytes.length) return undefined;
    if (!this.#inBody) {
      const size = uint32At(this.#bytes, 0);
      if (size > MAX_RECORD) throw dataError(`a request of ${size} bytes, ${MAX_RECORD} at most`);
      this.#begin(size, true);
      return size > 0 ? undefined : this.took(0);
    }
    const message = this.#bytes;
    this.#begin(HEAD, false);
    return message;
  }

  #begin(size: number, inBody: boolean): void {
    this.#bytes = new Uint8Array(size);
    this.#filled = 0;
    this.#inBody = inBody;
  }
}

/** Encodes a message as a record. */
export function encodeRecord(message: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD + message.length);
  setUint32At(record, 0, message.length);
  record.set(message, HEAD);
  return record;
}

/**
 * The file name in a request.
 *
 * @throws {CritError} `data` if the message is damaged or the name is not that of a file in a
 * directory
 */
export function decodeRequest(message: Uint8Array): string {
  const filename = decodeMessage("img_streamer_request_entry", message).filename as string;
  const problem = nameProblem(filename);
  if (problem !== undefined) {
    throw dataError(`a request for ${JSON.stringify(filename)}: ${problem}`);
  }
  return filename;
}

/** The reason why a name cannot be that of a file in the image directory. */
function nameProblem(name: string): string | undefined {
  if (name === "") return "an empty name";
  if (name === "." || name === "..") return "not the name of a file";
  if (/[/\0]/.test(name)) return "not a bare file name";
  if (encodeText(name).length > MAX_NAME) return `longer than ${MAX_NAME} bytes`;
  return undefined;
}

/** Encodes the answer whether a file exists; the field is written even if it is false. */
export function encodeReply(exists: boolean): Uint8Array {
  return encodeRecord(encodeMessage("img_streamer_reply_entry", { exists }));
}

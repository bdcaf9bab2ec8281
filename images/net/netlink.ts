/**
 * Messages of netlink, as raw images have them: `struct nlmsghdr` and `struct nlattr` of
 * include/uapi/linux/netlink.h.
 *
 * @module
 */

import { decodeText } from "../bytes/utf8.ts";
import { dataError } from "../errors.ts";

/** A fixed part and the attributes after it. */
export class NetlinkAttributes {
  readonly #view: DataView;
  readonly #found: ReadonlyMap<number, Uint8Array>;
  /** Attributes in their order, repeated ones among them. */
  readonly all: ReadonlyArray<readonly [type: number, value: Uint8Array]>;

  /**
   * @param fixed bytes of the part before the attributes
   * @param isLittle byte order of the machine
   * @param areValuesLittle byte order of numbers in attributes
   * @throws {CritError} `data` when an attribute ends beyond the bytes
   */
  constructor(
    readonly bytes: Uint8Array,
    fixed: number,
    readonly isLittle: boolean,
    readonly areValuesLittle: boolean = isLittle,
  ) {
    if (bytes.length < fixed) throw dataError(`a message of ${bytes.length} bytes is too short`);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.all = [...attributesOf(this.#view, bytes, fixed, isLittle)];
    this.#found = new Map(this.all);
  }

  /** A byte of the fixed part. */
  byte(offset: number): number {
    return this.#view.getUint8(offset);
  }

  /** A number of the fixed part. */
  word(offset: number): number {
    return this.#view.getUint32(offset, this.isLittle);
  }

  /** The value of an attribute. */
  value(type: number): Uint8Array | undefined {
    return this.#found.get(type);
  }

  /** A number of one, two, four or eight bytes; undefined when there is none. */
  number(type: number): number | undefined {
    const value = this.value(type);
    return value === undefined ? undefined : numberOf(value, this.areValuesLittle);
  }

  /** Text with or without a zero at its end. */
  text(type: number): string | undefined {
    const value = this.value(type);
    if (value === undefined) return undefined;
    const zero = value.indexOf(0);
    return decodeText(value, 0, zero < 0 ? value.length : zero);
  }

  /** Attributes in an attribute. */
  nested(type: number): NetlinkAttributes | undefined {
    const value = this.value(type);
    return value === undefined
      ? undefined
      : new NetlinkAttributes(value, 0, this.isLittle, this.areValuesLittle);
  }

  /** The words of an attribute. */
  words(type: number): number[] {
    const value = this.value(type) ?? new Uint8Array();
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    return Array.from(
      { length: value.length >> 2 },
      (_, i) => view.getUint32(4 * i, this.areValuesLittle),
    );
  }
}

/** Type of a nested attribute without the bits that say so. */
const TYPE_MASK = 0x3fff;

function* attributesOf(
  view: DataView,
  bytes: Uint8Array,
  from: number,
  isLittle: boolean,
): Generator<[type: number, value: Uint8Array]> {
  for (let at = from; at + 4 <= bytes.length;) {
    const length = view.getUint16(at, isLittle);
    const type = view.getUint16(at + 2, isLittle) & TYPE_MASK;
    if (length < 4 || at + length > bytes.length) {
      throw dataError(`an attribute of ${length} bytes does not fit`);
    }
    yield [type, bytes.subarray(at + 4, at + length)];
    at += length + 3 & ~3;
  }
}

/** A number of one, two, four or eight bytes; undefined for another length. */
export function numberOf(value: Uint8Array, isLittle: boolean): number | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (value.length === 1) return view.getUint8(0);
  if (value.length === 2) return view.getUint16(0, isLittle);
  if (value.length === 4) return view.getUint32(0, isLittle);
  return value.length === 8 ? Number(view.getBigUint64(0, isLittle)) : undefined;
}

/** How an image of messages is laid out. */
export interface MessageLayout {
  /** First four bytes of the image; none when left out. */
  readonly magic?: number;
  /** Bytes before the attributes of a message. */
  readonly fixed: number;
  /** Type of the messages. */
  readonly type: number;
  /** Whether numbers in attributes are big-endian, whatever the machine is. */
  readonly isNetworkOrder?: boolean;
}

/**
 * The messages of an image; none for an empty one.
 *
 * @throws {CritError} `data` when it is cut short or no such image
 */
export function* messagesOf(
  image: Uint8Array,
  { magic, fixed, type: wanted, isNetworkOrder = false }: MessageLayout,
  isLittle: boolean,
): Generator<NetlinkAttributes> {
  if (image.length === 0) return;
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const start = magic === undefined ? 0 : 4;
  if (magic !== undefined && (image.length < 4 || view.getUint32(0, isLittle) !== magic)) {
    throw dataError("it does not begin with the magic of its kind", { offset: 0 });
  }
  for (let at = start; at < image.length;) {
    const left = image.length - at;
    const length = left < HEADER ? 0 : view.getUint32(at, isLittle);
    if (length < HEADER || length > left) {
      throw dataError(`a message of ${length} bytes, ${left} remain`, { offset: at });
    }
    const type = view.getUint16(at + 4, isLittle);
    if (type !== wanted) throw dataError(`a message of type ${type}`, { offset: at });
    const body = image.subarray(at + HEADER, at + length);
    yield new NetlinkAttributes(body, fixed, isLittle, isNetworkOrder ? false : isLittle);
    at += length + 3 & ~3;
  }
}

/** Bytes of a message's header. */
const HEADER = 16;

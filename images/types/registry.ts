/**
 * The registered image types, with lookup by name, magic number and file name.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { addHints, hintOf } from "./hints.ts";
import type { ImageType } from "./image_type.ts";

/** Built-in types that are in no table yet: the first look-up puts them there. */
const builtIn: ImageType[] = [];
const byName = new Map<string, ImageType>();
const byMagic = new Map<number, ImageType>();
/** By their file names, those without a varying part. */
const byFile = new Map<string, ImageType>();
/** By their file names with a varying part, such as `core-%u.img`. */
const byPattern = new Map<string, ImageType>();
/** {@link byPattern} by first letter; undefined until a file name is looked up. */
let byFirstLetter: ReadonlyMap<string, VaryingName[]> | undefined;

/** Adds a built-in type and returns it. They do not clash; a test looks at all of them. */
export function registerBuiltIn(type: ImageType): ImageType {
  builtIn.push(type);
  if (type.hints !== undefined) addHints(type.hints);
  return type;
}

/**
 * Adds an image type and returns it. Adding the same declaration twice is allowed.
 *
 * @throws {CritError} `usage` when its name, magic, file name or a hint is already taken
 */
export function register(type: ImageType): ImageType {
  const known = typeByName(type.name);
  if (known !== undefined && isSame(known, type)) return known;
  checkFree(type);
  add(type);
  if (type.hints !== undefined) addHints(type.hints);
  return type;
}

function addBuiltIn(): void {
  for (const type of builtIn.splice(0)) add(type);
}

function add(type: ImageType): void {
  byName.set(type.name, type);
  if (type.magic !== undefined && type.sameMagicAs === undefined) byMagic.set(type.magic, type);
  for (const file of type.files) namesLike(file).set(file, type);
  byFirstLetter = undefined;
}

/** The file names among which this one is kept. */
function namesLike(file: string): Map<string, ImageType> {
  return file.includes("%") ? byPattern : byFile;
}

/** Takes the patterns apart, for all types at once: few programs ask by file name. */
function varyingNames(): Map<string, VaryingName[]> {
  const names = [...byPattern].flatMap(([pattern, type]): VaryingName[] => {
    const [, prefix, varying, suffix] = /^([^%]*)%([udxs])(.*)$/.exec(pattern) ?? [];
    if (prefix === undefined) return [];
    return [{ prefix, suffix: suffix!, varying: VARYING[varying as keyof typeof VARYING], type }];
  });
  return Map.groupBy(names, ({ prefix }) => prefix.slice(0, 1));
}

/** Whether two declarations, which are plain data, say the same. */
function isSame(a: ImageType, b: ImageType): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function checkFree(type: ImageType): void {
  const clash = (what: string, other: ImageType | undefined) => {
    if (other === undefined) return;
    throw new CritError(
      "usage",
      `image type ${type.name}: ${what} already belongs to ${other.name}`,
    );
  };
  clash(`the name`, byName.get(type.name));
  if (type.magic !== undefined && type.sameMagicAs === undefined) {
    clash(`magic 0x${type.magic.toString(16)}`, byMagic.get(type.magic));
  }
  for (const file of type.files) clash(`the file name ${file}`, namesLike(file).get(file));
  for (const message in type.hints) {
    for (const field in type.hints[message]) {
      if (hintOf(message, field) !== undefined) {
        throw new CritError(
          "usage",
          `image type ${type.name}: ${message}.${field} has a hint already`,
        );
      }
    }
  }
}

/** The image type that JSON calls `name`. */
export function typeByName(name: string): ImageType | undefined {
  if (builtIn.length > 0) addBuiltIn();
  return byName.get(name);
}

/** The image type with this magic number; of two that share one, the one that JSON names. */
export function typeByMagic(magic: number): ImageType | undefined {
  if (builtIn.length > 0) addBuiltIn();
  return byMagic.get(magic);
}

/** The image type that a file of this name (without directories) has, such as `core-12.img`. */
export function typeByFileName(file: string): ImageType | undefined {
  if (builtIn.length > 0) addBuiltIn();
  const exact = byFile.get(file);
  if (exact !== undefined) return exact;
  byFirstLetter ??= varyingNames();
  return varyingType(byFirstLetter.get(file.slice(0, 1)), file) ??
    varyingType(byFirstLetter.get(""), file);
}

function varyingType(names: readonly VaryingName[] = [], file: string): ImageType | undefined {
  for (const { prefix, suffix, varying, type } of names) {
    if (!file.startsWith(prefix) || !file.endsWith(suffix)) continue;
    const end = file.length - suffix.length;
    if (end > prefix.length && varying.test(file.slice(prefix.length, end))) return type;
  }
  return undefined;
}

/** The number in an image's file name, such as 12 in `core-12.img`: {@link ImageType.number}. */
export function imageNumber(file: string, type = typeByFileName(file)): number | undefined {
  const pattern = type?.files.find((pattern) => /%[ux]/.test(pattern));
  if (pattern === undefined) return undefined;
  const start = pattern.indexOf("%");
  const digits = file.slice(start, file.length - (pattern.length - start - 2));
  return parseInt(digits, pattern[start + 1] === "x" ? 16 : 10);
}

/** The fields that identify a message in its list; undefined if it has no identity. */
export function identifyingFields(message: string): readonly string[] | undefined {
  if (builtIn.length > 0) addBuiltIn();
  for (const { identities } of byName.values()) {
    if (identities !== undefined && Object.hasOwn(identities, message)) return identities[message];
  }
  return undefined;
}

/** All registered image types, by name. */
export function allTypes(): ImageType[] {
  if (builtIn.length > 0) addBuiltIn();
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What stands for `%u`, `%d`, `%x` and `%s` in a file name. */
const VARYING = { u: /^\d+$/, d: /^-?\d+$/, x: /^[0-9a-f]+$/, s: /^[^.]+$/ };

/** A file name with a varying part. */
interface VaryingName {
  readonly prefix: string;
  readonly suffix: string;
  readonly varying: RegExp;
  readonly type: ImageType;
}

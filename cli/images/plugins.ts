/**
 * Image types: the built-in ones and those of a user's plugins.
 *
 * @module
 */

import { CritError } from "../../images/errors.ts";
import type { ImageType } from "../../images/types/image_type.ts";
import { register } from "../../images/types/registry.ts";
import "../../plugins/mod.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";

/**
 * Loads the user's plugins; the built-in ones are there already.
 *
 * @throws {CritError} `usage` when a file is no plugin or clashes with what is there
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
  for (const file of files) {
    for (const type of await declarationsOf(file)) await add(file, type);
  }
}

async function declarationsOf(file: string): Promise<ImageType[]> {
  const { importDefault, reasonOf }: typeof import("./user_module.ts") = await import(
    lazySpecifier("./user_module.ts")
  );
  const { exported: declared } = await importDefault(file, "a plugin");
  let list: unknown[];
  try {
    // Declarations are plain data, which a copy keeps; nothing of the user's runs after this.
    list = Array.from(structuredClone(Array.isArray(declared) ? declared : [declared]));
  } catch (error) {
    const reason = `its default export is not plain data: ${reasonOf(error)}`;
    throw new CritError("usage", reason, { image: file });
  }
  if (list.every(isImageType)) return list;
  const reason = "its default export is not an image type: it needs name, files and summary";
  throw new CritError("usage", reason, { image: file });
}

function isImageType(value: unknown): value is ImageType {
  if (typeof value !== "object" || value === null) return false;
  const { name, files, summary } = value as Record<string, unknown>;
  return typeof name === "string" && typeof summary === "string" && Array.isArray(files) &&
    Array.from(files).every((file) => typeof file === "string");
}

async function add(file: string, type: ImageType): Promise<void> {
  try {
    if (type.proto !== undefined) {
      const { parseProto }: typeof import("../../images/protobuf/proto_text.ts") = await import(
        lazySpecifier("../../images/protobuf/proto_text.ts")
      );
      const { addSchema }: typeof import("../../images/protobuf/schema.ts") = await import(
        lazySpecifier("../../images/protobuf/schema.ts")
      );
      addSchema(await parseProto(type.proto, file));
    }
    const { checkDeclaration }: typeof import("../../images/types/declaration.ts") = await import(
      lazySpecifier("../../images/types/declaration.ts")
    );
    checkDeclaration(type);
    register(type);
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: file }) : error;
  }
}

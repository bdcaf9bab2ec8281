/**
 * All that a plugin in `plugins/` imports: the words of a declaration, and `register`.
 *
 * @module
 */

export * from "./image_type.ts";
export { registerBuiltIn as register } from "./registry.ts";

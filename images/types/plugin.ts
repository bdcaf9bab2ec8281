/**
 * Everything that a plugin in `plugins/` imports: the functions for declarations, and `register`.
 *
 * @module
 */

export * from "./image_type.ts";
export { registerBuiltIn as register } from "./registry.ts";

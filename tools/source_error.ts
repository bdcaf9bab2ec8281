/** Mistakes in the sources that `deno task gen` reads. @module */

/** A mistake in a `.proto` file, a plugin or the list of releases: one line with its place. */
export class SourceError extends Error {}

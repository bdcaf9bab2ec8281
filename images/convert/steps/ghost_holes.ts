/**
 * Contents of ghost files: all of them ⇄ chunks between holes, CRIU 3.3. Newer releases read both.
 *
 * @module
 */

import type { Step } from "./step.ts";

/** The change; `../ghost_files.ts` carries it out. */
export const ghostHoles: Step = { name: "holes of ghost files", since: "3.3" };

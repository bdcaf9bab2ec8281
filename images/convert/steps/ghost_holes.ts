/**
 * Contents of ghost files: complete ⇄ chunks between holes, CRIU 3.3. Newer releases read both.
 *
 * @module
 */

import type { Step } from "./step.ts";

/** The step; see `../ghost_files.ts`. */
export const ghostHoles: Step = { name: "holes of ghost files", since: "3.3" };

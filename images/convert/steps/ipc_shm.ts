/**
 * Contents of System V segments: in ipcns-shm-%u.img ⇄ in pagemap-shmem-%u.img, CRIU 3.0. Newer
 * releases read both.
 *
 * @module
 */

import type { Step } from "./step.ts";

/** The step; see `../segments.ts`. */
export const ipcShm: Step = { name: "contents of System V segments", since: "3.0" };

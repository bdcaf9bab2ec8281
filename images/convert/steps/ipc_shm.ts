/**
 * Contents of System V segments: in ipcns-shm-%u.img itself ⇄ in pagemap-shmem-%u.img, CRIU 3.0.
 * Newer releases read both.
 *
 * @module
 */

import type { Step } from "./step.ts";

/** The change; `../segments.ts` carries it out. */
export const ipcShm: Step = { name: "contents of System V segments", since: "3.0" };

/** Reading images along with another walk. @module */

import type { FieldWatch } from "../codec/field_watch.ts";
import type { CritError } from "../errors.ts";
import type { ImageEvents } from "../image/reader.ts";
import type { DumpFile } from "./dump_files.ts";

/** Takes the images of a dump while another walk reads them. */
export interface FellowReader {
  /** What it knows of fields. The other walk looks first, and tells here what has something new. */
  readonly watch?: FieldWatch;
  /** What takes an image; undefined of one that is not needed. */
  eventsFor(file: DumpFile): ImageEvents | undefined;
  /** An image was read, to its end unless there is an error. */
  seen(file: DumpFile, error: CritError | undefined): void;
}

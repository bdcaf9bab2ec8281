/** TIMENS: what the clocks of a time namespace showed at the dump. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TIMENS",
  magic: 0x43114433,
  files: ["timens-%u.img"],
  summary: "what the clocks of a time namespace showed at the dump",
  since: "3.14",
  entry: "timens_entry",
});

export default type;

/** TUNFILE: opened TUN and TAP devices. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TUNFILE",
  magic: 0x57143751,
  files: ["tunfile.img"],
  summary: "opened TUN and TAP devices",
  entry: "tunfile_entry",
});

export default type;

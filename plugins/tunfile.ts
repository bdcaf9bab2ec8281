/** TUNFILE: opened TUN and TAP devices. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TUNFILE",
  magic: 0x57143751,
  files: ["tunfile.img"],
  summary: "opened TUN and TAP devices",
  since: "0.7",
  entry: "tunfile_entry",
  identities: { tunfile_entry: ["id"] },
});

export default type;

/** USERNS: id maps of a user namespace. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "USERNS",
  magic: 0x55474906,
  files: ["userns-%u.img"],
  summary: "id maps of a user namespace",
  since: "1.4",
  entry: "userns_entry",
});

export default type;

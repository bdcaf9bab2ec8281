/** APPARMOR: AppArmor namespaces and policies. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "APPARMOR",
  magic: 0x59423047,
  files: ["apparmor.img"],
  summary: "AppArmor namespaces and policies",
  entry: "apparmor_entry",
});

export default type;

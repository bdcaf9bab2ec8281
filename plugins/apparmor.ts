/** APPARMOR: AppArmor namespaces and policies. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "APPARMOR",
  magic: 0x59423047,
  files: ["apparmor.img"],
  summary: "AppArmor namespaces and policies",
  since: "3.16",
  entry: "apparmor_entry",
  identities: { aa_namespace: ["name"], aa_policy: ["name"] },
});

export default type;

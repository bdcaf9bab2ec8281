/** NETDEV: network devices of a network namespace. @module */

import { hex, type ImageType, ip, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "NETDEV",
  magic: 0x57373951,
  files: ["netdev-%u.img"],
  summary: "network devices of a network namespace",
  entry: "net_device_entry",
  identities: { net_device_entry: ["ifindex"] },
  hints: {
    net_device_entry: { flags: hex },
    sit_entry: { local: ip, remote: ip, rd_prefix: ip, relay_prefix: ip },
    tun_link_entry: { flags: hex },
  },
});

export default type;

/** Raw images: files of a dump that are no list of entries. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image types; crit knows them by file name, to say what a file is. */
const types: ImageType[] = [
  register({
    name: "IFADDR",
    framing: "none",
    files: ["ifaddr-%u.img"],
    summary: "interface addresses",
    raw: "rtnetlink dump",
  }),
  register({
    name: "ROUTE",
    framing: "none",
    files: ["route-%u.img"],
    summary: "IPv4 routes",
    raw: "rtnetlink dump",
  }),
  register({
    name: "ROUTE6",
    framing: "none",
    files: ["route6-%u.img"],
    summary: "IPv6 routes",
    raw: "rtnetlink dump",
  }),
  register({
    name: "RULE",
    framing: "none",
    files: ["rule-%u.img"],
    summary: "routing rules",
    raw: "rtnetlink dump",
  }),
  register({
    name: "IPTABLES",
    framing: "none",
    files: ["iptables-%u.img"],
    summary: "IPv4 netfilter rules",
    raw: "iptables-save text",
  }),
  register({
    name: "IP6TABLES",
    framing: "none",
    files: ["ip6tables-%u.img"],
    summary: "IPv6 netfilter rules",
    raw: "ip6tables-save text",
  }),
  register({
    name: "NFTABLES",
    framing: "none",
    files: ["nftables-%u.img"],
    summary: "nftables rules",
    raw: "nft ruleset text",
  }),
  register({
    name: "TMPFS_IMG",
    framing: "none",
    files: ["tmpfs-%u.tar.gz.img"],
    summary: "a tmpfs mount's files",
    raw: "gzip tar",
  }),
  register({
    name: "TMPFS_DEV",
    framing: "none",
    files: ["tmpfs-dev-%u.tar.gz.img"],
    summary: "the /dev tmpfs mount's files",
    raw: "gzip tar",
  }),
  register({
    name: "PAGES",
    framing: "none",
    files: ["pages-%u.img"],
    summary: "memory pages, back to back, as the pagemaps say",
    raw: "memory pages",
  }),
  register({
    name: "PAGES_OLD",
    magic: 0x56084025,
    files: ["pages-%d.img"],
    summary: "memory pages of a task, each with its address (before CRIU 1.0)",
    sameMagicAs: "PAGEMAP",
    raw: "pre-1.0 pages with inline addresses",
  }),
  register({
    name: "SHM_PAGES_OLD",
    magic: 0x56084025,
    files: ["pages-shmem-%d.img"],
    summary: "memory pages of shared memory, each with its address (before CRIU 1.0)",
    sameMagicAs: "PAGEMAP",
    raw: "pre-1.0 pages with inline addresses",
  }),
  register({
    name: "NETNF_CT",
    framing: "none",
    files: ["netns-ct-%u.img"],
    summary: "connection tracking entries",
    raw: "nfnetlink conntrack dump",
  }),
  register({
    name: "NETNF_EXP",
    framing: "none",
    files: ["netns-exp-%u.img"],
    summary: "connection tracking expectations",
    raw: "nfnetlink expectation dump",
  }),
  register({
    name: "AMDGPU_KFD",
    framing: "none",
    files: ["amdgpu-kfd-%d.img"],
    summary: "an AMD GPU's compute driver state (CRIU's amdgpu plug-in)",
    raw: "protobuf without a magic",
  }),
  register({
    name: "AMDGPU_RENDERD",
    framing: "none",
    files: ["amdgpu-renderD-%d.img"],
    summary: "an AMD GPU's render device (CRIU's amdgpu plug-in)",
    raw: "protobuf without a magic",
  }),
  register({
    name: "AMDGPU_PAGES",
    framing: "none",
    files: ["amdgpu-pages-%s.img"],
    summary: "an AMD GPU's memory (CRIU's amdgpu plug-in)",
    raw: "memory pages",
  }),
];

export default types;

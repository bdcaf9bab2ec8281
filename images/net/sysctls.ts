/**
 * Settings of networks, which images list without their names.
 *
 * @module
 */

import type { SysctlEntry } from "../../proto/types.ts";

/** Names below net.ipv4.conf, in the order of images (CRIU: criu/net.c, devconfs4). */
export const CONF4: readonly string[] =
  ("accept_local accept_redirects accept_source_route arp_accept arp_announce arp_filter " +
    "arp_ignore arp_notify bootp_relay disable_policy disable_xfrm force_igmp_version forwarding " +
    "igmpv2_unsolicited_report_interval igmpv3_unsolicited_report_interval log_martians medium_id " +
    "promote_secondaries proxy_arp proxy_arp_pvlan route_localnet rp_filter secure_redirects " +
    "send_redirects shared_media src_valid_mark tag ignore_routes_with_linkdown " +
    "drop_gratuitous_arp drop_unicast_in_l2_multicast").split(" ");

/** Names below net.ipv6.conf, likewise (devconfs6). */
export const CONF6: readonly string[] =
  ("accept_dad accept_ra accept_ra_defrtr accept_ra_from_local accept_ra_min_hop_limit " +
    "accept_ra_mtu accept_ra_pinfo accept_ra_rt_info_max_plen accept_ra_rtr_pref " +
    "accept_redirects accept_source_route autoconf dad_transmits disable_ipv6 " +
    "drop_unicast_in_l2_multicast drop_unsolicited_na force_mld_version force_tllao forwarding " +
    "hop_limit ignore_routes_with_linkdown keep_addr_on_down max_addresses max_desync_factor " +
    "mldv1_unsolicited_report_interval mldv2_unsolicited_report_interval mtu ndisc_notify " +
    "optimistic_dad proxy_ndp regen_max_retry router_probe_interval router_solicitation_delay " +
    "router_solicitation_interval router_solicitations stable_secret suppress_frag_ndisc " +
    "temp_prefered_lft temp_valid_lft use_oif_addrs_only use_optimistic use_tempaddr").split(" ");

/** Names below net.unix. */
export const UNIX: readonly string[] = ["max_dgram_qlen"];

/** Names below net.ipv4. */
export const IPV4: readonly string[] = ["ping_group_range"];

/** A setting and its value. */
export interface Sysctl {
  readonly name: string;
  readonly value: number | string;
}

/** Settings with names; those that the image does not have are left out. */
export function sysctlsOf(
  prefix: string,
  names: readonly string[],
  entries: readonly SysctlEntry[] = [],
): Sysctl[] {
  return entries.flatMap(({ iarg, sarg }, index) => {
    const value = iarg ?? sarg;
    if (value === undefined) return [];
    return [{ name: `${prefix}.${names[index] ?? index}`, value }];
  });
}

/** Settings of `entries` that are not as in `defaults`. */
export function changedSysctls(
  prefix: string,
  names: readonly string[],
  entries: readonly SysctlEntry[] = [],
  defaults: readonly SysctlEntry[] = [],
): Sysctl[] {
  return sysctlsOf(
    prefix,
    names,
    entries.map((entry, index) => {
      const usual = defaults[index];
      const isUsual = usual !== undefined && usual.iarg === entry.iarg && usual.sarg === entry.sarg;
      return isUsual ? { type: entry.type } : entry;
    }),
  );
}

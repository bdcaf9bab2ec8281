# Makes a network in a namespace of its own and saves it as CRIU does, with what ip says of it: network.sh DIR
set -e
ip link set lo up
ip link add d0 type dummy 2>/dev/null || ip link add d0 type veth peer name d1
ip link set d0 up
ip addr add 10.1.2.3/24 brd + dev d0
ip addr add 10.1.2.4/24 dev d0 valid_lft 3600 preferred_lft 1800
ip addr add 10.9.0.1 peer 10.9.0.2/32 dev d0 metric 77
ip -6 addr add fd00::1/64 dev d0 nodad
ip -6 addr add fd00:0:0:1::5/64 dev d0 nodad noprefixroute valid_lft 3600 preferred_lft 0
ip route add 192.168.0.0/16 via 10.1.2.1 metric 5 mtu 1400 advmss 1200 initcwnd 5
ip route add 172.16.0.1 dev d0 src 10.1.2.3 proto static scope link tos 0x10
ip route add blackhole 10.66.0.0/16
ip route add unreachable 10.67.0.0/16 metric 9
ip route add 10.68.0.0/16 nexthop via 10.1.2.1 dev d0 weight 3 nexthop via 10.1.2.7 dev d0 onlink
ip route add default via 10.1.2.1 onlink dev d0
ip -6 route add 2001:db8::/32 via fd00::9 metric 33 pref high
ip -6 route add unreachable 2001:db9::/32
ip rule add pref 100 from 10.1.0.0/16 to 10.2.0.0/24 lookup 100
ip rule add pref 101 not from 10.1.2.3 tos 0x10 fwmark 0x5/0xff lookup main suppress_prefixlength 0
ip rule add pref 102 iif lo oif d0 uidrange 5-9 ipproto tcp sport 80 dport 100-200 lookup 100
ip rule add pref 103 from all blackhole
ip rule add pref 104 from all goto 32766
ip rule add pref 105 fwmark 0x7 prohibit
ip addr save > $1/ifaddr-1.img; ip route save > $1/route-1.img; ip -6 route save > $1/route6-1.img; ip rule save > $1/rule-1.img
ip addr showdump < $1/ifaddr-1.img > $1/ifaddr.txt
ip route showdump < $1/route-1.img > $1/route.txt
ip -6 route showdump < $1/route6-1.img > $1/route6.txt
ip rule > $1/rule.txt

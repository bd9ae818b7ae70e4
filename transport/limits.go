package transport

import (
	"net/netip"

	"github.com/libp2p/go-libp2p/core/network"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/x/rate"
)

// maxInbound bounds the streams that one peer keeps open to us: two lanes, twice
// while they move to another connection, and room for those not yet closed.
const maxInbound = 8

// Connections from one IPv4 address, IPv6 /56 or /48. Peers of an office or a
// classroom share an address; the defaults of libp2p, 8 connections and one new
// one every 5 seconds, would lock them out.
const (
	connsPerIP      = 128
	connsPerSite    = 512
	newConnsPerSec  = 5
	newConnsAtOnce  = 128
	loopbackIPv4    = "127.0.0.0/8"
	loopbackIPv6    = "::1/128"
	singleIPv4      = 32
	residentialIPv6 = 56
	siteIPv6        = 48
)

// limits is the resource manager: libp2p's defaults scaled to the machine, but
// for the bounds per IP address. A lean host has none, because all peers of a
// testnet share one address and one process.
func limits(lean bool) (network.ResourceManager, error) {
	if lean {
		return &network.NullResourceManager{}, nil
	}
	perIPv4 := []rcmgr.ConnLimitPerSubnet{{PrefixLength: singleIPv4, ConnCount: connsPerIP}}
	perIPv6 := []rcmgr.ConnLimitPerSubnet{
		{PrefixLength: residentialIPv6, ConnCount: connsPerIP},
		{PrefixLength: siteIPv6, ConnCount: connsPerSite},
	}
	return rcmgr.NewResourceManager(
		rcmgr.NewFixedLimiter(rcmgr.DefaultLimits.AutoScale()),
		rcmgr.WithLimitPerSubnet(perIPv4, perIPv6),
		rcmgr.WithConnRateLimiters(rates()),
		rcmgr.WithMetricsDisabled(),
	)
}

func rates() *rate.Limiter {
	few := rate.Limit{RPS: newConnsPerSec, Burst: newConnsAtOnce}
	many := rate.Limit{RPS: 4 * newConnsPerSec, Burst: 4 * newConnsAtOnce}
	return &rate.Limiter{
		NetworkPrefixLimits: []rate.PrefixLimit{
			{Prefix: netip.MustParsePrefix(loopbackIPv4)}, // zero is no limit
			{Prefix: netip.MustParsePrefix(loopbackIPv6)},
		},
		SubnetRateLimiter: rate.SubnetLimiter{
			IPv4SubnetLimits: []rate.SubnetLimit{{PrefixLength: singleIPv4, Limit: few}},
			IPv6SubnetLimits: []rate.SubnetLimit{
				{PrefixLength: residentialIPv6, Limit: few},
				{PrefixLength: siteIPv6, Limit: many},
			},
		},
	}
}

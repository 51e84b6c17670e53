// Package network lets a cluster with realistic addresses live on the
// loopback interface of one machine, without privileges and beside others.
//
// Every cluster owns one /24 of 127.0.0.0/8, its machine net. The host
// 127.18.K.N stands for 172.18.0.N, the address that Kubernetes and the audit
// log see. Nothing listens or dials outside of 127.0.0.0/8.
package network

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// Hosts of a machine net.
const (
	gateway      = 1   // people come from here, as through a container bridge
	controlPlane = 2   // the API server, and the first node
	loopback     = 254 // the API server's requests to itself
)

// clusterNet is what every cluster believes to be its nodes' network.
const clusterNet = "172.18.0"

// podNet begins every pod's address.
const podNet = "10.244."

// Network translates between one machine net and the cluster's net.
type Network struct{ machineNet string }

// AddFlag adds --machine-net.
func AddFlag(flags *pflag.FlagSet, value *string) {
	flags.StringVar(value, "machine-net", "", "first three bytes of the loopback /24 this cluster owns, as in 127.18.7")
}

// New takes the first three bytes of a loopback network, as in 127.18.7.
func New(machineNet string) (Network, error) {
	ip := net.ParseIP(machineNet + ".0").To4()
	if ip == nil || !ip.IsLoopback() {
		return Network{}, fmt.Errorf("expected --machine-net to be three bytes below 127, got %q", machineNet)
	}
	return Network{machineNet}, nil
}

// Machine is the machine's address of a cluster address; false when it is no node's.
func (n Network) Machine(address string) (string, bool) {
	host, ok := strings.CutPrefix(address, clusterNet+".")
	return n.machineNet + "." + host, ok
}

func (n Network) host(number int) string { return n.machineNet + "." + strconv.Itoa(number) }

// shown is the address that the audit log gives to a peer who came through a door.
func (n Network) shown(peer *net.TCPAddr, door int) *net.TCPAddr {
	address := "::1"
	if host, ok := strings.CutPrefix(peer.IP.String(), n.machineNet+"."); ok {
		address = clusterNet + "." + host
	} else if door != loopback {
		address = clusterNet + "." + strconv.Itoa(door)
	}
	return &net.TCPAddr{IP: net.ParseIP(address), Port: peer.Port}
}

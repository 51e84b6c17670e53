// Package node runs the real kubelet and kube-proxy loops of a node that has
// neither containers nor packets.
package node

import (
	"context"
	"net"
	"time"

	"github.com/spf13/pflag"

	restclient "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"auditweave/cluster/network"
)

// identity is what both components of a node are told about it.
type identity struct {
	kubeconfig string
	name       string
	address    string
	machineNet string
}

func (i *identity) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&i.kubeconfig, "kubeconfig", "", "kubeconfig")
	flags.StringVar(&i.name, "hostname-override", "", "node name")
	flags.StringVar(&i.address, "node-ip", "", "the node's address in the cluster, as in 172.18.0.3")
	network.AddFlag(flags, &i.machineNet)
}

// machineAddress is where the node listens and dials from.
func (i *identity) machineAddress() (string, error) {
	n, err := network.New(i.machineNet)
	if err != nil {
		return "", err
	}
	address, ok := n.Machine(i.address)
	if !ok {
		return "", &net.AddrError{Err: "expected --node-ip to be below 172.18.0", Addr: i.address}
	}
	return address, nil
}

// client dials from the node's own address, so that audit lines tell nodes apart.
func (i *identity) client() (*restclient.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", i.kubeconfig)
	if err != nil {
		return nil, err
	}
	address, err := i.machineAddress()
	if err != nil {
		return nil, err
	}
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	local := &net.TCPAddr{IP: net.ParseIP(address)}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, LocalAddr: local}
	config.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
	return config, nil
}

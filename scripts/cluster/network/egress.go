package network

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"k8s.io/klog/v2"
)

// ServeEgress answers the API server's CONNECT requests (its egress selector
// "cluster"): a node's address is dialled on the loopback net, a pod answers by
// itself, everything else is refused.
func ServeEgress(n Network) error {
	socket, err := net.Listen("unix", EgressSocket(n))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: egress{n}, ReadHeaderTimeout: 10 * time.Second}
	go func() { klog.ErrorS(server.Serve(socket), "egress ended") }()
	return nil
}

// EgressSocket is the abstract unix socket of a cluster's egress.
func EgressSocket(n Network) string { return "@auditweave-cluster/" + n.machineNet }

type egress struct{ network Network }

func (e egress) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "expected CONNECT", http.StatusMethodNotAllowed)
		return
	}
	target, err := e.dial(r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer target.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		klog.ErrorS(err, "egress", "target", r.Host)
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	copyHalf := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from) // ends when either side is gone
		done <- struct{}{}
	}
	go copyHalf(target, buffered)
	go copyHalf(client, target)
	<-done
}

func (e egress) dial(address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if machine, ok := e.network.Machine(host); ok {
		return net.DialTimeout("tcp", net.JoinHostPort(machine, port), 10*time.Second)
	}
	if strings.HasPrefix(host, podNet) {
		return dialPod(), nil
	}
	return nil, fmt.Errorf("dial tcp %s: connect: connection refused", address)
}

// Package runtime is a container runtime without containers: it keeps the
// books of one, gives every pod an address, and lets a small interpreter say
// what a container's command prints, how long it lasts and how it exits.
package runtime

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	apitest "k8s.io/cri-api/pkg/apis/testing"
	"k8s.io/klog/v2"
	"k8s.io/kubelet/pkg/cri/streaming"
)

// Runtime is one node's runtime. CRI's own fake answers what is not overridden: checkpoints, metrics, resizes.
type Runtime struct {
	*apitest.FakeRuntimeService
	images  *Images
	streams streaming.Server

	mu         sync.Mutex
	addresses  addressPool
	sandboxes  map[string]*sandbox
	containers map[string]*container
}

// New starts a node's runtime.
func New() (*Runtime, error) {
	r := &Runtime{
		FakeRuntimeService: apitest.NewFakeRuntimeService(),
		images:             newImages(),
		sandboxes:          map[string]*sandbox{},
		containers:         map[string]*container{},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	config := streaming.DefaultConfig
	config.Addr = listener.Addr().String()
	if r.streams, err = streaming.NewServer(config, streams{r}); err != nil {
		return nil, err
	}
	server := &http.Server{Handler: r.streams, ReadHeaderTimeout: 10 * time.Second}
	go func() { klog.ErrorS(server.Serve(listener), "streams ended") }()
	return r, nil
}

// Images is the node's image service.
func (r *Runtime) Images() *Images { return r.images }

// Version says containerd, as most clusters do.
func (r *Runtime) Version(context.Context, string) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{
		Version: "0.1.0", RuntimeName: "containerd", RuntimeVersion: "v2.1.4", RuntimeApiVersion: "v1",
	}, nil
}

// Status is ready as soon as the node's pods have addresses to get.
func (r *Runtime) Status(context.Context, bool) (*runtimeapi.StatusResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	network := &runtimeapi.RuntimeCondition{Type: runtimeapi.NetworkReady, Status: r.addresses.ready()}
	if !network.Status {
		network.Reason, network.Message = "NetworkPluginNotReady", "Network plugin returns error: cni plugin not initialized"
	}
	return &runtimeapi.StatusResponse{
		Status: &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
			{Type: runtimeapi.RuntimeReady, Status: true},
			network,
		}},
		RuntimeHandlers: []*runtimeapi.RuntimeHandler{{Name: ""}, {Name: "runc"}, {Name: "sandboxed"}},
	}, nil
}

// UpdateRuntimeConfig tells which addresses the node's pods get.
func (r *Runtime) UpdateRuntimeConfig(_ context.Context, config *runtimeapi.RuntimeConfig) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.addresses.setRange(config.GetNetworkConfig().GetPodCidr())
}

func newID() string {
	id := make([]byte, 32)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

// contains tells whether all labels of a selector are there.
func contains(labels, selector map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return true
}

package runtime

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// sandbox is a pod: its network and its containers' common life.
type sandbox struct {
	id      string
	config  *runtimeapi.PodSandboxConfig
	handler string
	created int64
	state   runtimeapi.PodSandboxState
	// address is empty on the host's network.
	address string
}

// jitter is a duration between once and twice the given one: nothing in a real log takes the same time again.
func jitter(least time.Duration) time.Duration {
	return least + time.Duration(rand.Int64N(int64(least)))
}

// RunPodSandbox takes the time that a network needs.
func (r *Runtime) RunPodSandbox(_ context.Context, config *runtimeapi.PodSandboxConfig, handler string) (string, error) {
	if strings.Contains(handler, "does-not-exist") {
		return "", fmt.Errorf("no runtime for %q is configured", handler)
	}
	time.Sleep(jitter(100 * time.Millisecond))
	s := &sandbox{id: newID(), config: config, handler: handler, created: time.Now().UnixNano()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if config.GetLinux().GetSecurityContext().GetNamespaceOptions().GetNetwork() != runtimeapi.NamespaceMode_NODE {
		var err error
		if s.address, err = r.addresses.take(); err != nil {
			return "", err
		}
	}
	r.sandboxes[s.id] = s
	return s.id, nil
}

// StopPodSandbox ends the pod's containers and network.
func (r *Runtime) StopPodSandbox(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sandboxes[id]
	if !ok {
		return nil
	}
	for _, c := range r.containers {
		if c.sandbox == id {
			c.end(137, "Error")
		}
	}
	s.state = runtimeapi.PodSandboxState_SANDBOX_NOTREADY
	r.addresses.giveBack(s.address)
	s.address = ""
	return nil
}

// RemovePodSandbox forgets a stopped pod and its containers.
func (r *Runtime) RemovePodSandbox(ctx context.Context, id string) error {
	if err := r.StopPodSandbox(ctx, id); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, c := range r.containers {
		if c.sandbox == id {
			delete(r.containers, key)
		}
	}
	delete(r.sandboxes, id)
	return nil
}

// PodSandboxStatus is one pod's state and address.
func (r *Runtime) PodSandboxStatus(_ context.Context, id string, _ bool) (*runtimeapi.PodSandboxStatusResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sandboxes[id]
	if !ok {
		return nil, notFound("pod sandbox", id)
	}
	return &runtimeapi.PodSandboxStatusResponse{
		Timestamp: time.Now().UnixNano(),
		Status: &runtimeapi.PodSandboxStatus{
			Id:             s.id,
			Metadata:       s.config.Metadata,
			State:          s.state,
			CreatedAt:      s.created,
			Network:        &runtimeapi.PodSandboxNetworkStatus{Ip: s.address},
			Linux:          &runtimeapi.LinuxPodSandboxStatus{Namespaces: &runtimeapi.Namespace{Options: s.config.GetLinux().GetSecurityContext().GetNamespaceOptions()}},
			Labels:         s.config.Labels,
			Annotations:    s.config.Annotations,
			RuntimeHandler: s.handler,
		},
	}, nil
}

// ListPodSandbox lists the pods that match.
func (r *Runtime) ListPodSandbox(_ context.Context, f *runtimeapi.PodSandboxFilter) ([]*runtimeapi.PodSandbox, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []*runtimeapi.PodSandbox
	for id, s := range r.sandboxes {
		if f.GetId() != "" && f.GetId() != id || f.GetState() != nil && f.GetState().State != s.state ||
			!contains(s.config.Labels, f.GetLabelSelector()) {
			continue
		}
		found = append(found, &runtimeapi.PodSandbox{
			Id: id, Metadata: s.config.Metadata, State: s.state, CreatedAt: s.created,
			Labels: s.config.Labels, Annotations: s.config.Annotations, RuntimeHandler: s.handler,
		})
	}
	return found, nil
}

func notFound(kind, id string) error {
	return fmt.Errorf("rpc error: code = NotFound desc = an error occurred when try to find %s %q: not found", kind, id)
}

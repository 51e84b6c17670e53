package runtime

import (
	"context"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Every container has used a hundredth of a core since its start and holds 24 MiB.
const (
	memoryBytes = 24 << 20
	coreShare   = 100
)

// ContainerStats is one container's use.
func (r *Runtime) ContainerStats(_ context.Context, id string) (*runtimeapi.ContainerStats, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return nil, notFound("container", id)
	}
	return c.stats(), nil
}

// ListContainerStats lists the use of running containers that match.
func (r *Runtime) ListContainerStats(_ context.Context, f *runtimeapi.ContainerStatsFilter) ([]*runtimeapi.ContainerStats, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*runtimeapi.ContainerStats
	for id, c := range r.containers {
		if f.GetId() != "" && f.GetId() != id || f.GetPodSandboxId() != "" && f.GetPodSandboxId() != c.sandbox ||
			c.state != running || !contains(c.config.Labels, f.GetLabelSelector()) {
			continue
		}
		all = append(all, c.stats())
	}
	return all, nil
}

func (c *container) stats() *runtimeapi.ContainerStats {
	now := time.Now().UnixNano()
	value := func(v uint64) *runtimeapi.UInt64Value { return &runtimeapi.UInt64Value{Value: v} }
	return &runtimeapi.ContainerStats{
		Attributes: &runtimeapi.ContainerAttributes{
			Id: c.id, Metadata: c.config.Metadata, Labels: c.config.Labels, Annotations: c.config.Annotations,
		},
		Cpu: &runtimeapi.CpuUsage{
			Timestamp: now, UsageCoreNanoSeconds: value(uint64(now-c.started) / coreShare), UsageNanoCores: value(1e9 / coreShare),
		},
		Memory:        &runtimeapi.MemoryUsage{Timestamp: now, WorkingSetBytes: value(memoryBytes), UsageBytes: value(memoryBytes)},
		WritableLayer: filesystem(1 << 20),
	}
}

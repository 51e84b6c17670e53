package runtime

import (
	"context"
	"path/filepath"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// container is one start of one container of a pod.
type container struct {
	id       string
	sandbox  string
	config   *runtimeapi.ContainerConfig
	image    string
	log      *containerLog
	program  program
	state    runtimeapi.ContainerState
	created  int64
	started  int64
	finished int64
	exit     int32
	reason   string
	// done is closed when the container has ended.
	done chan struct{}
}

const (
	created = runtimeapi.ContainerState_CONTAINER_CREATED
	running = runtimeapi.ContainerState_CONTAINER_RUNNING
	exited  = runtimeapi.ContainerState_CONTAINER_EXITED
)

// end is called with the runtime locked; only the first end counts.
func (c *container) end(exit int32, reason string) {
	if c.state == exited {
		return
	}
	c.state, c.exit, c.reason, c.finished = exited, exit, reason, time.Now().UnixNano()
	close(c.done)
}

// CreateContainer makes a container of an image that was pulled.
func (r *Runtime) CreateContainer(
	_ context.Context, sandbox string, config *runtimeapi.ContainerConfig, pod *runtimeapi.PodSandboxConfig,
) (string, error) {
	c := &container{
		id: newID(), sandbox: sandbox, config: config, image: r.images.reference(config.GetImage().GetImage()),
		log:     newLog(filepath.Join(pod.GetLogDirectory(), config.GetLogPath())),
		program: programOf(config), created: time.Now().UnixNano(), state: created, done: make(chan struct{}),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.sandboxes[sandbox]; !ok {
		return "", notFound("pod sandbox", sandbox)
	}
	r.containers[c.id] = c
	return c.id, nil
}

// StartContainer lets the container's program run.
func (r *Runtime) StartContainer(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return notFound("container", id)
	}
	c.state, c.started = running, time.Now().UnixNano()
	go func() {
		exit := c.program.run(c.done, c.log.write)
		r.mu.Lock()
		defer r.mu.Unlock()
		c.end(exit, reasonOf(exit))
	}()
	return nil
}

// StopContainer ends a container as its signal would: servers exit by themselves, everything else is killed.
func (r *Runtime) StopContainer(_ context.Context, id string, timeout int64) error {
	if timeout > 0 {
		time.Sleep(jitter(250 * time.Millisecond))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.containers[id]; ok {
		exit := int32(137)
		if c.program.serves() && timeout > 0 {
			exit = 0
		}
		c.end(exit, reasonOf(exit))
	}
	return nil
}

// RemoveContainer forgets a container and its log.
func (r *Runtime) RemoveContainer(_ context.Context, id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.containers[id]; ok {
		c.end(137, "Error")
		c.log.remove()
		delete(r.containers, id)
	}
	return nil
}

// ListContainers lists the containers that match.
func (r *Runtime) ListContainers(_ context.Context, f *runtimeapi.ContainerFilter) ([]*runtimeapi.Container, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []*runtimeapi.Container
	for id, c := range r.containers {
		if f.GetId() != "" && f.GetId() != id || f.GetPodSandboxId() != "" && f.GetPodSandboxId() != c.sandbox ||
			f.GetState() != nil && f.GetState().State != c.state || !contains(c.config.Labels, f.GetLabelSelector()) {
			continue
		}
		found = append(found, &runtimeapi.Container{
			Id: id, PodSandboxId: c.sandbox, Metadata: c.config.Metadata, Image: c.config.Image, ImageRef: c.image,
			ImageId: c.image, State: c.state, CreatedAt: c.created, Labels: c.config.Labels, Annotations: c.config.Annotations,
		})
	}
	return found, nil
}

// ContainerStatus is one container's state.
func (r *Runtime) ContainerStatus(_ context.Context, id string, _ bool) (*runtimeapi.ContainerStatusResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return nil, notFound("container", id)
	}
	return &runtimeapi.ContainerStatusResponse{Status: &runtimeapi.ContainerStatus{
		Id: id, Metadata: c.config.Metadata, State: c.state, Image: c.config.Image, ImageRef: c.image, ImageId: c.image,
		CreatedAt: c.created, StartedAt: c.started, FinishedAt: c.finished, ExitCode: c.exit, Reason: c.reason,
		Labels: c.config.Labels, Annotations: c.config.Annotations, Mounts: c.config.Mounts, LogPath: c.log.path,
		Resources: &runtimeapi.ContainerResources{Linux: c.config.GetLinux().GetResources()},
	}}, nil
}

// UpdateContainerResources resizes a container in place.
func (r *Runtime) UpdateContainerResources(_ context.Context, id string, resources *runtimeapi.ContainerResources) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.containers[id]
	if !ok {
		return notFound("container", id)
	}
	if c.config.Linux == nil {
		c.config.Linux = &runtimeapi.LinuxContainerConfig{}
	}
	c.config.Linux.Resources = resources.GetLinux()
	return nil
}

// ReopenContainerLog has nothing to do: a log is opened for each line.
func (r *Runtime) ReopenContainerLog(context.Context, string) error { return nil }

func reasonOf(exit int32) string {
	if exit == 0 {
		return "Completed"
	}
	return "Error"
}

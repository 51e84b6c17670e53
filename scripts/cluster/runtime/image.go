package runtime

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Images is an image service that has pulled whatever was asked for, except names that say they cannot be had.
type Images struct {
	mu     sync.Mutex
	pulled map[string]*runtimeapi.Image
}

func newImages() *Images { return &Images{pulled: map[string]*runtimeapi.Image{}} }

// absent are parts of names that no registry has; private are those it does not show to strangers.
var (
	absent  = []string{"does-not-exist", "nonexistent", "no-such", "not-found", ".invalid/"}
	private = []string{"private", "denied"}
)

// canonical is a name with its registry and tag.
func canonical(name string) string {
	if !strings.Contains(name, "/") {
		name = "library/" + name
	}
	if host, _, _ := strings.Cut(name, "/"); !strings.ContainsAny(host, ".:") && host != "localhost" {
		name = "docker.io/" + name
	}
	if !strings.Contains(name[strings.LastIndex(name, "/"):], ":") && !strings.Contains(name, "@") {
		name += ":latest"
	}
	return name
}

// digest is a name's own, the same on every node.
func digest(purpose, name string) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(purpose+canonical(name))))
}

// reference is what a container's status calls its image.
func (i *Images) reference(name string) string {
	repository := canonical(name)
	if slash := strings.LastIndex(repository, "/"); strings.Contains(repository[slash:], ":") {
		repository = repository[:slash+strings.Index(repository[slash:], ":")]
	}
	return repository + "@" + digest("manifest", name)
}

// PullImage takes the time of a small image from a near registry.
func (i *Images) PullImage(
	_ context.Context, image *runtimeapi.ImageSpec, _ *runtimeapi.AuthConfig, _ *runtimeapi.PodSandboxConfig,
) (string, error) {
	name := image.GetImage()
	time.Sleep(jitter(300 * time.Millisecond))
	const failed = "rpc error: code = %s desc = failed to pull and unpack image %q: failed to resolve reference %q: %s"
	full := canonical(name)
	for _, part := range absent {
		if strings.Contains(name, part) {
			return "", fmt.Errorf(failed, "NotFound", full, full, full+": not found")
		}
	}
	for _, part := range private {
		if strings.Contains(name, part) {
			return "", fmt.Errorf(failed, "Unknown", full, full, "pull access denied, repository does not exist or may require authorization")
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pulled[full] = &runtimeapi.Image{
		Id:          digest("config", name),
		RepoTags:    []string{full},
		RepoDigests: []string{i.reference(name)},
		Size:        20<<20 + uint64(len(full))<<20,
		Spec:        image,
	}
	return digest("config", name), nil
}

// ImageStatus is nil for an image that was not pulled.
func (i *Images) ImageStatus(_ context.Context, image *runtimeapi.ImageSpec, _ bool) (*runtimeapi.ImageStatusResponse, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return &runtimeapi.ImageStatusResponse{Image: i.pulled[canonical(image.GetImage())]}, nil
}

// ListImages lists what was pulled.
func (i *Images) ListImages(context.Context, *runtimeapi.ImageFilter) ([]*runtimeapi.Image, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []*runtimeapi.Image
	for _, image := range i.pulled {
		all = append(all, image)
	}
	return all, nil
}

// RemoveImage forgets an image, given by name or id.
func (i *Images) RemoveImage(_ context.Context, image *runtimeapi.ImageSpec) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for name, known := range i.pulled {
		if known.Id == image.GetImage() || name == canonical(image.GetImage()) {
			delete(i.pulled, name)
		}
	}
	return nil
}

// ImageFsInfo says that a fifth of the disk is used.
func (i *Images) ImageFsInfo(context.Context) (*runtimeapi.ImageFsInfoResponse, error) {
	usage := []*runtimeapi.FilesystemUsage{filesystem(20 << 30)}
	return &runtimeapi.ImageFsInfoResponse{ImageFilesystems: usage, ContainerFilesystems: usage}, nil
}

// Close has nothing to close: there is no connection. Kubernetes 1.35 asks for it.
func (i *Images) Close() error { return nil }

func filesystem(bytes uint64) *runtimeapi.FilesystemUsage {
	return &runtimeapi.FilesystemUsage{
		Timestamp:  time.Now().UnixNano(),
		FsId:       &runtimeapi.FilesystemIdentifier{Mountpoint: "/"},
		UsedBytes:  &runtimeapi.UInt64Value{Value: bytes},
		InodesUsed: &runtimeapi.UInt64Value{Value: 1 << 12},
	}
}

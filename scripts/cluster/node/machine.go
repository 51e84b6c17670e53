package node

import (
	"context"
	"time"

	cadvisorapi "github.com/google/cadvisor/info/v1"
	cadvisorapiv2 "github.com/google/cadvisor/info/v2"

	cadvisortest "k8s.io/kubernetes/pkg/kubelet/cadvisor/testing"
)

const (
	gibibyte       = 1 << 30
	memoryCapacity = 8 * gibibyte
)

// machine tells the kubelet of a server with 4 cores, 8 GiB and a disk of 100 GiB, a fifth of it used.
type machine struct {
	cadvisortest.Fake
	started time.Time
}

func newMachine(name string) *machine {
	return &machine{Fake: cadvisortest.Fake{NodeName: name}, started: time.Now()}
}

func (m *machine) MachineInfo() (*cadvisorapi.MachineInfo, error) {
	return &cadvisorapi.MachineInfo{
		NumCores:       4,
		MemoryCapacity: memoryCapacity,
		InstanceID:     cadvisorapi.InstanceID(m.NodeName),
		MachineID:      "machine-" + m.NodeName,
		SystemUUID:     "system-" + m.NodeName,
		BootID:         "boot-" + m.NodeName,
	}, nil
}

func (m *machine) VersionInfo() (*cadvisorapi.VersionInfo, error) {
	return &cadvisorapi.VersionInfo{KernelVersion: "6.1.0-38-amd64", ContainerOsVersion: "Debian GNU/Linux 12 (bookworm)"}, nil
}

func (m *machine) ImagesFsInfo(context.Context) (cadvisorapiv2.FsInfo, error)    { return disk(), nil }
func (m *machine) ContainerFsInfo(context.Context) (cadvisorapiv2.FsInfo, error) { return disk(), nil }
func (m *machine) RootFsInfo() (cadvisorapiv2.FsInfo, error)                     { return disk(), nil }
func (m *machine) GetDirFsInfo(string) (cadvisorapiv2.FsInfo, error)             { return disk(), nil }

func disk() cadvisorapiv2.FsInfo {
	inodes, free := uint64(6<<20), uint64(5<<20)
	return cadvisorapiv2.FsInfo{
		Timestamp: time.Now(), Device: "/dev/sda1", Mountpoint: "/",
		Capacity: 100 * gibibyte, Available: 80 * gibibyte, Usage: 20 * gibibyte,
		Inodes: &inodes, InodesFree: &free,
	}
}

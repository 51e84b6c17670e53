package node

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	noopoteltrace "go.opentelemetry.io/otel/trace/noop"

	v1 "k8s.io/api/core/v1"
	clientset "k8s.io/client-go/kubernetes"
	v1core "k8s.io/client-go/kubernetes/typed/core/v1"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	containertest "k8s.io/kubernetes/pkg/kubelet/container/testing"
	"k8s.io/kubernetes/pkg/kubemark"
	utilflag "k8s.io/kubernetes/pkg/util/flag"

	"auditweave/cluster/runtime"
)

// kubeletSettings are the command's flags.
type kubeletSettings struct {
	identity
	clientCA string
	cert     string
	key      string
	root     string
	taints   []v1.Taint
}

// NewKubeletCommand is the real kubelet on a runtime that runs nothing.
func NewKubeletCommand() *cobra.Command {
	var s kubeletSettings
	command := &cobra.Command{
		Use:          "kubelet",
		SilenceUsage: true,
		RunE:         func(command *cobra.Command, _ []string) error { return s.run(command.Context()) },
	}
	flags := command.Flags()
	s.addFlags(flags)
	flags.StringVar(&s.clientCA, "client-ca-file", "", "authority of its clients")
	flags.StringVar(&s.cert, "tls-cert-file", "", "serving certificate")
	flags.StringVar(&s.key, "tls-private-key-file", "", "serving key")
	flags.StringVar(&s.root, "root-dir", "", "work folder")
	flags.Var(utilflag.RegisterWithTaintsVar{Value: &s.taints}, "register-with-taints", "taints")
	return command
}

func (s *kubeletSettings) run(ctx context.Context) error {
	flags, config, err := s.configure()
	if err != nil {
		return err
	}
	dependencies, err := s.dependencies(ctx, flags, config)
	if err != nil {
		return err
	}
	server := &options.KubeletServer{KubeletFlags: *flags, KubeletConfiguration: *config}
	if err := kubeletapp.RunKubelet(ctx, server, dependencies.KubeletDeps); err != nil {
		return fmt.Errorf("kubelet: %w", err)
	}
	<-ctx.Done()
	return nil
}

// dependencies are kubemark's, with what it fakes and the audit log would miss put back: events, probes, TLS and authorization.
func (s *kubeletSettings) dependencies(
	ctx context.Context, flags *options.KubeletFlags, config *kubeletconfig.KubeletConfiguration,
) (*kubemark.HollowKubelet, error) {
	clients, err := s.clients(config)
	if err != nil {
		return nil, err
	}
	containers, err := runtime.New()
	if err != nil {
		return nil, err
	}
	hollow := kubemark.NewHollowKubelet(flags, config, clients.kube, clients.heartbeat,
		newMachine(s.name), containers.Images(), containers, cm.NewStubContainerManager())
	d := hollow.KubeletDeps
	d.Recorder = nil
	d.EventClient = clients.events
	d.ProbeManager = nil
	d.OSInterface = &containertest.FakeOS{HostName: s.name, StatFn: os.Stat}
	d.TracerProvider = noopoteltrace.NewTracerProvider()
	if d.TLSOptions, err = kubeletapp.InitializeTLS(ctx, flags, config); err != nil {
		return nil, err
	}
	auth, reload, err := kubeletapp.BuildAuth("", clients.kube, *config)
	if err != nil {
		return nil, err
	}
	reload(ctx.Done())
	d.Auth = auth
	return hollow, nil
}

type clients struct {
	kube      *clientset.Clientset
	heartbeat *clientset.Clientset
	events    *v1core.CoreV1Client
}

// clients are rate-limited as the kubelet's own.
func (s *kubeletSettings) clients(config *kubeletconfig.KubeletConfiguration) (clients, error) {
	base, err := s.client()
	if err != nil {
		return clients{}, err
	}
	base.QPS, base.Burst = float32(config.KubeAPIQPS), int(config.KubeAPIBurst)
	var c clients
	if c.kube, err = clientset.NewForConfig(base); err != nil {
		return clients{}, err
	}
	events := *base
	events.QPS, events.Burst = float32(config.EventRecordQPS), int(config.EventBurst)
	if c.events, err = v1core.NewForConfig(&events); err != nil {
		return clients{}, err
	}
	heartbeat := *base
	heartbeat.Timeout, heartbeat.QPS = 10*time.Second, -1
	c.heartbeat, err = clientset.NewForConfig(&heartbeat)
	return c, err
}

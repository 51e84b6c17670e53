package node

import (
	"os"
	"path/filepath"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubemark"
)

// configure is kubemark's configuration with the periods and checks of a real node, and all its files below the work folder.
func (s *kubeletSettings) configure() (*options.KubeletFlags, *kubeletconfig.KubeletConfiguration, error) {
	address, err := s.machineAddress()
	if err != nil {
		return nil, nil, err
	}
	flags, config := kubemark.GetHollowKubeletConfig(&kubemark.HollowKubeletOptions{
		NodeName:           s.name,
		KubeletPort:        10250,
		MaxPods:            110,
		NodeLabels:         map[string]string{},
		RegisterWithTaints: s.taints,
	})
	if err := os.RemoveAll(flags.RootDirectory); err != nil { // kubemark made it in the temporary folder
		return nil, nil, err
	}
	flags.RootDirectory = filepath.Join(s.root, "lib")
	flags.CertDirectory = filepath.Join(s.root, "pki")
	flags.NodeIP = s.address
	config.StaticPodPath = filepath.Join(s.root, "manifests")
	config.PodLogsDir = filepath.Join(s.root, "logs")
	for _, folder := range []string{flags.RootDirectory, config.StaticPodPath, config.PodLogsDir} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, nil, err
		}
	}
	config.Address = address
	config.ReadOnlyPort, config.HealthzPort = 0, 0
	config.ProviderID = ""
	config.ClusterDNS, config.ClusterDomain = []string{"10.96.0.10"}, "cluster.local"
	config.TLSCertFile, config.TLSPrivateKeyFile = s.cert, s.key
	config.Authentication.X509.ClientCAFile = s.clientCA
	config.Authentication.Webhook.Enabled = true
	config.Authorization.Mode = kubeletconfig.KubeletAuthorizationModeWebhook
	config.EnableControllerAttachDetach = true
	config.SyncFrequency = metav1.Duration{Duration: time.Minute}
	config.NodeLeaseDurationSeconds = 40
	config.MaxOpenFiles = 16384
	return flags, config, nil
}

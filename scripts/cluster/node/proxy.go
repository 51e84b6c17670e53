package node

import (
	"github.com/spf13/cobra"

	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	kubemarkproxy "k8s.io/kubernetes/pkg/proxy/kubemark"
)

// NewProxyCommand is kube-proxy as the API server knows it, without a data plane.
func NewProxyCommand() *cobra.Command {
	var i identity
	command := &cobra.Command{
		Use:          "kube-proxy",
		SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			config, err := i.client()
			if err != nil {
				return err
			}
			client, err := clientset.NewForConfig(config)
			if err != nil {
				return err
			}
			broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
			recorder := broadcaster.NewRecorder(legacyscheme.Scheme, "kube-proxy")
			return kubemarkproxy.NewHollowProxy(i.name, client, client.CoreV1(), broadcaster, recorder).Run()
		},
	}
	i.addFlags(command.Flags())
	return command
}

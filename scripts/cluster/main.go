// Command cluster is one multi-call binary that holds a Kubernetes control
// plane and hollow nodes. Run it through a symbolic link named after the
// component, since client-go derives a component's user agent from argv[0].
package main

import (
	"fmt"
	"os"
	"path/filepath"
	_ "time/tzdata"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"

	"auditweave/cluster/node"
	"auditweave/cluster/operator"
	"auditweave/cluster/pki"
)

var components = map[string]func() *cobra.Command{
	"kube-apiserver":          newAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 node.NewKubeletCommand,
	"kube-proxy":              node.NewProxyCommand,
	"certificates":            pki.NewCommand,
	"site-operator":           operator.NewCommand,
}

func main() {
	name := filepath.Base(os.Args[0])
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	newCommand, ok := components[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "cluster: expected to be called by a component's name, got %q\n", name)
		os.Exit(2)
	}
	os.Exit(cli.Run(newCommand()))
}

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/rest"
	basecompatibility "k8s.io/component-base/compatibility"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"auditweave/cluster/network"
)

// newAPIServerCommand is upstream's command with its own listener and its own
// way to nodes, pods and services: see package network.
func newAPIServerCommand() *cobra.Command {
	var machineNet string
	s := options.NewServerRunOptions()
	ctx := genericapiserver.SetupSignalContext()
	registry := s.GenericServerRunOptions.ComponentGlobalsRegistry
	command := &cobra.Command{
		Use:          "kube-apiserver",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			rest.SetDefaultWarningHandler(rest.NoWarnings{})
			return registry.Set()
		},
		RunE: func(*cobra.Command, []string) error {
			gate := registry.FeatureGateFor(basecompatibility.DefaultKubeComponent)
			if err := logsapi.ValidateAndApply(s.Logs, gate); err != nil {
				return err
			}
			net, err := network.New(machineNet)
			if err != nil {
				return err
			}
			if s.SecureServing.Listener, err = network.Listen(net, s.SecureServing.BindPort); err != nil {
				return err
			}
			if err := network.ServeEgress(net); err != nil {
				return err
			}
			completed, err := s.Complete(ctx)
			if err != nil {
				return err
			}
			if errs := completed.Validate(); len(errs) != 0 {
				return fmt.Errorf("options: %w", utilerrors.NewAggregate(errs))
			}
			registry.AddMetrics()
			return app.Run(ctx, completed)
		},
	}
	command.SetContext(ctx)
	for _, set := range s.Flags().FlagSets {
		command.Flags().AddFlagSet(set)
	}
	network.AddFlag(command.Flags(), &machineNet)
	return command
}

// Package operator is a small operator of our own: what many clusters run beside the control plane. A Site becomes a config map, a service and
// a deployment, and its status tells how many pods are ready. It acts through a service account, with client-go's informers and queues.
package operator

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// name is its own, as Events and fields that it manages show it.
const name = "site-operator"

var (
	sites       = schema.GroupVersionResource{Group: "shop.example.com", Version: "v1", Resource: "sites"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	services    = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
)

type operator struct {
	client   dynamic.Interface
	recorder record.EventRecorder
	queue    workqueue.TypedRateLimitingInterface[string]
	sites    cache.GenericLister
	parts    map[schema.GroupVersionResource]cache.GenericLister
}

// NewCommand runs the operator until it is interrupted.
func NewCommand() *cobra.Command {
	var kubeconfig string
	command := &cobra.Command{
		Use:          name,
		SilenceUsage: true,
		RunE:         func(command *cobra.Command, _ []string) error { return run(command.Context(), kubeconfig) },
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of its service account")
	return command
}

func run(ctx context.Context, kubeconfig string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	kube, err := clientset.NewForConfig(config)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: kube.CoreV1().Events("")})
	o := &operator{
		client:   client,
		recorder: broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: name}),
		queue:    workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]()),
		parts:    map[schema.GroupVersionResource]cache.GenericLister{},
	}
	defer o.queue.ShutDown()
	informers := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	own := informers.ForResource(sites)
	o.sites = own.Lister()
	if err := listen(own.Informer(), func(object *unstructured.Unstructured) {
		o.queue.Add(object.GetNamespace() + "/" + object.GetName())
	}); err != nil {
		return err
	}
	for _, resource := range []schema.GroupVersionResource{deployments, services, configMaps} {
		informer := informers.ForResource(resource)
		o.parts[resource] = informer.Lister()
		if err := listen(informer.Informer(), o.enqueueOwner); err != nil {
			return err
		}
	}
	informers.Start(ctx.Done())
	informers.WaitForCacheSync(ctx.Done())
	for range 2 {
		go wait.UntilWithContext(ctx, o.work, time.Second)
	}
	<-ctx.Done()
	return nil
}

func listen(informer cache.SharedIndexInformer, tell func(*unstructured.Unstructured)) error {
	hear := func(object any) {
		if gone, is := object.(cache.DeletedFinalStateUnknown); is {
			object = gone.Obj
		}
		if known, is := object.(*unstructured.Unstructured); is {
			tell(known)
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    hear,
		UpdateFunc: func(_, now any) { hear(now) },
		DeleteFunc: hear,
	})
	return err
}

func (o *operator) enqueueOwner(part *unstructured.Unstructured) {
	for _, owner := range part.GetOwnerReferences() {
		if owner.Kind == "Site" {
			o.queue.Add(part.GetNamespace() + "/" + owner.Name)
		}
	}
}

func (o *operator) work(ctx context.Context) {
	for {
		key, shutdown := o.queue.Get()
		if shutdown {
			return
		}
		if err := o.reconcile(ctx, key); err != nil {
			o.queue.AddRateLimited(key)
		} else {
			o.queue.Forget(key)
		}
		o.queue.Done(key)
	}
}

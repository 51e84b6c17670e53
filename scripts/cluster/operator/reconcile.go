package operator

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

const finalizer = "shop.example.com/site"

func (o *operator) reconcile(ctx context.Context, key string) error {
	namespace, siteName, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return nil
	}
	found, err := o.sites.ByNamespace(namespace).Get(siteName)
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	site := found.(*unstructured.Unstructured).DeepCopy()
	client := o.client.Resource(sites).Namespace(namespace)
	if site.GetDeletionTimestamp() != nil {
		own := site.GetFinalizers()
		if !slices.Contains(own, finalizer) {
			return nil
		}
		o.recorder.Event(site, corev1.EventTypeNormal, "Closed", "Site is closed")
		site.SetFinalizers(slices.DeleteFunc(own, func(one string) bool { return one == finalizer }))
		_, err = client.Update(ctx, site, metav1.UpdateOptions{FieldManager: name})
		return err
	}
	if !slices.Contains(site.GetFinalizers(), finalizer) {
		site.SetFinalizers(append(site.GetFinalizers(), finalizer))
		_, err = client.Update(ctx, site, metav1.UpdateOptions{FieldManager: name})
		return err
	}
	for _, part := range parts(site) {
		if err := o.ensure(ctx, site, part); err != nil {
			return err
		}
	}
	return o.report(ctx, site)
}

type part struct {
	resource schema.GroupVersionResource
	object   *unstructured.Unstructured
	// wanted is the field that is kept as the site says.
	wanted []string
}

func parts(site *unstructured.Unstructured) []part {
	own := site.GetName()
	labels := map[string]any{"app.kubernetes.io/name": own, "app.kubernetes.io/managed-by": name}
	replicas, _, _ := unstructured.NestedInt64(site.Object, "spec", "replicas")
	title, _, _ := unstructured.NestedString(site.Object, "spec", "title")
	image, _, _ := unstructured.NestedString(site.Object, "spec", "image")
	object := func(version, kind string, content map[string]any) *unstructured.Unstructured {
		made := &unstructured.Unstructured{Object: content}
		made.SetAPIVersion(version)
		made.SetKind(kind)
		made.SetName(own)
		made.SetNamespace(site.GetNamespace())
		made.SetLabels(map[string]string{"app.kubernetes.io/name": own, "app.kubernetes.io/managed-by": name})
		made.SetOwnerReferences([]metav1.OwnerReference{*metav1.NewControllerRef(site, site.GroupVersionKind())})
		return made
	}
	container := map[string]any{"name": "site", "image": image, "envFrom": []any{
		map[string]any{"configMapRef": map[string]any{"name": own}},
	}}
	return []part{
		{configMaps, object("v1", "ConfigMap", map[string]any{"data": map[string]any{"title": title}}), []string{"data"}},
		{services, object("v1", "Service", map[string]any{"spec": map[string]any{
			"selector": map[string]any{"app.kubernetes.io/name": own},
			"ports":    []any{map[string]any{"port": int64(80)}},
		}}), nil},
		{deployments, object("apps/v1", "Deployment", map[string]any{"spec": map[string]any{
			"replicas": replicas,
			"selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": own}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": labels},
				"spec": map[string]any{
					"terminationGracePeriodSeconds": int64(5), "containers": []any{container},
				},
			},
		}}), []string{"spec", "replicas"}},
	}
}

// ensure makes a part that is missing, and puts right what the site says otherwise.
func (o *operator) ensure(ctx context.Context, site *unstructured.Unstructured, wanted part) error {
	client := o.client.Resource(wanted.resource).Namespace(site.GetNamespace())
	found, err := o.parts[wanted.resource].ByNamespace(site.GetNamespace()).Get(site.GetName())
	if errors.IsNotFound(err) {
		_, err = client.Create(ctx, wanted.object, metav1.CreateOptions{FieldManager: name})
		if err == nil {
			o.recorder.Event(site, corev1.EventTypeNormal, "Created", fmt.Sprintf("Created %s", wanted.object.GetKind()))
		}
		if errors.IsAlreadyExists(err) {
			return nil
		}
		return err
	}
	if err != nil || wanted.wanted == nil {
		return err
	}
	now := found.(*unstructured.Unstructured).DeepCopy()
	want, _, _ := unstructured.NestedFieldCopy(wanted.object.Object, wanted.wanted...)
	have, _, _ := unstructured.NestedFieldNoCopy(now.Object, wanted.wanted...)
	if now.GetDeletionTimestamp() != nil || reflect.DeepEqual(want, have) {
		return nil
	}
	if err := unstructured.SetNestedField(now.Object, want, wanted.wanted...); err != nil {
		return err
	}
	_, err = client.Update(ctx, now, metav1.UpdateOptions{FieldManager: name})
	return err
}

// report puts the number of ready pods into the site's status.
func (o *operator) report(ctx context.Context, site *unstructured.Unstructured) error {
	ready := int64(0)
	if found, err := o.parts[deployments].ByNamespace(site.GetNamespace()).Get(site.GetName()); err == nil {
		ready, _, _ = unstructured.NestedInt64(found.(*unstructured.Unstructured).Object, "status", "readyReplicas")
	}
	before, is, _ := unstructured.NestedInt64(site.Object, "status", "ready")
	if is && before == ready {
		return nil
	}
	if err := unstructured.SetNestedField(site.Object, ready, "status", "ready"); err != nil {
		return err
	}
	_, err := o.client.Resource(sites).Namespace(site.GetNamespace()).
		UpdateStatus(ctx, site, metav1.UpdateOptions{FieldManager: name})
	return err
}

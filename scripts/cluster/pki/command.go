package pki

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// settings are the command's flags.
type settings struct {
	folder       string
	peopleDoor   string
	componentURL string
	serverIPs    []string
	nodes        []string
	users        []string
}

// NewCommand writes a new cluster's pki folder and its kubeconfigs.
func NewCommand() *cobra.Command {
	var s settings
	command := &cobra.Command{
		Use:          "certificates",
		Short:        "write a cluster's authorities, certificates and kubeconfigs",
		SilenceUsage: true,
		RunE:         func(*cobra.Command, []string) error { return s.run() },
	}
	flags := command.Flags()
	flags.StringVar(&s.folder, "dir", "", "where to write")
	flags.StringVar(&s.peopleDoor, "server", "", "the API server's URL for people")
	flags.StringVar(&s.componentURL, "component-server", "", "the API server's URL for components")
	flags.StringSliceVar(&s.serverIPs, "server-ip", nil, "addresses in the API server's certificate")
	flags.StringSliceVar(&s.nodes, "node", nil, "NAME=ADDRESS")
	flags.StringSliceVar(&s.users, "user", nil, "NAME=GROUP")
	return command
}

func (s settings) run() error {
	pki := filepath.Join(s.folder, "pki")
	for _, folder := range []string{pki, filepath.Join(s.folder, "users")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	ca, err := newAuthority(pki, "ca", "kubernetes")
	if err != nil {
		return err
	}
	front, err := newAuthority(pki, "front-proxy-ca", "front-proxy-ca")
	if err != nil {
		return err
	}
	if err := newServiceAccountKey(pki); err != nil {
		return err
	}
	service := "kubernetes.default.svc"
	server := subject{
		name:  "kube-apiserver",
		hosts: []string{"localhost", "kubernetes", "kubernetes.default", service, service + ".cluster.local"},
		ips:   s.serverIPs,
	}
	if _, err := ca.issue("apiserver", server); err != nil {
		return err
	}
	if _, err := front.issue("front-proxy-client", subject{name: "front-proxy-client"}); err != nil {
		return err
	}
	kubeletClient := subject{name: "kube-apiserver-kubelet-client", groups: []string{"kubeadm:cluster-admins"}}
	if _, err := ca.issue("apiserver-kubelet-client", kubeletClient); err != nil {
		return err
	}
	if err := s.people(ca); err != nil {
		return err
	}
	return s.components(ca)
}

func (s settings) people(ca *authority) error {
	people := []string{"users/super-admin=kubernetes-super-admin=system:masters", "users/admin=kubernetes-admin=kubeadm:cluster-admins"}
	for _, user := range s.users {
		name, group, _ := strings.Cut(user, "=")
		people = append(people, fmt.Sprintf("users/%s=%s=%s", name, name, group))
	}
	for _, person := range people {
		parts := strings.SplitN(person, "=", 3)
		if err := s.kubeconfig(ca, parts[0], s.peopleDoor, subject{name: parts[1], groups: parts[2:]}); err != nil {
			return err
		}
	}
	return nil
}

func (s settings) components(ca *authority) error {
	for _, name := range []string{"kube-controller-manager", "kube-scheduler", "kube-proxy"} {
		if err := s.kubeconfig(ca, name, s.componentURL, subject{name: "system:" + name}); err != nil {
			return err
		}
	}
	for _, node := range s.nodes {
		name, ip, _ := strings.Cut(node, "=")
		client := subject{name: "system:node:" + name, groups: []string{"system:nodes"}}
		if err := s.kubeconfig(ca, "kubelet-"+name, s.componentURL, client); err != nil {
			return err
		}
		server := subject{name: client.name, groups: client.groups, hosts: []string{name}, ips: []string{ip}}
		if _, err := ca.issue("kubelet-server-"+name, server); err != nil {
			return err
		}
	}
	return nil
}

func (s settings) kubeconfig(ca *authority, file, server string, who subject) error {
	made, err := ca.issue(filepath.Base(file), who)
	if err != nil {
		return err
	}
	config := clientcmdapi.NewConfig()
	config.Clusters["kubernetes"] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca.pem}
	config.AuthInfos[who.name] = &clientcmdapi.AuthInfo{ClientCertificateData: made.cert, ClientKeyData: made.key}
	config.CurrentContext = who.name + "@kubernetes"
	config.Contexts[config.CurrentContext] = &clientcmdapi.Context{Cluster: "kubernetes", AuthInfo: who.name}
	return clientcmd.WriteToFile(*config, filepath.Join(s.folder, file+".kubeconfig"))
}

import { join } from 'node:path';
import { API_PORT } from './network.js';
import { kubeletFolder } from './state.js';

/** A node: its name, and its address as the cluster sees it. */
export interface ClusterNode {
  name: string;
  address: string;
  controlPlane: boolean;
}

export const NODES: readonly ClusterNode[] = [
  { name: 'control-plane', address: '172.18.0.2', controlPlane: true },
  { name: 'worker-1', address: '172.18.0.3', controlPlane: false },
  { name: 'worker-2', address: '172.18.0.4', controlPlane: false },
];

export interface LayoutOptions {
  folder: string;
  machineNet: string;
  auditLog: string;
  auditWebhook: string | null;
  auditPolicy: string;
}

type Flags = Record<string, string | number | boolean>;

/** One process of a cluster. */
export interface Component {
  /** Its own, as in `kubelet-worker-1`. */
  name: string;
  /** Which component it is. */
  program: string;
  /** Name of the node it runs on. */
  hostname: string;
  argv: string[];
}

/** What a cluster runs, in order of start: pure, so that a test can read it. */
export interface Components {
  etcd: Component;
  apiServer: Component;
  rest: Component[];
}

/** Says with which arguments each component of a cluster runs. */
export function components(options: LayoutOptions): Components {
  const nodes = NODES.flatMap((node, i) => [kubelet(options, node, i), proxy(options, node)]);
  return {
    etcd: etcd(options),
    apiServer: apiServer(options),
    rest: [controllerManager(options), scheduler(options), ...nodes],
  };
}

function component(name: string, program: string, flags: Flags, hostname = NODES[0]!.name): Component {
  return {
    name,
    program,
    hostname,
    argv: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
  };
}

function etcd({ folder, machineNet }: LayoutOptions): Component {
  const client = `http://${machineNet}.2:2379`;
  const peer = `http://${machineNet}.2:2380`;
  return component('etcd', 'etcd', {
    name: 'default',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'unsafe-no-fsync': true,
    'auto-compaction-retention': '1',
    'log-level': 'warn',
  });
}

function apiServer({ folder, machineNet, auditLog, auditWebhook, auditPolicy }: LayoutOptions): Component {
  const pki = (file: string): string => join(folder, 'pki', file);
  return component('kube-apiserver', 'kube-apiserver', {
    'machine-net': machineNet,
    'advertise-address': NODES[0]!.address,
    'bind-address': `${machineNet}.2`,
    'secure-port': API_PORT,
    'etcd-servers': `http://${machineNet}.2:2379`,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'enable-bootstrap-token-auth': true,
    'egress-selector-config-file': join(folder, 'egress.yaml'),
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'kubelet-client-certificate': pki('apiserver-kubelet-client.crt'),
    'kubelet-client-key': pki('apiserver-kubelet-client.key'),
    'kubelet-certificate-authority': pki('ca.crt'),
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('sa.pub'),
    'service-account-signing-key-file': pki('sa.key'),
    'service-cluster-ip-range': '10.96.0.0/12',
    'proxy-client-cert-file': pki('front-proxy-client.crt'),
    'proxy-client-key-file': pki('front-proxy-client.key'),
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'audit-policy-file': auditPolicy,
    'audit-log-path': auditLog,
    'audit-log-format': 'json',
    'audit-log-mode': 'blocking',
    'audit-log-maxsize': 1_000_000,
    ...(auditWebhook === null
      ? {}
      : {
          'audit-webhook-config-file': join(folder, 'audit-webhook.yaml'),
          'audit-webhook-mode': 'batch',
          'audit-webhook-batch-max-wait': '1s',
        }),
  });
}

function leader(folder: string, name: string): Flags {
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': true,
    // There is one of each: a machine that is busy for a minute must not end it.
    'leader-elect-lease-duration': '180s',
    'leader-elect-renew-deadline': '150s',
  };
}

function controllerManager({ folder, machineNet }: LayoutOptions): Component {
  const pki = (file: string): string => join(folder, 'pki', file);
  return component('kube-controller-manager', 'kube-controller-manager', {
    ...leader(folder, 'kube-controller-manager'),
    'bind-address': `${machineNet}.2`,
    'client-ca-file': pki('ca.crt'),
    'root-ca-file': pki('ca.crt'),
    'cluster-signing-cert-file': pki('ca.crt'),
    'cluster-signing-key-file': pki('ca.key'),
    'service-account-private-key-file': pki('sa.key'),
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'use-service-account-credentials': true,
    'allocate-node-cidrs': true,
    'cluster-cidr': '10.244.0.0/16',
    'service-cluster-ip-range': '10.96.0.0/12',
    'cluster-name': 'kubernetes',
    controllers: '*,bootstrapsigner,tokencleaner',
    'enable-hostpath-provisioner': true,
  });
}

function scheduler({ folder, machineNet }: LayoutOptions): Component {
  const flags = { ...leader(folder, 'kube-scheduler'), 'bind-address': `${machineNet}.2` };
  return component('kube-scheduler', 'kube-scheduler', flags);
}

function kubelet(
  { folder, machineNet }: LayoutOptions,
  { name, address, controlPlane }: ClusterNode,
  index: number,
): Component {
  const pki = (file: string): string => join(folder, 'pki', file);
  const flags: Flags = {
    'machine-net': machineNet,
    kubeconfig: join(folder, `kubelet-${name}.kubeconfig`),
    'hostname-override': name,
    'node-ip': address,
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki(`kubelet-server-${name}.crt`),
    'tls-private-key-file': pki(`kubelet-server-${name}.key`),
    'root-dir': kubeletFolder(folder, index),
    ...(controlPlane ? { 'register-with-taints': 'node-role.kubernetes.io/control-plane=:NoSchedule' } : {}),
  };
  return component(`kubelet-${name}`, 'kubelet', flags, name);
}

function proxy({ folder, machineNet }: LayoutOptions, { name, address }: ClusterNode): Component {
  const flags: Flags = {
    'machine-net': machineNet,
    kubeconfig: join(folder, 'kube-proxy.kubeconfig'),
    'hostname-override': name,
    'node-ip': address,
  };
  return component(`kube-proxy-${name}`, 'kube-proxy', flags, name);
}

import { expect, it } from 'vitest';
import { components } from '../../src/cluster/components.js';

const layout = {
  folder: '/state',
  machineNet: '127.18.7',
  auditLog: '/state/audit.log',
  auditWebhook: null,
  auditPolicy: '/policy.yaml',
};

it('runs a control plane and three nodes', () => {
  const { etcd, apiServer, rest } = components(layout);
  expect([etcd, apiServer, ...rest].map(({ name }) => name)).toEqual([
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kubelet-control-plane',
    'kube-proxy-control-plane',
    'kubelet-worker-1',
    'kube-proxy-worker-1',
    'kubelet-worker-2',
    'kube-proxy-worker-2',
  ]);
});

it('listens and dials on its own loopback network only', () => {
  const { etcd, apiServer, rest } = components(layout);
  const addresses = [etcd, apiServer, ...rest].flatMap(
    ({ argv }) => argv.join(' ').match(/127\.[\d.]+\d/g) ?? [],
  );
  expect(new Set(addresses)).toEqual(new Set(['127.18.7', '127.18.7.2']));
});

it('names a webhook only when there is one', () => {
  const flags = (auditWebhook: string | null) => components({ ...layout, auditWebhook }).apiServer.argv;
  const webhook = '--audit-webhook-config-file=/state/audit-webhook.yaml';
  expect(flags(null)).not.toContain(webhook);
  expect(flags('http://127.0.0.1:9443/audit')).toContain(webhook);
});

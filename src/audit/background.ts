import { actorOf } from './actor.js';
import type { AuditEvent } from './event.js';

/** Why requests come by the clock, or from a restart, whoever does what. */
export interface BackgroundRule {
  id: string;
  why: string;
  matches(event: AuditEvent, user: string): boolean;
}

const ACCOUNT = 'system:serviceaccount:kube-system:';
const reads = ({ verb }: AuditEvent): boolean => verb === 'get' || verb === 'list' || verb === 'watch';

/**
 * The control plane's own work, first match first. It holds for system users only. What is not here and not a person's request is
 * somebody's cascade.
 */
export const BACKGROUND_RULES: readonly BackgroundRule[] = [
  {
    id: 'no-object',
    why: 'Discovery, health and metrics are asked for by the clock.',
    matches: ({ objectRef }) => !objectRef?.resource,
  },
  {
    id: 'lease',
    why: 'Leases are renewed by the clock; only the namespace controller deletes them for somebody.',
    matches: ({ objectRef }, user) =>
      objectRef?.resource === 'leases' &&
      user !== `${ACCOUNT}namespace-controller` &&
      user !== `${ACCOUNT}generic-garbage-collector`,
  },
  {
    id: 'node-report',
    why: 'A kubelet reads its node and reports its state by the clock.',
    matches: (event, user) =>
      user.startsWith('system:node:') &&
      (event.objectRef?.resource === 'csinodes' ||
        (event.objectRef?.resource === 'nodes' &&
          (reads(event) || event.objectRef.subresource === 'status'))),
  },
  {
    id: 'kubelet-informer',
    why: 'A kubelet watches pods, services and nodes; only a configmap or secret of one name is watched for a pod.',
    matches: ({ objectRef, verb }, user) =>
      user.startsWith('system:node:') &&
      (verb === 'list' || verb === 'watch') &&
      !(
        (objectRef?.resource === 'configmaps' || objectRef?.resource === 'secrets') &&
        objectRef.name !== undefined &&
        objectRef.namespace !== 'kube-system'
      ),
  },
  {
    id: 'informer-watch',
    why: 'Control-plane watches are renewed every few minutes.',
    matches: ({ objectRef, verb }, user) =>
      verb === 'watch' && !user.startsWith('system:node:') && !isCustomGroup(objectRef?.apiGroup),
  },
  {
    id: 'apiserver-upkeep',
    why: 'The API server keeps its own objects by the clock; addresses, admission lists, quota use and API registrations are somebody’s.',
    matches: ({ objectRef, verb }, user) => {
      if (user !== 'system:apiserver') return false;
      const { resource = '', namespace } = objectRef ?? {};
      if (resource === 'ipaddresses' || resource === 'resourcequotas') return false;
      if (['poddisruptionbudgets', 'limitranges'].includes(resource)) return namespace === undefined;
      return (
        !['apiservices', 'customresourcedefinitions'].includes(resource) || reads({ verb } as AuditEvent)
      );
    },
  },
  {
    id: 'controller-token',
    why: 'The controller manager renews the tokens of its own controllers.',
    matches: ({ objectRef }, user) =>
      user === 'system:kube-controller-manager' &&
      (objectRef?.resource === 'serviceaccounts' ||
        (objectRef?.resource === 'namespaces' && objectRef.name === 'kube-system')),
  },
  {
    id: 'informer-list',
    why: 'A list over the whole cluster starts an informer; the namespace controller lists inside its namespace.',
    matches: ({ objectRef, verb }) =>
      verb === 'list' && objectRef?.namespace === undefined && !isCustomGroup(objectRef?.apiGroup),
  },
];

/** Groups that only a custom resource definition can have brought. */
export function isCustomGroup(group: string | undefined): boolean {
  return group?.includes('.') === true && !group.endsWith('.k8s.io');
}

/**
 * The background rule that explains a request, or null.
 *
 * @example backgroundRule(event)?.id // 'lease'
 */
export function backgroundRule(event: AuditEvent): BackgroundRule | null {
  const user = actorOf(event);
  if (!user.startsWith('system:')) return null;
  return BACKGROUND_RULES.find((rule) => rule.matches(event, user)) ?? null;
}

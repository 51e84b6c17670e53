/** What Kubernetes' own controllers make of what: facts that all share who follow a log back to its causes. */

/** Resources whose Events tell of parts. */
export const HAVE_PARTS: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'replicationcontrollers',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
]);

/** The parts that those Events name. */
export const PARTS = ['pods', 'replicasets', 'jobs', 'persistentvolumeclaims'] as const;

/** Reasons of Events that tell of a pod's end. */
export const POD_ENDS: ReadonlySet<string> = new Set([
  'Killing',
  'FailedKillPod',
  'FailedPreStopHook',
  'ExceededGracePeriod',
  'TaintManagerEviction',
]);

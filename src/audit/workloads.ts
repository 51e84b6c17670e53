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

/** What each controller makes and removes of what an object owns. */
export const MADE_BY: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    'deployment-controller': ['replicasets'],
    'replicaset-controller': ['pods'],
    'replication-controller': ['pods'],
    'statefulset-controller': ['pods', 'controllerrevisions', 'persistentvolumeclaims'],
    'daemon-set-controller': ['pods', 'controllerrevisions'],
    'job-controller': ['pods'],
    'cronjob-controller': ['jobs'],
  }),
);

/** Reasons of Events that tell of a pod's end. */
export const POD_ENDS: ReadonlySet<string> = new Set([
  'Killing',
  'FailedKillPod',
  'FailedPreStopHook',
  'ExceededGracePeriod',
  'TaintManagerEviction',
]);

/** Verbs of requests that change what the cluster keeps. */
export const CHANGES: ReadonlySet<string> = new Set([
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
]);

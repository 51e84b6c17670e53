import { expect, it } from 'vitest';
import { failure, readAll } from '../../fixtures/audit/lines.js';

const review = (more: Record<string, unknown> = {}, request: Record<string, unknown> = {}): string =>
  `${JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'u-1',
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      name: 'web',
      namespace: 'shop',
      operation: 'UPDATE',
      userInfo: { username: 'dana', groups: ['team'] },
      object: { kind: 'Deployment' },
      oldObject: null,
      ...request,
    },
    ...more,
  })}\n`;

it('is read as the request that it reviews', async () => {
  const [line] = await readAll(review({ requestReceivedTimestamp: '2026-01-01T00:00:00Z' }));
  expect(line?.lacks).toBe('admission');
  expect(line?.event).toEqual({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    auditID: 'u-1',
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/shop/deployments/web',
    verb: 'update',
    user: { username: 'dana', groups: ['team'] },
    objectRef: {
      resource: 'deployments',
      namespace: 'shop',
      name: 'web',
      apiGroup: 'apps',
      apiVersion: 'v1',
    },
    requestObject: { kind: 'Deployment' },
    requestReceivedTimestamp: '2026-01-01T00:00:00Z',
  });
});

it('takes the object before where none comes after, and says what was a trial', async () => {
  const [line] = await readAll(
    review(
      { time: '2026-01-01T00:00:00Z' },
      { operation: 'DELETE', object: null, oldObject: { kind: 'A' }, dryRun: true },
    ),
  );
  expect(line?.event).toMatchObject({ verb: 'delete', requestObject: { kind: 'A' } });
  expect(line?.event?.requestURI).toContain('?dryRun=All');
});

it('is refused by its name without a time', async () => {
  expect(await failure(readAll(review()))).toBe(
    'audit: audit.log:1: expected an audit event, or an AdmissionReview with its time, got an AdmissionReview without one.\n  Hint: kube-audit-rest writes requestReceivedTimestamp beside the request; keep that field.',
  );
});

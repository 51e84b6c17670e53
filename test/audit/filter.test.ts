import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { type SelectionOptions, skipReason } from '../../src/audit/filter.js';
import { event } from '../fixtures/audit/lines.js';

const reason = (fields: Record<string, unknown>, selection: Partial<SelectionOptions> = {}): string | null =>
  skipReason(event(fields) as unknown as AuditEvent, { lines: 'completed', filter: 'paper', ...selection });

describe('the choice of lines', () => {
  it.each([
    ['RequestReceived', 'get', 'stage RequestReceived'],
    ['ResponseStarted', 'watch', 'stage ResponseStarted of a watch'],
    ['ResponseStarted', 'get', null],
    ['ResponseComplete', 'watch', null],
    ['ResponseComplete', 'get', null],
    ['Panic', 'get', null],
  ])('completed: %s of a %s', (stage, verb, expected) => {
    expect(reason({ stage, verb }, { filter: 'none' })).toBe(expected);
  });

  it('all: takes every stage', () => {
    for (const stage of ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'])
      expect(reason({ stage, verb: 'watch' }, { lines: 'all', filter: 'none' })).toBeNull();
  });
});

it('leaves out OPTIONS on a resource, which is no action of the API', () => {
  for (const filter of ['paper', 'none'] as const)
    expect(reason({ verb: '' }, { filter })).toBe('no verb (OPTIONS)');
});

describe('the filter of the paper', () => {
  it('takes requests on resources', () => {
    expect(reason({})).toBeNull();
    expect(reason({ requestURI: undefined })).toBeNull();
  });

  it('leaves out what has no objectRef', () => {
    expect(reason({ objectRef: undefined })).toBe('no objectRef');
    expect(reason({ objectRef: {} })).toBe('no objectRef');
  });

  it.each([
    '/readyz',
    '/readyz?verbose',
    '/readyz/etcd',
    '/livez',
    '/healthz',
    '/version',
    '/api',
    '/api/',
    '/api?timeout=32s',
    '/apis',
    '/apis?timeout=32s',
    '/apis/apps/v1',
    '/apis/apps/v1?timeout=32s',
    '/api/v1',
    '/openapi/v2',
    '/openapi/v3?timeout=32s',
  ])('leaves out %s', (requestURI) => {
    expect(reason({ requestURI })).toBe('health check or discovery');
  });

  it.each([
    '/api/v1/namespaces',
    '/api/v1/pods?limit=500',
    '/apis/apps/v1/deployments',
    '/apis/lab.example.com/v1/ships',
    '/api/v1/nodes/worker/proxy/healthz',
    '/readyzz',
  ])('keeps %s', (requestURI) => {
    expect(reason({ requestURI })).toBeNull();
  });

  it('leaves out ResponseStarted of a watch even when all lines are asked for', () => {
    const started = { stage: 'ResponseStarted', verb: 'watch' };
    expect(reason(started, { lines: 'all' })).toBe('stage ResponseStarted of a watch');
    expect(reason({ stage: 'RequestReceived' }, { lines: 'all' })).toBeNull();
  });

  it('is off when none is asked for', () => {
    expect(reason({ objectRef: undefined, requestURI: '/readyz' }, { filter: 'none' })).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.js';
import { atLevel, levelText, lowerLevel } from '../../src/audit/level.js';

const line: AuditEvent = {
  level: 'RequestResponse',
  auditID: 'a',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'ann' },
  objectRef: { resource: 'pods', name: 'web', uid: 'u' },
  responseStatus: { code: 201 },
  requestObject: { kind: 'Pod' },
  responseObject: { kind: 'Pod', status: {} },
  requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
};

describe('a line at a level', () => {
  it('has no body at metadata, what was asked at request, and all that was logged at requestResponse', () => {
    const { requestObject, responseObject, ...rest } = line;
    expect(atLevel(line, 'metadata')).toEqual({ ...rest, level: 'Metadata' });
    expect(atLevel(line, 'request')).toEqual({ ...rest, level: 'Request', requestObject });
    expect(atLevel(line, 'requestResponse')).toBe(line);
    expect(responseObject).toBeDefined();
  });

  it('is never given more than was logged', () => {
    const { requestObject: _, responseObject: __, ...bare } = line;
    expect(atLevel({ ...bare, level: 'Metadata' }, 'request')).toEqual({ ...bare, level: 'Metadata' });
    expect(atLevel({ ...bare, level: undefined } as never, 'metadata')).not.toHaveProperty('requestObject');
  });

  it('has a lower level and words', () => {
    expect(lowerLevel('request', 'metadata')).toBe('metadata');
    expect(lowerLevel('request', 'requestResponse')).toBe('request');
    expect(levelText('metadata')).toBe('read at audit level metadata');
    expect(levelText()).toBe('read as it was written');
  });
});

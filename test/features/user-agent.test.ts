import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUserAgent, type UserAgent } from '../../src/features/user-agent.js';

const none: UserAgent = {
  tool: null,
  version: null,
  platform: null,
  arch: null,
  hash: null,
  extra: null,
};
const linux = { version: 'v1.34.4', platform: 'linux', arch: 'amd64', hash: 'unknown' };

describe('parseUserAgent', () => {
  it.each<[string, Partial<UserAgent>]>([
    ['kubectl/v1.34.4 (linux/amd64) kubernetes/unknown', { ...linux, tool: 'kubectl' }],
    ['kubelet/v1.34.4 (linux/amd64) kubernetes/unknown', { ...linux, tool: 'kubelet' }],
    [
      'kube-scheduler/v1.34.4 (linux/amd64) kubernetes/unknown/leader-election',
      { ...linux, tool: 'kube-scheduler', extra: 'leader-election' },
    ],
    [
      'kube-controller-manager/v1.34.4 (linux/amd64) kubernetes/unknown/system:serviceaccount:kube-system:job-controller',
      {
        ...linux,
        tool: 'kube-controller-manager',
        extra: 'system:serviceaccount:kube-system:job-controller',
      },
    ],
    [
      'kube-controller-manager/v1.34.4 (linux/amd64) kubernetes/unknown/kube-controller-manager',
      { ...linux, tool: 'kube-controller-manager', extra: 'kube-controller-manager' },
    ],
    [
      'coredns/v0.0.0 (linux/arm64) kubernetes/$Format',
      { tool: 'coredns', version: 'v0.0.0', platform: 'linux', arch: 'arm64', hash: '$Format' },
    ],
  ])('takes %s apart', (text, parts) => {
    expect(parseUserAgent(text)).toEqual({ ...none, ...parts });
  });

  it.each<[string, Partial<UserAgent>]>([
    ['Go-http-client/2.0', { tool: 'Go-http-client', version: '2.0' }],
    ['curl', { tool: 'curl' }],
    [' curl/8.5.0 ', { tool: 'curl', version: '8.5.0' }],
    ['helm/v3.14.0 (linux)', { tool: 'helm', version: 'v3.14.0', platform: 'linux' }],
    ['agent/v1/rc2 (/)', { tool: 'agent', version: 'v1/rc2' }],
    ['probe/1 kubernetes/9f0c', { tool: 'probe', version: '1', hash: '9f0c' }],
    [
      'a/1 (b/c) kubernetes/d/e/f',
      { tool: 'a', version: '1', platform: 'b', arch: 'c', hash: 'd', extra: 'e/f' },
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64) Chrome/131',
      { tool: 'Mozilla', version: '5.0', platform: 'X11; Linux x86_64' },
    ],
    ['curl/8 (linux', { tool: 'curl', version: '8' }],
    ['__proto__/constructor', { tool: '__proto__', version: 'constructor' }],
  ])('takes what there is of %s', (text, parts) => {
    expect(parseUserAgent(text)).toEqual({ ...none, ...parts });
  });

  it.each(['', '   ', '/', '(linux/amd64)', undefined, null, 7, {}, ['kubectl/v1']])(
    'finds nothing in %o',
    (text) => {
      expect(parseUserAgent(text)).toEqual(none);
    },
  );

  it('finds again what a client says of itself', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9$:_.-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.record({
          tool: word,
          version: word,
          platform: word,
          arch: word,
          hash: word,
          extra: fc.option(word),
        }),
        (agent) => {
          const { tool, version, platform, arch, hash, extra } = agent;
          const text = `${tool}/${version} (${platform}/${arch}) kubernetes/${hash}${extra ? `/${extra}` : ''}`;
          expect(parseUserAgent(text)).toEqual(agent);
        },
      ),
    );
  });

  it('gives some answer to any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        for (const part of Object.values(parseUserAgent(text)))
          expect(part === null || text.includes(part)).toBe(true);
      }),
    );
  });
});

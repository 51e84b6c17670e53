import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryFolder, clusterVersion, MODULE_FOLDER } from '../../src/cluster/versions.js';

const minors = ['1.34', '1.35'];

describe('Kubernetes versions', () => {
  it('have 1.34 as the default', () => {
    expect(clusterVersion().minor).toBe('1.34');
  });

  it('refuse one that is not pinned', () => {
    expect(() => clusterVersion('1.12')).toThrow(
      'collect: expected --kubernetes to be one of 1.34, 1.35, got “1.12”.',
    );
  });

  it.each(minors)('%s is what its go.mod pins', (minor) => {
    const { kubernetes, etcd, go, modfile } = clusterVersion(minor);
    const text = readFileSync(join(MODULE_FOLDER, modfile), 'utf8');
    expect(text).toContain(`k8s.io/kubernetes ${kubernetes}\n`);
    expect(text).toContain(`go.etcd.io/etcd/server/v3 v${etcd}\n`);
    expect(text).toContain(`\ngo ${go}\n`);
    expect(existsSync(join(MODULE_FOLDER, modfile.replace(/mod$/, 'sum')))).toBe(true);
  });

  it('are kept apart in the cache', () => {
    const [a, b] = minors.map((minor) => binaryFolder(clusterVersion(minor)));
    expect(a).not.toBe(b);
  });
});

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkChromium, checkDatasets, renderFindings } from '../../../src/cli/handlers/doctor.js';
import { AuditweaveError } from '../../../src/errors.js';
import { diagnose, type Finding, gatherFacts, type NativeFacts } from '../../../src/native/checkup.js';
import { planFor } from '../../../src/native/wheels.js';
import { emptyFolder } from '../../native/toys.js';

const LIBRARY = {
  key: 'tensorflow-cpu-2.21.0',
  library: '/c/lib/libtensorflow_cc.so.2',
  framework: '/c/lib/libtensorflow_framework.so.2',
  include: '/c/include',
};
const WELL: NativeFacts = {
  machine: {
    platform: 'linux',
    arch: 'x64',
    node: '22.12.0',
    cpuinfo: 'model name : AMD EPYC\nflags : avx',
    glibc: '2.36',
  },
  signs: { devices: [], models: [], libcuda: null },
  device: 'cpu',
  pip: 'pip 23.2.1 from /usr/lib/python3/pip (python 3.11)',
  compiler: { name: 'g++', version: 'g++ (Debian) 12.2.0' },
  cache: '/c',
  writable: true,
  freeBytes: 5e10,
  plan: planFor('cpu'),
  library: LIBRARY,
  binding: { path: '/c/tfjs_binding.node', environment: '/c/environment.node' },
  addons: [{ name: 'toy', path: '/c/toy.node' }],
  damaged: [],
  tensorflow: { version: '2.21.0', device: 'cpu', library: LIBRARY.library, binding: '/c/tfjs_binding.node' },
};
const FRESH: NativeFacts = {
  ...WELL,
  library: null,
  binding: null,
  addons: [{ name: 'toy', path: null }],
  tensorflow: null,
};

function about(check: string, facts: NativeFacts): Finding | undefined {
  return diagnose(facts).find((finding) => finding.check === check);
}

describe('diagnose', () => {
  it('finds nothing wrong where all is well', () => {
    expect(diagnose(WELL)).toEqual([
      { check: 'node', status: 'ok', found: 'Node 22.12.0' },
      { check: 'machine', status: 'ok', found: 'AMD EPYC, glibc 2.36' },
      { check: 'python', status: 'ok', found: 'pip 23.2.1 on Python 3.11' },
      { check: 'compiler', status: 'ok', found: 'g++ (Debian) 12.2.0' },
      { check: 'disk', status: 'ok', found: '50.0 GB free in /c' },
      { check: 'library', status: 'ok', found: LIBRARY.library },
      { check: 'binding', status: 'ok', found: '/c/tfjs_binding.node' },
      { check: 'kernels', status: 'ok', found: '/c/toy.node' },
      { check: 'tensorflow', status: 'ok', found: 'TensorFlow 2.21.0 loads and computes' },
      { check: 'device', status: 'ok', found: 'the CPU; no NVIDIA GPU' },
    ]);
  });

  it('fails nothing on a fresh machine that has what fetching takes', () => {
    const findings = diagnose(FRESH);
    expect(findings.map(({ status }) => status)).not.toContain('fail');
    expect(about('library', FRESH)).toEqual({
      check: 'library',
      status: 'warn',
      found: 'tensorflow-cpu 2.21.0 is not on this machine yet',
      fix: 'No need: the first command that uses it fetches 274 MB. To fetch it now: npm run doctor -- --fetch.',
    });
  });

  it('has a fix for everything that is not well', () => {
    const bad: NativeFacts = {
      ...FRESH,
      machine: { ...WELL.machine, node: '18.0.0', glibc: null },
      pip: null,
      compiler: { name: 'g++', version: null },
      freeBytes: 1e8,
    };
    const findings = [...diagnose(bad), ...diagnose({ ...bad, library: new AuditweaveError('native: no.') })];
    for (const { status, fix } of findings) if (status !== 'ok') expect(fix).toBeTruthy();
  });

  it('needs pip, a compiler and space only until all is there', () => {
    const gone = { pip: null, compiler: { name: 'g++', version: null }, freeBytes: 0 };
    expect(diagnose({ ...WELL, ...gone }).map(({ status }) => status)).not.toContain('fail');
    for (const check of ['python', 'compiler', 'disk'])
      expect(about(check, { ...FRESH, ...gone })?.status).toBe('fail');
  });

  it('tells of a cache that cannot be written to, which fails while something is to be put there', () => {
    expect(about('cache', { ...WELL, writable: false })).toMatchObject({
      status: 'warn',
      found: '/c cannot be written to: logs are read anew each time',
    });
    expect(about('cache', { ...FRESH, writable: false })).toMatchObject({
      status: 'fail',
      found: '/c cannot be written to, and has not all that training needs',
      fix: expect.stringContaining('XDG_CACHE_HOME'),
    });
  });

  it('sees whether the cache can be written to, be it there yet or not', async () => {
    const home = await emptyFolder();
    const seen = async (cache: string): Promise<boolean> =>
      (
        await gatherFacts(
          'cpu',
          async () => ({ code: 1, stdout: '', stderr: '', signal: null, missing: false }),
          {
            XDG_CACHE_HOME: cache,
          },
        )
      ).writable;
    expect(await seen(join(home, 'none', 'yet'))).toBe(true);
    await writeFile(join(home, 'file'), '');
    expect(await seen(join(home, 'file'))).toBe(false);
  });

  it('warns of a Node that is not tested', () => {
    const facts = { ...WELL, machine: { ...WELL.machine, node: '25.1.0' } };
    expect(about('node', facts)).toEqual({
      check: 'node',
      status: 'warn',
      found: 'Node 25.1.0, which is not tested',
      fix: 'Use Node 20, 22 or 24.',
    });
  });

  it('passes on why TensorFlow does not load', () => {
    const tensorflow = new AuditweaveError('native: TensorFlow could not be loaded: no.', { hint: 'Do.' });
    expect(about('tensorflow', { ...WELL, tensorflow })).toEqual({
      check: 'tensorflow',
      status: 'fail',
      found: 'native: TensorFlow could not be loaded: no.',
      fix: 'Do.',
    });
  });

  it('needs a compiler as long as a model’s kernels are not built', () => {
    const facts = { ...WELL, compiler: { name: 'g++', version: null }, addons: FRESH.addons };
    expect(about('compiler', facts)?.status).toBe('fail');
    expect(about('kernels', facts)).toEqual({
      check: 'kernels',
      status: 'warn',
      found: 'toy: not built yet',
      fix: 'No need: the first command that trains builds it.',
    });
  });

  it('fails for damage, and says how to bring it again', () => {
    const facts = { ...WELL, damaged: ['/c/lib/libtensorflow_cc.so.2'], tensorflow: null };
    expect(about('damage', facts)).toEqual({
      check: 'damage',
      status: 'fail',
      found: '/c/lib/libtensorflow_cc.so.2 is not as it was fetched or built',
      fix: 'Bring it again: npm run doctor -- --fetch.',
    });
    expect(about('tensorflow', facts)?.found).toBe('not tried: library or binding is damaged');
  });

  describe('about the device', () => {
    const h100 = { devices: ['/dev/nvidia0'], models: ['NVIDIA H100'], libcuda: '/usr/lib64/libcuda.so.1' };
    const used = { ...WELL.tensorflow, device: 'cuda', gpu: 'NVIDIA H100' } as NativeFacts['tensorflow'];

    it('names the GPU that is used', () => {
      const facts: NativeFacts = { ...WELL, signs: h100, device: 'cuda', tensorflow: used };
      expect(about('device', facts)).toEqual({ check: 'device', status: 'ok', found: 'CUDA on NVIDIA H100' });
    });

    it('warns when TensorFlow does not use the GPU that is there', () => {
      expect(about('device', { ...WELL, signs: h100, device: 'cuda' })).toEqual({
        check: 'device',
        status: 'warn',
        found: 'the CPU, though there is NVIDIA H100, /dev/nvidia0',
        fix: 'Check the driver with nvidia-smi: CUDA 12 needs 525 or newer.',
      });
    });

    it('warns of a GPU without its driver’s library', () => {
      expect(about('device', { ...WELL, signs: { ...h100, models: [], libcuda: null } })).toEqual({
        check: 'device',
        status: 'warn',
        found: 'the CPU: /dev/nvidia0 is there, libcuda.so.1 is not',
        fix: 'Install NVIDIA’s driver, or start the container with its GPU support.',
      });
    });

    it('fails CUDA without a GPU before anything is fetched', () => {
      expect(about('device', { ...FRESH, device: 'cuda', plan: planFor('cuda') })).toEqual({
        check: 'device',
        status: 'fail',
        found: 'native: expected an NVIDIA GPU, as CUDA was asked for, got none on this machine.',
        fix: 'Use --device cpu and unset AUDITWEAVE_DEVICE, or start the container with its GPU support.',
      });
    });

    it('is content with the CPU when that was asked for', () => {
      expect(about('device', { ...WELL, signs: h100 })?.status).toBe('ok');
    });
  });
});

describe('checkDatasets', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const texts = { name: 'a', title: 'A', licence: 'CC0-1.0', kubernetes: 'v1.34.4', policy: 'all' };

  async function datasetOf(content: string, sha256: string): Promise<string> {
    const folder = await emptyFolder();
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a', 'audit.jsonl.gz'), content);
    await writeFile(join(folder, 'a', 'truth.jsonl.gz'), 'truth');
    const manifest = {
      ...texts,
      files: { 'audit.jsonl.gz': { sha256 }, 'truth.jsonl.gz': { sha256: hash('truth') } },
      counts: {},
      tools: {},
      captures: [],
    };
    await writeFile(join(folder, 'a', 'manifest.json'), JSON.stringify(manifest));
    return folder;
  }

  it('accepts files with the hashes of the manifest', async () => {
    const folder = await datasetOf('lines', hash('lines'));
    await writeFile(join(folder, 'README.md'), '');
    expect(await checkDatasets(folder)).toEqual([
      { check: 'dataset', status: 'ok', found: `${folder}/a: 2 files as in its manifest` },
    ]);
  });

  it('tells which file differs, both hashes, and what to do', async () => {
    const folder = await datasetOf('lines', hash('other'));
    const file = `${folder}/a/audit.jsonl.gz`;
    expect(await checkDatasets(folder)).toEqual([
      {
        check: 'dataset',
        status: 'fail',
        found: `audit: ${file}: expected sha256 ${hash('other')}, got ${hash('lines')}.`,
        fix: `Restore the file: git checkout -- ${file}`,
      },
    ]);
  });

  it('goes on to the next dataset after an unreadable manifest', async () => {
    const folder = await datasetOf('lines', hash('lines'));
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b', 'manifest.json'), '[]');
    expect((await checkDatasets(folder)).map(({ status }) => status)).toEqual(['ok', 'fail']);
  });

  it('finds none where there is no folder', async () => {
    expect(await checkDatasets('/no/such/folder')).toEqual([]);
  });
});

describe('checkChromium', () => {
  it('finds one on the PATH, or where CHROMIUM_PATH says', () => {
    const env = { PATH: '/a:/b' };
    expect(checkChromium(env, (path) => path === '/b/chromium').found).toBe('/b/chromium');
    expect(checkChromium({ ...env, CHROMIUM_PATH: '/c' }, () => true).found).toBe('/c');
    expect(checkChromium(env, () => false).status).toBe('warn');
  });
});

describe('renderFindings', () => {
  const findings: Finding[] = [
    { check: 'node', status: 'ok', found: 'Node 22' },
    { check: 'disk', status: 'fail', found: 'none', fix: 'Buy one.' },
  ];

  it('shows a line each, and fixes below', () => {
    expect(renderFindings(findings)).toBe(
      '✓ node  Node 22\n✗ disk  none\n        Fix: Buy one.\n\n1 ok, 0 warnings, 1 failures\n',
    );
  });

  it('colours the marks only', () => {
    expect(renderFindings(findings, { color: true })).toContain('\u001b[31m✗\u001b[0m disk');
  });
});

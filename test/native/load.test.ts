import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/files/cache.js';
import {
  loadTensorFlow,
  type TensorFlow,
  type TensorFlowInfo,
  tensorFlowInfo,
} from '../../src/native/load.js';
import { probeTensorFlow, readProbe } from '../../src/native/probe.js';
import { runProgram } from '../../src/native/program.js';
import { provision } from '../../src/native/provision.js';
import { planFor } from '../../src/native/wheels.js';
import { emptyFolder, failure, SILENT } from './toys.js';

const require = createRequire(import.meta.url);

// Fetches the library on a machine that has none; all else here works without a network.
let tf: TensorFlow;
beforeAll(async () => {
  tf = await loadTensorFlow({ device: 'cpu' });
});

describe('loadTensorFlow', () => {
  it('computes', () => {
    expect(Array.from(tf.matMul([[1, 2]], [[3], [4]]).dataSync())).toEqual([11]);
  });

  it('says what is loaded', async () => {
    const { library, binding } = await provision({ device: 'cpu', sink: SILENT });
    const info = tensorFlowInfo();
    expect(info).toEqual({
      version: expect.stringMatching(/^2\.\d+\.\d+/),
      device: 'cpu',
      library: library.library,
      binding: binding.path,
    });
    if (!process.env.AUDITWEAVE_LIBTENSORFLOW) {
      expect(info.version).toBe(planFor('cpu').version);
      expect(info.library.startsWith(cacheFolder())).toBe(true);
    }
  });

  it('gives the same module again', async () => {
    expect(await loadTensorFlow()).toBe(tf);
  });

  it('refuses a second device', async () => {
    expect(await failure(() => loadTensorFlow({ device: 'cuda' }))).toBe(
      'native: expected TensorFlow on cuda, got one already loaded on cpu.\n' +
        '  Hint: Use one device a process: set AUDITWEAVE_DEVICE=cuda before it starts.',
    );
  });

  it('uses one thread an operation unless told otherwise', () => {
    expect(process.env.TF_NUM_INTRAOP_THREADS).toBe('1');
  });

  it('says nothing on stderr, in a process of its own', async () => {
    const said: string[] = [];
    const info = await probeTensorFlow('cpu', async (...call) => {
      const finished = await runProgram(...call);
      said.push(finished.stderr);
      return finished;
    });
    expect(info).toEqual(tensorFlowInfo());
    expect(said).toEqual(['']);
  });

  it('shares its one binding with danfojs', async () => {
    const { DataFrame, readCSV } = require('danfojs-node') as typeof import('danfojs-node');
    expect(require('@tensorflow/tfjs-node')).toBe(tf);
    const frame = new DataFrame([
      { verb: 'get', lines: 3 },
      { verb: 'list', lines: 5 },
    ]);
    expect(frame.shape).toEqual([2, 2]);
    expect(frame.column('lines').sum()).toBe(8);
    const path = join(await emptyFolder(), 'lines.csv');
    await writeFile(path, 'verb,lines\nget,3\nlist,5\n');
    expect((await readCSV(path)).values).toEqual([
      ['get', 3],
      ['list', 5],
    ]);
  });

  it('works in worker threads, where variables reach C code too', async () => {
    const work = (variable: string) => {
      const worker = new Worker(new URL('./load-worker.mjs', import.meta.url), { workerData: variable });
      return new Promise<{ product: number[]; info: TensorFlowInfo }>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
    };
    const variables = ['AUDITWEAVE_TEST_A', 'AUDITWEAVE_TEST_B'];
    for (const { product, info } of await Promise.all(variables.map(work))) {
      expect(product).toEqual([11]);
      expect(info).toEqual(tensorFlowInfo());
    }
    for (const variable of variables) expect(process.env[variable]).toBe('set by a worker');
  });
});

describe('provision', () => {
  it('asks for all that a bare machine lacks before it fetches anything', async () => {
    const env = { PATH: await emptyFolder(), XDG_CACHE_HOME: await emptyFolder() };
    expect(await failure(() => provision({ device: 'cpu', env, sink: SILENT }))).toBe(
      `native: TensorFlow cannot be brought onto this machine yet, nothing was fetched:
  - expected python3, to download tensorflow-cpu 2.21.0 with pip, got no such program.
    Fix: Install Python 3 with pip (Debian, Ubuntu: apt install python3-pip), or point AUDITWEAVE_LIBTENSORFLOW at a TensorFlow library that is here already.
  - expected a C++ compiler, to build the binding between Node and TensorFlow, got no g++.
    Fix: Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), or name yours in CXX.`,
    );
  });

  it('takes the user’s library instead of fetching one', async () => {
    const env = {
      AUDITWEAVE_LIBTENSORFLOW: '/no/such/folder',
      PATH: '',
      XDG_CACHE_HOME: await emptyFolder(),
    };
    expect(await failure(() => provision({ device: 'cpu', env, sink: SILENT }))).toMatch(
      /^native: AUDITWEAVE_LIBTENSORFLOW: expected a folder, got \/no\/such\/folder, which does not exist\.\n/,
    );
  });
});

describe('readProbe', () => {
  const ended = { code: 0, signal: null, stdout: '', stderr: '', missing: false };

  it('explains an illegal instruction', async () => {
    expect(await failure(() => readProbe({ ...ended, code: null, signal: 'SIGILL' }))).toBe(
      'native: expected a processor that TensorFlow’s library was built for, got an illegal instruction.\n' +
        '  Hint: Point AUDITWEAVE_LIBTENSORFLOW at a library built for this processor.',
    );
  });

  it('passes an error of the process on', async () => {
    const stdout = '\n{"error":{"message":"native: no.","hint":"Do."}}\n';
    expect(await failure(() => readProbe({ ...ended, stdout }))).toBe('native: no.\n  Hint: Do.');
  });

  it('tells how else it ended', async () => {
    expect(await failure(() => readProbe({ ...ended, code: null, signal: 'SIGSEGV' }))).toMatch(
      /^native: TensorFlow ended with SIGSEGV: no message/,
    );
  });
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { OrdinalEncoder } from '../../../src/features/encoder.js';
import { readModelFolder, type TrainedModel, writeModelFolder } from '../../../src/model/bilstm/folder.js';
import { biLstmConfig, initialWeights, weightShapes } from '../../../src/model/bilstm/shape.js';
import { OnnxGraph } from '../../../src/model/onnx.js';
import { encodeSafetensors } from '../../../src/model/safetensors.js';
import { roughWeights } from './forward.js';

const shape = biLstmConfig({ window: 5, features: 2, classes: 3, units: [3, 2] });
const trained: TrainedModel = {
  weights: roughWeights(weightShapes(shape), 7),
  config: { ...shape, columns: ['verb', 'objectRef'], lines: 'completed', filter: 'paper', epsilon: 1e-3 },
  encoder: OrdinalEncoder.fit([['get', '1']], ['verb', 'objectRef']).toJSON(),
  labels: { partIds: [0, 1, 17] },
  card: '# A model\n',
};
const AGAIN = '\n  Hint: copy the whole model folder again, or train the model again.';

describe('a model folder', () => {
  let root: string;
  let dir: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'model-'));
    dir = join(root, 'model');
    await writeModelFolder(dir, trained, { version: '0.1.0', metadata: { dataset: 'sha256:01' } });
  });

  const message = async (at = root): Promise<string> =>
    readModelFolder(at).then(
      () => 'no error',
      (error) => String(error).replaceAll(root, 'ROOT'),
    );
  const edit = async (change: (config: Record<string, unknown>) => void): Promise<void> => {
    const config = JSON.parse(await readFile(join(dir, 'config.json'), 'utf8')) as Record<string, unknown>;
    change(config);
    await writeFile(join(dir, 'config.json'), JSON.stringify(config));
  };

  it('gives back what was written', async () => {
    const { onnx, dir: found, ...read } = await readModelFolder(dir);
    expect(read).toEqual(trained);
    expect(found).toBe(dir);
    expect(onnx.length).toBeGreaterThan(1000);
    expect((await readdir(dir)).sort()).toEqual([
      'card.md',
      'config.json',
      'encoder.json',
      'labels.json',
      'model.onnx',
      'weights.safetensors',
    ]);
    expect(await readdir(root)).toEqual(['model']);
  });

  it('is found from its run, and from the folder of its runs, blocked first', async () => {
    expect((await readModelFolder(root)).dir).toBe(dir);
    await writeModelFolder(join(root, 'paper/model'), trained, { version: '0.1.0' });
    await writeModelFolder(join(root, 'blocked/model'), trained, { version: '0.1.0' });
    await rm(dir, { recursive: true });
    expect((await readModelFolder(root)).dir).toBe(join(root, 'blocked/model'));
    await rm(join(root, 'blocked'), { recursive: true });
    expect((await readModelFolder(root)).dir).toBe(join(root, 'paper/model'));
  });

  it('replaces the model that was there', async () => {
    await writeFile(join(dir, 'left-over'), '');
    await writeModelFolder(dir, { ...trained, card: '# Another\n' }, { version: '0.1.0' });
    expect((await readModelFolder(dir)).card).toBe('# Another\n');
    expect(await readdir(dir)).not.toContain('left-over');
    expect(await readdir(root)).toEqual(['model']);
  });

  it('is the same bytes every time', async () => {
    const before = await readFile(join(dir, 'config.json'), 'utf8');
    await writeModelFolder(dir, trained, { version: '0.1.0', metadata: { dataset: 'sha256:01' } });
    expect(await readFile(join(dir, 'config.json'), 'utf8')).toBe(before);
  });

  it('is not there', async () => {
    const hint = '\n  Hint: train one: npm run train -- --window 60';
    expect(await message(join(root, 'nowhere'))).toBe(
      `model: expected a trained model in ROOT/nowhere, got no such folder.${hint}`,
    );
    await rm(join(dir, 'config.json'));
    expect(await message()).toBe(
      `model: expected a trained model in ROOT, got no config.json there, nor in model, blocked/model, capture/model, paper/model.${hint}`,
    );
  });

  it.each(['weights.safetensors', 'model.onnx', 'encoder.json', 'labels.json', 'card.md'])(
    'is refused when %s is missing or was changed',
    async (file) => {
      await rename(join(dir, file), join(root, file));
      expect(await message()).toMatch(/^model: ROOT\/model\/.*: ENOENT: no such file/);
      await rename(join(root, file), join(dir, file));
      await appendFile(join(dir, file), ' ');
      expect(await message()).toMatch(
        new RegExp(`^model: ROOT/model/${file}: expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}\\.${AGAIN}$`),
      );
    },
  );

  it.each<[string, (config: Record<string, unknown>) => void, string]>([
    ['another kind of model', (c) => (c.model = 'tree'), 'expected model to be "bilstm", got "tree".'],
    ['no window', (c) => delete c.window, 'expected window to be an integer from 1 to 10000, got nothing.'],
    ['one layer', (c) => (c.units = [3]), 'expected units to be two integers from 1 to 10000, got [3].'],
    [
      'a window without end',
      (c) => (c.window = 1e12),
      'expected window to be an integer from 1 to 10000, got 1000000000000.',
    ],
    ['other heads', (c) => (c.heads = 7), 'expected heads to be an integer from 1 to 5, got 7.'],
    [
      'columns amiss',
      (c) => (c.columns = ['verb', 'stage', 'level']),
      'expected at most 2 columns, a feature or more each, got 3.',
    ],
    ['no filter', (c) => (c.filter = 'all'), 'expected filter to be "paper" or "none", got "all".'],
    [
      'no hashes',
      (c) => (c.files = null),
      'expected files to be the sha256 of weights.safetensors, model.onnx, encoder.json, labels.json, card.md, got null.',
    ],
  ])('is refused with a config of %s', async (_, change, text) => {
    await edit(change);
    expect(await message()).toBe(`model: ROOT/model/config.json: ${text}\n  Hint: train the model again.`);
  });

  it('is read with a config of an older version, which has no hash of itself', async () => {
    const path = join(dir, 'config.json');
    const before = await readModelFolder(root);
    const { sha256, ...older } = JSON.parse(await readFile(path, 'utf8'));
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    await writeFile(path, JSON.stringify(older));
    expect(await readModelFolder(root)).toEqual(before);
    await writeFile(path, JSON.stringify({ ...older, sha256, version: '9' }));
    expect(await message()).toMatch(/config\.json: expected sha256 "[0-9a-f]{64}" of all else in it, got /);
  });

  it('is refused when its config is no JSON', async () => {
    await writeFile(join(dir, 'config.json'), '{');
    expect(await message()).toMatch(/^model: ROOT\/model\/config\.json: expected JSON, got /);
  });

  it('is refused when its weights are of another model', async () => {
    await edit((config) => {
      config.classes = 4;
    });
    expect(await message()).toBe(
      'model: ROOT/model/weights.safetensors: expected weight time_distributed/kernel of shape [4,20], got shape [4,15].',
    );
  });

  /** Writes a part anew, with its hash in the config: as one who means harm would. */
  const forge = async (name: string, content: string | Uint8Array): Promise<void> => {
    await writeFile(join(dir, name), content);
    const sum = createHash('sha256').update(content).digest('hex');
    await edit(({ files }) => Object.assign(files as object, { [name]: sum }));
  };

  it('is refused with a graph that its weights do not give', async () => {
    const graph = new OnnxGraph('identity');
    graph.input('x', ['W', 'B', 2], '');
    graph.output(graph.node('Identity', 'probabilities', ['x']), ['W', 'B', 2], '');
    await forge('model.onnx', graph.encode({ producerVersion: '0.1.0', docString: '', metadata: {} }));
    expect(await message()).toBe(
      `model: ROOT/model/model.onnx: expected the graph that weights.safetensors gives, got another one.${AGAIN}`,
    );
  });

  it.each([
    ['no encoder', {}, 'expected an encoder of known columns, got features: expected an encoder of kind'],
    [
      'other columns',
      OrdinalEncoder.fit([['a']], ['verb']).toJSON(),
      'expected columns verb, objectRef, … as in config.json, got verb.',
    ],
    [
      'another width',
      OrdinalEncoder.fit([['get', '1']], ['verb', 'objectRef'])
        .as('one-hot')
        .toJSON(),
      'expected an encoder that gives 2 numbers a line, got 4.',
    ],
    [
      'means that are no numbers',
      { kind: 'standardized', columns: [{ name: 'verb', values: [], mean: null, scale: 1 }] },
      'expected an encoder of known columns, got features: expected column verb of a standardized encoder',
    ],
    [
      'texts that are none',
      { kind: 'ordinal', columns: [{ name: 'verb', values: [1] }] },
      'expected an encoder of known columns, got features: expected column verb of an encoder to list texts or null, each once.',
    ],
  ])('is refused with an encoder of %s', async (_, encoder, text) => {
    await forge('encoder.json', JSON.stringify(encoder));
    expect(await message()).toContain(`model: ROOT/model/encoder.json: ${text}`);
  });

  it('is refused with weights that are not finite', async () => {
    const broken = structuredClone(trained.weights);
    broken['time_distributed/bias']!.data[1] = Number.NaN;
    await forge('weights.safetensors', encodeSafetensors(broken, { auditweave: '0.1.0' }));
    expect(await message()).toBe(
      'model: ROOT/model/weights.safetensors: expected weight time_distributed/bias to be finite, got NaN at 1.',
    );
  });

  it('waits for no FIFO, and reads no device and no folder', async () => {
    await rm(join(dir, 'weights.safetensors'));
    execFileSync('mkfifo', [join(dir, 'weights.safetensors')]);
    expect(await message()).toBe(
      `model: ROOT/model/weights.safetensors: expected a file, got a FIFO.${AGAIN}`,
    );
    await rm(join(dir, 'weights.safetensors'));
    await symlink('/dev/zero', join(dir, 'weights.safetensors'));
    expect(await message()).toContain('expected a file, got a device.');
    await rm(join(dir, 'weights.safetensors'));
    await mkdir(join(dir, 'weights.safetensors'));
    expect(await message()).toContain('expected a file, got a folder.');
  });

  it('is refused before a file is read that is too large', async () => {
    await truncate(join(dir, 'model.onnx'), 2 ** 31);
    expect(await message()).toBe(
      `model: ROOT/model/model.onnx: expected at most 1073741824 bytes, got 2147483648.${AGAIN}`,
    );
    await truncate(join(dir, 'config.json'), 2 ** 23);
    expect(await message()).toContain('config.json: expected at most 4194304 bytes, got 8388608.');
  });

  it('is refused where one window would take more memory or time than any model is meant to', async () => {
    await edit((config) => Object.assign(config, { window: 10_000, classes: 100_000 }));
    expect(await message()).toContain(
      'config.json: expected a window of at most 67108864 numbers and 17179869184 products, got 5000400000 and',
    );
  });

  it('may have more features than columns, where values have a number each', async () => {
    const encoder = OrdinalEncoder.fit([['get', '1']], ['verb', 'objectRef']).as('one-hot');
    const config = { ...trained.config, features: encoder.width };
    const weights = initialWeights(biLstmConfig(config), 7);
    const wide = { ...trained, config, weights, encoder: encoder.toJSON() };
    await writeModelFolder(dir, wide, { version: '0.1.0' });
    expect((await readModelFolder(dir)).config).toMatchObject({
      features: 4,
      columns: ['verb', 'objectRef'],
    });
    await expect(
      writeModelFolder(dir, { ...wide, encoder: trained.encoder }, { version: '0.1.0' }),
    ).rejects.toThrow('expected an encoder that gives 4 numbers a line, got 2.');
  });

  it('is not written with label parts that do not fit', async () => {
    const write = (partIds: number[]): Promise<void> =>
      writeModelFolder(dir, { ...trained, labels: { partIds } }, { version: '0.1.0' });
    await expect(write([0, 1])).rejects.toThrow('model: expected 3 partIds, one a class, got 2.');
    await expect(write([0, 2, 1])).rejects.toThrow(
      'model: expected partIds to be a rising list of ids, got [0,2,1].',
    );
    expect((await readModelFolder(dir)).labels.partIds).toEqual([0, 1, 17]);
  });
});

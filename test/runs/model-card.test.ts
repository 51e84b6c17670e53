import { describe, expect, it } from 'vitest';
import { bilstm } from '../../src/model/bilstm/kind.js';
import { modelCard } from '../../src/runs/model-card.js';
import { readRun } from '../../src/runs/record.js';

const HOLDINGS = [{ what: 'people', columns: ['user.username', 'user.uid'], values: 12 }];

const card = async (protocol: 'paper' | 'blocked', hashed = false): Promise<string> => {
  const { run, metrics } = await readRun(`test/fixtures/runs/pair/${protocol}`);
  return modelCard(run, metrics!, { describes: bilstm.describes, holdings: HOLDINGS, hashed });
};

describe('modelCard', () => {
  it('says that a split leaks, and what that means', async () => {
    const text = await card('paper');
    expect(text).toContain('# Model card: pair/paper\n');
    expect(text).toContain('split by the `paper` protocol, which');
    expect(text).toContain(
      '**leaks**: 100.0 % of the test lines are in training windows too, so the scores below measure memory as well.',
    );
  });

  it('gives scores with their intervals beside the baselines', async () => {
    const text = await card('blocked');
    expect(text).toContain('shares no line: no test line is in a training window.');
    expect(text).toContain('| macro F1, strict | 0.7218 | 0.6878 – 0.7490 | 459 |');
    expect(text).toContain(
      '| exact match of the line’s own action (no learning) | 0.5970 | 0.5760 – 0.6138 | 459 |',
    );
    expect(text).toContain('Classes of the test part that were never trained on: 7 (6.5 % of its lines).');
    expect(text).toContain('over windows of lines: 60 lines an example, 717,673 parameters.');
    // Who trains again gets the same card, whatever was committed since.
    expect(text).toContain(', seed 7, TensorFlow 2.18.0 on cpu; `run.json` of the run names the\ncommit.');
    expect(text).not.toContain('at commit');
  });

  it('scores each capture, by window too, and says what it is for and what not', async () => {
    const { run, metrics } = await readRun('test/fixtures/runs/pair/blocked');
    const text = modelCard(run, metrics!, {
      ...{ describes: bilstm.describes, holdings: HOLDINGS, hashed: false },
      captures: [{ capture: 'b2', lines: 40, exactMatch: 0.5, strict: 0.25 }],
    });
    expect(text).toContain('| b2 | 40 | 0.5000 | 0.2500 |');
    expect(text).toContain('| macro F1, strict, by window and without a vote | ');
    expect(text).toContain('## Intended use and limits');
    expect(text).toContain('Not meant as proof of who did what');
  });

  it('says what the files hold of the log: kinds of values and how many', async () => {
    const text = await card('blocked');
    expect(text).toContain('`encoder.json` holds, as raw text, each value that the training lines had.');
    expect(text).toContain('| people | `user.username`, `user.uid` | 12 |');
    expect(text).toContain('`weights.safetensors` and `model.onnx` name the dataset and its sha256');
    expect(await card('blocked', true)).toContain('`encoder.json` holds a salted hash of each value');
  });
});

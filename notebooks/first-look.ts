// Lines, labels and contexts of a dataset as frames: npx tsx notebooks/first-look.ts [DATASET]
import { createRequire } from 'node:module';
import { labelText, loadDataset, loadResourceTable, loadTensorFlow } from '../src/index.js';

const dataset = await loadDataset(process.argv[2] ?? 'datasets/first-light', {
  map: ({ userAgent, verb }) => ({ tool: userAgent?.split('/')[0] ?? 'none', verb }),
});
const table = await loadResourceTable();

await loadTensorFlow({ device: 'cpu' }); // danfojs uses the same binding
const { DataFrame } = createRequire(import.meta.url)('danfojs-node') as typeof import('danfojs-node');

const lines = new DataFrame(
  dataset.rows.map(({ tool, verb }, i) => ({
    tool,
    verb,
    label: labelText(dataset.label[i]!, table),
    background: dataset.background[i],
    one: 1,
  })),
);
console.log('Lines by tool:');
lines.groupby(['tool']).col(['one']).sum().sortValues('one_sum', { ascending: false }).print();
console.log('Most frequent labels:');
lines.groupby(['label']).col(['one']).sum().sortValues('one_sum', { ascending: false }).head(15).print();

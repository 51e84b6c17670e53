import type { StoreRecord, Time } from '../../comparison/context-records.js';
import { type PaperResult, type PaperResults, paperValue } from '../../comparison/paper-results.js';
import type { Table, TableCell } from '../../page/table.js';
import { count, score } from '../format.js';
import { number } from '../study/tables/scores.js';

/** Results of the paper that a record of its own answers to, and not studies. */
export interface Recorded {
  tables: [string, Table][];
  /** Its row of the summary. */
  what: string;
  paper: TableCell;
  ours: TableCell;
}

/** What was measured of stores [K8NTEXT, §7.2, §7.3], by key of the paper’s result. */
export function recordedOf({ results }: PaperResults, record: StoreRecord | null): Map<string, Recorded> {
  const found = new Map<string, Recorded>();
  const { queries, storage } = results;
  if (record && queries) found.set('queries', queriesOf(queries, record));
  if (record && storage) found.set('storage', storageOf(storage, record));
  return found;
}

const milliseconds = ({ mean, sd, n }: Time): TableCell => ({
  text: mean < 1000 ? `${score(mean, mean < 10 ? 2 : 0)} ms` : `${score(mean / 1000, 1)} s`,
  value: mean,
  note: n > 1 ? `± ${score(sd, sd < 10 ? 2 : 0)} ms` : 'once',
});

function queriesOf(result: PaperResult, { small, large, machine }: StoreRecord): Recorded {
  const tableOf = (
    of: StoreRecord['small'],
    peers: StoreRecord['small']['peers'],
    caption: string,
  ): Table => ({
    caption,
    columns: [
      { name: 'query', kind: 'code' },
      number('K8NTEXT'),
      number('a store'),
      number('contexts found'),
      number('DuckDB read_json on the lines'),
      number('jq on the lines'),
      number('lines found'),
    ],
    rows: of.ours.map(({ query, contexts, milliseconds: own }) => {
      const paper = paperValue(result, 'queryMilliseconds', { query });
      const peer = peers.find((one) => one.query === query);
      const none: TableCell = { text: '–', value: '' };
      return [
        query,
        paper?.mean === undefined
          ? none
          : {
              text: `${score(paper.mean, paper.mean < 10 ? 2 : 0)} ms`,
              value: paper.mean,
              note: `± ${score(paper.sd ?? 0, 2)} ms`,
            },
        milliseconds(own),
        { text: count(contexts), value: contexts },
        peer ? milliseconds(peer.readJson) : none,
        peer ? milliseconds(peer.jq) : none,
        peer ? { text: count(peer.lines), value: peer.lines } : none,
      ];
    }),
  });
  const where = `${machine.cores} cores of ${machine.cpu}, Node ${machine.node}; mean and standard deviation`;
  const last = small.ours.at(-1)!;
  const paper = paperValue(result, 'queryMilliseconds', { query: last.query });
  return {
    tables: [
      [
        'queries',
        tableOf(
          small,
          small.peers,
          `Queries on ${count(small.lines)} lines, once the store is open (${score(small.opening.mean, 0)} ms); ${where}`,
        ),
      ],
      [
        'queries-large',
        tableOf(
          { ...large, peers: [] },
          large.peers.peers,
          `The same on a store of ${count(large.lines)} lines and ${count(large.contexts)} contexts, opened in ${score(large.opening.mean / 1000, 1)} s; jq and read_json on ${count(large.peers.lines)} lines only`,
        ),
      ],
    ],
    what: 'the longest query, after opening',
    paper: { text: paper?.mean === undefined ? '–' : `${score(paper.mean, 0)} ms`, value: paper?.mean ?? '' },
    ours: { ...milliseconds(last.milliseconds), note: 'another machine' },
  };
}

function storageOf(result: PaperResult, { sizes }: StoreRecord): Recorded {
  const { stores, text, zstd19, lines } = sizes;
  const size = (bytes: number): TableCell => ({
    text: bytes < 1e6 ? `${score(bytes / 1000, 1)} kB` : `${score(bytes / 1e6, 2)} MB`,
    value: bytes,
  });
  const share = (bytes: number): TableCell => ({
    text: `${score((100 * bytes) / text, 2)} %`,
    value: bytes / text,
  });
  const paperOf = (form: string): TableCell => {
    const mean = paperValue(result, 'bytes', { form })?.mean;
    return mean === undefined
      ? { text: '–', value: '' }
      : { ...size(mean), text: `about ${size(mean).text}` };
  };
  const [rawPaper, compactPaper] = [paperOf('raw lines'), paperOf('compact, control plane stripped')];
  const none: TableCell = { text: '–', value: '' };
  const row = (
    what: string,
    paper: TableCell,
    bytes: number,
    kept: number | null,
    contexts: number | null,
  ) => [
    what,
    paper,
    size(bytes),
    share(bytes),
    kept === null ? none : { text: count(kept), value: kept },
    contexts === null ? none : { text: count(contexts), value: contexts },
  ];
  const rows = [
    row('lines as they are', rawPaper, text, lines, null),
    row('lines by zstd -19', none, zstd19, lines, null),
    ...(['truth', 'model', 'rules'] as const).flatMap((by) =>
      (['raw', 'foreground', 'compact'] as const).map((keep) => {
        const { bytes, lines: kept, contexts } = stores[by][keep];
        const paper = keep === 'compact' ? compactPaper : none;
        return row(
          `store that keeps ${keep}, contexts by ${by === 'rules' ? 'rules' : `the ${by}`}`,
          paper,
          bytes,
          kept,
          contexts,
        );
      }),
    ),
  ];
  return {
    tables: [
      [
        'storage',
        {
          caption: `Size of ${count(lines)} lines on disk; the paper’s are other lines. A raw store gives every line back, a compact one the triggering lines; the model of the package has learned from some of these captures`,
          columns: [
            { name: 'what' },
            number('K8NTEXT'),
            number('ours'),
            number('of the lines'),
            number('lines'),
            number('contexts'),
          ],
          rows,
        },
      ],
    ],
    what: 'compact, without the control plane’s own work',
    paper: compactPaper,
    ours: { ...size(stores.truth.compact.bytes), note: 'contexts by the truth' },
  };
}

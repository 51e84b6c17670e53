import { basename } from 'node:path';
import { COLOUR } from '../../page/colours.js';
import type { RunFolder } from '../../runs/record.js';
import { PROTOCOL_COLOUR } from './theme.js';

/** How a run is called and coloured, the same in every chart and table of a page. */
export interface Series {
  name: string;
  colour: string;
}

/** A run with what a page calls it. */
export interface ReportedRun extends RunFolder {
  series: Series;
  /** Part of file names and anchors: lower case, digits and dashes; no two runs of a page have the same. */
  slug: string;
}

const SPARE = [COLOUR.purple, '#56719a', '#8a6d1f', COLOUR.green];

/**
 * Names the runs of one page: by protocol, with a leak said out loud; by folder too where a protocol occurs twice.
 *
 * @example nameRuns([paper, blocked]).map(({ series }) => series.name) // ['paper protocol (leaks)', 'blocked protocol']
 */
export function nameRuns(runs: readonly RunFolder[]): ReportedRun[] {
  const protocols = runs.map(({ run }) => run.leak.protocol);
  const slugs = new Set<string>();
  return runs.map((folder, i) => {
    const { protocol, verdict } = folder.run.leak;
    const alone = protocols.filter((other) => other === protocol).length === 1;
    const first = protocols.indexOf(protocol) === i;
    const leak = verdict === 'leaks' ? ' (leaks)' : '';
    const stem = alone ? protocol : `${basename(folder.dir)}-${protocol}`;
    const slug = freeSlug(stem, slugs);
    return {
      ...folder,
      slug,
      series: {
        name: alone ? `${protocol} protocol${leak}` : `${basename(folder.dir)}: ${protocol} protocol${leak}`,
        colour: first ? PROTOCOL_COLOUR[protocol] : SPARE[i % SPARE.length]!,
      },
    };
  });
}

function freeSlug(stem: string, taken: Set<string>): string {
  const plain =
    stem
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'run';
  let slug = plain;
  for (let i = 2; taken.has(slug); i++) slug = `${plain}-${i}`;
  taken.add(slug);
  return slug;
}

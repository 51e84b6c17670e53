import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MismatchError } from '../../errors.js';
import { isStudy, readStudy } from '../../studies/read.js';
import type { OursColumn } from '../study/tables/paper.js';
import { type StudyView, viewStudy } from '../study/view.js';

/** A study among others: its folder below theirs. */
export interface FoundStudy {
  folder: string;
  /** Whether its own report is written. */
  reported: boolean;
  view: StudyView;
}

/**
 * Every study in the folders right below, those of the paper's own configuration last.
 *
 * @throws {MismatchError} There is none, or a broken record, with file and line.
 */
export async function findStudies(dir: string): Promise<FoundStudy[]> {
  const found: FoundStudy[] = [];
  for (const folder of await folders(dir))
    if (await isStudy(join(dir, folder)))
      found.push({
        folder,
        reported: existsSync(join(dir, folder, 'report.html')),
        view: viewStudy(await readStudy(join(dir, folder))),
      });
  if (found.length === 0)
    throw new MismatchError(
      { folder: 'reports', file: dir, expected: 'a study in a folder below', got: 'none' },
      { hint: 'Run one first: npm run study -- experiments/window-size.study.yaml' },
    );
  const rank = ({ view: { study } }: FoundStudy): number => Number(study.base === 'paper');
  return found.sort((a, b) => rank(a) - rank(b) || (a.folder < b.folder ? -1 : 1));
}

/** The studies of one of the paper's results that have a finished trial. */
export function studiesOf(studies: readonly FoundStudy[], key: string): FoundStudy[] {
  return studies.filter(({ view: { study, counts } }) => study.paper === key && counts.done > 0);
}

/** A configuration under each protocol that it was run under: of one study, or of several that each have protocols of their own. */
export interface Configuration {
  name: string;
  columns: OursColumn[];
}

/** The configurations of studies that answer to one of the paper's results. Studies of one base that share no protocol are one. */
export function configurationsOf(own: readonly FoundStudy[]): Configuration[] {
  const bases = [...new Set(own.map(({ view }) => view.study.base))];
  return bases.flatMap((base): Configuration[] => {
    const same = own.filter(({ view }) => view.study.base === base);
    const columns = same.flatMap(protocolColumns);
    const apart = new Set(columns.map(({ protocol }) => protocol)).size === columns.length;
    if (apart) return [{ name: base, columns }];
    return same.map((study) => ({
      name: configurationName(study, own),
      columns: protocolColumns(study),
    }));
  });
}

/** A study's configuration, with its folder where another of these studies has the same. */
export function configurationName({ folder, view }: FoundStudy, among: readonly FoundStudy[]): string {
  const { base } = view.study;
  const alone = among.filter((other) => other.view.study.base === base).length === 1;
  return alone ? base : `${base} (${folder})`;
}

/** Every protocol of some studies as columns, each with its configuration: `fast · paper (leaks)`. */
export function allColumns(studies: readonly FoundStudy[]): OursColumn[] {
  return studies.flatMap((study) =>
    protocolColumns(study).map(({ name, ...column }) => ({
      name: `${configurationName(study, studies)} · ${name}`,
      ...column,
    })),
  );
}

/** The protocols of one study as columns: `paper (leaks)`. */
export function protocolColumns({ view }: FoundStudy): OursColumn[] {
  return view.series.map(({ protocol, verdict }) => ({
    name: `${protocol}${verdict === 'leaks' ? ' (leaks)' : ''}`,
    view,
    protocol,
  }));
}

async function folders(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (cause) {
    throw new MismatchError(
      { folder: 'reports', file: dir, expected: 'a folder of studies', got: 'no such folder' },
      { hint: 'Name the folder that studies are written to, such as results.', cause },
    );
  }
}

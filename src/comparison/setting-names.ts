import type { Point } from '../studies/record.js';

/** A setting in words, for axes, and short, for names of points. */
const SETTINGS: Record<string, { axis: string; short: string }> = {
  'audit.level': { axis: 'audit level', short: 'level' },
  'window.size': { axis: 'W, lines a window', short: 'W' },
  'window.stride': { axis: 'lines between two windows', short: 'stride' },
  'split.test': { axis: 'test share', short: 'test' },
  'split.validation': { axis: 'validation share of the rest', short: 'validation' },
  'split.folds': { axis: 'k', short: 'k' },
  'split.part': { axis: 'part that tests', short: 'part' },
  'split.fold': { axis: 'fold', short: 'fold' },
  'split.purged': { axis: 'straddling contexts left out', short: 'purged' },
  'split.trainCaptures': { axis: 'captures that train', short: 'training captures' },
  'split.trainShare': { axis: 'share of the training lines', short: 'training share' },
  'model.name': { axis: 'kind of model', short: 'kind' },
  'model.learner': { axis: 'what ranks causes', short: 'learner' },
  'model.closedLoop': { axis: 'marks by models that never saw the capture', short: 'closed loop' },
  'model.spoil': { axis: 'share of marks given to another cause', short: 'spoilt marks' },
  'model.hideWords': { axis: 'share of lines with hidden words', short: 'hidden words' },
  'model.hideRelations': { axis: 'share of lines with hidden relations', short: 'hidden relations' },
  'model.beside': { axis: 'dataset taught beside', short: 'beside' },
  'model.interleaved': { axis: 'logs made beside the captures', short: 'made logs' },
  'model.streams': { axis: 'most streams of a made log', short: 'streams at most' },
  'model.rules': { axis: 'what rules of identity do', short: 'rules' },
  'model.rulesOff': { axis: 'rules that are not asked', short: 'rules off' },
  'model.without': { axis: 'resources not trained on', short: 'withheld' },
  'model.dropout': { axis: 'dropout', short: 'dropout' },
  'training.epochs': { axis: 'epochs', short: 'epochs' },
  'training.focal.gamma': { axis: 'γ of the focal loss', short: 'focal γ' },
  'training.oneCycle.warmup': { axis: 'share of the steps in which the rate rises', short: 'warm-up' },
  'training.sampling': { axis: 'sampling of windows', short: 'sampling' },
  'training.repeatFactor.threshold': {
    axis: 'share of lines below which a class is rare',
    short: 'rare below',
  },
  'training.repeatFactor.power': { axis: 'power of rarity', short: 'power' },
  'training.oneCycle.descent': { axis: 'descent of the learning rate', short: 'descent' },
  'training.crop.batches': { axis: 'share of batches with shorter windows', short: 'cropped batches' },
  'training.crop.cut': { axis: 'lines that a cropped window loses', short: 'cut' },
  'training.classWeight': { axis: 'class weights', short: 'class weights' },
  'training.learningRate': { axis: 'learning rate', short: 'learning rate' },
  'training.batchSize': { axis: 'batch size', short: 'batch' },
  'training.optimizer': { axis: 'optimizer', short: 'optimizer' },
  'training.schedule': { axis: 'learning rate schedule', short: 'schedule' },
  'features.encoding': { axis: 'encoding', short: 'encoding' },
  'features.include': { axis: 'columns', short: 'columns' },
};

/** @example axisName('window.size') // 'W, lines a window' */
export function axisName(path: string): string {
  return SETTINGS[path]?.axis ?? path;
}

/** @example shortAxis('window.size') // 'W' */
export function shortAxis(path: string): string {
  return SETTINGS[path]?.short ?? path;
}

/**
 * A point as charts and tables name it.
 *
 * @example pointName({ 'split.test': 0.1, 'split.validation': 0.2 }) // 'test 0.1, validation 0.2'
 * @example pointName({ 'features.exclude': ['verb'] }) // 'without verb'
 */
export function pointName(point: Point): string {
  const parts = Object.entries(point).map(([path, value]) => {
    if (path === 'features.exclude' && Array.isArray(value))
      return value.length === 0 ? 'all features' : `without ${value.join(', ')}`;
    const short = SETTINGS[path]?.short ?? path;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return short.length === 1 ? `${short} = ${text}` : `${short} ${text}`;
  });
  return parts.join(', ') || 'base settings';
}

/** The one setting, all numbers, that a study varies; null when there are several or other kinds of values. */
export function numericSetting(points: readonly Point[]): string | null {
  const paths = new Set(points.flatMap((point) => Object.keys(point)));
  const [path] = paths;
  if (path === undefined || paths.size > 1 || points.length < 2) return null;
  return points.every((point) => typeof point[path] === 'number') ? path : null;
}

/** The two settings of a grid, in the order of the study; null when it varies more or fewer. */
export function gridSettings(points: readonly Point[]): [string, string] | null {
  const paths = [...new Set(points.flatMap((point) => Object.keys(point)))];
  return paths.length === 2 ? [paths[0]!, paths[1]!] : null;
}

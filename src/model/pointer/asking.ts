import type { FollowerOptions } from './follower.js';
import { askRules } from './rules/rules.js';
import type { PointerSettings } from './settings.js';

/** How rules are asked, and when they are believed, by the settings of a model. */
export function askingOf({
  rules,
  rulesOff,
}: Pick<PointerSettings, 'rules' | 'rulesOff'>): Required<Pick<FollowerOptions, 'ask' | 'take'>> {
  const off = new Set(rulesOff);
  return {
    // What comes by the clock is no rule of identity; it is asked for always, unless switched off by name.
    ask: (asked) =>
      rules !== 'off'
        ? askRules(asked, off)
        : asked.request.background && !off.has('background')
          ? { id: 'background', cause: null }
          : null,
    // Where the log leaves bodies out, a rule may not know of an owner, and names the next best.
    // What another program does is its own, or somebody's: no rule tells.
    take: ({ id }, { request, registry }) =>
      id === 'background' ||
      (rules === 'take' && request.level === 2 && registry.whole && request.kind === 'system'),
  };
}

import { type Command, type OptionSpec, readLine, Usage } from './command.js';
import { EVERYWHERE } from './help.js';

/**
 * A script for bash, which zsh reads too, that completes commands, options and the values that are a choice; elsewhere the shell
 * completes names of files. All is in the script, so that a press of Tab starts no process.
 *
 * @example completionScript(await allCommands()).includes('complete -o default') // true
 */
export function completionScript(commands: readonly Command[]): string {
  const cases = commands.flatMap((command) => casesOf(command, readLine(command.command).name));
  return `# Completion of auditweave for bash and zsh: source <(auditweave completion)
if [ -n "\${ZSH_VERSION-}" ]; then
  autoload -Uz compinit bashcompinit
  (( \${+functions[compdef]} )) || compinit -D
  bashcompinit
fi
_auditweave() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=""
  [ "$before" = "=" ] && before="\${COMP_WORDS[COMP_CWORD-2]}"
  [ "$word" = "=" ] && word=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...commands.map(({ command }) => readLine(command).name), '--help', '--version'].join(' ')}"
  else
    case "$command" in
${commands
  .filter(({ builder }) => builder(new Usage()).commands.length > 0)
  .map(
    ({ command }) =>
      `      ${readLine(command).name}) [ "$COMP_CWORD" -gt 2 ] && command="$command \${COMP_WORDS[2]}" ;;`,
  )
  .join('\n')}
    esac
    case "$command $before" in
${cases.map(({ pattern, words }) => `      ${pattern}) words="${words}" ;;`).join('\n')}
    esac
  fi
  [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _auditweave auditweave auditweave.mjs
`;
}

/** What may follow, a shell pattern each: first after an option that takes a value, then anywhere in the command. */
function casesOf(command: Command, path: string): { pattern: string; words: string }[] {
  const usage = command.builder(new Usage());
  const places = readLine(command.command).places;
  const options: [string, OptionSpec][] = [...usage.options, ...EVERYWHERE];
  const values = options
    .filter(([, { type }]) => type !== 'boolean')
    .map(([name, { choices = [] }]) => ({ pattern: `"${path} --${name}"`, words: choices.join(' ') }));
  const words = [
    ...usage.commands.map((own) => readLine(own.command).name),
    ...places.flatMap(({ name }) => usage.positionals.get(name)?.choices ?? []),
    ...options.flatMap(([name, { type, default: value }]) =>
      type === 'boolean' && value === true ? [`--no-${name}`] : [`--${name}`],
    ),
  ];
  return [
    ...values,
    ...usage.commands.flatMap((own) => casesOf(own, `${path} ${readLine(own.command).name}`)),
    { pattern: `"${path} "*`, words: words.join(' ') },
  ];
}

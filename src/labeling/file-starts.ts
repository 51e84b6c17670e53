import type { LogLine } from '../audit/read.js';

/** A line in its file. */
interface FilePlace {
  line: number;
  file?: string;
}

/** Which line of which file a line of the whole log is, from its number in the whole. */
export class FileStarts {
  readonly #starts: { file: string; from: number }[] = [];
  #count = 0;

  /** Counts a line, and gives its number: its own where there is one file. */
  next({ line, file }: LogLine): number {
    if (file === undefined) return line;
    if (this.#starts.at(-1)?.file !== file) this.#starts.push({ file, from: this.#count });
    return this.#count++;
  }

  placeOf(number: number): FilePlace {
    if (this.#starts.length === 0) return { line: number };
    const start = this.#starts.findLast(({ from }) => from <= number);
    return start ? { line: number - start.from, file: start.file } : { line: number };
  }
}

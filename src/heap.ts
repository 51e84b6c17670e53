import { Session } from 'node:inspector';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of the heap in use below which nothing is collected by hand. */
const SMALL = 192e6;
/** Bytes that may come to what was left by the last collection before the next: more, where much was left. */
const GROWTH = { least: 40e6, share: 0.15 };

/** Bytes of the heap that are not in use after a collection, from which on what is left is moved together. */
const SCATTERED = 72e6;

export interface SmallHeapOptions {
  /** Bytes in use below which nothing is done. Default 192 MB. */
  small?: number;
  /** Bytes in use. Default: as V8 says. */
  used?: () => number;
  /** Frees what nobody holds. Default: V8's full collection. */
  collect?: () => void;
}

/**
 * Keeps the heap small while something without end is worked on. V8 lets a heap grow to several times what is held, since that is quicker;
 * on a long log it came to 800 MB for the 130 MB that were held. So it is collected when `small` bytes are in use, and when 40 MB, or
 * 15 %, have come to what the last collection left: a tenth of a second, every 10,000 to 40,000 lines.
 *
 * @example
 * const heap = new SmallHeap();
 * for await (const rows of heap.along(labelBatches(heap.along(readBatches('audit.log')), options))) use(rows);
 */
export class SmallHeap {
  readonly #options: Required<SmallHeapOptions>;
  #most: number;

  constructor(options: SmallHeapOptions = {}) {
    this.#options = { small: SMALL, used: usedHeap, collect: collectAll, ...options };
    this.#most = this.#options.small;
  }

  /**
   * Hands on what comes, and looks at the heap meanwhile. What does much between two that it takes is gone along with on both sides.
   *
   * @param every Items after which it looks. Default 1.
   */
  async *along<T>(items: AsyncIterable<T>, every = 1): AsyncGenerator<T> {
    let count = 0;
    for await (const item of items) {
      yield item;
      if (++count % every === 0) this.#look();
    }
  }

  #look(): void {
    const { small, used, collect } = this.#options;
    if (used() <= this.#most) return;
    collect();
    const left = used();
    this.#most = Math.max(small, left + Math.max(GROWTH.least, GROWTH.share * left));
  }
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

let collector: (() => void) | undefined;
let session: Session | undefined;

function collectAll(): void {
  if (!collector) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collector();
  const { total_heap_size, used_heap_size } = getHeapStatistics();
  if (total_heap_size - used_heap_size < SCATTERED) return;
  // Takes twice as long, and moves what is left together: pages that are half empty stay else, more with every hour.
  if (!session) {
    session = new Session();
    session.connect();
  }
  session.post('HeapProfiler.collectGarbage');
}

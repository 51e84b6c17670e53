export interface VoteOptions {
  /** First rows of the windows, shape [M], ascending. */
  starts: Int32Array;
  /** W. */
  size: number;
  /** Predicted class of each line of each window, shape [M · W], window by window. */
  predictions: ArrayLike<number>;
  /** N; windows lie within. */
  rows: number;
  /** `equal`: every window has one vote; `central`: a vote counts more in the middle of its window. Default `equal`. */
  weighting?: 'equal' | 'central';
}

/** One class for each row that some window covers, ascending by row. A row that no window covers is absent. */
export interface Vote {
  /** Rows with a vote, shape [R]. */
  row: Int32Array;
  /** Winning class, shape [R]. */
  code: Int32Array;
  /** Windows that cover the row, shape [R]. */
  votes: Int32Array;
  /** Share of the votes' weight that the winner got, shape [R]. */
  share: Float64Array;
}

/**
 * The class that most windows give a line; on a tie the one that was given first, by the window with the lowest start
 * [K8NTEXT, §5.8.3].
 *
 * With `central`, position t of a window weighs by its distance from the nearer edge,
 *
 *     w(t) = 1 + min(t, W − 1 − t)
 *
 * so that a line seen with context on both sides counts more. The paper's source weighs votes by centrality too; this weight is ours.
 *
 * @throws {RangeError} There are not M · W predictions, the starts do not ascend, or a window ends after row N − 1.
 * @example majorityVote({ starts: Int32Array.of(0, 1), size: 2, predictions: [7, 8, 8, 9], rows: 3 }).code // Int32Array [7, 8, 9]
 */
export function majorityVote({ starts, size, predictions, rows, weighting = 'equal' }: VoteOptions): Vote {
  check(starts, size, predictions.length, rows);
  const vote = {
    row: new Int32Array(rows),
    code: new Int32Array(rows),
    votes: new Int32Array(rows),
    share: new Float64Array(rows),
  };
  const tally = new Map<number, number>();
  let [voted, from, to] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    while (to < starts.length && starts[to]! <= row) to++;
    while (from < to && starts[from]! + size <= row) from++;
    if (from === to) continue;
    tally.clear();
    let total = 0;
    for (let m = from; m < to; m++) {
      const t = row - starts[m]!;
      const weight = weighting === 'equal' ? 1 : 1 + Math.min(t, size - 1 - t);
      const code = predictions[m * size + t]!;
      tally.set(code, (tally.get(code) ?? 0) + weight);
      total += weight;
    }
    let most = 0;
    for (const [code, weight] of tally)
      if (weight > most) {
        most = weight;
        vote.code[voted] = code;
      }
    vote.row[voted] = row;
    vote.votes[voted] = to - from;
    vote.share[voted++] = most / total;
  }
  return {
    row: vote.row.slice(0, voted),
    code: vote.code.slice(0, voted),
    votes: vote.votes.slice(0, voted),
    share: vote.share.slice(0, voted),
  };
}

function check(starts: Int32Array, size: number, predictions: number, rows: number): void {
  if (predictions !== starts.length * size)
    throw new RangeError(`windows: expected ${starts.length} × ${size} predictions, got ${predictions}.`);
  for (let m = 1; m < starts.length; m++)
    if (starts[m]! < starts[m - 1]!)
      throw new RangeError(`windows: expected ascending starts, got ${starts[m]} after ${starts[m - 1]}.`);
  const end = (starts.at(-1) ?? -size) + size;
  if (end > rows) throw new RangeError(`windows: expected rows below ${rows}, got row ${end - 1}.`);
}

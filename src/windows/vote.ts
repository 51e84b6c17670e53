export interface VoteOptions {
  /** First rows of the windows, shape [M], ascending. */
  starts: Int32Array;
  /** W. */
  size: number;
  /** Predicted class of each line of each window, shape [M · W]. */
  predictions: ArrayLike<number>;
  /** N; windows lie within. */
  rows: number;
  /** `equal`: every window has one vote; `central`: a vote counts more in the middle of its window. Default `equal`. */
  weighting?: 'equal' | 'central';
}

/** One class for each row that some window covers, ascending by row. */
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
 * The class that most windows give a line; on a tie the one that was given first [K8NTEXT, §5.8.3].
 *
 * With `central` weighting, position t of a window weighs 1 + min(t, W − 1 − t), as in the paper's source.
 *
 * @example majorityVote({ starts: Int32Array.of(0, 1), size: 2, predictions: [7, 8, 8, 9], rows: 3 }).code // Int32Array [7, 8, 9]
 */
export function majorityVote({ starts, size, predictions, rows, weighting = 'equal' }: VoteOptions): Vote {
  const covering: number[][] = Array.from({ length: rows }, () => []);
  for (let m = 0; m < starts.length; m++)
    for (let t = 0; t < size; t++) covering[starts[m]! + t]!.push(m * size + t);
  const row: number[] = [];
  const code: number[] = [];
  const votes: number[] = [];
  const share: number[] = [];
  covering.forEach((samples, index) => {
    if (samples.length === 0) return;
    const tally = new Map<number, number>();
    let total = 0;
    for (const sample of samples) {
      const t = sample % size;
      const weight = weighting === 'equal' ? 1 : 1 + Math.min(t, size - 1 - t);
      total += weight;
      tally.set(predictions[sample]!, (tally.get(predictions[sample]!) ?? 0) + weight);
    }
    let winner = 0;
    let most = -1;
    for (const [candidate, weight] of tally)
      if (weight > most) {
        winner = candidate;
        most = weight;
      }
    row.push(index);
    code.push(winner);
    votes.push(samples.length);
    share.push(most / total);
  });
  return {
    row: Int32Array.from(row),
    code: Int32Array.from(code),
    votes: Int32Array.from(votes),
    share: Float64Array.from(share),
  };
}

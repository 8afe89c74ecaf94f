/** Effect on treated groups over a window of weeks, learnt from the weeks before. */
export interface WindowEffect {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** contacts of each week of the window without the decision */
  readonly expected: Float64Array;
  /** share of each comparison group in them */
  readonly weights: readonly number[];
  readonly about: string;
}

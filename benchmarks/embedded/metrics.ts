/** The columns of the table. */
export const METRICS = [
  'get µs',
  'insert µs',
  'insert, 100 in flight µs',
  'batch of 100 µs/entity',
  'page of 1000 ms',
  'filter 1 % of 100k ms',
  'cold open ms',
  'file MB',
] as const;

export type Metric = (typeof METRICS)[number];
/** The measurements of one contender. */
export type Figures = Readonly<Record<Metric, number>>;

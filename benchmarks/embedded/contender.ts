import type { SampleData } from '../support/sample.js';

/** A store on one machine, with what a program does to get instances of its class from it. */
export interface Contender {
  readonly name: string;
  /** Opens, or makes, the store in a folder. */
  open(folder: string): Promise<OpenContender>;
  /** Fewer entities where a store is slow: figures are per operation all the same. */
  readonly slow?: boolean;
}

export interface OpenContender {
  /** Stores one entity; it is on disk when this resolves, where the store has a disk. */
  insert(data: SampleData): Promise<void>;
  /** Stores up to 100 entities of one partition, all or nothing. */
  batch(data: readonly SampleData[]): Promise<void>;
  get(partition: string, row: string): Promise<object | undefined>;
  /** All 1,000 entities of a partition, as instances. */
  page(partition: string): Promise<readonly object[]>;
  /** The entities of every partition whose `count` has a value. */
  filter(count: number): Promise<readonly object[]>;
  close(): Promise<void>;
}

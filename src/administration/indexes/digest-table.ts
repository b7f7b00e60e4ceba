import { createHash } from 'node:crypto';

/**
 * The state of an entry that an entity must have. `absent`: it has not been read. `outdated`: it was read, and holds
 * other values than the entity. `right`: it was read, and agrees with the entity.
 */
export type EntryState = 'absent' | 'outdated' | 'right';

/**
 * The texts of which a table keeps digests. `place` names the index and has the keys of the entry and of its entity;
 * `content` has the values that the entry must hold.
 */
export interface DigestedEntry {
  readonly place: string;
  readonly content: string;
}

const STATES: readonly EntryState[] = ['absent', 'outdated', 'right'];

/**
 * Number of 32-bit words in a slot of the table: three for the digest of the place, two for that of the content, and
 * one for that of the entity's ETag.
 */
const WORDS = 6;
const PLACE_WORDS = 3;
const FIRST_SLOTS = 1024;
/** The fraction of slots that may be filled before the table grows, so that a search soon reaches a free slot. */
const MOST_FILLED = 0.75;

/**
 * A hash table of the entries that the entities of a class must have. It stores digests only, which take 33 to 67 bytes
 * of memory for each entry, however long its keys and values are. Two different places have the same digest with a
 * probability of 2^-96.
 */
export class DigestTable {
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  /** For each slot 0 if it is free, otherwise 1 + the index of its state. */
  #states = new Uint8Array(FIRST_SLOTS);
  #size = 0;

  /** Adds the entry of an entity, of which no entry has been read yet. */
  add({ place, content }: DigestedEntry, etag: string): void {
    if (this.#size >= this.#states.length * MOST_FILLED) this.#grow();
    const words = [...digest(place, PLACE_WORDS), ...digest(content, 2), ...digest(etag, 1)];
    const slot = this.#slotOf(words);
    if (this.#states[slot] === 0) this.#size++;
    this.#words.set(words, slot * WORDS);
    this.#states[slot] = 1;
  }

  /**
   * Records that an entry was read, and compares its content with the content that it must have. Returns false if no
   * entity must have an entry at this place.
   */
  record({ place, content }: DigestedEntry): boolean {
    const slot = this.#slotOf(digest(place, PLACE_WORDS));
    if (this.#states[slot] === 0) return false;
    const [first, second] = digest(content, 2);
    const at = slot * WORDS + PLACE_WORDS;
    const isRight = this.#words[at] === first && this.#words[at + 1] === second;
    this.#states[slot] = 1 + STATES.indexOf(isRight ? 'right' : 'outdated');
    return true;
  }

  /** Returns the state of the entry at a place; `undefined` if no entity must have an entry there. */
  stateOf(place: string): EntryState | undefined {
    const state = this.#states[this.#slotOf(digest(place, PLACE_WORDS))]!;
    return state === 0 ? undefined : STATES[state - 1];
  }

  /** Returns whether the entity of an entry had this ETag when the entry was added to this hash table. */
  hadEtag(place: string, etag: string): boolean {
    const slot = this.#slotOf(digest(place, PLACE_WORDS));
    return this.#words[slot * WORDS + WORDS - 1] === digest(etag, 1)[0];
  }

  /** Returns whether all entries that entities must have were read and are right. */
  isComplete(): boolean {
    return this.#states.every((state) => state === 0 || STATES[state - 1] === 'right');
  }

  /** Returns the slot of a place, or the free slot in which it belongs. */
  #slotOf(place: ArrayLike<number>): number {
    const slots = this.#states.length;
    let slot = place[0]! % slots;
    while (this.#states[slot] !== 0 && !this.#isAt(slot, place)) slot = (slot + 1) % slots;
    return slot;
  }

  #isAt(slot: number, place: ArrayLike<number>): boolean {
    const at = slot * WORDS;
    for (let word = 0; word < PLACE_WORDS; word++) {
      if (this.#words[at + word] !== place[word]) return false;
    }
    return true;
  }

  #grow(): void {
    const [words, states] = [this.#words, this.#states];
    this.#words = new Uint32Array(words.length * 2);
    this.#states = new Uint8Array(states.length * 2);
    for (const [slot, state] of states.entries()) {
      if (state === 0) continue;
      const kept = words.subarray(slot * WORDS, (slot + 1) * WORDS);
      const moved = this.#slotOf(kept);
      this.#words.set(kept, moved * WORDS);
      this.#states[moved] = state;
    }
  }
}

function digest(text: string, words: number): Uint32Array {
  const hex = createHash('sha256').update(text).digest('hex');
  return Uint32Array.from({ length: words }, (_, word) => Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16));
}

import type { ErrorCode, MetadataProblem } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';

type ProblemCode = Exclude<
  Extract<ErrorCode, `metadata.${string}`>,
  'metadata.not-an-entity' | 'metadata.already-defined' | 'metadata.not-constructible'
>;

/** Collects everything that is wrong with one class, so that it is told at once. */
export class MetadataProblems {
  readonly className: string;
  readonly #problems: (MetadataProblem & { readonly code: ProblemCode })[] = [];

  constructor(className: string) {
    this.className = className;
  }

  add(code: ProblemCode, message: string, property?: string): void {
    this.#problems.push(Object.freeze({ code, message, ...(property !== undefined && { property }) }));
  }

  /** Throws one error of the first problem's code that lists all of them. */
  throwAny(): void {
    const [first] = this.#problems;
    if (first === undefined) return;
    const lines = this.#problems.map(
      ({ property, message }) => `\n- ${property === undefined ? '' : `${property}: `}${message}.`,
    );
    throw new EntitableError(first.code, `${this.className} cannot be stored as it is declared:${lines.join('')}`, {
      className: this.className,
      problems: Object.freeze([...this.#problems]),
    });
  }
}

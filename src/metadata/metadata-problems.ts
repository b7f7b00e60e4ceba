import type { ErrorCode, MetadataProblem } from '../errors/error-details.js';
import { EntitableError } from '../errors/entitable-error.js';

type ProblemCode = Exclude<
  Extract<ErrorCode, `metadata.${string}`>,
  'metadata.not-an-entity' | 'metadata.already-defined' | 'metadata.not-constructible'
>;

/** Collects all mistakes in the declaration of one class, so that one error can report them. */
export class MetadataProblems {
  readonly className: string;
  readonly #problems: (MetadataProblem & { readonly code: ProblemCode })[] = [];

  constructor(className: string) {
    this.className = className;
  }

  add(code: ProblemCode, message: string, property?: string): void {
    this.#problems.push(Object.freeze({ code, message, ...(property !== undefined && { property }) }));
  }

  /** Throws one error that lists all problems and has the code of the first one. Does nothing if there are none. */
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

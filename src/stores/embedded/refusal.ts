import { EntitableError } from '../../errors/entitable-error.js';

/** Each refusal the service knows and the engine makes: its HTTP status and the code of the error it becomes. */
const REFUSALS = {
  CommandsInBatchActOnDifferentPartitions: [400, 'store.rejected'],
  DuplicatePropertiesSpecified: [400, 'store.rejected'],
  EntityAlreadyExists: [409, 'store.already-exists'],
  EntityTooLarge: [400, 'store.rejected'],
  InvalidDuplicateRow: [400, 'store.rejected'],
  InvalidInput: [400, 'store.rejected'],
  InvalidResourceName: [400, 'store.rejected'],
  OutOfRangeInput: [400, 'store.rejected'],
  PropertyNameInvalid: [400, 'store.rejected'],
  PropertyNameTooLong: [400, 'store.rejected'],
  PropertyValueTooLarge: [400, 'store.rejected'],
  RequestBodyTooLarge: [413, 'store.rejected'],
  ResourceNotFound: [404, 'store.not-found'],
  TableNotFound: [404, 'store.table-not-found'],
  TooManyProperties: [400, 'store.rejected'],
  UpdateConditionNotSatisfied: [412, 'store.precondition-failed'],
} as const satisfies Record<string, readonly [number, `store.${string}`]>;

/** Why something is refused: the service's own code, and what is wrong and what to do in words. Holds no property value. */
export interface Refusal {
  readonly serviceCode: keyof typeof REFUSALS;
  readonly message: string;
}

/** Where a refusal happened. */
export interface RefusedAt {
  readonly table?: string;
  readonly operation?: number;
}

export function refusal(serviceCode: Refusal['serviceCode'], message: string): Refusal {
  return { serviceCode, message };
}

/** The error that a refusal is thrown as. */
export function refused({ serviceCode, message }: Refusal, at: RefusedAt = {}): EntitableError {
  const [status, code] = REFUSALS[serviceCode];
  return new EntitableError(code, message, { ...at, serviceCode, status });
}

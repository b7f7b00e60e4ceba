import { EntitableError } from '../errors/entitable-error.js';

/** Refuses an option that is none of its choices; JavaScript may give anything. */
export function checkChoice<const C extends string>(option: string, value: C, choices: readonly C[]): C {
  if (choices.includes(value)) return value;
  const expected = choices.map((choice) => `'${choice}'`).join(' or ');
  throw new EntitableError('validation.invalid-option', `${option} takes ${expected}.`, {
    option,
    expected,
    found: typeof value === 'string' ? 'another string' : typeof value,
  });
}

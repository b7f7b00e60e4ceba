import { typeName } from '../edm/type-name.js';
import { EntitableError } from '../errors/entitable-error.js';
import { isOperator, test, type Condition } from '../filter/condition.js';
import { conditionSaid } from '../filter/make-filter.js';

/** What the arguments of `where` say: a callback, a filter, an object of values, or a property's name with an operator and its operand. */
export function whereCondition([first, operator, value]: readonly unknown[]): Condition {
  if (typeof first !== 'string') return conditionSaid(first);
  if (!isOperator(operator)) throw noOperator(first, operator);
  switch (operator) {
    case 'in':
    case 'between':
      return test(first, operator, value);
    case 'isPresent':
    case 'isMissing':
      return test(first, operator, []);
    default:
      return test(first, operator, [value]);
  }
}

function noOperator(property: string, found: unknown): EntitableError {
  const reason = `"${property}" is followed by ${typeof found === 'string' ? `"${found}"` : typeName(found)}, which is no operator`;
  return new EntitableError(
    'query.invalid-filter',
    `In where, ${reason}. The operators are eq, ne, gt, ge, lt, le, in, between, startsWith, isPresent and isMissing.`,
    { reason },
  );
}

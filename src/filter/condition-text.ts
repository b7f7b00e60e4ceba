import { DEEPEST, type Condition, type Test } from './condition.js';
import { flattened } from './flattened.js';

/** A condition to read: names and operators, each operand as `…`, because values belong into no log; `…` also for what nests too deep. */
export function conditionText(condition: Condition, depth = 0): string {
  if (depth > DEEPEST) return '…';
  switch (condition.kind) {
    case 'test':
      return testText(condition);
    case 'not':
      return `not (${conditionText(condition.operand, depth + 1)})`;
    default:
      return flattened(condition)
        .map((operand) => {
          const text = conditionText(operand, depth + 1);
          return operand.kind === 'and' || operand.kind === 'or' ? `(${text})` : text;
        })
        .join(` ${condition.kind} `);
  }
}

function testText({ property, operator, operands }: Test): string {
  switch (operator) {
    case 'isPresent':
    case 'isMissing':
      return `${property} ${operator}`;
    case 'in':
      return `${property} in [${operands.length === 1 ? '…' : `… ${operands.length} values`}]`;
    case 'between':
      return `${property} between … and …`;
    default:
      return `${property} ${operator} …`;
  }
}

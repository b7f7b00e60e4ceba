import type { Condition, Test } from './condition.js';

/** A condition to read: names and operators, each operand as `…`, because values belong into no log. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'test':
      return testText(condition);
    case 'not':
      return `not (${conditionText(condition.operand)})`;
    default:
      return condition.operands
        .map((operand) =>
          operand.kind === 'and' || operand.kind === 'or' ? `(${conditionText(operand)})` : conditionText(operand),
        )
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

/**
 * Whether an event matches a pattern of EventBridge, for the parts of its language that this project uses: exact values, `prefix`, `$or`, and nested
 * fields. Everything else is refused, so that no test passes on a pattern that is not understood.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(event: unknown, pattern: unknown): boolean {
  return Object.entries(pattern as Record<string, unknown>).every(([key, wanted]) => {
    if (key === '$or') return (wanted as unknown[]).some((one) => matchesPattern(event, one));
    const found = (event as Record<string, unknown> | undefined)?.[key];
    if (Array.isArray(wanted)) return [found].flat().some((value) => wanted.some((one) => matchesOne(value, one)));
    return typeof found === 'object' && found !== null && matchesPattern(found, wanted);
  });
}

function matchesOne(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(wanted);
  if (more.length > 0 || operator !== 'prefix' || typeof operand !== 'string')
    throw new Error(`pattern is not understood: ${JSON.stringify(wanted)}`);
  return typeof value === 'string' && value.startsWith(operand);
}

/** A value of a template as CloudFormation would write it, with names in the place of what only deployment knows. */
export function deployed(value: unknown, names: Readonly<Record<string, string>> = {}): unknown {
  if (Array.isArray(value)) return value.map((one) => deployed(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = ['', undefined]] = Object.entries(value);
  const known: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::AccountId': '111122223333',
    'AWS::Region': 'eu-central-1',
    ...names,
  };
  if (key === 'Ref') return known[String(inner)] ?? String(inner);
  if (key === 'Fn::GetAtt') return known[(inner as string[]).join('.')] ?? (inner as string[]).join('.');
  if (key === 'Fn::Join') return (inner as [string, unknown[]])[1].map((one) => deployed(one, names)).join((inner as [string])[0]);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deployed(one, names)]));
}

import type { FirehoseClient } from '@aws-sdk/client-firehose';
import type { AwsSecurityFinding, SecurityHubClient } from '@aws-sdk/client-securityhub';
import fc from 'fast-check';
import { busSender, NotSent } from '../../../lib/aws/runtime/detector/event-bus';
import { StreamRefused, streamLine, streamSender } from '../../../lib/aws/runtime/notifier/firehose';
import { makeHandler } from '../../../lib/aws/runtime/notifier/handler';
import { asffFinding, FindingsRefused, hubSender } from '../../../lib/aws/runtime/notifier/security-hub';
import { DETECTIONS, hostile } from '../../core/alerts/samples';

const PLACE = { partition: 'aws', region: 'eu-central-1', account: '111122223333' };
const NOW = new Date('2026-11-25T07:00:00.000Z');
const [first, second] = DETECTIONS as [(typeof DETECTIONS)[number], (typeof DETECTIONS)[number]];
/** A client that answers as a test says. */
const clientOf = <T>(answer: (input: Record<string, unknown>) => unknown): T =>
  ({ send: async ({ input }: { readonly input: Record<string, unknown> }) => answer(input) }) as T;

test('a finding of Security Hub', () => {
  const { Description, ...finding } = asffFinding(second, PLACE, NOW.toISOString());
  expect(Description).toMatch(/^Agent reader /);
  expect({
    ...finding,
    Id: finding.Id?.replace(/[0-9a-f]{32}/, '…'),
    ProductFields: Object.keys(finding.ProductFields ?? {}),
  }).toMatchInlineSnapshot(`
{
  "AwsAccountId": "111122223333",
  "CompanyName": "agentic-iam",
  "Confidence": 99,
  "CreatedAt": "2026-11-25T06:00:00.000Z",
  "GeneratorId": "agentic-iam/unexpected-call/outside-grant",
  "Id": "agentic-iam/prod/reader/…",
  "LastObservedAt": "2026-11-25T06:00:00.000Z",
  "ProductArn": "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default",
  "ProductFields": [
    "agentic-iam/agent",
    "agentic-iam/fleet",
    "agentic-iam/rule",
    "agentic-iam/broke",
    "agentic-iam/response",
    "agentic-iam/occurrence",
    "agentic-iam/session",
  ],
  "ProductName": "agentic-iam",
  "RecordState": "ACTIVE",
  "Remediation": {
    "Recommendation": {
      "Text": "What to do: restrict the agent to reading until somebody has looked.",
    },
  },
  "Resources": [
    {
      "Id": "role/reader",
      "Partition": "aws",
      "Region": "eu-central-1",
      "Tags": {
        "owner": "team@example.com",
      },
      "Type": "AwsIamRole",
    },
    {
      "Id": "role/x",
      "Partition": "aws",
      "Region": "eu-central-1",
      "Type": "Other",
    },
  ],
  "SchemaVersion": "2018-10-08",
  "Severity": {
    "Label": "MEDIUM",
  },
  "Title": "Agent reader: unexpected-call (outside-grant)",
  "Types": [
    "Unusual Behaviors/User",
  ],
  "UpdatedAt": "2026-11-25T07:00:00.000Z",
  "Workflow": {
    "Status": "NEW",
  },
}
`);
});

test('texts stay within what the format takes, whatever names an attacker chooses', () => {
  fc.assert(
    fc.property(hostile, (detection) => {
      const { Title = '', Description = '', Remediation, Resources = [], Types = [] } = asffFinding(detection, PLACE, NOW.toISOString());
      expect([
        Title.length <= 256,
        Description.length <= 1024,
        (Remediation?.Recommendation?.Text?.length ?? 0) <= 512,
        Resources.length <= 32,
      ]).toEqual([true, true, true, true]);
      expect(Resources.every(({ Id = '' }, index) => index === 0 || Id.length <= 512)).toBe(true);
      // https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html
      expect(Types.every((type) => /^(TTPs|Unusual Behaviors)\/[A-Z][A-Za-z ]+$/.test(type))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('Security Hub gets a behaviour once in a batch, a hundred at a time, and a refusal is told', async () => {
  const batches: AwsSecurityFinding[][] = [];
  const client = clientOf<SecurityHubClient>(({ Findings }) => {
    batches.push(Findings as AwsSecurityFinding[]);
    return { FailedCount: 0 };
  });
  const many = Array.from({ length: 150 }, (_, index) => ({ ...first, fingerprint: String(index).padStart(32, '0') }));
  await hubSender(client, PLACE, () => NOW)([...many, ...many]);
  expect(batches.map(({ length }) => length)).toEqual([100, 50]);
  const refusing = clientOf<SecurityHubClient>(() => ({
    FailedCount: 1,
    FailedFindings: [{ Id: 'x', ErrorCode: 'InvalidInput', ErrorMessage: 'bad' }],
  }));
  await expect(hubSender(refusing, PLACE, () => NOW)([first])).rejects.toThrow(
    new FindingsRefused('Security Hub refused 1 findings: x: InvalidInput bad'),
  );
});

test.each(['ocsf', 'hec'] as const)('a stream gets one line a finding, as %s', (form) => {
  const line = streamLine(first, form);
  expect(line.endsWith('\n') && !line.slice(0, -1).includes('\n')).toBe(true);
  const value = JSON.parse(line);
  expect(form === 'hec' ? [value.sourcetype, value.event.class_uid, value.time] : [value.class_uid]).toEqual(
    form === 'hec' ? ['ocsf:detection_finding', 2004, Date.parse(first.time) / 1000] : [2004],
  );
});

test('what a stream did not take is sent again by itself, and told when it never does', async () => {
  const sent: number[] = [];
  const half = clientOf<FirehoseClient>(({ Records }) => {
    const records = Records as unknown[];
    sent.push(records.length);
    return {
      RequestResponses: records.map((_, index) => (sent.length === 1 && index % 2 === 1 ? { ErrorCode: 'ServiceUnavailable' } : {})),
    };
  });
  await streamSender(half, { stream: 's', as: 'ocsf' }, async () => {})(Array.from({ length: 10 }, () => first));
  expect(sent).toEqual([10, 5]);
  const never = clientOf<FirehoseClient>(({ Records }) => ({
    RequestResponses: (Records as unknown[]).map(() => ({ ErrorCode: 'ServiceUnavailable' })),
  }));
  await expect(streamSender(never, { stream: 's', as: 'ocsf' }, async () => {})([first])).rejects.toThrow(StreamRefused);
});

test('the bus gets ten at a time, each within its size; those that it did not take are named', async () => {
  const entries: { readonly Detail: string }[][] = [];
  const client = clientOf<never>(({ Entries }) => {
    entries.push(Entries as never);
    return { FailedEntryCount: 0, Entries: [] };
  });
  const huge = {
    ...first,
    events: first.events.map((one) => ({ ...one, resources: Array.from({ length: 500 }, (_, index) => `${'x'.repeat(900)}${index}`) })),
  };
  await busSender(client, 'bus')([...Array.from({ length: 12 }, () => first), huge]);
  expect(entries.map(({ length }) => length)).toEqual([10, 3]);
  expect(Math.max(...entries.flat().map(({ Detail }) => Detail.length))).toBeLessThan(240_000);
  const failing = clientOf<never>(() => ({ FailedEntryCount: 1, Entries: [{}, { ErrorCode: 'ThrottlingException' }] }));
  await expect(busSender(failing, 'bus')([first, second])).rejects.toMatchObject({ ids: [second.id], constructor: NotSent });
});

test('every target gets a detection, and one that fails makes it come again', async () => {
  const got: string[] = [];
  const lines: object[] = [];
  const targets = [
    { name: 'down', send: () => Promise.reject(new Error('no')) },
    { name: 'up', send: async (list: readonly { readonly id: string }[]) => void got.push(...list.map(({ id }) => id)) },
  ];
  await expect(makeHandler(targets, (line) => lines.push(line))({ detail: first })).rejects.toThrow(
    `Detection ${first.id} did not reach down.`,
  );
  expect(got).toEqual([first.id]);
  expect(lines).toEqual([{ message: 'target failed', target: 'down', id: first.id, error: 'Error', reason: 'no' }]);
  await expect(makeHandler([], () => {})({ detail: { schemaVersion: 2 } })).rejects.toThrow('Version 2 is not known.');
});
